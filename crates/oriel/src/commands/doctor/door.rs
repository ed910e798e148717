//! How people come in: the certificate of the server's own TLS, and whether its address fits where it listens.

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::Found;
use crate::config::{Config, Tls};
use crate::tls;

/// A certificate that ends sooner than this is to be renewed.
const SOON: i64 = 14 * 24 * 3600;

/// Looks at both.
pub fn look(found: &mut Found, config: &Config, now: Timestamp) -> std::io::Result<()> {
    if let Some(tls) = &config.tls {
        certificate(found, tls, now)?;
    }
    address(found, config)
}

fn certificate(found: &mut Found, tls: &Tls, now: Timestamp) -> std::io::Result<()> {
    if let Err(error) = tls::acceptor(tls) {
        return found.mend("tls", &format!("{error:#}"));
    }
    let file = tls.certificate_file.display();
    let Some((begins, ends)) = validity(tls) else {
        return found.note("tls", &format!("{file} can be served, but when it ends cannot be read"));
    };
    let left = ends.duration_since(now).as_secs();
    if now < begins {
        return found.mend("tls", &format!("{file} is good from {begins} on only; look at this machine's clock"));
    }
    match left {
        ..=0 => found.mend("tls", &format!("{file} has ended on {ends}; put a new one there and restart Oriel")),
        1..=SOON => found.mend("tls", &format!("{file} ends on {ends}; put a new one there and restart Oriel")),
        _ => found.fine("tls", &format!("{file} is good until {ends}")),
    }
}

/// From when to when the first certificate of the file is good.
fn validity(tls: &Tls) -> Option<(Timestamp, Timestamp)> {
    let der = CertificateDer::from_pem_file(&tls.certificate_file).ok()?;
    let certificate = Certificate::from_der(&der).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let time = |time: &x509_cert::time::Time| {
        Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
    };
    Some((time(&validity.not_before)?, time(&validity.not_after)?))
}

fn address(found: &mut Found, config: &Config) -> std::io::Result<()> {
    let Some(public) = &config.public_url else {
        return found.fine("address", &format!("listens on {}, and no `public_url` is set", config.listen));
    };
    let here = format!("{public}, listening on {}", config.listen);
    match (public.scheme(), &config.tls) {
        ("https", Some(_)) => found.fine("address", &format!("{here}, with TLS of its own")),
        ("https", None) => found.fine("address", &format!("{here}; a proxy in front does TLS")),
        (_, Some(_)) => found.mend("address", &format!("{here}: `[tls]` is set, so `public_url` begins with https")),
        _ => found.fine("address", &here),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_when_to_when_a_certificate_is_good_is_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../microsoft/tests/tls/");
        let tls = |file: &str| Tls { certificate_file: format!("{folder}{file}").into(), key_file: "none".into() };
        let (begins, ends) = validity(&tls("server.pem")).unwrap();
        assert!(begins < ends && ends > "2100-01-01T00:00:00Z".parse().unwrap(), "{begins} {ends}");
        assert_eq!(validity(&tls("server.key")), None);
        assert_eq!(validity(&tls("missing.pem")), None);
    }
}
