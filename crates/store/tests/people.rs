//! People, the one-time link, sessions and keys, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use jiff::{SignedDuration, Timestamp};
use store::audit::Actor;
use store::people::{self, NewPerson, Person, PersonId, Role};
use store::sessions::{NewSession, OpenedBy};
use store::{Db, Error, Hash, first_start, keys, sessions};

const HASH: Hash = [7; 32];
const OTHER: Hash = [8; 32];

fn now() -> Timestamp {
    "2026-11-25T03:00:00.123456Z".parse().expect("a time")
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

async fn open(database: &databases::Lent) -> Db {
    Db::open(database.url()).await.expect("the database opens")
}

fn new(name: &str, role: Role) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        role,
        password_hash: format!("$argon2id$of {name}"),
        password_given: false,
        scope: store::grants::Scope::All,
    }
}

async fn add(db: &Db, name: &str, role: Role) -> Person {
    people::add(db, &Actor::oriel(), &new(name, role), now()).await.expect("a person is added")
}

fn new_key<'a>(hash: &'a Hash, person: &'a PersonId, label: &'a str) -> keys::NewKey<'a> {
    keys::NewKey { hash, person, label, scope: store::grants::Scope::All, manage_people: false }
}

async fn open_session(
    db: &Db,
    hash: &Hash,
    person: &PersonId,
    now: Timestamp,
    expires: Timestamp,
) -> Result<sessions::SessionId, Error> {
    let opened_by = OpenedBy::Password;
    let new = NewSession { hash, person, opened_by, password_hash: None, address: None, agent: None, expires };
    sessions::create(db, &Actor::oriel(), &new, now).await
}

