//! PEM text, written (RFC 7468).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The section of a certificate.
pub(super) fn certificate(der: &[u8]) -> String {
    section("CERTIFICATE", der)
}

/// The section of a private key, PKCS#8.
pub(super) fn private_key(der: &[u8]) -> String {
    section("PRIVATE KEY", der)
}

fn section(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for start in (0..text.len()).step_by(64) {
        pem.push_str(&text[start..text.len().min(start + 64)]);
        pem.push('\n');
    }
    pem.push_str(&format!("-----END {label}-----\n"));
    pem
}
