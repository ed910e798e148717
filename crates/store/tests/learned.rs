//! What was found out about a connection, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use jiff::{SignedDuration, Timestamp};
use search::Product;
use store::audit::Actor;
use store::connections::{self, Change, Connection, ConnectionId, NewConnection};
use store::credentials::{CredentialId, Kind, NewCredential};
use store::grants::Scope;
use store::learned::{self, Learned};
use store::{Db, meta};

fn at(seconds: i64) -> Timestamp {
    "2026-11-25T03:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_secs(seconds)
}

fn secret(seconds: i64) -> NewCredential {
    let id = CredentialId::new(at(seconds));
    NewCredential { id, kind: Kind::Secret, sealed: vec![1], certificate: None, identity: None, ends: None }
}

async fn connected(database: &databases::Lent) -> (Db, Connection) {
    let db = Db::open(database.url()).await.expect("the database opens");
    let new = NewConnection {
        id: ConnectionId::new(at(0)),
        product: Product::Defender,
        label: "Contoso".into(),
        cloud: "global".into(),
        tenant_guid: "11111111-2222-3333-4444-555555555555".into(),
        client_id: "aaaaaaaa-2222-3333-4444-555555555555".into(),
        credential: secret(0),
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
    };
    let saved =
        connections::create(&db, &Actor::oriel(), &Scope::All, &new, at(0)).await.expect("a connection is saved");
    (db, saved)
}

/// The connection as it is, but for its directory, with a new secret.
fn change(saved: &Connection, tenant: &str, seconds: i64) -> Change {
    Change {
        label: saved.label.clone(),
        cloud: saved.cloud.clone(),
        tenant_guid: tenant.to_owned(),
        client_id: saved.client_id.clone(),
        credential: Some(secret(seconds)),
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
        ends: None,
    }
}

fn answer(question: &str, answer: &str, seconds: i64) -> Learned {
    Learned { question: question.into(), answer: answer.into(), at: at(seconds) }
}

databases::on_each_database! {
    async fn the_newest_answer_to_a_question_is_kept_and_other_questions_keep_theirs(database: Lent) {
        let (db, saved) = connected(&database).await;
        let both = [("evidence_ip", "evidence_ip_misses"), ("alerts_page", "alerts_page_cut")];
        assert!(learned::save(&db, &saved.id, &both, at(10)).await.unwrap());
        assert!(learned::save(&db, &saved.id, &[("evidence_ip", "evidence_ip_finds")], at(20)).await.unwrap());
        assert!(learned::save(&db, &saved.id, &[("evidence_ip", "evidence_ip_refused")], at(15)).await.unwrap());
        let known = [answer("alerts_page", "alerts_page_cut", 10), answer("evidence_ip", "evidence_ip_finds", 20)];
        assert_eq!(learned::of(&db, &Scope::All, &saved.id).await.unwrap(), known);
    }

    async fn only_another_answer_raises_the_version_of_the_connections(database: Lent) {
        let (db, saved) = connected(&database).await;
        let mut versions = vec![meta::connections_version(&db).await.unwrap()];
        for (seconds, code) in [(1, "evidence_ip_finds"), (2, "evidence_ip_finds"), (3, "evidence_ip_refused")] {
            learned::save(&db, &saved.id, &[("evidence_ip", code)], at(seconds)).await.unwrap();
            versions.push(meta::connections_version(&db).await.unwrap());
        }
        learned::save(&db, &saved.id, &[("evidence_ip", "evidence_ip_finds")], at(2)).await.unwrap();
        versions.push(meta::connections_version(&db).await.unwrap());
        let first = versions[0];
        assert_eq!(versions, [0, 1, 1, 2, 2].map(|more| first + more), "an older answer is no news either");
    }

    async fn what_is_known_of_one_directory_is_not_believed_of_another(database: Lent) {
        let (db, saved) = connected(&database).await;
        learned::save(&db, &saved.id, &[("evidence_ip", "evidence_ip_finds")], at(1)).await.unwrap();
        connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &change(&saved, &saved.tenant_guid, 2), at(2)).await.unwrap();
        assert_eq!(learned::of(&db, &Scope::All, &saved.id).await.unwrap().len(), 1, "another secret of the same app changes nothing");
        let other = "99999999-2222-3333-4444-555555555555";
        connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &change(&saved, other, 3), at(3)).await.unwrap().unwrap();
        assert!(learned::of(&db, &Scope::All, &saved.id).await.unwrap().is_empty());
    }

    async fn what_is_known_goes_with_its_connection(database: Lent) {
        let (db, saved) = connected(&database).await;
        let answers = [("evidence_ip", "evidence_ip_finds")];
        assert!(learned::save(&db, &saved.id, &answers, at(1)).await.unwrap());
        connections::delete(&db, &Actor::oriel(), &Scope::All, &saved.id, at(2)).await.unwrap();
        assert!(learned::of(&db, &Scope::All, &saved.id).await.unwrap().is_empty());
        assert!(!learned::save(&db, &saved.id, &answers, at(3)).await.unwrap());
    }
}
