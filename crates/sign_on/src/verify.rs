//! Whether an ID token holds: OpenID Connect Core 1.0, section 3.1.3.7. The library checks signature, issuer, audience, time
//! of ending and nonce; what it leaves open is decided here.

use chrono::{DateTime, Utc};
use jiff::SignedDuration;
use openidconnect::core::CoreJwsSigningAlgorithm as Alg;
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, ClientId, IdTokenVerifier, Nonce, OAuth2TokenResponse,
    SignatureVerificationError, TokenResponse,
};
use serde_json::Value;

use crate::begin::Pending;
use crate::claims::{Claims, Metadata, Tokens};
use crate::error::words;
use crate::{Error, Inner};

/// How far the clocks of the two sides may differ.
const SKEW: SignedDuration = SignedDuration::from_mins(2);
/// A token that is used the moment it is issued is no older than this. Entra says that it was issued five minutes ago.
const OLDEST: SignedDuration = SignedDuration::from_mins(30);

/// Signatures by a key whose private part is the provider's alone. Never `none`, and never one by a shared secret: the
/// "secret" would be the public key, which everybody has.
const ALLOWED: [Alg; 8] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
];

/// Why a token does not hold.
pub(crate) enum Fault {
    /// By the keys that are remembered; newer ones may say otherwise.
    Key(String),
    /// By what it says.
    Said(String),
}

impl Fault {
    pub(crate) fn into_error(self) -> Error {
        let (Fault::Key(reason) | Fault::Said(reason)) = self;
        Error::Token(reason)
    }
}

/// The claims of the ID token, if they hold.
pub(crate) fn claims(inner: &Inner, metadata: &Metadata, tokens: &Tokens, pending: &Pending) -> Result<Claims, Fault> {
    let said = |text: &str| Fault::Said(text.to_owned());
    let token =
        tokens.id_token().ok_or_else(|| said("there is no ID token in its answer; the scope openid is not granted"))?;
    let now = inner.now();
    let early = utc(now - SKEW).ok_or_else(|| said("this machine's clock is out of range"))?;
    let (oldest, newest) = (utc(now - OLDEST), utc(now + SKEW));
    let client = ClientId::new(inner.settings.client_id.clone());
    let verifier = IdTokenVerifier::new_public_client(client, metadata.issuer().clone(), metadata.jwks().clone())
        .set_allowed_algs(ALLOWED)
        .set_time_fn(move || early)
        .set_issue_time_verifier_fn(move |issued| {
            if Some(issued) > newest || Some(issued) < oldest {
                Err("it was not issued just now".to_owned())
            } else {
                Ok(())
            }
        })
        // Further audiences are no matter as long as the token was issued to us; see `parties`.
        .set_other_audience_verifier_fn(|_| true);
    let claims = token.claims(&verifier, &Nonce::new(pending.nonce.clone())).map_err(fault)?;
    parties(claims, &inner.settings.client_id)?;
    if claims.additional_claims().0.get("nbf").and_then(Value::as_i64).is_some_and(|nbf| nbf > (now + SKEW).as_second())
    {
        return Err(said("it is not good yet; the clocks of this server and of the provider differ"));
    }
    if let Some(hash) = claims.access_token_hash() {
        let unsupported = |_| said("it does not say how it is signed");
        let alg = token.signing_alg().map_err(unsupported)?;
        let key = token.signing_key(&verifier).map_err(unsupported)?;
        let ours = AccessTokenHash::from_token(tokens.access_token(), alg, key);
        if ours.ok().as_ref() != Some(hash) {
            return Err(said("the access token beside it is another one (at_hash)"));
        }
    }
    if claims.subject().as_str().is_empty() || claims.subject().as_str().len() > 255 {
        return Err(said("it names nobody (sub)"));
    }
    if pending.prove {
        proven_anew(claims, pending)?;
    }
    Ok(claims.clone())
}

/// Whether the person has proved who they are since they were sent off to do so. What was asked of the provider went by way of
/// the browser, where whoever sits before it can take it out of the address: only the token tells what came of it.
fn proven_anew(claims: &Claims, pending: &Pending) -> Result<(), Fault> {
    match claims.auth_time() {
        None => Err(Fault::Said(
            "you were to prove anew who you are, and it does not say when you did (auth_time). Whoever runs Oriel adds the \
             optional claim auth_time to the ID token, in the registration at the provider, under Token configuration"
                .to_owned(),
        )),
        Some(at) if at.timestamp() < pending.begun - SKEW.as_secs() => Err(Fault::Said(
            "you were to prove anew who you are, and the provider did not ask you to (auth_time)".to_owned(),
        )),
        Some(_) => Ok(()),
    }
}

/// A token for several parties has to say that it was issued to us; one that says so has to say it of us.
fn parties(claims: &Claims, client_id: &str) -> Result<(), Fault> {
    let party = claims.authorized_party().map(|party| party.as_str());
    match party {
        Some(party) if party != client_id => Err(Fault::Said("it was issued to another application (azp)".to_owned())),
        None if claims.audiences().len() > 1 => {
            Err(Fault::Said("it is for several applications and does not say for which (azp)".to_owned()))
        }
        _ => Ok(()),
    }
}

fn utc(at: jiff::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.as_second(), 0)
}

/// In words. What the token says is repeated where it helps whoever set the provider up.
fn fault(error: ClaimsVerificationError) -> Fault {
    use SignatureVerificationError as Signature;
    Fault::Said(match error {
        ClaimsVerificationError::Expired(_) => {
            "it is too old or not good yet; the clocks of this server and of the provider differ".to_owned()
        }
        ClaimsVerificationError::InvalidAudience(said) => format!("it is for another application ({})", words(&said)),
        ClaimsVerificationError::InvalidIssuer(said) => format!("it is of another issuer ({})", words(&said)),
        ClaimsVerificationError::InvalidNonce(_) => "it belongs to another sign-in (nonce)".to_owned(),
        ClaimsVerificationError::SignatureVerification(error) => match error {
            Signature::NoMatchingKey => {
                return Fault::Key("it is signed by a key that the provider does not publish".to_owned());
            }
            Signature::CryptoError(_) | Signature::InvalidKey(_) => {
                return Fault::Key("its signature does not hold".to_owned());
            }
            Signature::AmbiguousKeyId(_) => "it does not say by which key it is signed".to_owned(),
            Signature::NoSignature => "it is not signed".to_owned(),
            _ => "it is signed in a way that Oriel does not accept; RS256, PS256 and ES256 will do".to_owned(),
        },
        other => words(&other.to_string()),
    })
}
