//! The link where every owner was disabled, as a database of an earlier Oriel may say.

use jiff::{SignedDuration, Timestamp};

use crate::people::{self, NewPerson, Role};
use crate::{Db, db, first_start};

fn owner(name: &str) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        role: Role::Owner,
        password_hash: "$argon2id$".to_owned(),
        password_given: false,
        scope: crate::grants::Scope::All,
    }
}

databases::on_each_database! {
    async fn an_owner_who_is_disabled_does_not_close_the_link(database: Lent) {
        let now: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        let db = Db::open(database.url()).await.unwrap();
        people::add(&db, &crate::audit::Actor::oriel(), &owner("olga"), now).await.unwrap();
        first_start::offer(&db, &[7; 32], now + SignedDuration::from_mins(30)).await.unwrap();
        assert!(people::any_owner(&db).await.unwrap());
        assert_eq!(first_start::redeem(&db, &[7; 32], owner("zoe"), None, now).await.unwrap(), None);
        db::writing!(db, pool => {
            sqlx::query("UPDATE people SET disabled_at = created_at").execute(pool).await.unwrap();
        });
        assert!(!people::any_owner(&db).await.unwrap());
        let zoe = first_start::redeem(&db, &[7; 32], owner("zoe"), None, now).await.unwrap();
        assert_eq!(zoe.map(|person| person.name).as_deref(), Some("zoe"));
    }
}
