//! The audit, on both engines.

use crate::audit::read::{self, Wanted};
use crate::audit::verify::{self, Checker};
use crate::audit::{Actor, ActorKind, Entry, append, append_all, head, keep};
use crate::connections::{self, ConnectionId, NewConnection};
use crate::credentials::{CredentialId, Kind, NewCredential};
use crate::grants::{self, Scope};
use crate::people::{self, NewPerson, Role};
use crate::{Db, keys, sessions, settings, tenants};
use futures_util::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use search::Product;
use serde_json::json;

const HASH: crate::Hash = [7; 32];

fn now() -> Timestamp {
    "2026-11-25T03:00:00.123456Z".parse().expect("a time")
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

async fn open(database: &databases::Lent) -> Db {
    Db::open(database.url()).await.expect("the database opens")
}

fn by() -> Actor {
    Actor::command_line("root").from(Some("192.0.2.7".to_owned()), Some("r-1".to_owned()))
}

fn new_key<'a>(hash: &'a [u8; 32], person: &'a people::PersonId, label: &'a str) -> keys::NewKey<'a> {
    keys::NewKey { hash, person, label, scope: Scope::All, manage_people: false }
}

fn person(name: &str) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        role: Role::Owner,
        password_hash: "$argon2id$".to_owned(),
        password_given: false,
        scope: Scope::All,
    }
}

fn connection(guid: &str, label: &str) -> NewConnection {
    NewConnection {
        id: ConnectionId::new(now()),
        product: Product::Defender,
        label: label.to_owned(),
        cloud: "global".to_owned(),
        tenant_guid: guid.to_owned(),
        client_id: "11111111-1111-4111-8111-111111111111".to_owned(),
        credential: NewCredential {
            id: CredentialId::new(now()),
            kind: Kind::Secret,
            sealed: b"sealed-and-secret".to_vec(),
            certificate: None,
            identity: None,
            ends: None,
        },
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
    }
}

async fn execute(db: &Db, statement: &'static str) {
    crate::db::writing!(db, pool => {
        sqlx::query(statement).execute(pool).await.unwrap();
    });
}

/// What is written, the oldest first, as actions.
async fn actions(db: &Db) -> Vec<String> {
    let mut written = read::list(db, &Scope::All, &Wanted::default(), 1000).await.unwrap();
    written.reverse();
    written.into_iter().filter_map(|entry| entry.said).map(|said| said.action).collect()
}

async fn exported(db: &Db) -> Vec<read::Exported> {
    exported_to(db, &Scope::All).await
}

async fn exported_to(db: &Db, scope: &Scope) -> Vec<read::Exported> {
    read::export(db, scope, 0).try_concat().await.unwrap()
}

fn check(entries: &[read::Exported], anchor: Option<verify::Anchor>) -> Result<verify::Holds, String> {
    let mut checker = Checker::new(anchor);
    entries.iter().try_for_each(|entry| checker.next(entry)).map_err(|broken| broken.to_string())?;
    checker.end().map_err(|broken| broken.to_string())
}

/// Whether nothing and nobody has been written by a change that failed.
async fn is_untouched(db: &Db) -> bool {
    people::list(db).await.unwrap().is_empty()
        && connections::list(db, &Scope::All).await.unwrap().is_empty()
        && settings::get(db, "support_contact").await.unwrap().is_none()
}

