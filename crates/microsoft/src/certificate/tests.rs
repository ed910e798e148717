//! Certificates as people paste them, and why one is not taken.

use super::*;

const GOOD: &str = include_str!("../../tests/certificates/good.pem");
const PKCS1: &str = include_str!("../../tests/certificates/good-pkcs1.key");
const OTHER_KEY: &str = include_str!("../../tests/certificates/other.key");
const EXPIRED: &str = include_str!("../../tests/certificates/expired.pem");

fn read(text: &str) -> Result<Certificate, CertificateError> {
    Certificate::from_pem(&text.to_owned().into())
}

/// Certificate and key of the good file, apart.
fn apart() -> (&'static str, &'static str) {
    let (certificate, key) = GOOD.split_once("-----BEGIN PRIVATE KEY").unwrap();
    (
        certificate.split_once("-----BEGIN").map(|(intro, _)| &certificate[intro.len()..]).unwrap(),
        &GOOD[GOOD.len() - key.len() - 22..],
    )
}

#[test]
fn a_certificate_says_what_entra_says_of_it() {
    let certificate = read(GOOD).unwrap();
    // By `openssl x509 -fingerprint`.
    assert_eq!(certificate.thumbprint(), "1EB58D5D10C88C7264195F11206AE1E052EB1086");
    assert_eq!(certificate.sha256(), "317AA94AB881DD495F93E586BF4A580F503243B9C4EA7F62F284A708D7AF08D0");
    assert_eq!(certificate.subject(), "CN=oriel.example");
    let times = (certificate.not_before().to_string(), certificate.not_after().to_string());
    assert_eq!(times, ("2026-01-01T00:00:00Z".into(), "2045-12-31T00:00:00Z".into()));
}

#[test]
fn it_is_read_in_every_way_that_it_is_pasted() {
    let (certificate, key) = apart();
    let indented: String = GOOD.lines().map(|line| format!("    {line}  \n")).collect();
    let bags = format!("Bag Attributes\n    localKeyID: 01\nsubject=CN = x\n{certificate}\nBag Attributes\n{key}\n");
    for text in [
        GOOD.to_owned(),
        format!("{key}{certificate}"),
        format!("{certificate}{PKCS1}"),
        GOOD.replace('\n', "\r\n"),
        format!("\u{feff}\n\n{GOOD}\n\n"),
        indented,
        bags,
    ] {
        assert_eq!(read(&text).unwrap().sha256(), read(GOOD).unwrap().sha256(), "{text}");
    }
}

#[test]
fn each_reason_not_to_take_one_has_its_own_sentence() {
    use CertificateError::*;
    let (certificate, key) = apart();
    let encrypted = |name: &str| format!("{certificate}{name}");
    let cases = [
        (String::new(), Empty),
        ("  \n ".into(), Empty),
        ("MIIKcAIBAzCCCi4GCSqGSIb3DQEHAaCCCh8E".into(), NotPem),
        (key.into(), NoCertificate),
        (format!("{}{key}", include_str!("../../tests/certificates/good-request.pem")), Request),
        (certificate.into(), NoKey),
        (format!("{certificate}{certificate}{key}"), SeveralCertificates(2)),
        (format!("{certificate}{key}{OTHER_KEY}"), SeveralKeys(2)),
        (encrypted(include_str!("../../tests/certificates/good-encrypted.key")), Encrypted),
        (encrypted(include_str!("../../tests/certificates/good-encrypted-pkcs1.key")), Encrypted),
        (include_str!("../../tests/certificates/ec.pem").into(), NotRsa),
        (format!("{certificate}{}", include_str!("../../tests/certificates/ec-sec1.key")), NotRsa),
        (include_str!("../../tests/certificates/short.pem").into(), TooShort(1024)),
        (format!("{certificate}{OTHER_KEY}"), KeyOfAnother),
        (format!("{}{key}", &certificate[..certificate.len() / 2]), Damaged),
        (GOOD.replace("MII", "M!I"), Damaged),
    ];
    for (text, expected) in cases {
        let error = read(&text).unwrap_err();
        assert_eq!(error, expected, "{text}");
        let sentence = error.to_string();
        assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase) && !sentence.contains('!'));
    }
    assert!(matches!(
        read(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
        ),
        Err(Unusable(_))
    ));
}

#[test]
fn whether_it_is_good_depends_on_the_day() {
    let day = |text: &str| text.parse::<Timestamp>().unwrap();
    let (good, expired) = (read(GOOD).unwrap(), read(EXPIRED).unwrap());
    good.is_good(day("2026-11-25T00:00:00Z")).unwrap();
    let text = |error: Result<(), CertificateError>| error.unwrap_err().to_string();
    assert!(text(expired.is_good(day("2026-11-25T00:00:00Z"))).contains("good until 2026-01-01"));
    assert!(text(good.is_good(day("2025-12-31T00:00:00Z"))).contains("begins on 2026-01-01"));
}

#[test]
fn the_public_part_holds_nothing_of_the_key() {
    let certificate = read(GOOD).unwrap();
    let public = certificate.public_pem();
    assert!(!public.contains("PRIVATE") && !format!("{certificate:?}").contains("PRIVATE"));
    assert_eq!(public, apart().0);
    let both = format!("{public}{}", apart().1);
    assert_eq!(read(&both).unwrap().sha256(), certificate.sha256());
}

#[test]
fn one_that_is_made_here_can_be_used_and_ends_when_it_should() {
    use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
    use secrecy::ExposeSecret;
    let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
    let pem = Certificate::make("Oriel for Northwind, Zürich", now, 180).unwrap();
    let made = Certificate::from_pem(&pem).unwrap();
    assert_eq!(made.subject(), "CN=Oriel for Northwind\\, Zürich");
    assert_eq!(made.not_after().to_string(), "2027-05-24T10:00:00Z");
    made.is_good(now).unwrap();
    let signature = made.sign(b"statement").unwrap();
    let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, made.key.public());
    key.verify(b"statement", &signature).unwrap();
    assert_eq!(pem.expose_secret().matches("-----BEGIN").count(), 2);
}

#[test]
fn none_is_made_under_a_name_or_for_a_time_that_makes_no_sense() {
    let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
    let long = "x".repeat(65);
    for (name, days) in [("", 30), (long.as_str(), 30), ("a\nb", 30), ("a", 0), ("a", 4000)] {
        assert!(matches!(Certificate::make(name, now, days), Err(CertificateError::NotMade(_))), "{name} {days}");
    }
}
