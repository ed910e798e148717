//! Recovery codes: eighty random bits each, so that a plain digest keeps them.

use secrecy::{ExposeSecret, SecretString};

use crate::base32;
use crate::state::Random;
use crate::tokens::{self, Hash};

/// How many there are.
const MANY: usize = 10;
/// Random bytes of each.
const BYTES: usize = 10;
/// Letters of each, without the hyphens.
const LETTERS: usize = 16;

/// New recovery codes, to be shown once.
pub struct Codes(Vec<SecretString>);

impl Codes {
    /// Ten of them.
    pub fn new(random: &Random) -> Codes {
        let code = |_| {
            let mut bytes = [0; BYTES];
            random(&mut bytes);
            SecretString::from(base32::encode(&bytes).to_lowercase())
        };
        Codes((0..MANY).map(code).collect())
    }

    /// The digests under which they are kept.
    pub fn hashes(&self) -> Vec<Hash> {
        self.0.iter().map(|code| tokens::hash(code.expose_secret())).collect()
    }

    /// The codes as they are shown: in groups of four letters.
    pub fn shown(&self) -> Vec<String> {
        let groups = |code: &str| {
            let groups: Vec<&str> = (0..LETTERS).step_by(4).filter_map(|at| code.get(at..at + 4)).collect();
            groups.join("-")
        };
        self.0.iter().map(|code| groups(code.expose_secret())).collect()
    }
}

/// The digest of what somebody typed, if it can be a recovery code: hyphens, spaces and case do not matter.
pub fn hash(typed: &SecretString) -> Option<Hash> {
    let plain: String = typed
        .expose_secret()
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .flat_map(char::to_lowercase)
        .collect();
    (plain.len() == LETTERS && base32::decode(&plain).is_some()).then(|| tokens::hash(&plain))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    #[test]
    fn ten_codes_are_shown_and_known_again_however_they_are_typed() {
        let count = AtomicU8::new(0);
        let random: Random = Arc::new(move |bytes: &mut [u8]| bytes.fill(count.fetch_add(1, Ordering::SeqCst)));
        let codes = Codes::new(&random);
        let (shown, hashes) = (codes.shown(), codes.hashes());
        assert_eq!((shown.len(), shown[0].as_str()), (10, "aaaa-aaaa-aaaa-aaaa"));
        for (shown, kept) in shown.iter().zip(&hashes) {
            for typed in
                [shown.clone(), shown.to_uppercase(), shown.replace('-', " "), format!(" {} ", shown.replace('-', ""))]
            {
                assert_eq!(hash(&SecretString::from(typed)).as_ref(), Some(kept));
            }
        }
        for typed in ["123456", "", "aaaa-aaaa-aaaa-aaa", "aaaa-aaaa-aaaa-aaa1"] {
            assert_eq!(hash(&SecretString::from(typed)), None, "{typed}");
        }
    }
}