databases::on_each_database! {
    async fn each_change_leaves_one_entry_that_says_who_and_what(database: Lent) {
        let db = open(&database).await;
        let ada = people::add(&db, &by(), &person("Ada"), now()).await.unwrap();
        let ben = people::add(&db, &by(), &person("Ben"), now()).await.unwrap();
        let ada_by = Actor::person(&ada);
        let change = people::Change { password: Some(("$argon2id$new".to_owned(), false)), ..Default::default() };
        people::change(&db, &ada_by, &ada.id, &change, now()).await.unwrap();
        let session = sessions::NewSession {
            hash: &HASH,
            person: &ada.id,
            opened_by: sessions::OpenedBy::Password,
            password_hash: None,
            address: Some("192.0.2.7"),
            agent: None,
            expires: later(60),
        };
        sessions::create(&db, &ada_by, &session, now()).await.unwrap();
        sessions::delete(&db, &ada_by, &HASH, later(1)).await.unwrap();
        let key = keys::create(&db, &ada_by, &new_key(&HASH, &ada.id, "nightly"), later(2)).await.unwrap();
        keys::revoke(&db, &ada_by, None, &key.id, later(3)).await.unwrap();
        settings::set(&db, &ada_by, "support_contact", "soc@example.com", later(4)).await.unwrap();
        settings::clear(&db, &ada_by, "support_contact", later(5)).await.unwrap();
        let saved = connections::create(&db, &ada_by, &Scope::All, &connection("22222222-2222-4222-8222-222222222222", "Sales"), later(6)).await.unwrap();
        connections::delete(&db, &ada_by, &Scope::All, &saved.id, later(7)).await.unwrap();
        grants::set_of_person(&db, &ada_by, &ben.id, &Scope::Only([saved.tenant_id.clone()].into()), later(8)).await.unwrap();
        people::disable(&db, &ada_by, &ben.id, later(9)).await.unwrap();
        assert_eq!(
            actions(&db).await,
            [
                "person.added", "person.added", "password.changed", "session.opened", "session.ended", "key.created",
                "key.revoked", "setting.changed", "setting.cleared", "connection.created", "connection.removed",
                "grant.changed", "person.disabled",
            ]
        );
        let newest = read::list(&db, &Scope::All, &Wanted::default(), 1).await.unwrap().remove(0);
        let said = newest.said.unwrap();
        assert_eq!((newest.number, newest.happened_at), (13, later(9)));
        assert_eq!((said.by.kind, said.by.name.as_str()), (ActorKind::Person, "Ada"));
        assert_eq!(said.subject.unwrap().name, "Ben");
        let all = format!("{:?}", exported(&db).await);
        for secret in ["$argon2id$", "sealed-and-secret", "0707070707070707"] {
            assert!(!all.contains(secret), "{secret} stands in the audit");
        }
    }

    async fn what_changes_nothing_leaves_no_entry(database: Lent) {
        let db = open(&database).await;
        sessions::delete(&db, &by(), &HASH, now()).await.unwrap();
        settings::clear(&db, &by(), "support_contact", now()).await.unwrap();
        connections::delete(&db, &by(), &Scope::All, &ConnectionId::new(now()), now()).await.unwrap();
        assert_eq!(head(&db).await.unwrap().0, 0);
        assert_eq!(verify::chain(&db, None).await.unwrap().unwrap().entries, 0);
    }

    async fn a_change_that_cannot_be_written_down_does_not_happen(database: Lent) {
        let db = open(&database).await;
        execute(&db, "DELETE FROM audit_head").await;
        assert!(people::add(&db, &by(), &person("Ada"), now()).await.is_err());
        assert!(settings::set(&db, &by(), "support_contact", "soc@example.com", now()).await.is_err());
        let new = connection("22222222-2222-4222-8222-222222222222", "Sales");
        assert!(connections::create(&db, &by(), &Scope::All, &new, now()).await.is_err());
        assert!(is_untouched(&db).await);
    }

    async fn what_was_changed_taken_out_or_put_in_is_found(database: Lent) {
        let db = open(&database).await;
        for n in 0..5 {
            append(&db, &by(), &[Entry::new("search.made").with(json!({ "value": format!("{n}.example.com") }))], later(n)).await.unwrap();
        }
        let holds = verify::chain(&db, None).await.unwrap().unwrap();
        assert_eq!((holds.entries, holds.without_content, &holds.head), (5, 0, &head(&db).await.unwrap()));
        let whole = exported(&db).await;
        assert_eq!(check(&whole, None).unwrap(), holds);

        let mut changed = whole.clone();
        changed[2].content = changed[2].content.as_ref().map(|content| content.replace("2.example", "x.example"));
        assert!(check(&changed, None).unwrap_err().contains("Entry 3 does not say what it said"));
        let mut later_than = whole.clone();
        later_than[1].happened_at_us += 1;
        assert!(check(&later_than, None).unwrap_err().contains("Entry 2 does not follow"));
        let mut out = whole.clone();
        out.remove(1);
        assert!(check(&out, None).unwrap_err().contains("Entry 2 is missing"));
        let mut swapped = whole.clone();
        swapped.swap(1, 2);
        assert!(check(&swapped, None).is_err());

        execute(&db, "UPDATE audit SET happened_at = happened_at + 1 WHERE number = 4").await;
        let broken = verify::chain(&db, None).await.unwrap().unwrap_err();
        assert_eq!(broken.number, 4);
    }

    async fn an_end_that_was_cut_off_is_found_by_what_was_noted(database: Lent) {
        let db = open(&database).await;
        for n in 0..3 {
            append(&db, &by(), &[Entry::new("search.made")], later(n)).await.unwrap();
        }
        let noted = head(&db).await.unwrap();
        append(&db, &by(), &[Entry::new("search.made")], later(4)).await.unwrap();
        assert_eq!(verify::chain(&db, Some(noted.clone())).await.unwrap().unwrap().entries, 4);
        let whole = exported(&db).await;
        assert!(check(&whole[..2], Some(noted.clone())).unwrap_err().contains("its end was cut off"));
        execute(&db, "DELETE FROM audit WHERE number = 4").await;
        assert!(verify::chain(&db, None).await.unwrap().unwrap_err().to_string().contains("its end was noted as entry 4"));
        let another = (noted.0, "00".repeat(32));
        assert!(check(&whole, Some(another)).unwrap_err().contains("the chain was written anew"));
    }

    async fn content_goes_when_its_time_is_over_and_the_chain_still_holds(database: Lent) {
        let db = open(&database).await;
        append(&db, &by(), &[Entry::new("search.made").with(json!({ "value": "old.example.com" }))], now()).await.unwrap();
        append(&db, &by(), &[Entry::new("search.made").with(json!({ "value": "new.example.com" }))], later(100)).await.unwrap();
        assert_eq!(keep::expire(&db, later(50), later(200)).await.unwrap(), 1);
        assert_eq!(keep::expire(&db, later(50), later(201)).await.unwrap(), 0, "once");
        let holds = verify::chain(&db, None).await.unwrap().unwrap();
        assert_eq!((holds.entries, holds.without_content), (3, 1));
        let all = exported(&db).await;
        assert!(!format!("{all:?}").contains("old.example.com"));
        assert_eq!(all[0].salt, None, "with its salt the hash of what it said could be guessed");
        assert_eq!(check(&all, None).unwrap(), holds);
        assert_eq!(actions(&db).await, ["search.made", "audit.expired"]);
    }

    async fn what_names_somebody_is_forgotten_in_any_case(database: Lent) {
        let db = open(&database).await;
        let masker = search::mask::Masker::new(|_| "00000000".to_owned());
        append(&db, &by(), &[Entry::new("search.made").with(json!({ "account": "Kim@Example.com" }))], now()).await.unwrap();
        append(&db, &by(), &[Entry::new("search.made").with(json!({ "account": "lee@example.com" }))], now()).await.unwrap();
        assert_eq!(crate::forget::person(&db, &by(), " kim@example.com", &masker, later(1)).await.unwrap().audit, 1);
        assert_eq!(crate::forget::person(&db, &by(), "  ", &masker, later(1)).await.unwrap().audit, 0, "nobody");
        assert_eq!(actions(&db).await, ["search.made", "person.forgotten", "person.forgotten"]);
        assert!(verify::chain(&db, None).await.unwrap().is_ok());
        assert!(!format!("{:?}", exported(&db).await).to_lowercase().contains("kim@"));
    }

    async fn entries_that_are_written_at_the_same_time_make_one_chain(database: Lent) {
        let db = open(&database).await;
        let mut racing = tokio::task::JoinSet::new();
        for n in 0..20 {
            let db = db.clone();
            racing.spawn(async move {
                let entry = Entry::new("search.made").with(json!({ "n": n }));
                append_all(&db, &[(by(), entry.clone()), (by(), entry)], later(n)).await
            });
        }
        while let Some(done) = racing.join_next().await {
            done.unwrap().unwrap();
        }
        assert_eq!(verify::chain(&db, None).await.unwrap().unwrap().entries, 40);
    }

    async fn who_may_see_some_tenants_sees_their_entries_and_nothing_of_others(database: Lent) {
        let db = open(&database).await;
        let ada = Actor::person(&people::add(&db, &by(), &person("Ada"), now()).await.unwrap());
        let one = connections::create(&db, &ada, &Scope::All, &connection("22222222-2222-4222-8222-222222222222", "One"), now()).await.unwrap();
        connections::create(&db, &ada, &Scope::All, &connection("33333333-3333-4333-8333-333333333333", "Two"), now()).await.unwrap();
        let scope = Scope::Only([one.tenant_id.clone()].into());
        let seen = read::list(&db, &scope, &Wanted::default(), 10).await.unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].said.as_ref().unwrap().subject.as_ref().unwrap().name, "One");
        keep::expire(&db, later(-1), later(1)).await.unwrap();
        let theirs = exported_to(&db, &scope).await;
        assert!(matches!(theirs.as_slice(), [only] if only.content.as_ref().unwrap().contains("One")), "{theirs:?}");
        for n in 0..600 {
            append(&db, &ada, &[Entry::new("search.made")], later(n)).await.unwrap();
        }
        assert_eq!(exported_to(&db, &scope).await, theirs, "what others do changes nothing");
        append(&db, &ada, &[Entry::new("connection.seen").of(&one.tenant_id)], later(700)).await.unwrap();
        assert_eq!(exported_to(&db, &scope).await.len(), 2, "also behind a page in which there is nothing");
        assert_eq!(check(&exported(&db).await, None).unwrap().entries, 604);
    }

    async fn entries_are_found_by_a_word_and_a_time_page_by_page(database: Lent) {
        let db = open(&database).await;
        for n in 0..1200 {
            let value = if n % 400 == 0 { "wanted.example.com" } else { "other.example.com" };
            append(&db, &by(), &[Entry::new("search.made").with(json!({ "value": value }))], later(n)).await.unwrap();
        }
        let wanted = Wanted { text: Some("WANTED".to_owned()), ..Wanted::default() };
        let numbers = |found: Vec<read::Written>| found.into_iter().map(|entry| entry.number).collect::<Vec<_>>();
        assert_eq!(numbers(read::list(&db, &Scope::All, &wanted, 2).await.unwrap()), [801, 401]);
        let next = Wanted { before: Some(401), ..wanted.clone() };
        assert_eq!(numbers(read::list(&db, &Scope::All, &next, 2).await.unwrap()), [1]);
        let timed = Wanted { since: Some(later(300)), until: Some(later(500)), ..wanted };
        assert_eq!(numbers(read::list(&db, &Scope::All, &timed, 9).await.unwrap()), [401]);
    }

    async fn a_key_is_never_wider_than_its_person(database: Lent) {
        let db = open(&database).await;
        let ada = people::add(&db, &by(), &NewPerson { role: Role::Analyst, ..person("Ada") }, now()).await.unwrap();
        let one = tenants::ensure(&db, "global", "22222222-2222-4222-8222-222222222222", now()).await.unwrap().id;
        let two = tenants::ensure(&db, "global", "33333333-3333-4333-8333-333333333333", now()).await.unwrap().id;
        let key = keys::create(&db, &by(), &new_key(&HASH, &ada.id, "nightly"), now()).await.unwrap();
        assert_eq!(grants::of_key(&db, &key.id, &ada.id).await.unwrap(), Scope::All);
        let (first, both) = (Scope::Only([one.clone()].into()), Scope::Only([one.clone(), two.clone()].into()));
        assert!(grants::set_of_key(&db, &by(), &key.id, &both, now()).await.unwrap());
        assert_eq!(grants::of_key(&db, &key.id, &ada.id).await.unwrap(), both);
        assert!(grants::set_of_person(&db, &by(), &ada.id, &first, now()).await.unwrap());
        assert_eq!(grants::of_person(&db, &ada.id).await.unwrap(), first);
        assert_eq!(grants::of_key(&db, &key.id, &ada.id).await.unwrap(), first);
        let (found, person) = keys::find(&db, &HASH, now(), now()).await.unwrap().unwrap();
        assert!(!found.all_tenants && !person.all_tenants);
        let nobody = people::PersonId::new(now());
        assert!(!grants::set_of_person(&db, &by(), &nobody, &Scope::All, now()).await.unwrap());
        assert_eq!(grants::of_person(&db, &nobody).await.unwrap(), Scope::Only([].into()));
    }
}
