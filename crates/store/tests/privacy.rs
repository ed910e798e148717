//! Own assets, secrets, the right to see names, and forgetting, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use search::mask::Masker;
use search::{Check, CheckState, Product, Status, Validation};
use store::audit::{self, Actor, Entry};
use store::connections::{self, ConnectionId, NewConnection};
use store::credentials::{CredentialId, Kind, NewCredential};
use store::grants::Scope;
use store::own_assets::{self, How, New};
use store::people::{self, NewPerson, Person, Role};
use store::tenants::{self, Tenant};
use store::{Db, Error, forget, keys, meta, searches, secrets, sessions, settings, unmasking, validations};

fn now() -> Timestamp {
    "2026-11-25T03:00:00.123456Z".parse().expect("a time")
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn by() -> Actor {
    Actor::command_line("root")
}

async fn add(db: &Db, name: &str, role: Role) -> Person {
    let new = NewPerson {
        name: name.to_owned(),
        role,
        password_hash: "$argon2id$".to_owned(),
        password_given: false,
        scope: Scope::All,
    };
    people::add(db, &by(), &new, now()).await.expect("a person is added")
}

async fn session(db: &Db, person: &Person, hash: u8) -> sessions::SessionId {
    let (hash, opened_by) = ([hash; 32], sessions::OpenedBy::Password);
    let new = sessions::NewSession {
        hash: &hash,
        person: &person.id,
        opened_by,
        password_hash: None,
        address: None,
        agent: None,
        expires: later(86_400),
    };
    sessions::create(db, &Actor::person(person), &new, now()).await.unwrap()
}

async fn tenant(db: &Db, digit: char) -> Tenant {
    let guid: String = "dddddddd-2222-3333-4444-555555555555".replace('d', &digit.to_string());
    tenants::ensure(db, "global", &guid, now()).await.unwrap()
}

fn typed(text: &str) -> New {
    New { asset: search::own::read(text).unwrap(), note: format!("Note on {text}"), how: How::Typed }
}

/// Everybody has the same stand-in: person-00000000.
fn masker() -> Masker {
    Masker::new(|_| "0".repeat(64))
}

/// What the audit says, the oldest first.
async fn said(db: &Db) -> Vec<audit::read::Said> {
    let mut all = audit::read::list(db, &Scope::All, &audit::read::Wanted::default(), 500).await.unwrap();
    all.reverse();
    all.into_iter().filter_map(|written| written.said).collect()
}

fn new_key<'a>(hash: &'a [u8; 32], person: &'a people::PersonId, label: &'a str) -> keys::NewKey<'a> {
    keys::NewKey { hash, person, label, scope: Scope::All, manage_people: false }
}

