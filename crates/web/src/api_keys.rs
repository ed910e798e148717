//! API keys: 256 random bits, shown once, kept as a digest.

use crate::state::Random;
use crate::tokens;

/// A new key (64 hex digits) and the digest under which it is kept. The key itself is to be shown once and forgotten.
pub fn new_key(random: &Random) -> (String, [u8; 32]) {
    tokens::new(random)
}
