//! Slows down those who guess passwords, without locking out whom they guess at.
//!
//! Three things are counted. An address may try at a walking pace, whatever account it tries. An address that tries one
//! account may try a few times, then twice a minute. And an account that is tried from everywhere is answered a little
//! later each time, up to two seconds: never refused, for then anybody could keep anybody out.
//!
//! Each instance counts for itself, and has an equal part of what is allowed: whoever goes from one to the other gains
//! nothing by it (but for what is lost in rounding up), and nothing has to be written down for every attempt.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::client_address::network;
use crate::tokens;

/// Attempts at one account from one address: this many at once, then one each interval.
const PAIR: Pace = Pace { at_once: 5, interval: SignedDuration::from_secs(30) };
/// Attempts from one address, at any account.
const ADDRESS: Pace = Pace { at_once: 30, interval: SignedDuration::from_secs(5) };
/// Attempts at one account from anywhere that are answered without delay.
const ACCOUNT: Pace = Pace { at_once: 10, interval: SignedDuration::from_secs(60) };
/// Codes of one account's authenticator from anywhere, by somebody who knows its password: more are refused. A recovery
/// code is taken all the same, and cannot be guessed.
const CODES: Pace = Pace { at_once: 10, interval: SignedDuration::from_secs(60) };
/// The longest delay for an account that is tried from everywhere.
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// Entries of a table before those that do not matter any more are first thrown out.
const MANY: usize = 10_000;

#[derive(Clone, Copy)]
struct Pace {
    at_once: i32,
    interval: SignedDuration,
}

impl Pace {
    /// The part of one of so many instances.
    fn of(self, instances: i32) -> Pace {
        Pace { at_once: (self.at_once + instances - 1) / instances, interval: self.interval * instances }
    }
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
    /// How many other instances count as well.
    others: i32,
    pairs: Table<(Account, IpAddr)>,
    addresses: Table<IpAddr>,
    accounts: Table<Account>,
    codes: Table<Account>,
}

/// The digest of a name as it is compared: a name that somebody tries may be as long as a request.
type Account = tokens::Hash;

fn account(name: &str) -> Account {
    tokens::hash(&name.trim().to_lowercase())
}

/// Until when each key has paid: an attempt costs one interval of its pace.
struct Table<K> {
    paid: HashMap<K, Timestamp>,
    tidy_at: usize,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Table { paid: HashMap::new(), tidy_at: MANY }
    }
}

/// Attempts to sign in, of one process.
#[derive(Default)]
pub struct SignInLimit(Mutex<Tables>);

impl SignInLimit {
    /// From now on so many instances count, this one among them. What was counted stays.
    pub fn share(&self, instances: u32) {
        // More than a few are none that this is made for, and beyond them no part is smaller than one attempt.
        let others = i32::try_from(instances.saturating_sub(1).min(99)).unwrap_or(0);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).others = others;
    }

    /// Counts an attempt and says what is to become of it.
    pub fn attempt(&self, name: &str, address: IpAddr, now: Timestamp) -> Verdict {
        let (account, address) = (account(name), network(address));
        let pair = (account, address);
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_all = |pace: Pace| pace.of(tables.others + 1);
        let (per_pair, per_address, per_account) = (of_all(PAIR), of_all(ADDRESS), of_all(ACCOUNT));
        let late = tables.addresses.debt(&address, per_address, now).max(tables.pairs.debt(&pair, per_pair, now));
        if late > SignedDuration::ZERO {
            return Verdict::Wait(now.saturating_add(late).unwrap_or(now));
        }
        tables.addresses.count(address, per_address, now);
        tables.pairs.count(pair, per_pair, now);
        let late = tables.accounts.debt(&account, per_account, now);
        tables.accounts.count(account, per_account, now);
        // A tenth of a second for each attempt too many.
        let too_many = late.as_secs() / per_account.interval.as_secs().max(1);
        Verdict::Try(Duration::from_millis(u64::try_from(too_many * 100).unwrap_or(0)).min(LONGEST_DELAY))
    }

    /// Counts a code of an account's authenticator, of which there are a million only: says until when none is taken.
    pub fn code(&self, name: &str, now: Timestamp) -> Option<Timestamp> {
        let account = account(name);
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = CODES.of(tables.others + 1);
        let late = tables.codes.debt(&account, pace, now);
        if late > SignedDuration::ZERO {
            return Some(now.saturating_add(late).unwrap_or(now));
        }
        tables.codes.count(account, pace, now);
        None
    }

    /// Forgets what was counted against a pair that has signed in.
    pub fn succeeded(&self, name: &str, address: IpAddr) {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let account = account(name);
        tables.pairs.paid.remove(&(account, network(address)));
        tables.codes.paid.remove(&account);
    }
}

impl<K: Hash + Eq> Table<K> {
    /// How long a key has to wait until its next attempt is within its pace.
    fn debt(&self, key: &K, pace: Pace, now: Timestamp) -> SignedDuration {
        let paid = self.paid.get(key).copied().unwrap_or(now).max(now);
        paid.duration_since(now) - pace.interval * (pace.at_once - 1)
    }

    fn count(&mut self, key: K, pace: Pace, now: Timestamp) {
        if self.paid.len() >= self.tidy_at {
            self.paid.retain(|_, paid| *paid > now);
            // Looked through again when it has doubled: tidying costs each attempt the same, however many there are.
            self.tidy_at = (self.paid.len() * 2).max(MANY);
        }
        let paid = self.paid.entry(key).or_insert(now);
        let next = (*paid).max(now).saturating_add(pace.interval).unwrap_or(now);
        // An account that is hammered for a day is to be quick again soon after.
        let furthest = now.saturating_add(pace.interval * (pace.at_once * 4)).unwrap_or(now);
        *paid = next.min(furthest);
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
    fn codes_of_an_account_are_slowed_from_wherever_they_come() {
        let limit = SignInLimit::default();
        for _ in 0..10 {
            assert_eq!(limit.code("alice", NOW), None);
        }
        assert_eq!(limit.code("Alice", NOW), Some(after(60)));
        assert_eq!(limit.code("bob", NOW), None);
        assert_eq!(limit.code("alice", after(60)), None);
        limit.succeeded("alice", address(1));
        assert_eq!(limit.code("alice", after(61)), None);
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
    fn what_does_not_matter_any_more_is_forgotten() {
        let limit = SignInLimit::default();
        for n in 0..MANY {
            let [high, low] = u16::try_from(n).unwrap().to_be_bytes();
            limit.attempt("alice", IpAddr::from([10, 0, high, low]), NOW);
        }
        limit.attempt("alice", address(1), after(3600));
        let tables = limit.0.lock().unwrap();
        assert_eq!((tables.pairs.paid.len(), tables.addresses.paid.len(), tables.accounts.paid.len()), (1, 1, 1));
    }

    #[test]
    fn whoever_goes_from_one_instance_to_the_other_gains_no_more_than_rounding() {
        let both = [SignInLimit::default(), SignInLimit::default()];
        both.iter().for_each(|limit| limit.share(2));
        let tried = |until: i64| {
            let attempts = (0..=until).flat_map(|second| both.iter().map(move |limit| (second, limit)));
            attempts
                .filter(|(second, limit)| matches!(limit.attempt("alice", address(1), after(*second)), Verdict::Try(_)))
                .count()
        };
        // One alone: 5 at once, and 20 in the 10 minutes after.
        assert_eq!(tried(600), 26);
        both.iter().for_each(|limit| limit.share(1));
        assert!(matches!(both[0].attempt("alice", address(1), after(601)), Verdict::Wait(_)), "what was counted stays");
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
