//! What owners do with people, and what follows from it for sessions, keys and tenants, on both engines.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use jiff::{SignedDuration, Timestamp};
use store::audit::Actor;
use store::audit::read::{Wanted, list};
use store::grants::{self, Scope};
use store::keys::NewKey;
use store::people::{self, Change, NewPerson, Person, PersonId, Role, Subject};
use store::sessions::{self, NewSession, OpenedBy};
use store::tenants::{self, TenantId};
use store::{Db, Error, Hash, keys, unmasking};

const ISSUER: &str = "https://login.example.com/tenant/v2.0";

fn now() -> Timestamp {
    "2026-11-25T03:00:00Z".parse().unwrap()
}

fn later(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

fn by() -> Actor {
    Actor::oriel()
}

fn new(name: &str, role: Role, scope: Scope) -> NewPerson {
    NewPerson { name: name.to_owned(), role, scope, password_hash: format!("hash of {name}"), password_given: false }
}

async fn add(db: &Db, name: &str, role: Role, scope: Scope) -> Person {
    people::add(db, &by(), &new(name, role, scope), now()).await.unwrap()
}

/// Comes in through the provider for the first time.
async fn arrives(db: &Db, subject: &str, role: Role, scope: Scope) -> Person {
    let new = NewPerson { password_hash: String::new(), ..new(subject, role, scope) };
    people::add_from_sign_on(db, &by(), Subject { issuer: ISSUER, subject }, &new, now()).await.unwrap()
}

async fn two_tenants(db: &Db) -> [TenantId; 2] {
    let mut ids = Vec::new();
    for guid in ["aaaaaaaa-2222-3333-4444-555555555555", "bbbbbbbb-2222-3333-4444-555555555555"] {
        ids.push(tenants::ensure(db, "global", guid, now()).await.unwrap().id);
    }
    ids.try_into().unwrap()
}

fn only(tenant: &TenantId) -> Scope {
    Scope::Only([tenant.clone()].into())
}

fn none() -> Scope {
    Scope::Only([].into())
}

async fn sees(db: &Db, person: &PersonId) -> Scope {
    let person = people::find(db, person).await.unwrap().unwrap();
    let scope = grants::of(db, &person).await.unwrap();
    assert_eq!(grants::of_person(db, &person.id).await.unwrap(), scope, "both ways say the same");
    scope
}

async fn to_role(db: &Db, person: &Person, role: Role) {
    assert!(
        people::change(db, &by(), &person.id, &Change { role: Some(role), ..Change::default() }, now()).await.unwrap()
    );
}

async fn opens(
    db: &Db,
    hash: &Hash,
    person: &PersonId,
    password_hash: Option<&str>,
) -> Result<sessions::SessionId, Error> {
    let (opened_by, expires) = (OpenedBy::Password, later(1));
    let new = NewSession { hash, person, opened_by, password_hash, address: None, agent: None, expires };
    sessions::create(db, &by(), &new, now()).await
}

async fn makes_key(db: &Db, hash: &Hash, person: &PersonId, scope: Scope) -> keys::ApiKey {
    let new = NewKey { hash, person, label: "script", scope, manage_people: false };
    keys::create(db, &by(), &new, now()).await.unwrap()
}

async fn audited(db: &Db, text: &str) -> usize {
    let wanted = Wanted { text: Some(text.to_owned()), ..Wanted::default() };
    list(db, &Scope::All, &wanted, 100).await.unwrap().len()
}

databases::on_each_database! {
    async fn who_is_let_in_sees_the_granted_tenants_and_no_other_from_the_first_moment(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let [a, b] = two_tenants(&db).await;
        let ada = add(&db, "ada", Role::Analyst, only(&a)).await;
        assert!(!ada.all_tenants);
        assert_eq!(sees(&db, &ada.id).await, only(&a));
        let bob = arrives(&db, "bob", Role::Viewer, none()).await;
        assert_eq!((bob.all_tenants, bob.by_sign_on, sees(&db, &bob.id).await), (false, true, none()));
        assert_eq!(sees(&db, &add(&db, "kate", Role::Analyst, Scope::All).await.id).await, Scope::All);
        assert_eq!(people::waiting(&db).await.unwrap(), [bob]);

        let nowhere = only(&TenantId::new(now()));
        assert!(matches!(people::add(&db, &by(), &new("eve", Role::Viewer, nowhere), now()).await, Err(Error::Gone)));
        assert_eq!(people::by_name(&db, "eve").await.unwrap(), None, "nobody is added half");
        // Who was let in for which tenants is for those to read who see every one.
        let wanted = Wanted { text: Some("person.added".to_owned()), ..Wanted::default() };
        let seen = list(&db, &only(&b), &wanted, 100).await.unwrap();
        assert!(seen.iter().filter_map(|entry| entry.said.as_ref()).all(|said| said.subject.as_ref().unwrap().name != "ada"));
    }

    async fn an_owner_sees_every_tenant_for_as_long_as_that_lasts(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let [a, _] = two_tenants(&db).await;
        let olga = add(&db, "olga", Role::Owner, Scope::All).await;
        assert!(olga.all_tenants);
        // Of an analyst of A whom the provider makes an owner for a day nothing is left over but A.
        let ada = arrives(&db, "ada", Role::Analyst, only(&a)).await;
        let owner = people::renew(&db, &by(), &ada.id, Role::Owner, now()).await.unwrap().unwrap();
        assert!(owner.all_tenants, "at once");
        assert_eq!(sees(&db, &ada.id).await, Scope::All);
        assert_eq!(grants::granted_to(&db, &ada.id).await.unwrap(), only(&a));
        let analyst = people::renew(&db, &by(), &ada.id, Role::Analyst, now()).await.unwrap().unwrap();
        assert!(!analyst.all_tenants);
        assert_eq!(sees(&db, &ada.id).await, only(&a));
        to_role(&db, &ada, Role::Owner).await;
        assert_eq!(sees(&db, &ada.id).await, Scope::All);
        to_role(&db, &olga, Role::Viewer).await;
        assert_eq!(sees(&db, &olga.id).await, none(), "who was never anything but an owner was granted nothing");
        assert_eq!(people::waiting(&db).await.unwrap().len(), 1);
    }

    async fn a_change_is_done_whole_or_not_at_all(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let [a, b] = two_tenants(&db).await;
        let olga = add(&db, "olga", Role::Owner, Scope::All).await;
        opens(&db, &[1; 32], &olga.id, None).await.unwrap();
        let everything = Change {
            role: Some(Role::Owner),
            scope: Some(only(&a)),
            may_unmask: Some(true),
            password: Some(("another".to_owned(), true)),
            reset_second_factor: true,
            disabled: Some(true),
        };
        let entries = audited(&db, "").await;
        for change in [everything.clone(), Change { role: Some(Role::Viewer), disabled: None, ..everything.clone() }] {
            assert!(matches!(people::change(&db, &by(), &olga.id, &change, now()).await, Err(Error::LastOwner)));
        }
        let nowhere = Change { disabled: None, scope: Some(only(&TenantId::new(now()))), ..everything.clone() };
        assert!(matches!(people::change(&db, &by(), &olga.id, &nowhere, now()).await, Err(Error::Gone)));
        assert_eq!(people::by_name(&db, "olga").await.unwrap().unwrap().1, "hash of olga");
        assert!(sessions::find(&db, &[1; 32], now()).await.unwrap().is_some());
        assert_eq!(audited(&db, "").await, entries);

        let ada = add(&db, "ada", Role::Viewer, Scope::All).await;
        opens(&db, &[2; 32], &ada.id, None).await.unwrap();
        makes_key(&db, &[3; 32], &ada.id, Scope::All).await;
        let change = Change { role: Some(Role::Analyst), scope: Some(only(&b)), ..everything };
        assert!(people::change(&db, &by(), &ada.id, &change, now()).await.unwrap());
        let (ada, hash) = people::by_name(&db, "ada").await.unwrap().unwrap();
        assert_eq!((ada.role, ada.disabled_at, hash.as_str()), (Role::Analyst, Some(now()), "another"));
        assert_eq!(sees(&db, &ada.id).await, only(&b));
        assert!(unmasking::may(&db, &ada).await.unwrap());
        let account = people::account(&db, &ada.id, now()).await.unwrap().unwrap();
        assert!(account.password_given && account.may_unmask && !account.granted_every);
        assert_eq!((account.sessions, account.keys), (0, 0));
        for action in ["person.role_changed", "grant.changed", "unmasking.granted", "password.given", "person.disabled"] {
            assert_eq!(audited(&db, action).await, 1, "{action}");
        }
        // The same once more is no change, and stands nowhere.
        let change = Change { password: None, reset_second_factor: false, ..change };
        assert!(!people::change(&db, &by(), &ada.id, &change, now()).await.unwrap());
    }

    async fn nothing_opens_after_the_access_has_ended_and_nothing_waits_for_its_return(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let second = Db::open(database.url()).await.unwrap();
        add(&db, "olga", Role::Owner, Scope::All).await;
        let ada = add(&db, "ada", Role::Viewer, Scope::All).await;
        let mut racing = tokio::task::JoinSet::new();
        for number in 0..12 {
            let (db, id) = (if number % 2 == 0 { db.clone() } else { second.clone() }, ada.id.clone());
            racing.spawn(async move {
                match number {
                    6 => people::disable(&db, &by(), &id, now()).await.map(drop),
                    _ => opens(&db, &[number; 32], &id, None).await.map(drop),
                }
            });
        }
        for ended in racing.join_all().await {
            assert!(matches!(ended, Ok(()) | Err(Error::Gone)), "{ended:?}");
        }
        assert!(sessions::list_of(&db, &ada.id, now()).await.unwrap().is_empty());
        assert!(people::enable(&db, &by(), &ada.id, now()).await.unwrap());
        assert!(sessions::list_of(&db, &ada.id, now()).await.unwrap().is_empty());
        opens(&db, &[99; 32], &ada.id, None).await.unwrap();
    }

    async fn a_sign_in_with_a_password_that_was_replaced_meanwhile_opens_nothing(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let ada = add(&db, "ada", Role::Owner, Scope::All).await;
        opens(&db, &[1; 32], &ada.id, Some("hash of ada")).await.unwrap();
        let change = Change { password: Some(("another".to_owned(), false)), ..Change::default() };
        people::change(&db, &by(), &ada.id, &change, now()).await.unwrap();
        assert!(matches!(opens(&db, &[2; 32], &ada.id, Some("hash of ada")).await, Err(Error::Gone)));
        assert!(sessions::list_of(&db, &ada.id, now()).await.unwrap().is_empty());
        opens(&db, &[3; 32], &ada.id, Some("another")).await.unwrap();
        assert_eq!(audited(&db, "sessions.ended").await, 1);
    }

    async fn keys_of_somebody_who_does_not_come_in_any_more_open_nothing(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let bob = arrives(&db, "bob", Role::Analyst, Scope::All).await;
        let ada = add(&db, "ada", Role::Analyst, Scope::All).await;
        makes_key(&db, &[1; 32], &bob.id, Scope::All).await;
        makes_key(&db, &[2; 32], &ada.id, Scope::All).await;
        let open = async |at: Timestamp| {
            let since = at - SignedDuration::from_hours(24 * 30);
            let found = async |hash: Hash| keys::find(&db, &hash, since, at).await;
            let counted = store::counts::read(&db, at, at, since).await.unwrap().keys;
            (found([1; 32]).await.unwrap().is_some(), found([2; 32]).await.unwrap().is_some(), counted)
        };
        assert_eq!(open(later(29)).await, (true, true, 2));
        assert_eq!(open(later(30)).await, (false, true, 1));
        let account = people::account(&db, &bob.id, now()).await.unwrap().unwrap();
        assert_eq!(account.keys_end(SignedDuration::from_hours(24 * 30)), Some(later(30)));
        people::renew(&db, &by(), &bob.id, Role::Analyst, later(40)).await.unwrap();
        assert_eq!(open(later(41)).await, (true, true, 2), "until the person comes in again");
        let account = people::account(&db, &ada.id, now()).await.unwrap().unwrap();
        assert_eq!(account.keys_end(SignedDuration::from_hours(1)), None);
    }

    async fn a_key_opens_what_it_is_made_for_from_the_first_moment_and_is_revoked_as_its_person_s(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let [a, _] = two_tenants(&db).await;
        let (olga, ada) = (add(&db, "olga", Role::Owner, Scope::All).await, add(&db, "ada", Role::Analyst, Scope::All).await);
        let key = makes_key(&db, &[1; 32], &olga.id, only(&a)).await;
        assert!(!key.all_tenants && !key.manage_people);
        assert_eq!(grants::of_key(&db, &key.id, &olga.id).await.unwrap(), only(&a));
        let (hash, scope) = (&[2; 32], only(&TenantId::new(now())));
        let new = NewKey { hash, person: &olga.id, label: "script", scope, manage_people: false };
        assert!(matches!(keys::create(&db, &by(), &new, now()).await, Err(Error::Gone)));
        assert_eq!(keys::list_of(&db, &olga.id).await.unwrap().len(), 1, "none is made half");
        assert!(!keys::revoke(&db, &by(), Some(&ada.id), &key.id, now()).await.unwrap());
        assert!(keys::revoke(&db, &by(), Some(&olga.id), &key.id, now()).await.unwrap());
        let new = NewKey { scope: Scope::All, manage_people: true, ..new };
        assert!(keys::create(&db, &by(), &new, now()).await.unwrap().manage_people);
        assert!(keys::find(&db, hash, now(), now()).await.unwrap().unwrap().0.manage_people);
    }
}
