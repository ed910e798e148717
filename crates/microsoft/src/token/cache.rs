//! Tokens that are still good, and refusals that are still fresh.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;

use super::{Fresh, Token};
use crate::{Credential, Error, Resource};

/// A refused sign-in is not tried again for so long, unless the credential changes or someone validates.
const REFUSED_FOR: Duration = Duration::from_secs(60);

/// One slot for each app, interface and secret.
pub(crate) struct Cache {
    slots: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<Slot>>>>,
    hasher: RandomState,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    cloud: String,
    login: String,
    tenant: String,
    client: String,
    resource: Resource,
    /// A hash under a key of this process: another secret is another slot, and nothing can be learned from it.
    secret: u64,
}

/// What is known for one key.
#[derive(Default)]
pub(crate) struct Slot {
    token: Option<Kept>,
    refused: Option<(Error, Instant)>,
}

struct Kept {
    token: Token,
    /// From here on a new one is asked for, at 80 % of its life.
    refresh: Instant,
    /// From here on it is not used.
    end: Instant,
}

impl Cache {
    pub(crate) fn new() -> Cache {
        Cache { slots: Mutex::default(), hasher: RandomState::new() }
    }

    fn key(&self, credential: &Credential, resource: Resource) -> Key {
        Key {
            cloud: credential.cloud.name.clone(),
            login: credential.cloud.login.to_string(),
            tenant: credential.tenant.trim().to_ascii_lowercase(),
            client: credential.client.trim().to_ascii_lowercase(),
            resource,
            secret: self.hasher.hash_one(credential.secret.expose_secret()),
        }
    }

    pub(crate) fn slot(&self, credential: &Credential, resource: Resource) -> Arc<tokio::sync::Mutex<Slot>> {
        let key = self.key(credential, resource);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key).or_default())
    }

    /// The interface does not accept this token. Another one that has come meanwhile stays.
    pub(crate) async fn reject(&self, credential: &Credential, resource: Resource, token: &Token) {
        let slot = self.slot(credential, resource);
        let mut slot = slot.lock().await;
        if slot.token.as_ref().is_some_and(|kept| kept.token.expose() == token.expose()) {
            slot.token = None;
        }
    }

    pub(crate) fn forget(&self, credential: &Credential) {
        let forgotten = self.key(credential, Resource::Graph);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|key, _| {
            (&key.cloud, &key.login, &key.tenant, &key.client)
                != (&forgotten.cloud, &forgotten.login, &forgotten.tenant, &forgotten.client)
        });
    }
}

impl Slot {
    /// What is at hand: a refusal of the last minute, or a token in the first 80 % of its life.
    pub(crate) fn get(&self, now: Instant) -> Option<Result<Token, Error>> {
        if let Some((error, until)) = &self.refused
            && now < *until
        {
            return Some(Err(error.clone()));
        }
        self.token.as_ref().filter(|kept| now < kept.refresh).map(|kept| Ok(kept.token.clone()))
    }

    /// Keeps what Entra answered. Where it could not be reached or is busy, the old token serves to its end.
    pub(crate) fn put(
        &mut self,
        result: Result<Token, Error>,
        asked: Instant,
        now: Instant,
        fresh: Fresh,
    ) -> Result<Token, Error> {
        self.refused = None;
        match result {
            Ok(token) => {
                let refresh = asked + token.lifetime.mul_f64(0.8);
                self.token = Some(Kept { refresh, end: asked + token.lifetime, token: token.clone() });
                Ok(token)
            }
            Err(error @ (Error::Refused(_) | Error::Unlicensed { .. })) => {
                self.token = None;
                self.refused = Some((error.clone(), now + REFUSED_FOR));
                Err(error)
            }
            Err(error) => match &self.token {
                Some(kept) if fresh == Fresh::IfNeeded && now < kept.end => Ok(kept.token.clone()),
                _ => Err(error),
            },
        }
    }
}