databases::on_each_database! {
    async fn own_assets_are_each_once_in_a_tenant_and_each_is_in_the_audit(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let (one, two) = (tenant(&db, '1').await, tenant(&db, '2').await);
        let new = [typed("northwind.example"), typed("203.0.113.0/24"), typed("*.Northwind.example")];
        assert_eq!(own_assets::add(&db, &by(), &Scope::All, &one.id, &new, now()).await.unwrap(), 2);
        assert_eq!(own_assets::add(&db, &by(), &Scope::All, &one.id, &new, now()).await.unwrap(), 0);
        assert_eq!(own_assets::add(&db, &by(), &Scope::All, &two.id, &new[..1], now()).await.unwrap(), 1);
        let all = own_assets::list(&db, &Scope::All).await.unwrap();
        let values: Vec<_> = all.iter().map(|kept| kept.own.asset.value()).collect();
        assert_eq!(values, ["northwind.example", "northwind.example", "203.0.113.0/24"]);
        let network = all.last().unwrap();
        assert_eq!((network.own.note.as_str(), network.how, network.created_at), ("Note on 203.0.113.0/24", How::Typed, now()));
        assert!(own_assets::remove(&db, &by(), &Scope::All, &network.id, now()).await.unwrap());
        assert!(!own_assets::remove(&db, &by(), &Scope::All, &network.id, now()).await.unwrap());
        let actions: Vec<_> = said(&db).await.into_iter().map(|said| said.action).collect();
        assert_eq!(actions, ["own_asset.added", "own_asset.added", "own_asset.added", "own_asset.removed"]);
    }

    async fn who_sees_one_tenant_neither_sees_nor_changes_the_assets_of_another(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let (one, two) = (tenant(&db, '1').await, tenant(&db, '2').await);
        own_assets::add(&db, &by(), &Scope::All, &two.id, &[typed("fabrikam.example")], now()).await.unwrap();
        let scope = Scope::Only(BTreeSet::from([one.id.clone()]));
        assert_eq!(own_assets::list(&db, &scope).await.unwrap(), []);
        let theirs = own_assets::list(&db, &Scope::All).await.unwrap().remove(0);
        assert!(!own_assets::remove(&db, &by(), &scope, &theirs.id, now()).await.unwrap());
        let refused = own_assets::add(&db, &by(), &scope, &two.id, &[typed("x.example")], now()).await.unwrap_err();
        assert!(matches!(refused, Error::OutsideScope), "{refused:?}");
        assert_eq!(own_assets::list(&db, &Scope::All).await.unwrap(), [theirs]);
    }

    async fn of_two_who_make_a_secret_at_once_one_wins_and_both_have_it(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        assert_eq!(secrets::get(&db, secrets::MASK).await.unwrap(), None);
        let (one, two) = tokio::join!(
            secrets::put(&db, secrets::MASK, b"one", now()),
            secrets::put(&db, secrets::MASK, b"two", now())
        );
        assert_eq!(one.unwrap(), two.unwrap());
        let kept = secrets::get(&db, secrets::MASK).await.unwrap().unwrap();
        assert_eq!(secrets::put(&db, secrets::MASK, b"three", later(1)).await.unwrap(), kept);
    }

    async fn owners_may_see_names_others_are_given_the_right_and_auditors_never_have_it(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let (olga, ada) = (add(&db, "olga", Role::Owner).await, add(&db, "ada", Role::Analyst).await);
        let aud = add(&db, "aud", Role::Auditor).await;
        assert!(unmasking::may(&db, &olga).await.unwrap() && !unmasking::may(&db, &ada).await.unwrap());
        assert!(unmasking::set(&db, &by(), &ada, true, now()).await.unwrap());
        assert!(!unmasking::set(&db, &by(), &ada, true, now()).await.unwrap(), "she has it");
        unmasking::set(&db, &by(), &aud, true, now()).await.unwrap();
        assert!(unmasking::may(&db, &ada).await.unwrap() && !unmasking::may(&db, &aud).await.unwrap());
        let session = session(&db, &ada, 1).await;
        let entry = unmasking::entry("Case 7", Some("evil.example"));
        unmasking::begin(&db, &Actor::person(&ada), &session, entry, now(), later(3600)).await.unwrap();
        assert_eq!(unmasking::until(&db, &session, later(10)).await.unwrap(), Some(later(3600)));
        assert!(unmasking::set(&db, &by(), &ada, false, now()).await.unwrap());
        assert_eq!(unmasking::until(&db, &session, later(10)).await.unwrap(), None, "with the right ends what it opened");
    }

    async fn unmasking_ends_by_itself_by_hand_and_with_the_session(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let ada = add(&db, "ada", Role::Owner).await;
        let (first, second) = (session(&db, &ada, 1).await, session(&db, &ada, 2).await);
        let by = Actor::person(&ada);
        let entry = || unmasking::entry("Case 7", Some("evil.example"));
        unmasking::begin(&db, &by, &first, entry(), now(), later(3600)).await.unwrap();
        assert_eq!(unmasking::until(&db, &second, now()).await.unwrap(), None, "another session");
        assert_eq!(unmasking::until(&db, &first, later(3600)).await.unwrap(), None, "an hour is over");
        unmasking::begin(&db, &by, &first, entry(), later(10), later(3610)).await.unwrap();
        assert!(unmasking::end(&db, &by, &first, later(20)).await.unwrap());
        assert!(!unmasking::end(&db, &by, &first, later(20)).await.unwrap());
        unmasking::begin(&db, &by, &second, entry(), later(30), later(3630)).await.unwrap();
        sessions::delete(&db, &by, &[2; 32], later(40)).await.unwrap();
        assert_eq!(unmasking::until(&db, &second, later(50)).await.unwrap(), None);
        let told = said(&db).await;
        let told: Vec<_> = told.iter().filter(|said| said.action == "person.unmasked").collect();
        assert_eq!(told.len(), 3);
        assert_eq!(told[0].details, serde_json::json!({ "reason": "Case 7", "indicator": "evil.example" }));
    }

    async fn whoever_is_forgotten_is_nowhere_and_the_chain_of_the_audit_holds(database: Lent) {
        const UPN: &str = "Anna.Berg@northwind.example";
        let db = Db::open(database.url()).await.unwrap();
        let olga = add(&db, "olga", Role::Owner).await;
        let anna = add(&db, UPN, Role::Analyst).await;
        let as_anna = Actor::person(&anna);
        session(&db, &anna, 1).await;
        keys::create(&db, &as_anna, &new_key(&[3; 32], &anna.id, "Anna's script"), now()).await.unwrap();
        let search = searches::NewSearch { person_id: anna.id.clone(), value: "evil.example".into(), kind: "domain".into(), level: "seen".into() };
        searches::record(&db, &search, now()).await.unwrap();
        settings::set(&db, &by(), settings::SUPPORT_CONTACT, UPN, now()).await.unwrap();
        let connection = connected(&db).await;
        let check = Check {
            check: "token".into(), capability: None, permission: None, state: CheckState::Failed, code: "x".into(),
            title: "The account anna.berg@northwind.example \"consented\"".into(), remedy: Some("Ask NORTHWIND\\anna.berg.".into()),
            link: None, trace_id: None, correlation_id: None,
        };
        let validation = Validation { status: Status::Failed, checks: vec![check], follows: Vec::new(), validated_at: now() };
        assert!(validations::save(&db, &connection, &validation).await.unwrap());
        audit::append(&db, &as_anna, &[Entry::new("search.made")], now()).await.unwrap();
        audit::append(&db, &Actor::person(&olga), &[Entry::new("search.made")], now()).await.unwrap();
        let version = meta::connections_version(&db).await.unwrap();

        let forgotten = forget::person(&db, &by(), "anna.berg@NORTHWIND.example", &masker(), later(60)).await.unwrap();
        assert!(forgotten.account, "{forgotten:?}");
        assert_eq!((forgotten.searches, forgotten.keys, forgotten.texts), (1, 1, 2), "{forgotten:?}");
        assert!(forgotten.audit >= 4, "{forgotten:?}");
        assert!(meta::connections_version(&db).await.unwrap() > version, "what is at hand elsewhere is old now");

        assert_eq!(people::by_name(&db, UPN).await.unwrap(), None);
        let row = people::find(&db, &anna.id).await.unwrap().unwrap();
        assert!(row.name.starts_with("person-00000000") && row.disabled_at.is_some());
        assert_eq!(searches::recent(&db, &anna.id, 10).await.unwrap(), []);
        assert_eq!(settings::get(&db, settings::SUPPORT_CONTACT).await.unwrap().as_deref(), Some("person-00000000"));
        let kept = validations::newest(&db, &Scope::All, &connection).await.unwrap().unwrap();
        assert_eq!(kept.checks[0].title, "The account person-00000000 \"consented\"");
        assert_eq!(kept.checks[0].remedy.as_deref(), Some("Ask NORTHWIND\\person-00000000."));
        let left = format!("{:?}", said(&db).await).to_lowercase();
        assert!(!left.contains("anna") && left.contains("olga") && left.contains("person.forgotten"), "{left}");
        assert!(audit::verify::chain(&db, None).await.unwrap().is_ok());
        add(&db, UPN, Role::Viewer).await;
    }

    async fn the_last_owner_is_not_forgotten_and_nothing_is_changed(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let olga = add(&db, "olga", Role::Owner).await;
        session(&db, &olga, 1).await;
        let before = said(&db).await;
        let refused = forget::person(&db, &by(), "OLGA", &masker(), now()).await.unwrap_err();
        assert!(matches!(refused, Error::LastOwner), "{refused:?}");
        assert_eq!(said(&db).await, before);
        assert!(sessions::find(&db, &[1; 32], now()).await.unwrap().is_some());
    }

    async fn somebody_without_an_account_is_forgotten_too(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let one = tenant(&db, '1').await;
        let note = New { note: "Ask anna.berg@northwind.example".into(), ..typed("northwind.example") };
        own_assets::add(&db, &by(), &Scope::All, &one.id, &[note], now()).await.unwrap();
        let forgotten = forget::person(&db, &by(), "anna.berg@northwind.example", &masker(), now()).await.unwrap();
        assert_eq!((forgotten.account, forgotten.texts, forgotten.audit), (false, 1, 1));
        assert_eq!(own_assets::list(&db, &Scope::All).await.unwrap()[0].own.note, "Ask person-00000000");
        let again = forget::person(&db, &by(), "anna.berg@northwind.example", &masker(), now()).await.unwrap();
        assert_eq!(again, forget::Forgotten::default());
    }
}

async fn connected(db: &Db) -> ConnectionId {
    let credential = NewCredential {
        id: CredentialId::new(now()),
        kind: Kind::Secret,
        sealed: vec![1],
        certificate: None,
        identity: None,
        ends: None,
    };
    let new = NewConnection {
        id: ConnectionId::new(now()),
        product: Product::Defender,
        label: "Northwind".into(),
        cloud: "global".into(),
        tenant_guid: "11111111-2222-3333-4444-555555555555".into(),
        client_id: "aaaaaaaa-2222-3333-4444-555555555555".into(),
        credential,
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
    };
    connections::create(db, &by(), &Scope::All, &new, now()).await.unwrap().id
}
