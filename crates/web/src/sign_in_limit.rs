//! Slows down those who guess passwords, without locking out whom they guess at.
//!
//! Three things are counted. An address may try at a walking pace, whatever account it tries. An address that tries one
//! account may try a few times, then twice a minute. And an account that is tried from everywhere is answered a little
//! later each time, up to two seconds: never refused, for then anybody could keep anybody out.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Attempts at one account from one address: this many at once, then one each interval.
const PAIR: Pace = Pace { at_once: 5, interval: SignedDuration::from_secs(30) };
/// Attempts from one address, at any account.
const ADDRESS: Pace = Pace { at_once: 30, interval: SignedDuration::from_secs(5) };
/// Attempts at one account from anywhere that are answered without delay.
const ACCOUNT: Pace = Pace { at_once: 10, interval: SignedDuration::from_secs(60) };
/// The longest delay for an account that is tried from everywhere.
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// Entries kept in each table before those that do not matter any more are thrown out.
const MANY: usize = 10_000;

#[derive(Clone, Copy)]
struct Pace {
    at_once: i32,
    interval: SignedDuration,
}

/// What is to become of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is tried, after this time.
    Try(Duration),
    /// It is not tried before then.
    Wait(Timestamp),
}

#[derive(Default)]
struct Tables {
    pairs: HashMap<(String, IpAddr), Timestamp>,
    addresses: HashMap<IpAddr, Timestamp>,
    accounts: HashMap<String, Timestamp>,
}

/// Attempts to sign in, of one process.
#[derive(Default)]
pub struct SignInLimit(Mutex<Tables>);

impl SignInLimit {
    /// Counts an attempt and says what is to become of it.
    pub fn attempt(&self, account: &str, address: IpAddr, now: Timestamp) -> Verdict {
        let account = account.trim().to_lowercase();
        let address = network(address);
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let late = debt(&tables.addresses, &address, ADDRESS, now).max(debt(
            &tables.pairs,
            &(account.clone(), address),
            PAIR,
            now,
        ));
        if late > SignedDuration::ZERO {
            return Verdict::Wait(now.saturating_add(late).unwrap_or(now));
        }
        count(&mut tables.addresses, address, ADDRESS, now);
        count(&mut tables.pairs, (account.clone(), address), PAIR, now);
        let late = debt(&tables.accounts, &account, ACCOUNT, now);
        count(&mut tables.accounts, account, ACCOUNT, now);
        // A tenth of a second for each attempt too many.
        let too_many = late.as_secs() / ACCOUNT.interval.as_secs().max(1);
        Verdict::Try(Duration::from_millis(u64::try_from(too_many * 100).unwrap_or(0)).min(LONGEST_DELAY))
    }

    /// Forgets what was counted against a pair that has signed in.
    pub fn succeeded(&self, account: &str, address: IpAddr) {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables.pairs.remove(&(account.trim().to_lowercase(), network(address)));
    }
}

/// How long a key has to wait until its next attempt is within its pace.
fn debt<K: Hash + Eq>(table: &HashMap<K, Timestamp>, key: &K, pace: Pace, now: Timestamp) -> SignedDuration {
    let paid = table.get(key).copied().unwrap_or(now).max(now);
    paid.duration_since(now) - pace.interval * (pace.at_once - 1)
}

/// Each attempt is paid for with one interval; the table holds until when a key has paid.
fn count<K: Hash + Eq>(table: &mut HashMap<K, Timestamp>, key: K, pace: Pace, now: Timestamp) {
    if table.len() >= MANY {
        table.retain(|_, paid| *paid > now);
    }
    let paid = table.entry(key).or_insert(now);
    *paid = (*paid).max(now).saturating_add(pace.interval).unwrap_or(now);
    // An account that is hammered for a day is to be quick again soon after.
    let furthest = now.saturating_add(pace.interval * (pace.at_once * 4)).unwrap_or(now);
    *paid = (*paid).min(furthest);
}

/// Who has one IPv6 address has the whole /64 around it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn after(seconds: i64) -> Timestamp {
        NOW + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_few_attempts_are_free_and_then_one_waits() {
        let limit = SignInLimit::default();
        for _ in 0..5 {
            assert_eq!(limit.attempt("alice", address(1), NOW), Verdict::Try(Duration::ZERO));
        }
        assert_eq!(limit.attempt("ALICE ", address(1), NOW), Verdict::Wait(after(30)));
        assert_eq!(limit.attempt("alice", address(1), after(30)), Verdict::Try(Duration::ZERO));
        assert_eq!(limit.attempt("alice", address(1), after(31)), Verdict::Wait(after(60)));
    }

    #[test]
    fn an_account_tried_from_everywhere_stays_open_to_its_owner() {
        let limit = SignInLimit::default();
        for n in 0..=255 {
            limit.attempt("alice", address(n), NOW);
        }
        let from_home = IpAddr::from([198, 51, 100, 7]);
        assert_eq!(limit.attempt("alice", from_home, NOW), Verdict::Try(LONGEST_DELAY));
        assert_eq!(limit.attempt("alice", from_home, after(3600)), Verdict::Try(Duration::ZERO));
    }

    #[test]
    fn an_address_that_tries_many_accounts_is_slowed() {
        let limit = SignInLimit::default();
        for n in 0..30 {
            assert_eq!(limit.attempt(&format!("user{n}"), address(1), NOW), Verdict::Try(Duration::ZERO));
        }
        assert!(matches!(limit.attempt("user31", address(1), NOW), Verdict::Wait(_)));
        assert_eq!(limit.attempt("user31", address(2), NOW), Verdict::Try(Duration::ZERO));
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one() {
        let limit = SignInLimit::default();
        for n in 1..=5u16 {
            limit.attempt("alice", IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, n]), NOW);
        }
        let neighbour = IpAddr::from([0x2001, 0xdb8, 0, 1, 9, 9, 9, 9]);
        assert!(matches!(limit.attempt("alice", neighbour, NOW), Verdict::Wait(_)));
    }

    #[test]
    fn who_signs_in_starts_afresh() {
        let limit = SignInLimit::default();
        for _ in 0..5 {
            limit.attempt("alice", address(1), NOW);
        }
        limit.succeeded("alice", address(1));
        assert_eq!(limit.attempt("alice", address(1), NOW), Verdict::Try(Duration::ZERO));
    }
}
