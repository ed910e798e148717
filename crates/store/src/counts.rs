//! How many there are of what an operator watches.

use jiff::Timestamp;

use crate::columns::Micros;
use crate::db::reading;
use crate::{Db, Error};

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Sessions that have not ended and were used since the time that was asked for.
    pub sessions: u64,
    /// People who may sign in.
    pub people: u64,
    /// Keys that open the API.
    pub keys: u64,
}

/// Counts; of sessions those that were used since `since`, of keys those that open something as [`crate::keys::find`] has it.
pub async fn read(db: &Db, now: Timestamp, since: Timestamp, signed_in_since: Timestamp) -> Result<Counts, Error> {
    const COUNT: &str = concat!(
        "SELECT (SELECT COUNT(*) FROM sessions JOIN people ON people.id = sessions.person_id
                 WHERE sessions.expires_at > $2 AND sessions.last_seen_at > $3 AND people.disabled_at IS NULL),
                (SELECT COUNT(*) FROM people WHERE disabled_at IS NULL),
                (SELECT COUNT(*) FROM keys JOIN people ON people.id = keys.person_id WHERE ",
        crate::keys::open_keys!(),
        ")"
    );
    let (sessions, people, keys): (i64, i64, i64) = reading!(db, pool => {
        let count = sqlx::query_as(COUNT).bind(Micros::from(signed_in_since));
        count.bind(Micros::from(now)).bind(Micros::from(since)).fetch_one(pool).await?
    });
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(Counts { sessions: number(sessions), people: number(people), keys: number(keys) })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::audit::Actor;
    use crate::people::{self, NewPerson, Role};
    use crate::sessions::{self, NewSession, OpenedBy};

    fn key<'a>(hash: &'a crate::Hash, person: &'a people::PersonId) -> crate::keys::NewKey<'a> {
        let scope = crate::grants::Scope::All;
        crate::keys::NewKey { hash, person, label: "a script", scope, manage_people: false }
    }

    databases::on_each_database! {
        async fn what_has_ended_is_not_counted(database: Lent) {
            let (db, by) = (Db::open(database.url()).await.unwrap(), Actor::oriel());
            let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
            let hour = SignedDuration::from_hours(1);
            let mut ids = Vec::new();
            for (number, (name, role)) in [("olga", Role::Owner), ("kate", Role::Viewer)].into_iter().enumerate() {
                let new = NewPerson { name: name.into(), role, password_hash: "$argon2id$".into(), password_given: false, scope: crate::grants::Scope::All };
                let person = people::add(&db, &by, &new, now).await.unwrap().id;
                let hash = [u8::try_from(number).unwrap(); 32];
                crate::keys::create(&db, &by, &key(&hash, &person), now).await.unwrap();
                let session = NewSession {
                    hash: &hash,
                    person: &person,
                    opened_by: OpenedBy::Password,
                    password_hash: None, address: None,
                    agent: None,
                    expires: now + hour * 10,
                };
                sessions::create(&db, &by, &session, now).await.unwrap();
                ids.push(person);
            }
            let counts = async |at: Timestamp| read(&db, at, at - hour, at - hour).await.unwrap();
            assert_eq!(counts(now).await, Counts { sessions: 2, people: 2, keys: 2 });
            sessions::touch(&db, &[0; 32], now + hour).await.unwrap();
            assert_eq!(counts(now + hour).await.sessions, 1, "the other one lies idle");
            assert_eq!(counts(now + hour * 10).await.sessions, 0);
            people::disable(&db, &by, &ids[1], now).await.unwrap();
            assert_eq!(counts(now).await, Counts { sessions: 1, people: 1, keys: 1 });
        }
    }
}
