//! People who come in through a provider, and sign-ins by password beside it, on both engines.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use jiff::{SignedDuration, Timestamp};
use store::audit::read::{Wanted, list};
use store::audit::{Actor, ActorKind};
use store::grants::Scope;
use store::people::{self, NewPerson, Person, Role, Subject};
use store::sessions::{self, NewSession, OpenedBy};
use store::{Db, Error, keys, local_sign_ins};

const ISSUER: &str = "https://login.example.com/tenant/v2.0";

fn now() -> Timestamp {
    "2026-11-25T03:00:00Z".parse().unwrap()
}

async fn open(database: &databases::Lent) -> Db {
    Db::open(database.url()).await.unwrap()
}

async fn arrives(db: &Db, subject: &str, name: &str, role: Role) -> Result<Person, Error> {
    let (name, scope, password_hash) = (name.to_owned(), Scope::All, String::new());
    let new = NewPerson { name, role, scope, password_hash, password_given: false };
    people::add_from_sign_on(db, &Actor::oriel(), Subject { issuer: ISSUER, subject }, &new, now()).await
}

fn new_key<'a>(hash: &'a [u8; 32], person: &'a people::PersonId, label: &'a str) -> keys::NewKey<'a> {
    keys::NewKey { hash, person, label, scope: Scope::All, manage_people: false }
}

async fn opens_session(db: &Db, person: &Person, hash: [u8; 32]) {
    let expires = now() + SignedDuration::from_hours(9);
    let opened_by = OpenedBy::SingleSignOn;
    let new = NewSession {
        hash: &hash,
        person: &person.id,
        opened_by,
        password_hash: None,
        address: None,
        agent: None,
        expires,
    };
    sessions::create(db, &Actor::person(person), &new, now()).await.unwrap();
}

async fn audited(db: &Db, text: &str) -> usize {
    let wanted = Wanted { text: Some(text.to_owned()), ..Wanted::default() };
    list(db, &Scope::All, &wanted, 100).await.unwrap().len()
}

databases::on_each_database! {
    async fn somebody_is_known_by_issuer_and_subject_and_by_no_name(database: Lent) {
        let db = open(&database).await;
        let local = NewPerson { name: "alice@example.com".into(), role: Role::Owner, password_hash: "$argon2id$".into(), password_given: false, scope: Scope::All };
        people::add(&db, &Actor::oriel(), &local, now()).await.unwrap();
        let taken = arrives(&db, "s-1", "Alice@Example.com", Role::Analyst).await;
        assert!(matches!(taken, Err(Error::NameTaken { .. })), "{taken:?}");
        let alice = arrives(&db, "s-1", "alice@example.com (2)", Role::Analyst).await.unwrap();
        assert_eq!(people::by_subject(&db, ISSUER, "s-1").await.unwrap(), Some(alice));
        for (issuer, subject) in [(ISSUER, "S-1"), (ISSUER, "s-2"), ("https://login.example.com/tenant/v2.0/", "s-1")] {
            assert_eq!(people::by_subject(&db, issuer, subject).await.unwrap(), None, "{issuer} {subject}");
        }
    }

    async fn the_provider_says_at_each_sign_in_what_somebody_may_do(database: Lent) {
        let db = open(&database).await;
        let olga = arrives(&db, "s-1", "olga@example.com", Role::Owner).await.unwrap();
        let renewed = people::renew(&db, &Actor::person(&olga), &olga.id, Role::Owner, now()).await.unwrap();
        assert_eq!((renewed.as_ref(), audited(&db, "person.role_changed").await), (Some(&olga), 0));
        // Also the last owner: the next one comes from the group.
        let renewed = people::renew(&db, &Actor::person(&olga), &olga.id, Role::Viewer, now()).await.unwrap();
        assert_eq!(renewed.unwrap().role, Role::Viewer);
        assert_eq!(people::find(&db, &olga.id).await.unwrap().unwrap().role, Role::Viewer);
        assert_eq!(audited(&db, "person.role_changed").await, 1);
    }

    async fn whom_the_provider_lets_in_no_more_loses_sessions_and_keys_and_may_come_back(database: Lent) {
        let db = open(&database).await;
        let alice = arrives(&db, "s-1", "alice@example.com", Role::Analyst).await.unwrap();
        let bob = arrives(&db, "s-2", "bob@example.com", Role::Analyst).await.unwrap();
        opens_session(&db, &alice, [1; 32]).await;
        opens_session(&db, &bob, [2; 32]).await;
        keys::create(&db, &Actor::person(&alice), &new_key(&[3; 32], &alice.id, "script"), now()).await.unwrap();
        let by = Actor::person(&alice);
        assert!(people::shut_out(&db, &by, &alice.id, now()).await.unwrap());
        assert!(!people::shut_out(&db, &by, &alice.id, now()).await.unwrap(), "there is nothing left to end");
        assert!(sessions::find(&db, &[1; 32], now()).await.unwrap().is_none());
        assert!(sessions::find(&db, &[2; 32], now()).await.unwrap().is_some());
        let key = keys::find(&db, &[3; 32], now(), now()).await.unwrap();
        assert!(key.is_none_or(|(key, _)| key.revoked_at.is_some()));
        assert_eq!(audited(&db, "person.shut_out").await, 1);
        let person = people::by_subject(&db, ISSUER, "s-1").await.unwrap().unwrap();
        assert_eq!(person.disabled_at, None);
    }

    async fn owners_are_told_of_a_local_sign_in_for_a_week_and_the_audit_keeps_it(database: Lent) {
        let db = open(&database).await;
        let olga = NewPerson { name: "olga".into(), role: Role::Owner, password_hash: "$argon2id$".into(), password_given: false, scope: Scope::All };
        let olga = people::add(&db, &Actor::oriel(), &olga, now()).await.unwrap();
        let by = Actor::person(&olga).from(Some("192.0.2.7".to_owned()), None);
        local_sign_ins::note(&db, &by, &olga, now()).await.unwrap();
        let later = now() + SignedDuration::from_hours(24);
        local_sign_ins::note(&db, &Actor::person(&olga), &olga, later).await.unwrap();
        let told = local_sign_ins::recent(&db, later, 10).await.unwrap();
        let told: Vec<_> = told.iter().map(|one| (one.name.as_str(), one.address.as_deref(), one.signed_in_at)).collect();
        assert_eq!(told, [("olga", None, later), ("olga", Some("192.0.2.7"), now())]);
        let week = now() + local_sign_ins::TOLD_FOR;
        assert_eq!(local_sign_ins::recent(&db, week, 10).await.unwrap().len(), 1);
        local_sign_ins::note(&db, &by, &olga, later + local_sign_ins::TOLD_FOR).await.unwrap();
        assert_eq!(local_sign_ins::recent(&db, week, 10).await.unwrap().len(), 1);
        let wanted = Wanted { text: Some("local_sign_in.used".to_owned()), ..Wanted::default() };
        let kept = list(&db, &Scope::All, &wanted, 10).await.unwrap();
        assert_eq!(kept.len(), 3);
        assert!(kept.iter().all(|one| one.said.as_ref().unwrap().by.kind == ActorKind::Person));
    }
}
