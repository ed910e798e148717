//! What an administrator is handed to set Microsoft up: a script, a manifest, a change request.

use crate::{CheckState, Product, Validation};

/// The form of what is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A Bash script for the Azure CLI.
    Az,
    /// A PowerShell script for the modules of Microsoft Graph and Azure.
    PowerShell,
    /// The part of an app's manifest that names its permissions.
    Manifest,
    /// A change request, to be printed or put into a ticket.
    Request,
}

impl Format {
    /// Every form, the shortest way first.
    pub const ALL: [Format; 4] = [Format::Az, Format::PowerShell, Format::Manifest, Format::Request];

    /// Its name on the command line and in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Az => "az",
            Format::PowerShell => "powershell",
            Format::Manifest => "manifest",
            Format::Request => "request",
        }
    }

    /// Its name on a page.
    pub fn title(self) -> &'static str {
        match self {
            Format::Az => "Azure CLI (Bash)",
            Format::PowerShell => "PowerShell",
            Format::Manifest => "App manifest (permissions only)",
            Format::Request => "Change request",
        }
    }
}

impl std::str::FromStr for Format {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Format, Unknown> {
        Format::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or(Unknown("az, powershell, manifest, request"))
    }
}

/// Which of the three steps are carried out. Different people may have to carry them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// All three, one after the other.
    All,
    /// The app, its permissions as it asks for them, and its credential.
    Registration,
    /// The permissions, granted.
    Consent,
    /// The Azure role on Sentinel's workspaces.
    Role,
}

impl Step {
    /// Every choice.
    pub const ALL: [Step; 4] = [Step::All, Step::Registration, Step::Consent, Step::Role];

    /// Its name on the command line and in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::All => "all",
            Step::Registration => "registration",
            Step::Consent => "consent",
            Step::Role => "role",
        }
    }

    /// Its name on a page.
    pub fn title(self) -> &'static str {
        match self {
            Step::All => "All steps",
            Step::Registration => "1. Registration",
            Step::Consent => "2. Consent",
            Step::Role => "3. Azure role",
        }
    }

    /// Whether it is among what is carried out.
    pub fn includes(self, step: Step) -> bool {
        self == Step::All || self == step
    }
}

impl std::str::FromStr for Step {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Step, Unknown> {
        Step::ALL.into_iter().find(|step| step.as_str() == text).ok_or(Unknown("all, registration, consent, role"))
    }
}

/// A text that is none of the words for a choice, which are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not one of: {0}")]
pub struct Unknown(pub &'static str);

/// How the app is to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignsInBy {
    /// A client secret, which the script has Microsoft make.
    Secret,
    /// A certificate: its public part as PEM, if it is there already.
    Certificate(Option<String>),
    /// A managed identity that vouches for the app: its object (principal) ID, if it is known.
    ManagedIdentity(Option<String>),
    /// What the app has already: its credentials are left alone.
    WhatItHas,
}

/// What a validation found missing, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Capabilities that do not work for want of a permission or role: `defender.alerts`.
    pub capabilities: Vec<String>,
    /// Permissions that the token does not hold: `ThreatHunting.Read.All`.
    pub permissions: Vec<String>,
}

impl Missing {
    /// What a script can add: permissions and roles that were found missing.
    pub fn of(validation: &Validation) -> Missing {
        let mut missing = Missing::default();
        let failed = validation.checks.iter().filter(|check| check.state == CheckState::Failed);
        for check in failed.filter(|check| ["missing_permission", "no_consent", "missing_role"].contains(&&*check.code))
        {
            match &check.capability {
                Some(capability) if !missing.capabilities.contains(capability) => {
                    missing.capabilities.push(capability.clone());
                }
                Some(_) => {}
                None => {
                    let names = check.permission.iter().flat_map(|names| names.split(", "));
                    missing.permissions.extend(names.map(str::to_owned));
                }
            }
        }
        missing
    }

    /// Whether nothing is missing that a script could add.
    pub fn is_empty(&self) -> bool {
        self.capabilities.is_empty() && self.permissions.is_empty()
    }
}

/// What is asked for. Nothing in it is trusted: what cannot be right is answered with a sentence, not put into a script.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The products; at least one.
    pub products: Vec<Product>,
    /// The form.
    pub format: Format,
    /// The steps.
    pub step: Step,
    /// The cloud's name.
    pub cloud: String,
    /// Directory (tenant) ID: the script then refuses to run in another tenant.
    pub tenant: Option<String>,
    /// Application (client) ID of an app that is there already; else it is found by its name, or made.
    pub client: Option<String>,
    /// Sentinel's workspaces: workspace IDs, names, or Azure resource IDs. Without any, the script takes the only one there is.
    pub workspaces: Vec<String>,
    /// How the app is to sign in.
    pub credential: SignsInBy,
    /// For how many days a client secret is to be good.
    pub days: u32,
    /// What the app is called in the tenant.
    pub name: String,
    /// Only what was found missing.
    pub only: Option<Missing>,
    /// Names of capabilities that are switched off, which need no permission.
    pub without: Vec<String>,
}

