//! The way back from the provider.

use jiff::Timestamp;
use openidconnect::{AuthorizationCode, OAuth2TokenResponse, PkceCodeVerifier, RequestTokenError};
use secrecy::{ExposeSecret, SecretString};

use crate::begin::Pending;
use crate::claims::{Claims, Metadata, Tokens};
use crate::error::words;
use crate::verify::{self, Fault};
use crate::{Error, Inner, SignOn, groups, provider};

/// What the browser came back with: the query of the address that was registered.
#[derive(Clone, Default)]
pub struct Answer {
    /// What the browser was sent off with.
    pub state: String,
    /// The code, where the provider let the person in.
    pub code: Option<SecretString>,
    /// The name of the error, where it did not.
    pub error: Option<String>,
    /// The provider's words on it.
    pub error_description: Option<String>,
    /// Who answers (RFC 9207), where the provider says so.
    pub issuer: Option<String>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("error", &self.error).finish_non_exhaustive()
    }
}

/// Who somebody is at the provider. Every text in it is the provider's, and hostile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The person's id there. Entra's is another one for each application, and never given to anybody else.
    pub subject: String,
    /// The person's object id in Entra's directory, to find them in its portal.
    pub object: Option<String>,
    /// A name to show: `preferred_username`, or else the e-mail address, the name, or the subject. Names nobody: an
    /// administrator of the provider can change it.
    pub name: String,
    /// The groups and app roles that the person is known to hold, as names or ids.
    pub groups: Vec<String>,
    /// When the person last proved who they are, where the provider says so.
    pub proven_at: Option<Timestamp>,
}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        (self.settings.clock)()
    }
}

impl SignOn {
    /// Changes what the browser came back with for an identity. A code is good for one attempt; the caller throws `pending`
    /// away whatever comes of it.
    pub async fn finish(&self, pending: &Pending, answer: &Answer) -> Result<Identity, Error> {
        let inner = &*self.0;
        if answer.state.is_empty() || answer.state != pending.state {
            return Err(Error::Mixed);
        }
        if answer.issuer.as_ref().is_some_and(|issuer| *issuer != inner.settings.issuer) {
            return Err(Error::Mixed);
        }
        if let Some(error) = &answer.error {
            let description = words(answer.error_description.as_deref().unwrap_or_default());
            // What was asked for beyond a usual sign-in is the right to look up groups.
            if pending.look_up_groups && matches!(error.as_str(), "consent_required" | "access_denied") {
                return Err(Error::GroupsUnknown(format!(
                    "the provider did not allow it ({}: {description})",
                    words(error)
                )));
            }
            return Err(Error::Refused { error: words(error), description });
        }
        let code = answer.code.as_ref().ok_or(Error::Mixed)?;
        let metadata = inner.provider.current(inner).await?;
        let tokens = inner.exchange(&metadata, pending, code).await?;
        let claims = match verify::claims(inner, &metadata, &tokens, pending) {
            Ok(claims) => claims,
            Err(Fault::Key(reason)) => match inner.provider.with_newer_keys(inner).await {
                Some(newer) => verify::claims(inner, &newer, &tokens, pending).map_err(Fault::into_error)?,
                None => return Err(Error::Token(reason)),
            },
            Err(other) => return Err(other.into_error()),
        };
        let groups = groups::of(inner, &metadata, &claims, pending, tokens.access_token()).await?;
        Ok(identity(inner, &claims, groups))
    }
}

impl Inner {
    async fn exchange(&self, metadata: &Metadata, pending: &Pending, code: &SecretString) -> Result<Tokens, Error> {
        let http = self.http.clone();
        let client = move |request| {
            let http = http.clone();
            async move { http.send(request).await }
        };
        provider::client(&self.settings, metadata)
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .map_err(|_| Error::Provider("it names no token endpoint".to_owned()))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()))
            .request_async(&client)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(error) => error,
                RequestTokenError::ServerResponse(answer) => Error::Exchange {
                    error: words(answer.error().as_ref()),
                    description: words(answer.error_description().map_or("", String::as_str)),
                },
                // What was answered may hold a token, so nothing of it is told.
                _ => Error::Provider("the answer to Oriel's request for a token cannot be read".to_owned()),
            })
    }
}

fn identity(inner: &Inner, claims: &Claims, groups: Vec<String>) -> Identity {
    let further = claims.additional_claims();
    let subject = claims.subject().as_str().to_owned();
    let names = [
        claims.preferred_username().map(|name| name.as_str()),
        claims.email().map(|email| email.as_str()),
        claims.name().and_then(|name| name.get(None)).map(|name| name.as_str()),
    ];
    let name = names.into_iter().flatten().map(words).find(|name| !name.is_empty());
    Identity {
        issuer: inner.settings.issuer.clone(),
        object: further.texts("oid").pop(),
        name: name.unwrap_or_else(|| words(&subject)),
        subject,
        groups,
        proven_at: claims.auth_time().and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
    }
}