databases::on_each_database! {
    async fn a_person_is_found_by_id_and_by_name_in_any_case(database: Lent) {
        let db = open(&database).await;
        let person = add(&db, " Jörg Ö ", Role::Analyst).await;
        assert_eq!((person.name.as_str(), person.role), ("Jörg Ö", Role::Analyst));
        assert_eq!((person.created_at, person.disabled_at), (now(), None));
        assert_eq!(people::find(&db, &person.id).await.unwrap().as_ref(), Some(&person));
        for name in ["Jörg Ö", "jörg ö", "JÖRG Ö", "  jörg Ö"] {
            let (found, hash) = people::by_name(&db, name).await.unwrap().expect(name);
            assert_eq!((&found, hash.as_str()), (&person, "$argon2id$of  Jörg Ö "));
        }
        assert_eq!(people::by_name(&db, "jorg o").await.unwrap(), None);
        assert_eq!(people::find(&db, &PersonId::new(now())).await.unwrap(), None);
    }

    async fn a_name_is_taken_once_in_whatever_case(database: Lent) {
        let db = open(&database).await;
        add(&db, "Olga", Role::Owner).await;
        let error = people::add(&db, &Actor::oriel(), &new("oLGA ", Role::Viewer), now()).await.unwrap_err();
        assert!(matches!(&error, Error::NameTaken { name } if name == "oLGA"), "{error:?}");
        assert_eq!(people::list(&db).await.unwrap().len(), 1);
    }

    async fn people_are_listed_in_the_order_in_which_they_came(database: Lent) {
        let db = open(&database).await;
        for (at, (name, role)) in [("zoe", Role::Owner), ("Ada", Role::Auditor), ("ben", Role::Viewer)].into_iter().enumerate() {
            people::add(&db, &Actor::oriel(), &new(name, role), later(at as i64)).await.unwrap();
        }
        let listed = people::list(&db).await.unwrap();
        let names: Vec<_> = listed.iter().map(|person| (person.name.as_str(), person.role)).collect();
        assert_eq!(names, [("zoe", Role::Owner), ("Ada", Role::Auditor), ("ben", Role::Viewer)]);
    }

    async fn who_is_disabled_has_no_session_and_no_key_and_keeps_the_name(database: Lent) {
        let db = open(&database).await;
        let (ada, ben) = (add(&db, "ada", Role::Owner).await, add(&db, "ben", Role::Analyst).await);
        add(&db, "olga", Role::Owner).await;
        open_session(&db, &HASH, &ada.id, now(), later(60)).await.unwrap();
        keys::create(&db, &Actor::oriel(), &new_key(&HASH, &ada.id, "script"), now()).await.unwrap();
        open_session(&db, &OTHER, &ben.id, now(), later(60)).await.unwrap();

        assert!(people::disable(&db, &Actor::oriel(), &ada.id, later(1)).await.unwrap());
        assert!(!people::disable(&db, &Actor::oriel(), &ada.id, later(2)).await.unwrap());
        assert_eq!(people::find(&db, &ada.id).await.unwrap().unwrap().disabled_at, Some(later(1)));
        assert_eq!(sessions::find(&db, &HASH, later(2)).await.unwrap(), None);
        assert_eq!(keys::find(&db, &HASH, now(), later(2)).await.unwrap(), None);
        assert_eq!(keys::list_of(&db, &ada.id).await.unwrap()[0].revoked_at, Some(later(1)));
        assert!(sessions::find(&db, &OTHER, later(2)).await.unwrap().is_some());
        assert!(matches!(people::add(&db, &Actor::oriel(), &new("ADA", Role::Owner), now()).await, Err(Error::NameTaken { .. })));
        // Nor does a sign-in open anything that was under way, and nothing is left for the day when access is given back.
        assert!(matches!(open_session(&db, &HASH, &ada.id, later(1), later(60)).await, Err(Error::Gone)));
        let key = keys::create(&db, &Actor::oriel(), &new_key(&[9; 32], &ada.id, "script"), later(1)).await;
        assert!(matches!(key, Err(Error::Gone)));
    }

    async fn the_last_owner_who_can_sign_in_is_not_disabled(database: Lent) {
        let db = open(&database).await;
        let (ada, ben) = (add(&db, "ada", Role::Owner).await, add(&db, "ben", Role::Analyst).await);
        open_session(&db, &HASH, &ada.id, now(), later(60)).await.unwrap();
        assert!(matches!(people::disable(&db, &Actor::oriel(), &ada.id, now()).await, Err(Error::LastOwner)));
        assert_eq!(people::find(&db, &ada.id).await.unwrap().unwrap().disabled_at, None);
        assert!(sessions::find(&db, &HASH, now()).await.unwrap().is_some(), "nothing of it was done");
        // Others may go, and with a second owner the first may too; then the second is the last.
        assert!(people::disable(&db, &Actor::oriel(), &ben.id, now()).await.unwrap());
        let olga = add(&db, "olga", Role::Owner).await;
        assert!(people::disable(&db, &Actor::oriel(), &ada.id, now()).await.unwrap());
        assert!(!people::disable(&db, &Actor::oriel(), &ada.id, now()).await.unwrap(), "whoever is disabled is not the last");
        assert!(matches!(people::disable(&db, &Actor::oriel(), &olga.id, now()).await, Err(Error::LastOwner)));
        assert!(people::any_owner(&db).await.unwrap());
    }

    async fn owners_who_disable_each_other_at_once_leave_one(database: Lent) {
        let db = open(&database).await;
        let second = open(&database).await;
        let mut owners = Vec::new();
        for at in 0..8 {
            owners.push(add(&db, &format!("owner {at}"), Role::Owner).await);
        }
        let mut racing = tokio::task::JoinSet::new();
        for (at, owner) in owners.into_iter().enumerate() {
            let db = if at % 2 == 0 { db.clone() } else { second.clone() };
            racing.spawn(async move { people::disable(&db, &Actor::oriel(), &owner.id, now()).await });
        }
        let ended = racing.join_all().await;
        assert_eq!(ended.iter().filter(|ended| matches!(ended, Ok(true))).count(), 7, "{ended:?}");
        assert_eq!(ended.iter().filter(|ended| matches!(ended, Err(Error::LastOwner))).count(), 1, "{ended:?}");
    }

    async fn a_new_password_takes_the_place_of_the_old(database: Lent) {
        let db = open(&database).await;
        let ada = add(&db, "ada", Role::Owner).await;
        let change = people::Change { password: Some(("$argon2id$new".to_owned(), false)), ..Default::default() };
        assert!(people::change(&db, &Actor::oriel(), &ada.id, &change, later(1)).await.unwrap());
        assert_eq!(people::by_name(&db, "ada").await.unwrap().unwrap().1, "$argon2id$new");
        assert!(!people::change(&db, &Actor::oriel(), &PersonId::new(now()), &change, now()).await.unwrap());
    }

    async fn a_chosen_password_takes_the_place_of_the_one_that_was_given_and_one_session_goes_on(database: Lent) {
        let db = open(&database).await;
        let ada = add(&db, "ada", Role::Analyst).await;
        let (_, seen) = people::by_name(&db, "ada").await.unwrap().unwrap();
        let by = Actor::person(&ada);
        let mut ids = Vec::new();
        for hash in [[1; 32], [2; 32]] {
            let new = NewSession {
                hash: &hash, person: &ada.id, opened_by: OpenedBy::SingleSignOn, password_hash: None, address: None, agent: None, expires: later(600),
            };
            ids.push(sessions::create(&db, &by, &new, now()).await.unwrap());
        }
        let going_on = Some((&ids[0], &[3; 32]));
        for other in ["", "$argon2id$another"] {
            let changed = people::choose_password(&db, &by, &ada.id, other, "$argon2id$x", going_on, later(1)).await;
            assert!(!changed.unwrap(), "{other:?} was not the password");
        }
        let before = sessions::find(&db, &[1; 32], later(1)).await.unwrap().unwrap().0;
        assert!(people::choose_password(&db, &by, &ada.id, &seen, "$argon2id$new", going_on, later(1)).await.unwrap());
        assert_eq!(people::by_name(&db, "ada").await.unwrap().unwrap().1, "$argon2id$new");
        assert_eq!(sessions::find(&db, &[3; 32], later(1)).await.unwrap().unwrap().0, before, "it goes on as it was");
        for ended in [[1; 32], [2; 32]] {
            assert!(sessions::find(&db, &ended, later(1)).await.unwrap().is_none());
        }
        // A session that has ended chooses no password.
        let gone = Some((&ids[1], &[4; 32]));
        let changed = people::choose_password(&db, &by, &ada.id, "$argon2id$new", "$argon2id$x", gone, later(2)).await;
        assert!(!changed.unwrap());
        assert_eq!(people::by_name(&db, "ada").await.unwrap().unwrap().1, "$argon2id$new");
        assert!(sessions::find(&db, &[3; 32], later(2)).await.unwrap().is_some());
        assert!(people::choose_password(&db, &by, &ada.id, "$argon2id$new", "$argon2id$last", None, later(3)).await.unwrap());
        assert!(sessions::find(&db, &[3; 32], later(3)).await.unwrap().is_none());
    }

    async fn only_an_owner_counts_as_an_owner(database: Lent) {
        let db = open(&database).await;
        assert!(!people::any_owner(&db).await.unwrap());
        for (name, role) in [("ada", Role::Analyst), ("ben", Role::Viewer), ("cy", Role::Auditor)] {
            add(&db, name, role).await;
        }
        assert!(!people::any_owner(&db).await.unwrap());
        add(&db, "dee", Role::Owner).await;
        assert!(people::any_owner(&db).await.unwrap());
    }

    async fn the_one_time_link_makes_one_owner_and_is_void_then(database: Lent) {
        let db = open(&database).await;
        first_start::offer(&db, &HASH, later(1800)).await.unwrap();
        assert_eq!(first_start::redeem(&db, &OTHER, new("mallory", Role::Owner), None, now()).await.unwrap(), None);
        let owner = first_start::redeem(&db, &HASH, new("olga", Role::Owner), None, later(1799)).await.unwrap().expect("the link holds");
        assert_eq!((owner.name.as_str(), owner.role), ("olga", Role::Owner));
        assert_eq!(first_start::redeem(&db, &HASH, new("mallory", Role::Owner), None, later(1)).await.unwrap(), None);
        // Also a later one, as long as there is an owner.
        first_start::offer(&db, &OTHER, later(3600)).await.unwrap();
        assert_eq!(first_start::redeem(&db, &OTHER, new("mallory", Role::Owner), None, later(2)).await.unwrap(), None);
        assert_eq!(people::list(&db).await.unwrap(), [owner]);
    }

    async fn a_link_ends_with_its_time_and_with_the_next_one(database: Lent) {
        let db = open(&database).await;
        first_start::offer(&db, &HASH, later(10)).await.unwrap();
        assert_eq!(first_start::redeem(&db, &HASH, new("olga", Role::Owner), None, later(10)).await.unwrap(), None);
        first_start::offer(&db, &HASH, later(20)).await.unwrap();
        first_start::offer(&db, &OTHER, later(20)).await.unwrap();
        assert_eq!(first_start::redeem(&db, &HASH, new("olga", Role::Owner), None, now()).await.unwrap(), None);
        assert!(first_start::redeem(&db, &OTHER, new("olga", Role::Owner), None, now()).await.unwrap().is_some());
    }

    async fn an_owner_added_in_another_way_makes_the_link_void(database: Lent) {
        let db = open(&database).await;
        first_start::offer(&db, &HASH, later(1800)).await.unwrap();
        add(&db, "viola", Role::Viewer).await;
        let taken = first_start::redeem(&db, &HASH, new("Viola", Role::Owner), None, now()).await;
        assert!(matches!(taken, Err(Error::NameTaken { .. })), "{taken:?}");
        add(&db, "olga", Role::Owner).await;
        assert_eq!(first_start::redeem(&db, &HASH, new("mallory", Role::Owner), None, now()).await.unwrap(), None);
    }

    async fn a_name_that_is_taken_does_not_use_the_link_up(database: Lent) {
        let db = open(&database).await;
        first_start::offer(&db, &HASH, later(1800)).await.unwrap();
        add(&db, "viola", Role::Viewer).await;
        assert!(first_start::redeem(&db, &HASH, new("viola", Role::Owner), None, now()).await.is_err());
        assert!(first_start::redeem(&db, &HASH, new("olga", Role::Owner), None, now()).await.unwrap().is_some());
    }

    async fn of_many_who_open_the_link_at_once_exactly_one_becomes_the_owner(database: Lent) {
        let db = open(&database).await;
        let second = open(&database).await;
        first_start::offer(&db, &HASH, later(1800)).await.unwrap();
        let mut racing = tokio::task::JoinSet::new();
        for at in 0..24 {
            // Two instances of Oriel: the second has connections of its own.
            let db = if at % 2 == 0 { db.clone() } else { second.clone() };
            racing.spawn(async move { first_start::redeem(&db, &HASH, new(&format!("person {at}"), Role::Owner), None, now()).await });
        }
        let ended: Vec<_> = racing.join_all().await.into_iter().map(Result::unwrap).collect();
        assert_eq!(ended.iter().flatten().count(), 1, "{ended:?}");
        assert_eq!(people::list(&db).await.unwrap().len(), 1);
    }

    async fn of_many_who_take_a_name_at_once_exactly_one_gets_it(database: Lent) {
        let db = open(&database).await;
        let second = open(&database).await;
        let mut racing = tokio::task::JoinSet::new();
        for at in 0..16 {
            let db = if at % 2 == 0 { db.clone() } else { second.clone() };
            racing.spawn(async move { people::add(&db, &Actor::oriel(), &new("olga", Role::Owner), now()).await });
        }
        let ended = racing.join_all().await;
        assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 1, "{ended:?}");
        let taken = |ended: &&Result<Person, Error>| matches!(ended, Err(Error::NameTaken { .. }));
        assert_eq!(ended.iter().filter(taken).count(), 15, "{ended:?}");
    }

    async fn a_session_is_found_until_it_ends(database: Lent) {
        let db = open(&database).await;
        let ada = add(&db, "ada", Role::Viewer).await;
        open_session(&db, &HASH, &ada.id, now(), later(60)).await.unwrap();
        let (session, person) = sessions::find(&db, &HASH, later(59)).await.unwrap().expect("a session");
        assert_eq!(person, ada);
        assert_eq!(session.person_id, ada.id);
        assert_eq!((session.created_at, session.last_seen_at, session.expires_at), (now(), now(), later(60)));
        assert_eq!(sessions::find(&db, &HASH, later(60)).await.unwrap(), None);
        assert_eq!(sessions::find(&db, &OTHER, now()).await.unwrap(), None);
    }

    async fn the_last_use_of_a_session_never_goes_back(database: Lent) {
        let db = open(&database).await;
        let ada = add(&db, "ada", Role::Viewer).await;
        open_session(&db, &HASH, &ada.id, now(), later(60)).await.unwrap();
        for (touched, seen) in [(20, 20), (10, 20), (30, 30)] {
            sessions::touch(&db, &HASH, later(touched)).await.unwrap();
            let (session, _) = sessions::find(&db, &HASH, now()).await.unwrap().unwrap();
            assert_eq!(session.last_seen_at, later(seen));
        }
    }

    async fn sessions_end_one_by_one_or_all_of_somebody(database: Lent) {
        let db = open(&database).await;
        let (ada, ben) = (add(&db, "ada", Role::Viewer).await, add(&db, "ben", Role::Viewer).await);
        for (hash, person) in [([1; 32], &ada), ([2; 32], &ada), ([3; 32], &ada), ([4; 32], &ben)] {
            open_session(&db, &hash, &person.id, now(), later(60)).await.unwrap();
        }
        let alive = async || {
            let mut alive = Vec::new();
            for first in 1..=4 {
                if sessions::find(&db, &[first; 32], now()).await.unwrap().is_some() {
                    alive.push(first);
                }
            }
            alive
        };
        sessions::delete(&db, &Actor::oriel(), &[1; 32], now()).await.unwrap();
        sessions::delete(&db, &Actor::oriel(), &[1; 32], now()).await.unwrap();
        assert_eq!(alive().await, [2, 3, 4]);
        sessions::delete_of_person(&db, &Actor::oriel(), &ada.id, now()).await.unwrap();
        assert_eq!(alive().await, [4]);
    }

    async fn a_session_or_key_for_nobody_is_refused(database: Lent) {
        let db = open(&database).await;
        let nobody = PersonId::new(now());
        assert!(matches!(open_session(&db, &HASH, &nobody, now(), later(60)).await, Err(Error::Gone)));
        assert!(matches!(keys::create(&db, &Actor::oriel(), &new_key(&HASH, &nobody, "script"), now()).await, Err(Error::Gone)));
    }

    async fn signing_in_throws_away_what_has_ended(database: Lent) {
        let db = open(&database).await;
        let ada = add(&db, "ada", Role::Viewer).await;
        open_session(&db, &HASH, &ada.id, now(), later(10)).await.unwrap();
        open_session(&db, &OTHER, &ada.id, later(10), later(60)).await.unwrap();
        // Not even for somebody whose clock is behind.
        assert_eq!(sessions::find(&db, &HASH, now()).await.unwrap(), None);
        assert!(sessions::find(&db, &OTHER, now()).await.unwrap().is_some());
    }

    async fn a_key_opens_until_it_is_revoked(database: Lent) {
        let db = open(&database).await;
        let ada = add(&db, "ada", Role::Owner).await;
        let key = keys::create(&db, &Actor::oriel(), &new_key(&HASH, &ada.id, "nightly ☾"), now()).await.unwrap();
        assert_eq!((key.label.as_str(), &key.person_id, key.created_at), ("nightly ☾", &ada.id, now()));
        assert_eq!((key.last_used_at, key.revoked_at), (None, None));
        assert_eq!(keys::find(&db, &HASH, now(), later(1)).await.unwrap(), Some((key.clone(), ada.clone())));
        assert_eq!(keys::find(&db, &OTHER, now(), later(1)).await.unwrap(), None);

        assert!(keys::revoke(&db, &Actor::oriel(), None, &key.id, later(2)).await.unwrap());
        assert!(!keys::revoke(&db, &Actor::oriel(), None, &key.id, later(3)).await.unwrap());
        assert_eq!(keys::find(&db, &HASH, now(), later(4)).await.unwrap(), None);
        assert_eq!(keys::list_of(&db, &ada.id).await.unwrap()[0].revoked_at, Some(later(2)));
    }

    async fn the_use_of_a_key_is_noted_once_a_minute(database: Lent) {
        let db = open(&database).await;
        let ada = add(&db, "ada", Role::Owner).await;
        keys::create(&db, &Actor::oriel(), &new_key(&HASH, &ada.id, "script"), now()).await.unwrap();
        for (used, noted) in [(0, 0), (59, 0), (60, 60), (61, 60), (200, 200)] {
            keys::find(&db, &HASH, now(), later(used)).await.unwrap().expect("the key opens");
            assert_eq!(keys::list_of(&db, &ada.id).await.unwrap()[0].last_used_at, Some(later(noted)), "used after {used} s");
        }
    }

    async fn keys_are_listed_with_their_people(database: Lent) {
        let db = open(&database).await;
        let (ada, ben) = (add(&db, "ada", Role::Owner).await, add(&db, "ben", Role::Viewer).await);
        let first = keys::create(&db, &Actor::oriel(), &new_key(&[1; 32], &ben.id, "one"), now()).await.unwrap();
        let second = keys::create(&db, &Actor::oriel(), &new_key(&[2; 32], &ada.id, "two"), later(1)).await.unwrap();
        let third = keys::create(&db, &Actor::oriel(), &new_key(&[3; 32], &ben.id, "three"), later(2)).await.unwrap();
        assert_eq!(keys::list_of(&db, &ben.id).await.unwrap(), [first.clone(), third.clone()]);
        assert_eq!(keys::list(&db).await.unwrap(), [(first, ben.clone()), (second, ada), (third, ben)]);
    }
}
