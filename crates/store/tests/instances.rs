//! Who lives, and which pauses hold for all, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use jiff::{SignedDuration, Timestamp};
use store::Db;
use store::instances::{self, Throttle};

fn at(seconds: i64) -> Timestamp {
    "2026-11-25T03:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_secs(seconds)
}

fn throttle(key: &str, why: &str, until: i64) -> Throttle {
    Throttle { key: key.into(), why: why.into(), until: at(until) }
}

databases::on_each_database! {
    async fn an_instance_counts_while_it_is_heard_of_and_no_longer(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        assert_eq!(instances::live(&db, at(0)).await.unwrap(), 0);
        assert_eq!(instances::hear(&db, "one", at(0), at(45)).await.unwrap(), 1);
        assert_eq!(instances::hear(&db, "two", at(10), at(55)).await.unwrap(), 2);
        assert_eq!(instances::hear(&db, "one", at(15), at(60)).await.unwrap(), 2);
        // From here on the second is heard of no more.
        assert_eq!(instances::live(&db, at(54)).await.unwrap(), 2);
        assert_eq!(instances::live(&db, at(55)).await.unwrap(), 1);
        assert_eq!(instances::hear(&db, "one", at(56), at(101)).await.unwrap(), 1);
        assert_eq!(instances::live(&db, at(10)).await.unwrap(), 1, "its row is gone");
    }

    async fn an_instance_that_leaves_counts_no_more_at_once(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        instances::hear(&db, "one", at(0), at(45)).await.unwrap();
        instances::hear(&db, "two", at(0), at(45)).await.unwrap();
        instances::leave(&db, "two").await.unwrap();
        instances::leave(&db, "nobody").await.unwrap();
        assert_eq!(instances::live(&db, at(1)).await.unwrap(), 1);
    }

    async fn a_pause_holds_until_its_end_and_a_shorter_one_does_not_end_it(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        instances::throttle(&db, &throttle("hunting", "45 a minute", 60), at(0)).await.unwrap();
        instances::throttle(&db, &throttle("hunting", "later", 30), at(1)).await.unwrap();
        instances::throttle(&db, &throttle("graph", "slow down", 20), at(1)).await.unwrap();
        let held = instances::throttles(&db, at(2)).await.unwrap();
        assert_eq!(held, [throttle("graph", "slow down", 20), throttle("hunting", "45 a minute", 60)]);
        instances::throttle(&db, &throttle("hunting", "longer", 90), at(2)).await.unwrap();
        assert_eq!(instances::throttles(&db, at(20)).await.unwrap(), [throttle("hunting", "longer", 90)]);
        assert!(instances::throttles(&db, at(90)).await.unwrap().is_empty());
    }
}
