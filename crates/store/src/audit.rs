//! The audit: who did what, and when. Entries are added and never changed.
//!
//! A change and its entry are written in one transaction, so that neither is there without the other ([`audited!`]). Each
//! entry's hash seals the one before it: [`verify::chain`] finds what was changed, taken out or put in. Only what an
//! entry says can be deleted, when its time is over ([`keep::expire`]); its seal stays, and the chain still verifies.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::columns::Micros;
use crate::db::in_transaction;
use crate::keys::KeyId;
use crate::people::Person;
use crate::tenants::TenantId;
use crate::{Db, Error};

pub(crate) mod chain;
pub mod keep;
pub mod read;
pub mod verify;

pub(crate) use chain::Link;
pub use chain::{Digest, hex};

/// Which way somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person in the browser.
    Person,
    /// A script, with a person's key.
    Key,
    /// Whoever has an account on the server.
    CommandLine,
    /// Oriel by itself.
    Oriel,
    /// Nobody who is known: somebody who has not signed in.
    Stranger,
}

/// Who acts, and by which way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// By which way.
    pub kind: ActorKind,
    /// The person's id, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// The person's name, or that of the account on the server.
    pub name: String,
    /// The key's id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// From which address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    /// The id of the request, as in the log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request: Option<String>,
}

impl Actor {
    fn of(kind: ActorKind, name: &str) -> Actor {
        Actor { kind, id: None, name: name.to_owned(), key: None, address: None, request: None }
    }

    /// Whoever runs a command on the server, by the name of the account.
    pub fn command_line(account: &str) -> Actor {
        Actor::of(ActorKind::CommandLine, account)
    }

    /// Oriel by itself: what it does in the background, and at its first start.
    pub fn oriel() -> Actor {
        Actor::of(ActorKind::Oriel, "Oriel")
    }

    /// Somebody who has not signed in, or could not; `name` is what was typed.
    pub fn stranger(name: &str) -> Actor {
        Actor::of(ActorKind::Stranger, name)
    }

    /// A person in the browser.
    pub fn person(person: &Person) -> Actor {
        Actor { id: Some(person.id.to_string()), ..Actor::of(ActorKind::Person, &person.name) }
    }

    /// A script with somebody's key.
    pub fn key(person: &Person, key: &KeyId) -> Actor {
        Actor { kind: ActorKind::Key, key: Some(key.to_string()), ..Actor::person(person) }
    }

    /// The same, from an address and by a request.
    #[must_use]
    pub fn from(self, address: Option<String>, request: Option<String>) -> Actor {
        Actor { address, request, ..self }
    }
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// `person`, `key`, `connection` …
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// One thing to write down. Never a secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What was done: `connection.created`.
    pub action: &'static str,
    /// To what.
    pub subject: Option<Subject>,
    /// The tenants it belongs to: who may not see one of them does not see the entry. None: it belongs to the instance.
    pub tenants: Vec<TenantId>,
    /// What else is worth knowing.
    pub details: Value,
}

impl Entry {
    /// Something that was done: `person.disabled`.
    pub fn new(action: &'static str) -> Entry {
        Entry { action, subject: None, tenants: Vec::new(), details: Value::Null }
    }

    /// What it was done to.
    #[must_use]
    pub fn about(self, kind: &str, id: impl ToString, name: &str) -> Entry {
        let subject = Subject { kind: kind.to_owned(), id: id.to_string(), name: name.to_owned() };
        Entry { subject: Some(subject), ..self }
    }

    /// A tenant that it belongs to.
    #[must_use]
    pub fn of(mut self, tenant: &TenantId) -> Entry {
        if !self.tenants.contains(tenant) {
            self.tenants.push(tenant.clone());
        }
        self
    }

    /// What else is worth knowing, as a JSON object.
    #[must_use]
    pub fn with(self, details: Value) -> Entry {
        Entry { details, ..self }
    }
}

