//! Pulses, changes and jobs, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use jiff::{SignedDuration, Timestamp};
use search::standing::{FRESH, SILENT, Standing};
use search::{Check, CheckState, Product, Status, Validation};
use store::audit::Actor;
use store::connections::{self, Connection, ConnectionId, NewConnection};
use store::credentials::{CredentialId, Kind, NewCredential};
use store::grants::Scope;
use store::pulses::{self, Pulse};
use store::{Db, changes, jobs, validations};

fn at(seconds: i64) -> Timestamp {
    "2026-11-25T03:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_secs(seconds)
}

async fn open(database: &databases::Lent) -> Db {
    Db::open(database.url()).await.expect("the database opens")
}

async fn connection(db: &Db) -> Connection {
    let new = NewConnection {
        id: ConnectionId::new(at(0)),
        product: Product::Defender,
        label: "Contoso".into(),
        cloud: "global".into(),
        tenant_guid: "11111111-2222-3333-4444-555555555555".into(),
        client_id: "aaaaaaaa-2222-3333-4444-555555555555".into(),
        credential: NewCredential {
            id: CredentialId::new(at(0)),
            kind: Kind::Secret,
            sealed: vec![1],
            certificate: None,
            identity: None,
            ends: None,
        },
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
    };
    connections::create(db, &Actor::oriel(), &Scope::All, &new, at(0)).await.expect("a connection is saved")
}

fn table(state: &'static str) -> Standing {
    let title = format!("DeviceNetworkEvents is {state}.");
    Standing { subject: "table:hunting/DeviceNetworkEvents".into(), state: Some(state), title }
}

fn validation(state: CheckState, title: &str, seconds: i64) -> Validation {
    let check = Check {
        check: "token".into(),
        capability: None,
        permission: None,
        state,
        code: "secret_expired".into(),
        title: title.into(),
        remedy: None,
        link: None,
        trace_id: None,
        correlation_id: None,
    };
    Validation { status: Status::Failed, checks: vec![check], follows: Vec::new(), validated_at: at(seconds) }
}

fn pulse(connection: &Connection, place: &str, table: &str) -> Pulse {
    Pulse {
        connection_id: connection.id.clone(),
        place: place.into(),
        table: table.into(),
        newest: Some(at(-60)),
        rows_24h: Some(12),
        plan: None,
        retention_days: Some(30),
        trouble: None,
        quiet: true,
        taken_at: at(10),
    }
}

