//! What Entra gives back unchanged when an administrator has granted consent: that it was this browser that asked, for which
//! connection, and not long ago.

use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use store::connections::ConnectionId;

use crate::state::Random;
use crate::tokens;

/// Consent that takes longer than this is asked for again.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// Makes the text. Only a browser that holds the session's token can have been given it.
pub fn state(session: &str, connection: &ConnectionId, now: Timestamp, random: &Random) -> String {
    let mut once = [0; 16];
    random(&mut once);
    let said = format!("{connection}.{}.{}", now.as_second(), tokens::hex(&once));
    let mac = tokens::hex(hmac::sign(&key(session), said.as_bytes()).as_ref());
    format!("{said}.{mac}")
}

/// The connection that consent was asked for; none if the text is not one that this session was given within the hour.
pub fn connection(session: &str, state: &str, now: Timestamp) -> Option<ConnectionId> {
    let (said, mac) = state.rsplit_once('.')?;
    let mac = bytes(mac)?;
    hmac::verify(&key(session), said.as_bytes(), &mac).ok()?;
    let mut parts = said.split('.');
    let (id, at) = (parts.next()?, parts.next()?.parse::<i64>().ok()?);
    let age = now.duration_since(Timestamp::from_second(at).ok()?);
    (age <= LONGEST && !age.is_negative()).then(|| id.parse().ok()).flatten()
}

fn key(session: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, session.as_bytes())
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.is_ascii() || !hex.len().is_multiple_of(2) {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_this_session_was_given_is_taken_back_for_an_hour_and_what_was_changed_is_not() {
        let random: Random = Arc::new(|bytes: &mut [u8]| bytes.fill(7));
        let id = ConnectionId::new(now());
        let given = state("session", &id, now(), &random);
        let hour = now() + LONGEST;
        assert_eq!(connection("session", &given, now()), Some(id.clone()));
        assert_eq!(connection("session", &given, hour), Some(id));
        assert_eq!(connection("session", &given, hour + SignedDuration::from_secs(1)), None, "too late");
        assert_eq!(connection("session", &given, now() - SignedDuration::from_secs(1)), None, "before it was given");
        assert_eq!(connection("another session", &given, now()), None);
        for at in 0..given.len() {
            let mut changed = given.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(connection("session", &String::from_utf8(changed).unwrap(), now()), None, "{at}");
        }
    }

    #[test]
    fn what_was_never_given_is_not_taken() {
        for text in ["", ".", "a.b", "a.1.b.zz", "a.1.b.é0", "a.1.b.0"] {
            assert_eq!(connection("session", text, now()), None, "{text}");
        }
    }
}
