//! The statement that an app signs with its certificate ("Microsoft identity platform application authentication
//! certificate credentials").

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

use crate::{Certificate, CertificateError};

/// Seconds for which it is good. Microsoft recommends five to ten minutes.
const LIFETIME: i64 = 600;

/// A signed assertion of this client for this token endpoint. `id` must be another one each time.
pub(super) fn signed(
    certificate: &Certificate,
    client: &str,
    endpoint: &Url,
    now: Timestamp,
    id: &str,
) -> Result<SecretString, CertificateError> {
    let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, certificate.der()));
    let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint});
    let now = now.as_second();
    let claims = json!({
        "aud": endpoint.as_str(), "iss": client, "sub": client, "jti": id,
        "nbf": now, "iat": now, "exp": now + LIFETIME,
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let statement = format!("{}.{}", part(&header), part(&claims));
    let signature = certificate.sign(statement.as_bytes())?;
    Ok(format!("{statement}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
}
