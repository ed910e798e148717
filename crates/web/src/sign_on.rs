//! Single sign-on, as far as pages deal with it: which provider there is, and how its protocol goes, is another crate's.

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use store::people::Role;
use url::Url;

/// Whether people sign in by a password of Oriel's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LocalLogin {
    /// They do, also where there is single sign-on.
    #[default]
    On,
    /// Owners do in an emergency, such as a provider that is down; all owners are told of it.
    BreakGlass,
    /// Nobody does.
    Off,
}

/// Which tenants somebody sees who comes in through the provider for the first time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewPeopleSee {
    /// Every one, also those that come later.
    Every,
    /// None, until an owner grants some.
    None,
    /// Every one while no more than one is known, else none.
    #[default]
    EveryOfOne,
}

/// A sign-in that has begun.
pub struct Begun {
    /// The provider's address to send the browser to.
    pub url: Url,
    /// What has to be kept for this browser until it comes back. Secret.
    pub pending: SecretString,
}

/// What the browser came back with.
#[derive(Clone, Default)]
pub struct Returned {
    /// What it was sent off with.
    pub state: String,
    /// The code that is changed for an identity.
    pub code: Option<SecretString>,
    /// The name of an error, instead of a code.
    pub error: Option<String>,
    /// The provider's words on it.
    pub error_description: Option<String>,
    /// Who answers, where the provider says so.
    pub issuer: Option<String>,
}

/// Who somebody is at the provider. The texts are the provider's, and hostile.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The provider.
    pub issuer: String,
    /// The person's id there.
    pub subject: String,
    /// The person's object id in Entra's directory, to find them there.
    pub object: Option<String>,
    /// A name to show.
    pub name: String,
    /// What the person may do; or why they may not come in and whom to ask, in a sentence.
    pub role: Result<Role, String>,
}

/// What comes of coming back.
pub enum Outcome {
    /// The provider has named somebody.
    Arrived(Arrived),
    /// The provider has to be asked for more first.
    Again(Begun),
}

/// Why a sign-in did not come about, in sentences that the person may be shown.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What kind of thing went wrong, for the log and the audit: `unreachable`, `token`.
    pub kind: &'static str,
    /// What happened, why, and what to do. May hold words of the provider.
    pub sentence: String,
}

/// Signs people in at a provider.
pub trait SignOn: Send + Sync {
    /// Makes the address to send a browser to. With `again`, the person proves anew who they are.
    fn begin(&self, again: bool) -> BoxFuture<'_, Result<Begun, Refused>>;

    /// Finds out who came back. `pending` is what was kept for this browser.
    fn finish<'a>(&'a self, pending: &'a SecretString, returned: Returned) -> BoxFuture<'a, Result<Outcome, Refused>>;

    /// Where the provider ends its own session.
    fn way_out(&self) -> BoxFuture<'_, Option<Url>>;

    /// Whether people sign in by a password of Oriel's beside it.
    fn local(&self) -> LocalLogin;
}
