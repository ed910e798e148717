//! Passwords: how they are chosen, hashed and compared.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::state::Random;

mod breached;
mod chosen;
mod words;

pub use chosen::{unfit, words};
pub use words::Words;

/// The fewest characters that a password may have.
pub const FEWEST: usize = 12;
/// The most, so that nobody keeps the hash busy with a novel.
pub const MOST: usize = 1024;

/// A password that may not be chosen. The message says why and what would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Too few characters.
    #[error("A password has at least {FEWEST} characters; a sentence is a good one.")]
    TooShort,
    /// Too many characters.
    #[error("A password has at most {MOST} characters.")]
    TooLong,
    /// One of those that are tried first.
    #[error("This password is among the first that an attacker tries. Choose another; a sentence is a good one.")]
    TooCommon,
    /// Names of this place, or little more.
    #[error(
        "This password is little more than a name that is known here: yours, Oriel's, or your organisation's. Choose \
         another; a sentence is a good one."
    )]
    LikeAName,
}

/// The hash could not be made: not enough memory, in practice.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(String);

/// Whether a password may be chosen where these words are known to everybody. Any characters will do, and there is no rule
/// on how many of which.
pub fn check(password: &SecretString, words: &Words) -> Result<(), Unfit> {
    let text = password.expose_secret();
    let length = text.chars().count();
    if length < FEWEST {
        return Err(Unfit::TooShort);
    }
    if length > MOST {
        return Err(Unfit::TooLong);
    }
    let lower = text.to_lowercase();
    if repeats(&lower) || counts(&lower) || breached::contains(&lower) {
        return Err(Unfit::TooCommon);
    }
    if words.are_most_of(&lower) {
        return Err(Unfit::LikeAName);
    }
    Ok(())
}

/// Whether a text is one piece over and over: `abcabcabcabc`, `letmeinletmein`.
fn repeats(lower: &str) -> bool {
    let letters: Vec<char> = lower.chars().collect();
    (1..=(letters.len() / 2).min(FEWEST - 1))
        .any(|unit| letters.iter().zip(letters.iter().skip(unit)).all(|(one, next)| one == next))
}

/// Whether a text counts up or down, through the alphabet or the digits: `abcdefghijkl`, `987654321098`.
fn counts(lower: &str) -> bool {
    let letters: Vec<char> = lower.chars().collect();
    let steps: Vec<i64> = letters
        .iter()
        .zip(letters.iter().skip(1))
        .map(|(one, next)| i64::from(*next as u32) - i64::from(*one as u32))
        .collect();
    [1, -1].iter().any(|way| steps.iter().all(|step| step == way || *step == -9 * way))
}

/// A password that nobody chose: eighty random bits in groups of four letters, to be handed over once and changed.
pub fn generate(random: &Random) -> SecretString {
    let mut bytes = [0; 10];
    random(&mut bytes);
    let letters = crate::base32::encode(&bytes).to_lowercase();
    let groups: Vec<&str> = (0..letters.len()).step_by(4).filter_map(|at| letters.get(at..at + 4)).collect();
    SecretString::from(groups.join("-"))
}

/// The Argon2id hash of a password, in PHC form. Takes some tens of milliseconds and 19 MiB: not on a thread that
/// serves requests.
pub fn hash(password: &SecretString, random: &Random) -> Result<String, HashError> {
    let mut salt = [0; 16];
    random(&mut salt);
    Argon2::default()
        .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|reason| HashError(reason.to_string()))
}

/// Whether a password has this hash. As slow as [`hash`].
pub fn verify(password: &SecretString, hash: &str) -> bool {
    Argon2::default().verify_password(password.expose_secret().as_bytes(), hash).is_ok()
}

/// Hashes that are made at the same time: each takes a core and 19 MiB, and somebody who guesses passwords must not be
/// able to take them all.
static PLACES: Semaphore = Semaphore::const_new(2);

/// What an unknown name is compared with, so that it takes as long as a known one.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| {
    Argon2::default().hash_password_with_salt(b"nobody has this password", &[0; 16]).map(|hash| hash.to_string()).ok()
});

