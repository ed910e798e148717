//! What somebody searched, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use jiff::{SignedDuration, Timestamp};
use store::audit::Actor;
use store::people::{self, NewPerson, Person, Role};
use store::searches::{self, NewSearch, Search};
use store::{Db, Error};

fn at(seconds: i64) -> Timestamp {
    "2026-11-25T03:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_secs(seconds)
}

async fn open(database: &databases::Lent) -> Db {
    Db::open(database.url()).await.expect("the database opens")
}

async fn person(db: &Db, name: &str) -> Person {
    let new = NewPerson {
        name: name.to_owned(),
        role: Role::Analyst,
        password_hash: String::new(),
        password_given: false,
        scope: store::grants::Scope::All,
    };
    people::add(db, &Actor::oriel(), &new, at(0)).await.expect("a person is added")
}

async fn search(db: &Db, person: &Person, value: &str, level: &str, seconds: i64) {
    let kind = if value.contains(|letter: char| letter.is_alphabetic()) { "domain" } else { "ip" };
    let new = NewSearch { person_id: person.id.clone(), value: value.into(), kind: kind.into(), level: level.into() };
    searches::record(db, &new, at(seconds)).await.expect("a search is recorded");
}

fn values(searches: &[Search]) -> Vec<&str> {
    searches.iter().map(|search| search.value.as_str()).collect()
}

databases::on_each_database! {
    async fn the_newest_search_stands_first_and_a_value_stands_once(database: Lent) {
        let db = open(&database).await;
        let ada = person(&db, "ada").await;
        search(&db, &ada, "example.com", "seen", 1).await;
        search(&db, &ada, "192.0.2.7", "nothing_known", 2).await;
        search(&db, &ada, "example.net", "cannot_say", 3).await;
        search(&db, &ada, "example.com", "malicious", 4).await;
        let recent = searches::recent(&db, &ada.id, 10).await.unwrap();
        assert_eq!(values(&recent), ["example.com", "example.net", "192.0.2.7"]);
        let top = &recent[0];
        assert_eq!((top.kind.as_str(), top.level.as_str(), top.times), ("domain", "malicious", 2));
        assert_eq!((&top.person_id, top.searched_at), (&ada.id, at(4)));
        assert_eq!((recent[2].kind.as_str(), recent[2].times), ("ip", 1));
        assert_eq!(values(&searches::recent(&db, &ada.id, 2).await.unwrap()), ["example.com", "example.net"]);
    }

    async fn a_list_is_private(database: Lent) {
        let db = open(&database).await;
        let (ada, ben) = (person(&db, "ada").await, person(&db, "ben").await);
        search(&db, &ada, "example.com", "seen", 1).await;
        search(&db, &ben, "example.com", "seen", 2).await;
        search(&db, &ben, "example.org", "seen", 3).await;
        assert_eq!(values(&searches::recent(&db, &ada.id, 10).await.unwrap()), ["example.com"]);
        let last = &searches::recent(&db, &ben.id, 10).await.unwrap()[0];
        assert_eq!(values(&searches::before(&db, last, 10).await.unwrap()), ["example.com"]);
    }

    async fn pages_follow_on_each_other_also_where_times_are_the_same(database: Lent) {
        let db = open(&database).await;
        let ada = person(&db, "ada").await;
        for number in 0..25 {
            search(&db, &ada, &format!("host{number}.example.com"), "seen", number / 10).await;
        }
        let all = searches::recent(&db, &ada.id, 100).await.unwrap();
        assert_eq!(all.len(), 25);
        let mut paged = searches::recent(&db, &ada.id, 4).await.unwrap();
        loop {
            let page = searches::before(&db, paged.last().expect("a page is not empty"), 4).await.unwrap();
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all);
    }

    async fn a_search_of_nobody_is_refused(database: Lent) {
        let db = open(&database).await;
        let nobody = people::PersonId::new(at(0));
        let new = NewSearch { person_id: nobody, value: "example.com".into(), kind: "domain".into(), level: "seen".into() };
        assert!(matches!(searches::record(&db, &new, at(1)).await, Err(Error::Gone)));
    }
}
