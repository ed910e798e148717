//! Random tokens of 256 bits, as 64 hex digits, and the digest under which they are kept.

use ring::digest;

use crate::state::Random;

/// What is kept of a token: its SHA-256. A token has 256 random bits, so nothing slower is needed.
pub type Hash = [u8; 32];

/// A new token and its digest.
pub fn new(random: &Random) -> (String, Hash) {
    let mut bytes = [0; 32];
    random(&mut bytes);
    let token = hex(&bytes);
    let hash = hash(&token);
    (token, hash)
}

/// The digest of a token as it was handed in.
pub fn hash(token: &str) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}

/// Whether a text can be a token at all; what cannot is not looked up.
pub fn is_token(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Hex digits in lower case.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|nibble| DIGITS.get(usize::from(nibble)).copied())
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_token_is_64_hex_digits_and_its_digest_is_that_of_its_text() {
        let random: Random = Arc::new(|bytes: &mut [u8]| bytes.fill(0xa5));
        let (token, digest) = new(&random);
        assert_eq!(token, "a5".repeat(32));
        assert!(is_token(&token));
        assert_eq!(digest, hash(&token));
        assert_eq!(hex(&hash("abc")[..4]), "ba7816bf");
    }

    #[test]
    fn what_cannot_be_a_token_is_known_without_a_look_up() {
        for text in ["", "abc", &"A5".repeat(32), &"g".repeat(64), &"é".repeat(32)] {
            assert!(!is_token(text), "{text}");
        }
    }
}
