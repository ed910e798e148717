//! Codes of an authenticator beside the password, and the recovery codes in their place.
//!
//! The secret is sealed by the vault for its person; of recovery codes there are digests. Each code is taken once.

mod qr;
mod recovery;
mod totp;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use store::audit::Actor;
use store::people::{Person, PersonId};
use store::second_factors;

use crate::Desk;
use crate::base32;
use crate::error::Error;
use crate::tokens;

pub use recovery::Codes;

/// What somebody who sets an authenticator up is shown, once.
pub struct Offer {
    /// Which secret it is, for the form to say that it has been shown. Tells nothing of it.
    pub mark: String,
    /// The secret as text, for those who type it: groups of four.
    pub text: String,
    /// The same as a picture to be scanned: a whole `<svg>`.
    pub picture: String,
}

/// What a code was good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was the authenticator's.
    Code,
    /// It was a recovery code; so many are left.
    Recovery(i64),
}

/// The secret to be put into somebody's authenticator: the one that waits for its first code where the form has `shown` it, by
/// its mark, and else a new one. What was shown to somebody else, who may have the password too, is shown to nobody again.
pub async fn offer(desk: &Desk, person: &Person, shown: &str) -> Result<Option<Offer>, Error> {
    let waiting = second_factors::find(&desk.db, &person.id).await?;
    let (secret, mark) = match waiting {
        Some(factor) if factor.confirmed_at.is_some() => return Ok(None),
        Some(factor) if mark(&factor.sealed) == shown => (open(desk, &person.id, &factor.sealed)?, shown.to_owned()),
        _ => {
            let mut bytes = [0; totp::SECRET];
            (desk.random)(&mut bytes);
            let text = SecretString::from(base32::encode(&bytes));
            let sealed = desk.vault.seal(&text, &second_factors::place(&person.id).into())?;
            if !second_factors::begin(&desk.db, &person.id, &sealed, desk.now()).await? {
                return Ok(None);
            }
            (bytes, mark(&sealed))
        }
    };
    let text = base32::encode(&secret);
    let host = desk.settings.public_url.host_str().unwrap_or("oriel");
    let address = totp::address(&text, &person.name, host);
    let groups: Vec<&str> =
        (0..text.len()).step_by(4).filter_map(|at| text.get(at..(at + 4).min(text.len()))).collect();
    Ok(Some(Offer { mark, text: groups.join(" "), picture: qr::picture(&address)? }))
}

/// Some bytes of the digest of what is sealed: the seal has random bytes of its own, so nobody can guess it.
fn mark(sealed: &[u8]) -> String {
    tokens::hex(ring::digest::digest(&ring::digest::SHA256, sealed).as_ref()).chars().take(32).collect()
}

/// Takes the first code: from now on the authenticator is asked for. The recovery codes to be shown once; none if the code
/// is not right.
pub async fn confirm(desk: &Desk, by: &Actor, person: &Person, code: &SecretString) -> Result<Option<Codes>, Error> {
    let now = desk.now();
    let Some(factor) = second_factors::find(&desk.db, &person.id).await?.filter(|factor| factor.confirmed_at.is_none())
    else {
        return Ok(None);
    };
    let Some(step) = right_step(desk, &person.id, &factor.sealed, code, now)? else { return Ok(None) };
    let codes = Codes::new(&desk.random);
    let confirmed = second_factors::confirm(&desk.db, by, person, step, &codes.hashes(), now).await?;
    Ok(confirmed.then_some(codes))
}

/// Takes a code of the authenticator, or a recovery code. `None` if it is not right or was taken before.
pub async fn take(desk: &Desk, by: &Actor, person: &Person, code: &SecretString) -> Result<Option<Taken>, Error> {
    let now = desk.now();
    if let Some(hash) = recovery::hash(code) {
        let left = second_factors::take_code(&desk.db, by, person, &hash, now).await?;
        return Ok(left.map(Taken::Recovery));
    }
    let Some(factor) = second_factors::find(&desk.db, &person.id).await?.filter(|factor| factor.confirmed_at.is_some())
    else {
        return Ok(None);
    };
    let Some(step) = right_step(desk, &person.id, &factor.sealed, code, now)? else { return Ok(None) };
    Ok(second_factors::take_step(&desk.db, &person.id, step).await?.then_some(Taken::Code))
}

/// New recovery codes in the place of those before, to be shown once. `None` without an authenticator.
pub async fn renew(desk: &Desk, by: &Actor, person: &Person) -> Result<Option<Codes>, Error> {
    let codes = Codes::new(&desk.random);
    let renewed = second_factors::renew_codes(&desk.db, by, person, &codes.hashes(), desk.now()).await?;
    Ok(renewed.then_some(codes))
}

fn open(desk: &Desk, person: &PersonId, sealed: &[u8]) -> Result<[u8; totp::SECRET], Error> {
    let text = desk.vault.open(sealed, &second_factors::place(person).into())?;
    base32::decode(text.expose_secret())
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Error::Broken("the secret of an authenticator is not readable".to_owned()))
}

fn right_step(
    desk: &Desk,
    person: &PersonId,
    sealed: &[u8],
    code: &SecretString,
    now: Timestamp,
) -> Result<Option<i64>, Error> {
    let secret = open(desk, person, sealed)?;
    let digits: String = code.expose_secret().chars().filter(|letter| !letter.is_whitespace()).collect();
    Ok(totp::step_of(&secret, &digits, now))
}

/// Whether what was typed has the form of a recovery code.
pub fn is_recovery_code(typed: &SecretString) -> bool {
    recovery::hash(typed).is_some()
}

/// The code that an authenticator with this secret, as the page shows it, has at a time.
#[cfg(test)]
pub fn code_at(shown: &str, now: Timestamp) -> String {
    let secret = base32::decode(&shown.replace(' ', "")).unwrap().try_into().unwrap();
    totp::code(&secret, now.as_second().div_euclid(30))
}
