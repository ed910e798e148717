//! Sign-ins by certificate, and that each proof has its own place in the cache.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use microsoft::{Certificate, Error, Fresh, Proof, RefusalCause, Resource, graph};
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::fake::*;

pub const GOOD: &str = include_str!("../certificates/good.pem");
const EXPIRED: &str = include_str!("../certificates/expired.pem");

pub fn certificate(pem: &str) -> Proof {
    Proof::Certificate(Arc::new(Certificate::from_pem(&pem.into()).unwrap()))
}

/// Header and claims of a statement.
fn parts(assertion: &str) -> (Value, Value) {
    let parts: Vec<Vec<u8>> = assertion.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    (serde_json::from_slice(&parts[0]).unwrap(), serde_json::from_slice(&parts[1]).unwrap())
}

/// The public key in the good certificate: `RSAPublicKey` begins with a sequence that holds a modulus of 257 bytes.
fn public_key() -> Vec<u8> {
    let text: String = GOOD
        .lines()
        .skip_while(|line| !line.contains("CERTIFICATE"))
        .skip(1)
        .take_while(|line| !line.contains("END"))
        .collect();
    let der = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    let start =
        der.windows(9).position(|window| window == [0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00]).unwrap();
    der[start..start + 270].to_vec()
}

#[tokio::test]
async fn a_certificate_signs_a_statement_for_the_tenants_own_token_endpoint() {
    let fake = Fake::start(|_, _| None).await;
    let now: jiff::Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
    let mut desk = Desk::with(&fake, |settings| settings.clock = Arc::new(move || now));
    desk.credential.proof = certificate(GOOD);
    desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap();

    let sent = fake.tokens().remove(0);
    let form = |name: &str| sent.form(name);
    assert_eq!(form("client_secret"), None);
    assert_eq!(form("grant_type").as_deref(), Some("client_credentials"));
    assert_eq!(
        form("client_assertion_type").as_deref(),
        Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    );
    let assertion = form("client_assertion").unwrap();
    let (header, claims) = parts(&assertion);
    let sha256 = "317AA94AB881DD495F93E586BF4A580F503243B9C4EA7F62F284A708D7AF08D0";
    let thumbprint: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&sha256[at * 2..at * 2 + 2], 16).unwrap()).collect();
    assert_eq!(header, json!({"alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(thumbprint)}));
    assert_eq!(claims["aud"], format!("{}login/{TENANT}/oauth2/v2.0/token", fake.base));
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!(CLIENT), &json!(CLIENT)));
    let times = [&claims["nbf"], &claims["iat"], &claims["exp"]].map(|time| time.as_i64().unwrap() - now.as_second());
    assert_eq!(times, [0, 0, 600]);
    let (statement, signature) = assertion.rsplit_once('.').unwrap();
    let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public_key());
    key.verify(statement.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
}

#[tokio::test]
async fn each_try_signs_a_statement_of_its_own() {
    let fake = Fake::start(|seen, before| {
        (seen.is_token() && before == 0).then(|| refusal(503, "temporarily_unavailable", 90033))
    })
    .await;
    let desk = Desk::proving(&fake, certificate(GOOD));
    desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap();
    let ids: Vec<Value> =
        fake.tokens().iter().map(|seen| parts(&seen.form("client_assertion").unwrap()).1["jti"].clone()).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_refused_certificate_is_named_by_what_is_wrong_with_it() {
    let check = async |proof: Proof, code: u32, expected: RefusalCause| {
        let fake = Fake::start(move |seen, _| seen.is_token().then(|| refusal(401, "invalid_client", code))).await;
        let now: jiff::Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        let mut desk = Desk::with(&fake, |settings| settings.clock = Arc::new(move || now));
        desk.credential.proof = proof;
        match desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await {
            Err(Error::Refused(refusal)) => assert_eq!((refusal.cause, refusal.code), (expected, Some(code))),
            other => panic!("{code}: {other:?}"),
        }
    };
    check(certificate(GOOD), 700027, RefusalCause::CertificateUnknown).await;
    check(certificate(GOOD), 50012, RefusalCause::CertificateUnknown).await;
    check(certificate(GOOD), 700024, RefusalCause::AssertionTime).await;
    check(certificate(GOOD), 700030, RefusalCause::CertificateSubject).await;
    check(certificate(EXPIRED), 700027, RefusalCause::CertificateExpired).await;
    check(certificate(GOOD), 1000502, RefusalCause::CertificateExpired).await;
}

#[tokio::test]
async fn another_proof_is_another_token_and_forgetting_an_app_forgets_them_all() {
    let fake = Fake::start(|seen, _| match seen.path.as_str() {
        "/identity/metadata/identity/oauth2/token" => Some(Answer::json(200, json!({"access_token": "a.b.c"}))),
        _ => None,
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "a.b.c").unwrap();
    let proofs = [
        Proof::Secret("one".into()),
        Proof::Secret("two".into()),
        certificate(GOOD),
        certificate(EXPIRED),
        Proof::ManagedIdentity { client: None },
        Proof::ManagedIdentity { client: Some("c1".into()) },
        Proof::TokenFile(path),
    ];
    let mut desk = Desk::proving(&fake, proofs[0].clone());
    for round in 1..=2 {
        for proof in &proofs {
            desk.credential.proof = proof.clone();
            for _ in 0..2 {
                desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap();
            }
        }
        assert_eq!(fake.tokens().len(), proofs.len() * round);
        desk.microsoft.forget(&desk.credential);
    }
}

#[tokio::test]
async fn a_token_that_an_interface_does_not_accept_is_replaced_whatever_the_proof() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "a.b.c").unwrap();
    for proof in [certificate(GOOD), Proof::TokenFile(path)] {
        let fake = Fake::start(|seen, before| match (seen.is_token(), before) {
            (true, _) => None,
            (false, 0) => {
                Some(Answer::json(401, json!({"error": {"code": "InvalidAuthenticationToken", "message": "x"}})))
            }
            (false, _) => Some(Answer::list(json!([]))),
        })
        .await;
        let desk = Desk::proving(&fake, proof);
        graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap();
        assert_eq!(fake.tokens().len(), 2);
    }
}
