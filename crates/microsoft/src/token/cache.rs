//! Tokens that are still good, and refusals that are still fresh.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::{Fresh, Token};
use crate::{Credential, Error, Proof, Resource, proof};

/// A refused sign-in is not tried again for so long, unless the credential changes or someone validates.
const REFUSED_FOR: Duration = Duration::from_secs(60);

/// One slot for each app, interface and proof.
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
    proof: Shown,
}

/// Another proof is another slot. Hashes are under a key of this process, so that nothing can be learned from them.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Shown {
    Secret(u64),
    Certificate(String),
    Identity(Option<String>),
    File(PathBuf, u64),
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

    /// `content` is what stands in the credential's file, if it has one.
    fn key(&self, credential: &Credential, resource: Resource, content: Option<&SecretString>) -> Key {
        let hash = |secret: &SecretString| self.hasher.hash_one(secret.expose_secret());
        Key {
            cloud: credential.cloud.name.clone(),
            login: credential.cloud.login.to_string(),
            tenant: proof::plain(&credential.tenant),
            client: proof::plain(&credential.client),
            resource,
            proof: match &credential.proof {
                Proof::Secret(secret) => Shown::Secret(hash(secret)),
                Proof::Certificate(certificate) => Shown::Certificate(certificate.sha256()),
                Proof::ManagedIdentity { client } => Shown::Identity(client.as_deref().map(proof::plain)),
                Proof::TokenFile(path) => Shown::File(path.clone(), content.map_or(0, hash)),
            },
        }
    }

    pub(crate) fn slot(
        &self,
        credential: &Credential,
        resource: Resource,
        content: Option<&SecretString>,
    ) -> Arc<tokio::sync::Mutex<Slot>> {
        let key = self.key(credential, resource, content);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if !slots.contains_key(&key) {
            // A file's token changes every hour, and its older contents are not needed any more.
            slots.retain(|other, _| !other.is_earlier_content_of(&key));
        }
        Arc::clone(slots.entry(key).or_default())
    }

    /// The interface does not accept this token. Another one that has come meanwhile stays.
    pub(crate) async fn reject(&self, credential: &Credential, resource: Resource, token: &Token) {
        let key = self.key(credential, resource, None);
        let slots: Vec<_> = {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            let same = slots.iter().filter(|(other, _)| other.is_of_app(&key) && other.resource == resource);
            same.map(|(_, slot)| Arc::clone(slot)).collect()
        };
        for slot in slots {
            let mut slot = slot.lock().await;
            if slot.token.as_ref().is_some_and(|kept| kept.token.expose() == token.expose()) {
                slot.token = None;
            }
        }
    }

    pub(crate) fn forget(&self, credential: &Credential) {
        let forgotten = self.key(credential, Resource::Graph, None);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|key, _| !key.is_of_app(&forgotten));
    }
}

impl Key {
    fn is_of_app(&self, other: &Key) -> bool {
        (&self.cloud, &self.login, &self.tenant, &self.client)
            == (&other.cloud, &other.login, &other.tenant, &other.client)
    }

    fn is_earlier_content_of(&self, other: &Key) -> bool {
        let same_file = match (&self.proof, &other.proof) {
            (Shown::File(one, content), Shown::File(two, newer)) => one == two && content != newer,
            _ => false,
        };
        same_file && self.is_of_app(other) && self.resource == other.resource
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
            Err(error) if is_final(&error) => {
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

/// Whether it will be the same in a minute. A refusal that may pass by itself does not end the old token.
fn is_final(error: &Error) -> bool {
    match error {
        Error::Refused(refusal) => !refusal.cause.is_transient(),
        Error::Unlicensed { .. } => true,
        _ => false,
    }
}
