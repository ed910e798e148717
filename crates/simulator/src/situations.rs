//! Everything that is known to go wrong when somebody connects an app, each with what to type to see it: over the demo's
//! tenant, one thing is changed.

mod entra;
mod licences;
mod permissions;
mod troubles;
mod workspaces;

use crate::faults::Rule;
use crate::scenario::{App, Scenario, Tenant};
use crate::{demo, ids};

/// A situation, and the connection in which it shows.
#[derive(Clone, Debug)]
pub struct Situation {
    /// `secret-expired`: what `--scenario` takes.
    pub name: String,
    /// What is the matter, for whoever sets it up.
    pub title: String,
    /// What is typed into Oriel's form.
    pub form: Form,
    scenario: Scenario,
}

/// What is typed into the form of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// `sentinel` or `defender`.
    pub product: &'static str,
    /// The tenant ID.
    pub tenant: &'static str,
    /// The client ID.
    pub client: &'static str,
    /// The client secret.
    pub secret: &'static str,
    /// Workspace IDs.
    pub workspaces: Vec<&'static str>,
}

/// Every situation, in the order in which a validation would meet them.
pub fn all() -> Vec<Situation> {
    let mut all = entra::all();
    all.extend(permissions::all());
    all.extend(licences::all());
    all.extend(workspaces::all());
    all.extend(troubles::all());
    all
}

/// The situation with this name.
pub fn find(name: &str) -> Option<Situation> {
    all().into_iter().find(|situation| situation.name == name)
}

impl Situation {
    fn new(name: &str, title: &str, form: Form) -> Situation {
        let scenario = Scenario::demo();
        Situation { name: name.to_owned(), title: title.to_owned(), form, scenario }
    }

    /// The simulated Microsoft in this situation.
    pub fn scenario(&self) -> Scenario {
        self.scenario.clone()
    }

    /// With the form's tenant changed.
    fn tenant(self, change: impl FnOnce(&mut Tenant)) -> Situation {
        Situation { scenario: self.scenario.clone().with_tenant(self.form.tenant, change), ..self }
    }

    /// With the form's app changed.
    fn app(self, change: impl FnOnce(&mut App)) -> Situation {
        let client = self.form.client;
        self.tenant(|tenant| {
            let app = tenant.apps.iter_mut().find(|app| app.client == client);
            app.map(change).unwrap_or_default();
        })
    }

    /// With what goes wrong on the way.
    fn faults(self, rules: impl IntoIterator<Item = Rule>) -> Situation {
        Situation { scenario: self.scenario.clone().faulty(rules), ..self }
    }
}

/// The demo's Sentinel connection.
fn sentinel() -> Form {
    Form {
        product: "sentinel",
        tenant: demo::TENANT,
        client: demo::SENTINEL_CLIENT,
        secret: demo::SENTINEL_SECRET,
        workspaces: vec![demo::WORKSPACE],
    }
}

/// The demo's Defender connection.
fn defender() -> Form {
    Form {
        product: "defender",
        tenant: demo::TENANT,
        client: demo::DEFENDER_CLIENT,
        secret: demo::DEFENDER_SECRET,
        workspaces: Vec::new(),
    }
}

/// The same with one of the demo's other apps.
fn with_app(form: Form, client: &'static str) -> Form {
    Form { client, secret: demo::OTHER_SECRET, ..form }
}

/// Ids in a body that is written here: the same each time, so that what is shown can be compared.
fn id(of: &str) -> String {
    ids::guid(of).to_string()
}
