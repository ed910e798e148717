//! Identifiers made from names, so that a scenario need not write any and each run has the same.

use uuid::{Builder, Uuid};

/// FNV-1a, 64 bits: spreads well enough for ids in a story, and is no more than that.
fn spread(seed: &str, salt: u64) -> u64 {
    seed.bytes().fold(0xcbf2_9ce4_8422_2325 ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15), |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A GUID for this name.
pub(crate) fn guid(seed: &str) -> Uuid {
    let bits = (u128::from(mixed(seed, 1)) << 64) | u128::from(mixed(seed, 2));
    Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
}

/// So many hexadecimal digits for this name: a device id has 40, a SHA-256 64.
pub(crate) fn hex(seed: &str, digits: usize) -> String {
    let mut text: String =
        (0..digits.div_ceil(16) as u64).map(|part| format!("{:016x}", mixed(seed, part + 3))).collect();
    text.truncate(digits);
    text
}

/// A number below `limit` for this name.
pub(crate) fn below(seed: &str, limit: u64) -> u64 {
    mixed(seed, 0) % limit.max(1)
}

fn mixed(seed: &str, salt: u64) -> u64 {
    let mut value = spread(seed, salt);
    value ^= value >> 33;
    value = value.wrapping_mul(0xff51_afd7_ed55_8ccd);
    value ^ (value >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_always_the_same_ids_and_another_has_others() {
        assert_eq!(guid("a"), guid("a"));
        assert_ne!(guid("a"), guid("b"));
        assert_eq!(guid("a").get_version_num(), 4);
        assert_eq!(hex("a", 40).len(), 40);
        assert_ne!(hex("a", 64), hex("b", 64));
        assert!(below("a", 7) < 7);
    }
}