/// Takes the end of the chain for this transaction, before entries are read that it is to change: whoever writes an entry
/// waits from here on.
pub(crate) const TAKE: &str = "UPDATE audit_head SET number = number WHERE id = 1";

/// The people whom entries name, each by id and with the place of the name.
pub(crate) fn people_in<'a>(by: &'a mut Actor, entries: &'a mut [Entry]) -> Vec<(String, &'a mut String)> {
    let actor = by.id.clone().map(|id| (id, &mut by.name));
    let subjects = entries.iter_mut().filter_map(|entry| entry.subject.as_mut());
    let people = subjects.filter(|subject| subject.kind == "person");
    actor.into_iter().chain(people.map(|subject| (subject.id.clone(), &mut subject.name))).collect()
}

/// Adds entries at the end of a transaction, as its last statements: whoever else writes one waits from here on.
macro_rules! audited {
    ($transaction:ident, $by:expr, $entries:expr, $now:expr) => {{
        let mut by = crate::audit::Actor::clone($by);
        let mut entries = <[crate::audit::Entry]>::to_vec($entries);
        // The row is this transaction's from here on, so nobody comes in between.
        let (number, hash): (i64, Option<Vec<u8>>) =
            sqlx::query_as("UPDATE audit_head SET number = number + $1 WHERE id = 1 RETURNING number - $1, hash")
                .bind(i64::try_from(entries.len()).unwrap_or_default())
                .fetch_one(&mut *$transaction)
                .await?;
        let mut link = crate::audit::Link::after(number, hash.as_deref())?;
        for (id, name) in crate::audit::people_in(&mut by, &mut entries) {
            // A request under way still knows somebody by a name that was forgotten a moment ago.
            let called: Option<String> = sqlx::query_scalar("SELECT name FROM people WHERE id = $1")
                .bind(id)
                .fetch_optional(&mut *$transaction)
                .await?;
            if let Some(called) = called {
                *name = called;
            }
        }
        for entry in &entries {
            link = link.next(&by, entry, $now)?;
            sqlx::query(
                "INSERT INTO audit (number, happened_at, content, salt, content_hash, hash) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(link.number)
            .bind(crate::columns::Micros::from($now))
            .bind(&link.content)
            .bind(link.salt.as_slice())
            .bind(link.content_hash.as_slice())
            .bind(link.hash.as_slice())
            .execute(&mut *$transaction)
            .await?;
        }
        sqlx::query("UPDATE audit_head SET hash = $1 WHERE id = 1")
            .bind(link.hash.as_slice())
            .execute(&mut *$transaction)
            .await?;
    }};
}
pub(crate) use audited;

/// Writes down what is no change of the database: a search, an export, a refused sign-in.
pub async fn append(db: &Db, by: &Actor, entries: &[Entry], now: Timestamp) -> Result<(), Error> {
    let each: Vec<(Actor, Entry)> = entries.iter().map(|entry| (by.clone(), entry.clone())).collect();
    append_all(db, &each, now).await
}

/// The same for what several people did, in one transaction.
pub async fn append_all(db: &Db, entries: &[(Actor, Entry)], now: Timestamp) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    in_transaction!(db, transaction => {
        for (by, entry) in entries {
            audited!(transaction, by, std::slice::from_ref(entry), now);
        }
    });
    Ok(())
}

/// The end of the chain: number and hash of the newest entry. Noted elsewhere, it shows later whether the end was cut off.
pub async fn head(db: &Db) -> Result<(i64, String), Error> {
    const HEAD: &str = "SELECT number, hash FROM audit_head WHERE id = 1";
    let (number, hash): (i64, Option<Vec<u8>>) =
        crate::db::reading!(db, pool => sqlx::query_as(HEAD).fetch_one(pool).await?);
    Ok((number, hex(&hash.unwrap_or_else(|| chain::BEFORE_THE_FIRST.to_vec()))))
}

/// A time as it stands in a column.
fn micros(at: Timestamp) -> Micros {
    Micros::from(at)
}

#[cfg(test)]
mod tests;
