//! How many connections there are, and from where.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::{Bounds, refuse};

/// So many who find no room are told so at the same time; further ones are let go without a word.
const REFUSALS: usize = 64;

#[derive(Default)]
struct Inside {
    all: usize,
    addresses: HashMap<IpAddr, usize>,
}

/// Counts connections.
pub struct Turnstile {
    inside: Mutex<Inside>,
    most: usize,
    from_one_address: usize,
    proxies: web::Proxies,
    refusals: Arc<Semaphore>,
}

/// One connection's place, free again when it is dropped.
pub struct Place {
    turnstile: Arc<Turnstile>,
    address: Option<IpAddr>,
}

impl Turnstile {
    /// Nobody is inside yet.
    pub fn new(bounds: &Bounds) -> Turnstile {
        Turnstile {
            inside: Mutex::default(),
            most: bounds.connections,
            from_one_address: bounds.from_one_address,
            proxies: bounds.proxies.clone(),
            refusals: Arc::new(Semaphore::new(REFUSALS)),
        }
    }

    /// A place for a connection from there, if there is one.
    pub fn enter(self: &Arc<Turnstile>, peer: IpAddr) -> Option<Place> {
        // A proxy's address stands for everybody who comes through it.
        let address = (!self.proxies.contain(peer)).then(|| web::network(peer));
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if inside.all >= self.most {
            return None;
        }
        if let Some(address) = address {
            let from_there = inside.addresses.entry(address).or_default();
            if *from_there >= self.from_one_address {
                return None;
            }
            *from_there += 1;
        }
        inside.all += 1;
        Some(Place { turnstile: Arc::clone(self), address })
    }

    /// Tells who found no room that there is none.
    pub fn refuse(&self, stream: TcpStream) {
        if let Ok(permit) = Arc::clone(&self.refusals).try_acquire_owned() {
            tokio::spawn(async move {
                refuse::politely(stream).await;
                drop(permit);
            });
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.turnstile.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.all -= 1;
        let Some(address) = &self.address else { return };
        if let Some(count) = inside.addresses.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                inside.addresses.remove(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_never_has_all_the_places_and_a_proxy_may() {
        let proxies = web::Proxies::parse(&["203.0.113.0/24".to_owned()]).unwrap();
        let bounds = Bounds { connections: 3, from_one_address: 2, proxies, ..Bounds::default() };
        let turnstile = Arc::new(Turnstile::new(&bounds));
        let enter = |address: &str| turnstile.enter(address.parse().unwrap());
        let crowd = (enter("192.0.2.1").unwrap(), enter("192.0.2.1").unwrap());
        assert!(enter("192.0.2.1").is_none());
        let other = enter("192.0.2.2").unwrap();
        assert!(enter("198.51.100.1").is_none(), "full");
        drop((crowd, other));
        let all: Vec<Place> = std::iter::from_fn(|| enter("203.0.113.9")).collect();
        assert_eq!(all.len(), 3);
        drop(all);
        assert!(turnstile.inside.lock().unwrap().addresses.is_empty());
        assert_eq!(turnstile.inside.lock().unwrap().all, 0);
    }
}
