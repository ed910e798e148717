//! The keys that people's tokens are signed by, made anew by each process.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rsa::PublicKeyComponents;
use ring::signature::RsaKeyPair;
use rsa::Generate;
use rsa::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};

use crate::exchange::Reply;
use crate::microsoft::Asked;
use crate::{ids, jwt};

/// Looking for primes takes a while, so each is made when it is first needed.
static KEYS: [LazyLock<Option<RsaKeyPair>>; 2] = [LazyLock::new(made), LazyLock::new(made)];

fn made() -> Option<RsaKeyPair> {
    let key = rsa::PrivateKey::try_generate().ok()?;
    RsaKeyPair::from_pkcs8(key.to_pkcs8_der().ok()?.as_bytes()).ok()
}

fn current(rotation: usize) -> (Option<&'static RsaKeyPair>, String) {
    let key = KEYS.get(rotation % KEYS.len()).and_then(|key| LazyLock::force(key).as_ref());
    (key, ids::hex(&format!("key {rotation}"), 27))
}

/// These claims, signed. `None` where the system gave no randomness for a key.
pub(super) fn signed(claims: &Value, rotation: usize) -> Option<String> {
    let (key, id) = current(rotation);
    jwt::signed_by(claims, key?, &id)
}

/// `/discovery/v2.0/keys`: <https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-signature>.
pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    let (Some(key), id) = current(asked.codes.rotation()) else { return Reply::empty(500) };
    let public = PublicKeyComponents::<Vec<u8>>::from(key.public());
    let part = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
    Reply::json(
        200,
        json!({"keys": [{
            "kty": "RSA", "use": "sig", "kid": id, "x5t": id, "n": part(public.n), "e": part(public.e),
            "cloud_instance_name": "microsoftonline.com",
        }]}),
    )
}
