//! The issuer's name out of a certificate. Only for a message: nothing is decided by it.

/// Common name of the issuer, or else its organisation (RFC 5280, 4.1). `None` for what cannot be read.
pub(super) fn issuer(certificate: &[u8]) -> Option<String> {
    let mut certificate = Reader(certificate).inside(SEQUENCE)?;
    let mut body = certificate.inside(SEQUENCE)?;
    if body.0.first() == Some(&VERSION) {
        body.next()?;
    }
    let (_serial, _algorithm) = (body.next()?, body.next()?);
    let mut names = body.inside(SEQUENCE)?;
    let mut organisation = None;
    while let Some(mut set) = names.inside(SET) {
        while let Some(mut attribute) = set.inside(SEQUENCE) {
            let (_, kind) = attribute.next()?;
            let (tag, value) = attribute.next()?;
            match kind {
                COMMON_NAME => return text(tag, value),
                ORGANISATION => organisation = text(tag, value),
                _ => {}
            }
        }
    }
    organisation
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;
const UTF16: u8 = 0x1e;
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];

fn text(tag: u8, value: &[u8]) -> Option<String> {
    let text = if tag == UTF16 {
        let units: Vec<u16> = value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    } else {
        String::from_utf8_lossy(value).into_owned()
    };
    let text: String = text.chars().filter(|character| !character.is_control()).take(200).collect();
    (!text.trim().is_empty()).then_some(text)
}

/// Reads tag, length, value (DER) one after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let mut length = usize::from(first);
        if first & 0x80 != 0 {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return None;
            }
            let (bytes, after) = rest.split_at_checked(count)?;
            length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            rest = after;
        }
        let (value, after) = rest.split_at_checked(length)?;
        self.0 = after;
        Some((tag, value))
    }

    fn inside(&mut self, expected: u8) -> Option<Reader<'a>> {
        let (tag, value) = self.next()?;
        (tag == expected).then_some(Reader(value))
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    use super::*;

    #[test]
    fn the_issuer_of_a_certificate_is_read() {
        let pem = include_bytes!("../../tests/tls/server.pem");
        let certificate = CertificateDer::from_pem_slice(pem).unwrap();
        assert_eq!(issuer(&certificate).as_deref(), Some("Example Proxy Authority"));
    }

    #[test]
    fn what_is_no_certificate_or_ends_early_has_no_issuer_and_does_no_harm() {
        let certificate = CertificateDer::from_pem_slice(include_bytes!("../../tests/tls/server.pem")).unwrap();
        for end in 0..certificate.len().min(120) {
            issuer(&certificate[..end]);
        }
        for bytes in [&[][..], &[0x30], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30, 0x80], &[0xff; 40]] {
            assert_eq!(issuer(bytes), None);
        }
    }
}
