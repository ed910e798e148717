//! Passwords that were found in breaches, of those that the other rules would let through.
//!
//! The list is part of the program: nobody is asked, and nothing of a password leaves it. `vendor/VENDOR.md` says where the
//! list is from.

use crate::tokens;

/// Marks in order, each the first four bytes of the SHA-256 of a password without its case.
static MARKS: &[u8] = include_bytes!("../../vendor/breached-passwords.bin");

type Mark = [u8; 4];

/// Whether a password, in lower case, is one of them.
pub fn contains(lower: &str) -> bool {
    let [a, b, c, d, ..] = tokens::hash(lower);
    let mark: Mark = [a, b, c, d];
    let (marks, _) = MARKS.as_chunks::<4>();
    marks.binary_search(&mark).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_one_that_its_record_names_and_in_order() {
        let digest = ring::digest::digest(&ring::digest::SHA256, MARKS);
        let record = include_str!("../../vendor/VENDOR.md");
        assert!(record.contains(&tokens::hex(digest.as_ref())), "breached-passwords.bin is not the file of VENDOR.md");
        let (marks, rest) = MARKS.as_chunks::<4>();
        assert!(rest.is_empty() && marks.is_sorted(), "the list is not made as it has to be");
        assert!(marks.len() > 10_000, "ASVS asks for the 3,000 commonest that the rules let through; {}", marks.len());
    }

    #[test]
    fn what_is_tried_first_is_in_it_and_a_sentence_is_not() {
        for breached in
            ["1q2w3e4r5t6y", "qwertyqwerty", "password1234", "administrator", "йцукенгшщзхъ", "finalfantasy"]
        {
            assert!(contains(breached), "{breached}");
        }
        for sentence in ["a bicycle in the rain", "correct horse battery", "zwölf boxkämpfer jagen"] {
            assert!(!contains(sentence), "{sentence}");
        }
    }
}