impl Wanted {
    /// The name of the app, where nobody has chosen another.
    pub const NAME: &'static str = "Oriel (read only)";
    /// The lifetime of a client secret in days, where nobody has chosen another.
    pub const DAYS: u32 = 180;

    /// A script for all steps of these products, with a client secret, in the global cloud.
    pub fn new(products: Vec<Product>, format: Format) -> Wanted {
        Wanted {
            products,
            format,
            step: Step::All,
            cloud: "global".to_owned(),
            tenant: None,
            client: None,
            workspaces: Vec::new(),
            credential: SignsInBy::Secret,
            days: Wanted::DAYS,
            name: Wanted::NAME.to_owned(),
            only: None,
            without: Vec::new(),
        }
    }
}

/// What is handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// A name for the file, of letters, digits, hyphens and a dot.
    pub file_name: String,
    /// What it is, for a browser.
    pub media_type: &'static str,
    /// The text itself.
    pub text: String,
    /// What whoever uses it has to know, a sentence each: how it is run, what it leaves out.
    pub notes: Vec<String>,
}

/// Why nothing can be handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The member of [`Wanted`]: `tenant`, `workspace`, `name` …
    pub field: &'static str,
    /// What is wrong with it and what would do, in a sentence.
    pub message: String,
}

/// Entra's page on which an administrator grants what an app asks for.
#[derive(Clone, Copy, Debug)]
pub struct ConsentPage<'a> {
    /// The cloud's name.
    pub cloud: &'a str,
    /// Directory (tenant) ID.
    pub tenant: &'a str,
    /// Application (client) ID.
    pub client: &'a str,
    /// Where Entra sends the administrator afterwards; the app has to name it as a redirect address.
    pub redirect: &'a str,
    /// What Entra gives back unchanged.
    pub state: &'a str,
}

/// Writes what an administrator is handed.
pub trait SetUp: Send + Sync {
    /// Writes it, or says what is wrong with what was asked for.
    fn write(&self, wanted: &Wanted) -> Result<Script, Vec<Unusable>>;

    /// The address of Entra's page; `None` if the cloud is not known or an ID cannot be one.
    fn consent_page(&self, page: &ConsentPage<'_>) -> Option<String>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Check, Status};

    fn check(code: &str, state: CheckState, capability: Option<&str>, permission: Option<&str>) -> Check {
        Check {
            check: "probe".to_owned(),
            capability: capability.map(str::to_owned),
            permission: permission.map(str::to_owned),
            state,
            code: code.to_owned(),
            title: String::new(),
            remedy: None,
            link: None,
            trace_id: None,
            correlation_id: None,
        }
    }

    #[test]
    fn only_what_a_script_can_add_is_missing() {
        let (failed, passed) = (CheckState::Failed, CheckState::Passed);
        let checks = vec![
            check("missing_permission", failed, None, Some("Ti.Read.All, Url.Read.All")),
            check("missing_role", failed, Some("sentinel.workspace_alerts"), Some("Log Analytics Data Reader")),
            check("missing_role", failed, Some("sentinel.workspace_alerts"), Some("Log Analytics Data Reader")),
            check("missing_permission", passed, Some("defender.alerts"), None),
            check("wrong_secret", failed, None, Some("SecurityAlert.Read.All")),
        ];
        let validation = Validation {
            status: Status::Attention,
            checks,
            follows: Vec::new(),
            validated_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let missing = Missing::of(&validation);
        assert_eq!(missing.capabilities, ["sentinel.workspace_alerts"]);
        assert_eq!(missing.permissions, ["Ti.Read.All", "Url.Read.All"]);
        assert!(!missing.is_empty() && Missing::default().is_empty());
    }

    #[test]
    fn the_words_for_a_choice_are_read_back() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        for step in Step::ALL {
            assert_eq!(step.as_str().parse(), Ok(step));
            assert!(Step::All.includes(step) && step.includes(step));
        }
        assert!(!Step::Consent.includes(Step::Role));
        assert_eq!(
            "bash".parse::<Format>().unwrap_err().to_string(),
            "this is not one of: az, powershell, manifest, request"
        );
    }
}
