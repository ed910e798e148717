//! Settings of the instance, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use jiff::Timestamp;
use store::audit::Actor;
use store::settings::{SUPPORT_CONTACT, clear, get, set};
use store::{Db, meta};

databases::on_each_database! {
    async fn a_setting_is_kept_replaced_and_taken_away(database: Lent) {
        let db = Db::open(database.url()).await.expect("the database opens");
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().expect("a time");
        assert_eq!(get(&db, SUPPORT_CONTACT).await.unwrap(), None);
        set(&db, &Actor::oriel(), SUPPORT_CONTACT, "soc@example.com", now).await.unwrap();
        set(&db, &Actor::oriel(), SUPPORT_CONTACT, "https://help.example.com/", now).await.unwrap();
        assert_eq!(get(&db, SUPPORT_CONTACT).await.unwrap().as_deref(), Some("https://help.example.com/"));
        assert_eq!(get(&db, "another").await.unwrap(), None);
        clear(&db, &Actor::oriel(), SUPPORT_CONTACT, now).await.unwrap();
        assert_eq!(get(&db, SUPPORT_CONTACT).await.unwrap(), None);
    }

    async fn the_schema_of_an_open_database_is_the_newest(database: Lent) {
        let db = Db::open(database.url()).await.expect("the database opens");
        assert!(meta::schema() >= 9);
        assert_eq!(meta::applied(&db).await.unwrap(), Some(meta::schema()));
    }
}
