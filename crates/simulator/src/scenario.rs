//! A story about fictional tenants: what they hold, who may read it, and what goes wrong.
//!
//! A scenario is one TOML file or several. Times in it are relative to the moment at which the simulator starts, so that
//! it is always fresh; how one alert comes to stand in five interfaces is in `records`.

mod alerts;
mod credentials;
mod devices;
mod incidents;
mod indicators;
mod mail;
mod moment;
mod sign_ins;
mod tenants;
mod users;

pub use alerts::{Alert, Evidence, Service, Verdict, What};
pub use credentials::{AppCertificate, Federated, Identity, Secret};
pub use devices::{Device, Traffic};
pub use incidents::Incident;
pub use indicators::{ListedIndicator, ThreatIndicator};
pub use mail::{Click, Mail};
pub use moment::{Moment, Span};
pub use sign_ins::SignIns;
pub use tenants::{App, AppState, EvidenceFilters, Licence, Limits, Retired, Tenant, Workspace};
pub use users::{Attempt, User};

use std::path::Path;

use serde::Deserialize;

use crate::Error;
use crate::faults::Rule;

/// The demo's files, in the order in which they are read.
const DEMO: [(&str, &str); 12] = [
    ("demo.toml", include_str!("../scenarios/demo.toml")),
    ("demo/other-tenants.toml", include_str!("../scenarios/demo/other-tenants.toml")),
    ("demo/users.toml", include_str!("../scenarios/demo/users.toml")),
    ("demo/devices.toml", include_str!("../scenarios/demo/devices.toml")),
    ("demo/command-and-control.toml", include_str!("../scenarios/demo/command-and-control.toml")),
    ("demo/phishing.toml", include_str!("../scenarios/demo/phishing.toml")),
    ("demo/password-spray.toml", include_str!("../scenarios/demo/password-spray.toml")),
    ("demo/everyday.toml", include_str!("../scenarios/demo/everyday.toml")),
    ("demo/indicators.toml", include_str!("../scenarios/demo/indicators.toml")),
    ("demo/traffic.toml", include_str!("../scenarios/demo/traffic.toml")),
    ("demo/mail.toml", include_str!("../scenarios/demo/mail.toml")),
    ("demo/sign-ins.toml", include_str!("../scenarios/demo/sign-ins.toml")),
];

/// Fictional tenants and all that is known in them.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    tenants: Vec<Tenant>,
    faults: Vec<Rule>,
    rolling: bool,
}

/// One file. Everything but `tenants`, `faults` and `rolling` belongs to the tenant named in `tenant`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Part {
    tenant: Option<String>,
    rolling: bool,
    tenants: Vec<Tenant>,
    devices: Vec<Device>,
    alerts: Vec<Alert>,
    incidents: Vec<Incident>,
    threat_indicators: Vec<ThreatIndicator>,
    indicators: Vec<ListedIndicator>,
    traffic: Vec<Traffic>,
    mail: Vec<Mail>,
    clicks: Vec<Click>,
    sign_ins: Vec<SignIns>,
    users: Vec<User>,
    apps: Vec<App>,
    faults: Vec<Rule>,
}

impl Scenario {
    /// "Northwind Example" and its neighbours: the names worth knowing are in [`crate::demo`].
    #[expect(clippy::expect_used, reason = "the files are part of the program, and a test reads them")]
    pub fn demo() -> Scenario {
        Self::parse(DEMO).expect("the demo's scenario is in order")
    }

    /// Reads a file, or every `*.toml` of a folder in the order of their names.
    pub fn read(path: impl AsRef<Path>) -> Result<Scenario, Error> {
        let path = path.as_ref();
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let mut files = Vec::new();
        if path.is_dir() {
            for entry in std::fs::read_dir(path).map_err(unreadable)? {
                let file = entry.map_err(unreadable)?.path();
                if file.extension().is_some_and(|extension| extension == "toml") {
                    files.push(file);
                }
            }
            files.sort();
        } else {
            files.push(path.to_owned());
        }
        let mut texts = Vec::new();
        for file in files {
            let text =
                std::fs::read_to_string(&file).map_err(|source| Error::Unreadable { path: file.clone(), source })?;
            texts.push((file.display().to_string(), text));
        }
        Self::parse(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// Reads a scenario from TOML text.
    pub fn from_toml(text: &str) -> Result<Scenario, Error> {
        Self::parse([("the scenario", text)])
    }

    /// The same scenario with what this TOML text adds: tenants, and more for tenants that are there.
    pub fn and(mut self, text: &str) -> Result<Scenario, Error> {
        self.add("the addition", text)?;
        Ok(self)
    }

    /// The same scenario with one tenant changed.
    pub fn with_tenant(mut self, id: &str, change: impl FnOnce(&mut Tenant)) -> Scenario {
        if let Some(tenant) = self.tenants.iter_mut().find(|tenant| tenant.is_named(id)) {
            change(tenant);
        }
        self
    }

    /// The same scenario with more that goes wrong from the start.
    pub fn faulty(mut self, rules: impl IntoIterator<Item = Rule>) -> Scenario {
        self.faults.extend(rules);
        self
    }

    /// The same scenario without quotas: for measuring.
    pub fn unlimited(mut self) -> Scenario {
        for tenant in &mut self.tenants {
            tenant.limits = Limits::none();
        }
        self
    }

    /// The tenants.
    pub fn tenants(&self) -> &[Tenant] {
        &self.tenants
    }

    /// What goes wrong from the start.
    pub fn faults(&self) -> &[Rule] {
        &self.faults
    }

    /// Whether the story moves on every six hours, so that a long-running demo never grows stale.
    pub fn is_rolling(&self) -> bool {
        self.rolling
    }

    fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Scenario, Error> {
        let mut scenario = Scenario::default();
        for (file, text) in files {
            scenario.add(file, text)?;
        }
        Ok(scenario)
    }

    fn add(&mut self, file: &str, text: &str) -> Result<(), Error> {
        let failed = |message: String| Error::Scenario { file: file.to_owned(), message };
        let part: Part = toml::from_str(text).map_err(|error| failed(error.to_string()))?;
        self.rolling |= part.rolling;
        self.tenants.extend(part.tenants);
        self.faults.extend(part.faults);
        let holds_something = !(part.devices.is_empty()
            && part.alerts.is_empty()
            && part.incidents.is_empty()
            && part.threat_indicators.is_empty()
            && part.indicators.is_empty()
            && part.traffic.is_empty()
            && part.mail.is_empty()
            && part.clicks.is_empty()
            && part.sign_ins.is_empty()
            && part.users.is_empty()
            && part.apps.is_empty());
        if !holds_something {
            return Ok(());
        }
        let id =
            part.tenant.ok_or_else(|| failed("`tenant` says to which tenant this belongs, and is not there".into()))?;
        let tenant = self
            .tenants
            .iter_mut()
            .find(|tenant| tenant.is_named(&id))
            .ok_or_else(|| failed(format!("there is no tenant {id:?}")))?;
        tenant.devices.extend(part.devices);
        tenant.alerts.extend(part.alerts);
        tenant.incidents.extend(part.incidents);
        tenant.threat_indicators.extend(part.threat_indicators);
        tenant.indicators.extend(part.indicators);
        tenant.traffic.extend(part.traffic);
        tenant.mail.extend(part.mail);
        tenant.clicks.extend(part.clicks);
        tenant.sign_ins.extend(part.sign_ins);
        tenant.users.extend(part.users);
        tenant.apps.extend(part.apps);
        Ok(())
    }
}