databases::on_each_database! {
    async fn pulses_replace_those_before_and_go_with_their_connection(database: Lent) {
        let db = open(&database).await;
        let saved = connection(&db).await;
        let workspace = "cccccccc-2222-3333-4444-555555555555";
        let silent = Pulse { newest: None, rows_24h: None, trouble: Some("no answer".into()), ..pulse(&saved, workspace, "SecurityAlert") };
        let both = [silent, pulse(&saved, "hunting", "AlertInfo")];
        assert!(pulses::save(&db, &saved.id, &both).await.unwrap());
        let [silent, hunting] = both;
        assert_eq!(pulses::of(&db, &Scope::All, &saved.id).await.unwrap(), [hunting.clone(), silent]);
        assert!(pulses::save(&db, &saved.id, std::slice::from_ref(&hunting)).await.unwrap());
        assert_eq!(pulses::of(&db, &Scope::All, &saved.id).await.unwrap(), std::slice::from_ref(&hunting));
        connections::delete(&db, &Actor::oriel(), &Scope::All, &saved.id, at(20)).await.unwrap();
        assert!(pulses::of(&db, &Scope::All, &saved.id).await.unwrap().is_empty());
        assert!(!pulses::save(&db, &saved.id, &[hunting]).await.unwrap(), "what is removed stays removed");
    }

    async fn a_change_is_recorded_once_and_the_newest_stands_first(database: Lent) {
        let db = open(&database).await;
        let saved = connection(&db).await;
        let mut told = Vec::new();
        for (second, state) in [(1, FRESH), (2, FRESH), (3, SILENT), (4, SILENT), (5, FRESH)] {
            told.push(changes::note(&db, &saved.id, &[table(state)], at(second)).await.unwrap());
        }
        assert_eq!(told, [0, 0, 1, 0, 1]);
        let all = changes::of(&db, &Scope::All, &saved.id, 10).await.unwrap();
        let read: Vec<_> = all.iter().map(|change| (change.was.as_str(), change.is.as_str(), change.at)).collect();
        assert_eq!(read, [(SILENT, FRESH, at(5)), (FRESH, SILENT, at(3))]);
        assert_eq!(all[1].title, "DeviceNetworkEvents is silent.");
        assert_eq!(changes::recent(&db, &Scope::All, at(4), 10).await.unwrap(), all[..1]);
        assert_eq!(changes::recent(&db, &Scope::All, at(0), 1).await.unwrap(), all[..1]);
    }

    async fn what_is_forgotten_begins_anew(database: Lent) {
        let db = open(&database).await;
        let saved = connection(&db).await;
        changes::note(&db, &saved.id, &[table(FRESH)], at(1)).await.unwrap();
        changes::note(&db, &saved.id, &[Standing { state: None, ..table(FRESH) }], at(2)).await.unwrap();
        assert_eq!(changes::note(&db, &saved.id, &[table(SILENT)], at(3)).await.unwrap(), 0);
    }

    async fn whoever_saves_a_validation_tells_what_it_changes_and_an_older_one_tells_nothing(database: Lent) {
        let db = open(&database).await;
        let saved = connection(&db).await;
        let save = async |validation| validations::save(&db, &saved.id, &validation).await.unwrap();
        assert!(save(validation(CheckState::Passed, "The app signs in.", 10)).await);
        assert!(save(validation(CheckState::Failed, "The secret has expired.", 20)).await);
        assert!(save(validation(CheckState::Failed, "The secret has expired.", 30)).await);
        assert!(!save(validation(CheckState::Passed, "The app signs in.", 15)).await);
        let told = changes::of(&db, &Scope::All, &saved.id, 10).await.unwrap();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].subject.as_str(), told[0].is.as_str(), told[0].at), ("connection", "refused", at(20)));
    }

    async fn a_connection_that_was_removed_meanwhile_has_no_changes(database: Lent) {
        let db = open(&database).await;
        assert_eq!(changes::note(&db, &ConnectionId::new(at(0)), &[table(FRESH)], at(1)).await.unwrap(), 0);
    }

    async fn one_instance_holds_a_job_and_loses_it_when_it_stops_renewing(database: Lent) {
        let db = open(&database).await;
        let hold = async |who: &str, now: i64| jobs::hold(&db, "background", who, at(now), at(now + 180)).await.unwrap();
        assert!(hold("one", 0).await);
        assert!(!hold("two", 60).await);
        assert!(hold("one", 120).await, "it renews its own");
        assert!(!hold("two", 299).await);
        assert!(hold("two", 300).await, "the other was killed");
        assert!(!hold("one", 301).await);
        jobs::release(&db, "background", "one").await.unwrap();
        assert!(!hold("one", 302).await, "only its holder gives it back");
        jobs::release(&db, "background", "two").await.unwrap();
        assert!(hold("one", 303).await);
    }

    async fn what_is_asked_for_waits_until_it_is_done(database: Lent) {
        let db = open(&database).await;
        for (name, second) in [("validate:b", 2), ("validate:a", 1), ("sync:a", 0), ("validate:a", 9)] {
            jobs::ask(&db, name, at(second)).await.unwrap();
        }
        let asked = jobs::asked(&db, "validate:").await.unwrap();
        assert_eq!(asked, [("validate:a".to_owned(), at(1)), ("validate:b".to_owned(), at(2))]);
        jobs::done(&db, "validate:a", at(0)).await.unwrap();
        assert_eq!(jobs::asked(&db, "validate:").await.unwrap().len(), 2, "asked for again meanwhile");
        jobs::done(&db, "validate:a", at(1)).await.unwrap();
        assert_eq!(jobs::asked(&db, "validate:").await.unwrap(), [("validate:b".to_owned(), at(2))]);
    }
}
