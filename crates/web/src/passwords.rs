//! Passwords: how they are chosen, hashed and compared.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::state::Random;

/// The fewest characters that a password may have.
pub const FEWEST: usize = 12;
/// The most, so that nobody keeps the hash busy with a novel.
pub const MOST: usize = 1024;

/// Passwords of twelve characters and more that everybody tries first.
const COMMONEST: [&str; 26] = [
    "123456789012",
    "1234567890123",
    "1234567890abc",
    "123456789abc",
    "111111111111",
    "000000000000",
    "123123123123",
    "abcdefghijkl",
    "abcdefghijklm",
    "abc123abc123",
    "adminadminadmin",
    "administrator",
    "administrator1",
    "changemechangeme",
    "correcthorsebatterystaple",
    "iloveyouiloveyou",
    "letmeinletmein",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "passw0rdpassw0rd",
    "qwertyqwerty",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdf",
];

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
    /// The name, or little more.
    #[error("This password can be read off the name. Choose another; a sentence is a good one.")]
    LikeTheName,
}

/// The hash could not be made: not enough memory, in practice.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(String);

/// Whether somebody of this name may choose this password.
pub fn check(password: &SecretString, name: &str) -> Result<(), Unfit> {
    let text = password.expose_secret();
    let length = text.chars().count();
    if length < FEWEST {
        return Err(Unfit::TooShort);
    }
    if length > MOST {
        return Err(Unfit::TooLong);
    }
    let lower = text.to_lowercase();
    let one_letter = lower.chars().all(|letter| lower.starts_with(letter));
    if one_letter || COMMONEST.contains(&lower.as_str()) {
        return Err(Unfit::TooCommon);
    }
    let name = name.trim().to_lowercase();
    if name.chars().count() >= 4 && lower.replace(&name, "").chars().count() < 4 {
        return Err(Unfit::LikeTheName);
    }
    Ok(())
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
    tokio::task::spawn_blocking(move || match hash {
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

    #[rstest]
    #[case("tiny", Err(Unfit::TooShort))]
    #[case("elevenchars", Err(Unfit::TooShort))]
    #[case("twelve chars", Ok(()))]
    #[case("zwölf zeiche", Ok(()))]
    #[case("Password1234", Err(Unfit::TooCommon))]
    #[case("aaaaaaaaaaaaaaaa", Err(Unfit::TooCommon))]
    #[case("kate.mulligan", Err(Unfit::LikeTheName))]
    #[case("Kate.Mulligan12", Err(Unfit::LikeTheName))]
    #[case("Kate.Mulligan rides a bicycle", Ok(()))]
    fn a_password_is_judged_by_length_and_by_what_everybody_tries(
        #[case] password: &str,
        #[case] expected: Result<(), Unfit>,
    ) {
        assert_eq!(check(&SecretString::from(password), "kate.mulligan"), expected);
    }

    #[test]
    fn a_hundred_and_twenty_eight_characters_are_not_too_many() {
        let long: String = "correct horse ".chars().cycle().take(128).collect();
        assert_eq!(check(&SecretString::from(long), "kate"), Ok(()));
        let novel: String = "correct horse ".chars().cycle().take(MOST + 1).collect();
        assert_eq!(check(&SecretString::from(novel), "kate"), Err(Unfit::TooLong));
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
        assert!(!verify_aside(SecretString::from("nobody has this password"), None).await);
    }
}
