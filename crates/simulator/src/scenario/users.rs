//! People who sign in to an app.

use serde::Deserialize;
use uuid::Uuid;

use crate::ids;

/// Somebody in a directory.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The name that is shown.
    pub name: String,
    /// The user principal name; everything else is told from it.
    pub principal: String,
    /// The groups that the person is in, by object id.
    #[serde(default)]
    pub groups: Vec<String>,
    /// So many groups more, which nobody asks about.
    #[serde(default)]
    pub further_groups: u32,
    /// App roles that were assigned to the person, by value.
    #[serde(default)]
    pub roles: Vec<String>,
    /// What comes of it when the person signs in.
    #[serde(default)]
    pub attempt: Attempt,
}

/// What comes of it when somebody signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    /// The person is signed in.
    #[default]
    SignedIn,
    /// The person declines what the app wants: `access_denied`, AADSTS65004.
    Declined,
    /// Nobody has consented, and the person may not: `consent_required`, AADSTS65001.
    WithoutConsent,
    /// A second factor is wanted, and this is no moment to ask for one: `interaction_required`, AADSTS50076.
    Interrupted,
}

impl User {
    /// The object id.
    pub fn object(&self) -> Uuid {
        ids::guid(&format!("user {}", self.principal))
    }

    /// Every group, in the order of a token.
    pub fn all_groups(&self) -> Vec<String> {
        let further =
            (0..self.further_groups).map(|n| ids::guid(&format!("group {n} of {}", self.principal)).to_string());
        self.groups.iter().cloned().chain(further).collect()
    }
}