/// [`verify`], beside the threads that serve requests. Without a hash (an unknown name) the same work is done, and the
/// answer is no.
pub(crate) async fn verify_aside(password: SecretString, hash: Option<String>) -> bool {
    let Ok(_place) = PLACES.acquire().await else { return false };
    // Who signs in by another way has an empty hash: that too takes as long.
    tokio::task::spawn_blocking(move || match hash.filter(|hash| !hash.is_empty()) {
        Some(hash) => verify(&password, &hash),
        None => {
            let _ = NOBODY.as_deref().map(|hash| verify(&password, hash));
            false
        }
    })
    .await
    .unwrap_or(false)
}

/// [`hash`], beside the threads that serve requests.
pub(crate) async fn hash_aside(password: SecretString, random: Random) -> Result<String, HashError> {
    let _place = PLACES.acquire().await.map_err(|reason| HashError(reason.to_string()))?;
    tokio::task::spawn_blocking(move || hash(&password, &random))
        .await
        .map_err(|reason| HashError(reason.to_string()))?
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;

    use super::*;

    fn words() -> Words {
        Words::of("kate.mulligan", "https://oriel.example.com/".parse().ok().as_ref())
    }

    #[rstest]
    #[case("tiny", Err(Unfit::TooShort))]
    #[case("elevenchars", Err(Unfit::TooShort))]
    #[case("twelve chars", Ok(()))]
    #[case("zwölf zeiche", Ok(()))]
    #[case("🌧🚲🌧🚲🌧🚲 by bike", Ok(()))]
    #[case("Password1234", Err(Unfit::TooCommon))]
    #[case("1Q2w3e4r5t6Y", Err(Unfit::TooCommon))]
    #[case("aaaaaaaaaaaaaaaa", Err(Unfit::TooCommon))]
    #[case("letmeinletmein", Err(Unfit::TooCommon))]
    #[case("Pass7!Pass7!Pass7!", Err(Unfit::TooCommon))]
    #[case("abcdefghijklmnop", Err(Unfit::TooCommon))]
    #[case("543210987654", Err(Unfit::TooCommon))]
    #[case("kate.mulligan", Err(Unfit::LikeAName))]
    #[case("Kate.Mulligan12", Err(Unfit::LikeAName))]
    #[case("Oriel2026!!!!", Err(Unfit::LikeAName))]
    #[case("Kate.Mulligan rides a bicycle", Ok(()))]
    #[case("            lonely", Ok(()))]
    fn a_password_is_judged_by_length_and_by_what_everybody_tries(
        #[case] password: &str,
        #[case] expected: Result<(), Unfit>,
    ) {
        assert_eq!(check(&SecretString::from(password), &words()), expected);
    }

    #[test]
    fn a_hundred_and_twenty_eight_characters_are_not_too_many() {
        let long: String = "a bicycle in the rain, again. ".chars().cycle().take(128).collect();
        assert_eq!(check(&SecretString::from(long), &words()), Ok(()));
        let novel: String = "a bicycle in the rain, again. ".chars().cycle().take(MOST + 1).collect();
        assert_eq!(check(&SecretString::from(novel), &words()), Err(Unfit::TooLong));
    }

    #[test]
    fn a_hash_is_argon2id_and_knows_its_password() {
        let random: Random = Arc::new(|bytes: &mut [u8]| bytes.fill(7));
        let hash = hash(&SecretString::from("a good sentence"), &random).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify(&SecretString::from("a good sentence"), &hash));
        assert!(!verify(&SecretString::from("a bad sentence"), &hash));
        assert!(!verify(&SecretString::from("a good sentence"), "not a hash"));
    }

    #[tokio::test]
    async fn an_unknown_name_is_refused_after_the_same_work() {
        for nothing in [None, Some(String::new())] {
            let begun = std::time::Instant::now();
            assert!(!verify_aside(SecretString::from("nobody has this password"), nothing.clone()).await);
            // An answer without the work is there within microseconds.
            assert!(begun.elapsed() > std::time::Duration::from_millis(2), "{nothing:?}");
        }
    }
}
