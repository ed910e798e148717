//! What goes into the form of one sign-in as proof.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::assertion;
use crate::{Certificate, Error, Proof, Refusal, RefusalCause};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A proof that is ready to be shown as often as it takes.
pub(super) enum Shown<'a> {
    Secret(&'a SecretString),
    /// Signs a new statement each time.
    Certificate(&'a Certificate),
    /// Someone else's token, which vouches for the app.
    Vouched(SecretString),
}

/// The fields for one try; each value is a secret.
pub(super) struct Fields {
    secret: SecretString,
    is_assertion: bool,
}

impl Shown<'_> {
    pub(super) fn fields(&self, client: &str, endpoint: &Url, now: Timestamp, id: &str) -> Result<Fields, Error> {
        Ok(match self {
            Shown::Secret(secret) => Fields { secret: (*secret).clone(), is_assertion: false },
            Shown::Vouched(token) => Fields { secret: token.clone(), is_assertion: true },
            Shown::Certificate(certificate) => Fields {
                secret: assertion::signed(certificate, client, endpoint, now, id).map_err(|error| {
                    Error::Refused(Refusal::ours(RefusalCause::CertificateUnknown, error.to_string()))
                })?,
                is_assertion: true,
            },
        })
    }
}

impl Fields {
    pub(super) fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    pub(super) fn pairs(&self) -> Vec<(&'static str, &str)> {
        if self.is_assertion {
            vec![("client_assertion_type", ASSERTION_TYPE), ("client_assertion", self.expose())]
        } else {
            vec![("client_secret", self.expose())]
        }
    }
}

/// What a refusal means for this proof.
pub(super) fn named(cause: RefusalCause, proof: &Proof, now: Timestamp) -> RefusalCause {
    use RefusalCause::*;
    match (cause, proof) {
        (WrongSecret, Proof::Secret(secret)) if uuid::Uuid::try_parse(secret.expose_secret().trim()).is_ok() => {
            SecretIdPasted
        }
        // Entra says of an expired certificate that it does not know its key.
        (CertificateUnknown | AssertionInvalid, Proof::Certificate(certificate)) if now > certificate.not_after() => {
            CertificateExpired
        }
        (AssertionTime, Proof::TokenFile(_)) => TokenFileStale,
        (other, _) => other,
    }
}
