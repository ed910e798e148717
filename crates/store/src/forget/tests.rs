//! What is left of somebody who was forgotten, on both engines.

use jiff::{SignedDuration, Timestamp};
use search::mask::Masker;
use serde_json::json;

use super::person;
use crate::audit::read::{Said, Wanted, list};
use crate::audit::{Actor, Entry, append, verify};
use crate::grants::Scope;
use crate::people::{self, NewPerson, Person, Role, Subject};
use crate::sessions::{self, NewSession, OpenedBy};
use crate::{Db, Error, local_sign_ins};

const UPN: &str = "anna.berg@northwind.example";
const ISSUER: &str = "https://login.example.com/tenant/v2.0";

fn now() -> Timestamp {
    "2026-11-25T03:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn by() -> Actor {
    Actor::command_line("root")
}

fn masker() -> Masker {
    Masker::new(|text| crate::audit::hex(text.bytes().rev().collect::<Vec<_>>().as_slice()))
}

async fn open(database: &databases::Lent) -> Db {
    let db = Db::open(database.url()).await.unwrap();
    let olga = NewPerson {
        name: "olga".into(),
        role: Role::Owner,
        password_hash: "$argon2id$".into(),
        password_given: false,
        scope: Scope::All,
    };
    people::add(&db, &by(), &olga, now()).await.unwrap();
    db
}

async fn arrives(db: &Db, subject: &str) -> Person {
    let (scope, password_hash) = (Scope::All, String::new());
    let new = NewPerson { name: UPN.into(), role: Role::Analyst, scope, password_hash, password_given: false };
    people::add_from_sign_on(db, &Actor::stranger(UPN), Subject { issuer: ISSUER, subject }, &new, now()).await.unwrap()
}

async fn signs_in(db: &Db, person: &Person) {
    let by = Actor::person(person).from(Some("192.0.2.77".to_owned()), None);
    local_sign_ins::note(db, &by, person, now()).await.unwrap();
    let new = NewSession {
        hash: &[1; 32],
        person: &person.id,
        opened_by: OpenedBy::SingleSignOn,
        password_hash: None,
        address: Some("192.0.2.77"),
        agent: None,
        expires: later(3600),
    };
    sessions::create(db, &by, &new, now()).await.unwrap();
}

async fn said(db: &Db) -> Vec<Said> {
    let all = list(db, &Scope::All, &Wanted::default(), 500).await.unwrap();
    all.into_iter().rev().filter_map(|written| written.said).collect()
}

