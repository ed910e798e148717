//! The way to the provider.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreAuthPrompt, CoreResponseType};
use openidconnect::{AuthenticationFlow, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::claims::Metadata;
use crate::{Error, SignOn, groups, provider};

/// What a sign-in is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    /// The person proves anew who they are, although the provider knows.
    pub prove: bool,
    /// The person's groups are to be looked up, since a token had no room for them. Asks for the delegated permission
    /// User.Read of Microsoft Graph, and for nobody whose groups fit.
    pub look_up_groups: bool,
}

/// What has to be kept, for this browser alone and where it cannot be read, until the browser comes back. All of it is
/// secret: who has it can finish the sign-in in another browser.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
    pub(crate) prove: bool,
    pub(crate) look_up_groups: bool,
    /// Seconds since 1970.
    pub(crate) begun: i64,
}

impl Pending {
    /// What the sign-in was to be.
    pub fn begin(&self) -> Begin {
        Begin { prove: self.prove, look_up_groups: self.look_up_groups }
    }
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("prove", &self.prove).finish_non_exhaustive()
    }
}

impl SignOn {
    /// The provider's address to send the browser to, and what to keep until it comes back.
    pub async fn begin(&self, begin: Begin) -> Result<(Url, Pending), Error> {
        let metadata = self.0.provider.current(&self.0).await?;
        let pending = Pending {
            state: self.random(),
            nonce: self.random(),
            verifier: self.random(),
            prove: begin.prove,
            look_up_groups: begin.look_up_groups,
            begun: self.0.now().as_second(),
        };
        let client = provider::client(&self.0.settings, &metadata);
        let (state, nonce) = (pending.state.clone(), pending.nonce.clone());
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(scopes(&metadata, begin)?)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if begin.prove {
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(std::time::Duration::ZERO);
        }
        Ok((request.url().0, pending))
    }

    /// 256 random bits, in characters that an address takes.
    fn random(&self) -> String {
        let mut bytes = [0; 32];
        (self.0.settings.random)(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// `openid` is the library's. `groups` is asked for where the provider says that it has it: Entra has no such scope and
/// refuses it, others give no groups without it.
fn scopes(metadata: &Metadata, begin: Begin) -> Result<Vec<Scope>, Error> {
    let mut names = vec!["profile".to_owned(), "email".to_owned()];
    if metadata.scopes_supported().is_some_and(|supported| supported.iter().any(|scope| scope.as_str() == "groups")) {
        names.push("groups".to_owned());
    }
    if begin.look_up_groups {
        names.push(format!("{}/User.Read", groups::graph(metadata)?));
    }
    Ok(names.into_iter().map(Scope::new).collect())
}
