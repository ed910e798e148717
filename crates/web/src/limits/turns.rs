//! Who is being answered at this moment.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::Limits;
use crate::client_address::network;

/// Where there is no room for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// In the whole process.
    Server,
    /// For this address.
    Address,
    /// For this person.
    Person,
}

#[derive(Default)]
struct Counts {
    all: usize,
    addresses: HashMap<IpAddr, usize>,
    people: HashMap<String, usize>,
}

/// The requests that are being answered, of one process.
#[derive(Default)]
pub struct Turns(Mutex<Counts>);

/// One request that is being answered. Its place is free again when the last clone is gone.
#[derive(Clone)]
pub struct Turn(Arc<Held>);

struct Held {
    turns: Arc<Turns>,
    address: IpAddr,
    most_for_a_person: usize,
    person: Mutex<Option<String>>,
}

impl Turns {
    /// Takes a place for a request from `address`.
    pub fn enter(self: &Arc<Turns>, address: IpAddr, limits: &Limits) -> Result<Turn, Full> {
        let address = network(address);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.all >= limits.requests {
            return Err(Full::Server);
        }
        if !take(&mut counts.addresses, address, limits.per_address) {
            return Err(Full::Address);
        }
        counts.all += 1;
        let (turns, most_for_a_person) = (Arc::clone(self), limits.per_person);
        Ok(Turn(Arc::new(Held { turns, address, most_for_a_person, person: Mutex::default() })))
    }
}

impl Turn {
    /// Counts the request for a person, once it is known who asks.
    pub fn is_of(&self, person: &str) -> Result<(), Full> {
        let mut known = self.0.person.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_some() {
            return Ok(());
        }
        let mut counts = self.0.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !take(&mut counts.people, person.to_owned(), self.0.most_for_a_person) {
            return Err(Full::Person);
        }
        *known = Some(person.to_owned());
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let person = self.person.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let mut counts = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all -= 1;
        give_back(&mut counts.addresses, &self.address);
        if let Some(person) = person {
            give_back(&mut counts.people, &person);
        }
    }
}

/// Counts one more, if there is room.
fn take<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: K, most: usize) -> bool {
    let count = counts.entry(key).or_default();
    if *count >= most {
        return false;
    }
    *count += 1;
    true
}

/// Counts one less; who has none is forgotten.
fn give_back<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Limits = Limits { requests: 3, per_address: 2, per_person: 1 };

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn each_limit_is_kept_and_a_place_is_given_back() {
        let turns = Arc::new(Turns::default());
        let first = turns.enter(address(1), &FEW).unwrap();
        let second = turns.enter(address(1), &FEW).unwrap();
        assert_eq!(turns.enter(address(1), &FEW).err(), Some(Full::Address));
        let third = turns.enter(address(2), &FEW).unwrap();
        assert_eq!(turns.enter(address(3), &FEW).err(), Some(Full::Server));
        assert_eq!((first.is_of("kate"), second.is_of("kate")), (Ok(()), Err(Full::Person)));
        assert_eq!((third.is_of("alan"), third.is_of("alan")), (Ok(()), Ok(())), "one request counts once");
        let held = first.clone();
        drop(first);
        assert_eq!(second.is_of("kate"), Err(Full::Person), "a stream of the first still goes on");
        drop(held);
        assert_eq!(second.is_of("kate"), Ok(()));
        drop((second, third));
        let counts = turns.0.lock().unwrap();
        assert_eq!((counts.all, counts.addresses.len(), counts.people.len()), (0, 0, 0));
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one() {
        let turns = Arc::new(Turns::default());
        let neighbour = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, last]);
        let _held = [turns.enter(neighbour(1), &FEW).unwrap(), turns.enter(neighbour(2), &FEW).unwrap()];
        assert_eq!(turns.enter(neighbour(3), &FEW).err(), Some(Full::Address));
    }
}