databases::on_each_database! {
    async fn a_forgetting_that_cannot_be_written_down_changes_nothing(database: Lent) {
        let db = open(&database).await;
        let anna = arrives(&db, "s-1").await;
        signs_in(&db, &anna).await;
        let before = said(&db).await;
        crate::db::writing!(db, pool => {
            sqlx::query("ALTER TABLE audit_head RENAME TO another").execute(pool).await.unwrap();
        });
        assert!(person(&db, &by(), UPN, &masker(), later(60)).await.is_err());
        assert_eq!(people::by_subject(&db, ISSUER, "s-1").await.unwrap(), Some(anna));
        assert!(sessions::find(&db, &[1; 32], now()).await.unwrap().is_some());
        assert_eq!(said(&db).await, before);
    }

    async fn whoever_is_forgotten_comes_in_by_single_sign_on_only_when_an_owner_says_so(database: Lent) {
        let db = open(&database).await;
        let anna = arrives(&db, "s-1").await;
        person(&db, &by(), UPN, &masker(), later(60)).await.unwrap();
        assert_eq!(people::by_subject(&db, ISSUER, "s-1").await.unwrap(), None, "the subject is gone");
        let known = people::by_forgotten_subject(&db, &masker(), ISSUER, "s-1").await.unwrap().unwrap();
        assert_eq!((&known.id, known.disabled_at), (&anna.id, Some(later(60))));
        for (issuer, subject) in [(ISSUER, "s-2"), ("https://login.example.com/other/v2.0", "s-1")] {
            assert_eq!(people::by_forgotten_subject(&db, &masker(), issuer, subject).await.unwrap(), None, "{subject}");
        }
        let another = Masker::new(|text| crate::audit::hex(text.as_bytes()));
        assert_eq!(people::by_forgotten_subject(&db, &another, ISSUER, "s-1").await.unwrap(), None);
        assert!(people::enable(&db, &by(), &anna.id, later(70)).await.unwrap());
        let known = people::by_forgotten_subject(&db, &masker(), ISSUER, "s-1").await.unwrap().unwrap();
        assert_eq!(known.disabled_at, None);
    }

    async fn when_somebody_was_disabled_stays_so_and_addresses_of_their_sign_ins_go(database: Lent) {
        let db = open(&database).await;
        let anna = arrives(&db, "s-1").await;
        signs_in(&db, &anna).await;
        people::disable(&db, &by(), &anna.id, later(10)).await.unwrap();
        let forgotten = person(&db, &by(), UPN, &masker(), later(60)).await.unwrap();
        assert!(forgotten.account && !forgotten.left_in_log, "{forgotten:?}");
        assert_eq!(people::find(&db, &anna.id).await.unwrap().unwrap().disabled_at, Some(later(10)));
        assert_eq!(local_sign_ins::recent(&db, later(60), 10).await.unwrap(), []);
        let entries = said(&db).await;
        assert!(!format!("{entries:?}").contains("192.0.2.77"), "{entries:?}");
        let last = entries.last().unwrap();
        assert_eq!((last.action.as_str(), &last.details["account"]), ("person.forgotten", &json!(true)));
        assert_eq!(last.details["entries"], forgotten.audit);
    }

    async fn a_request_that_was_under_way_does_not_bring_the_name_back(database: Lent) {
        let db = open(&database).await;
        let anna = arrives(&db, "s-1").await;
        let (as_anna, about) = (Actor::person(&anna), anna.entry("password.given"));
        person(&db, &by(), UPN, &masker(), later(60)).await.unwrap();
        append(&db, &as_anna, &[Entry::new("search.made"), about], later(61)).await.unwrap();
        let entries = said(&db).await;
        assert_eq!(entries.last().unwrap().action, "password.given");
        let told = format!("{entries:?}");
        assert!(!told.contains("anna") && told.contains(anna.id.as_str()), "{told}");
        assert!(verify::chain(&db, None).await.unwrap().is_ok());
    }

    async fn the_last_owner_is_asked_for_at_the_same_moment_as_the_other_one(database: Lent) {
        let db = open(&database).await;
        let second = NewPerson { name: UPN.into(), role: Role::Owner, password_hash: "$argon2id$".into(), password_given: false, scope: Scope::All };
        people::add(&db, &by(), &second, now()).await.unwrap();
        let (masker, by) = (masker(), by());
        let (one, two) = tokio::join!(
            person(&db, &by, UPN, &masker, later(60)),
            person(&db, &by, "olga", &masker, later(60))
        );
        let refused = one.err().into_iter().chain(two.err()).collect::<Vec<_>>();
        assert!(matches!(refused.as_slice(), [Error::LastOwner]), "{refused:?}");
    }
}

#[tokio::test]
async fn nothing_of_the_name_is_left_in_the_files() {
    let database = databases::sqlite();
    let db = open(&database).await;
    let anna = arrives(&db, "subject-of-anna").await;
    signs_in(&db, &anna).await;
    for n in 0..300 {
        let entry = Entry::new("search.made").with(json!({ "n": n, "why": "x".repeat(n) }));
        append(&db, &Actor::person(&anna), &[entry], later(1)).await.unwrap();
    }
    let file = database.url().trim_start_matches("sqlite://").to_owned();
    let traces = || {
        let files = ["", "-wal"].map(|end| std::fs::read(format!("{file}{end}")).unwrap_or_default());
        let text = files.map(|bytes| String::from_utf8_lossy(&bytes).to_lowercase());
        ["anna.berg", "subject-of-anna", "192.0.2.77"]
            .map(|trace| text.iter().map(|text| text.matches(trace).count()).sum())
    };
    assert!(traces().iter().all(|count: &usize| *count > 0), "{:?}", traces());
    person(&db, &by(), UPN, &masker(), later(60)).await.unwrap();
    assert_eq!(traces(), [0, 0, 0]);
}
