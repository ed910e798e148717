//! The credentials of a connection, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use jiff::Timestamp;
use search::{Product, Status, Validation};
use store::audit::Actor;
use store::connections::{self, Change, Connection, ConnectionId, NewConnection};
use store::credentials::{self, CredentialId, Kind, NewCredential};
use store::grants::Scope;
use store::{Db, Error, meta, validations};

fn now() -> Timestamp {
    "2026-11-25T03:00:00Z".parse().expect("a time")
}

fn certificate() -> NewCredential {
    NewCredential {
        id: CredentialId::new(now()),
        kind: Kind::Certificate,
        sealed: vec![7, 8],
        certificate: Some("-----BEGIN CERTIFICATE-----".into()),
        identity: None,
        ends: Some(jiff::civil::date(2027, 5, 1)),
    }
}

fn identity() -> NewCredential {
    let identity = Some("bbbbbbbb-2222-3333-4444-555555555555".into());
    NewCredential {
        kind: Kind::ManagedIdentity,
        sealed: Vec::new(),
        certificate: None,
        identity,
        ends: None,
        ..certificate()
    }
}

async fn connected(database: &databases::Lent) -> (Db, Connection) {
    let db = Db::open(database.url()).await.expect("the database opens");
    let new = NewConnection {
        id: ConnectionId::new(now()),
        product: Product::Defender,
        label: "Contoso".into(),
        cloud: "global".into(),
        tenant_guid: "11111111-2222-3333-4444-555555555555".into(),
        client_id: "aaaaaaaa-2222-3333-4444-555555555555".into(),
        credential: NewCredential { kind: Kind::Secret, sealed: vec![1], certificate: None, ..certificate() },
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
    };
    let connection =
        connections::create(&db, &Actor::oriel(), &Scope::All, &new, now()).await.expect("a connection is saved");
    (db, connection)
}

async fn kinds(db: &Db, connection: &Connection) -> Vec<(Kind, bool)> {
    let held = credentials::list(db, &Scope::All, &connection.id).await.unwrap();
    held.into_iter().map(|credential| (credential.kind, credential.in_use)).collect()
}

databases::on_each_database! {
    async fn a_second_credential_is_added_switched_to_and_the_first_removed(database: Lent) {
        let (db, connection) = connected(&database).await;
        let found = Validation { status: Status::Ready, checks: Vec::new(), follows: Vec::new(), validated_at: now() };
        validations::save(&db, &connection.id, &found).await.unwrap();
        let version = meta::connections_version(&db).await.unwrap();
        let added = credentials::add(&db, &Actor::oriel(), &Scope::All, &connection.id, &certificate(), now()).await.unwrap().expect("it is added");
        assert!(!added.in_use);
        assert_eq!(added.certificate.as_deref(), Some("-----BEGIN CERTIFICATE-----"));
        assert!(validations::newest(&db, &Scope::All, &connection.id).await.unwrap().is_some(), "nothing has changed yet");
        let read = connections::find(&db, &Scope::All, &connection.id).await.unwrap().unwrap();
        assert_eq!((read.credential.kind, read.spare.as_ref()), (Kind::Secret, Some(&added)));

        assert!(credentials::switch(&db, &Actor::oriel(), &Scope::All, &connection.id, &added.id, now()).await.unwrap());
        assert_eq!(kinds(&db, &connection).await, [(Kind::Certificate, true), (Kind::Secret, false)]);
        assert_eq!(validations::newest(&db, &Scope::All, &connection.id).await.unwrap(), None);
        assert!(!credentials::remove(&db, &Actor::oriel(), &Scope::All, &connection.id, &added.id, now()).await.unwrap(), "the one in use stays");
        assert!(credentials::remove(&db, &Actor::oriel(), &Scope::All, &connection.id, &connection.credential.id, now()).await.unwrap());
        assert_eq!(kinds(&db, &connection).await, [(Kind::Certificate, true)]);
        assert!(meta::connections_version(&db).await.unwrap() >= version + 3);
    }

    async fn there_are_two_at_most_and_none_for_a_connection_that_is_gone(database: Lent) {
        let (db, connection) = connected(&database).await;
        credentials::add(&db, &Actor::oriel(), &Scope::All, &connection.id, &identity(), now()).await.unwrap().unwrap();
        let third = credentials::add(&db, &Actor::oriel(), &Scope::All, &connection.id, &certificate(), now()).await;
        assert!(matches!(third, Err(Error::TwoCredentials)), "{third:?}");
        let nowhere = ConnectionId::new(now());
        assert_eq!(credentials::add(&db, &Actor::oriel(), &Scope::All, &nowhere, &certificate(), now()).await.unwrap(), None);
        assert!(!credentials::switch(&db, &Actor::oriel(), &Scope::All, &nowhere, &connection.credential.id, now()).await.unwrap());
        assert!(!credentials::switch(&db, &Actor::oriel(), &Scope::All, &connection.id, &connection.credential.id, now()).await.unwrap());
        connections::delete(&db, &Actor::oriel(), &Scope::All, &connection.id, now()).await.unwrap();
        assert!(credentials::list(&db, &Scope::All, &connection.id).await.unwrap().is_empty());
    }

    async fn two_who_add_at_the_same_time_do_not_make_three(database: Lent) {
        let (db, connection) = connected(&database).await;
        let (one, two) = (certificate(), identity());
        let by = Actor::oriel();
        let added = tokio::join!(
            credentials::add(&db, &by, &Scope::All, &connection.id, &one, now()),
            credentials::add(&db, &by, &Scope::All, &connection.id, &two, now()),
        );
        let added = [added.0.is_ok(), added.1.is_ok()];
        assert_eq!(added.iter().filter(|added| **added).count(), 1, "{added:?}");
        assert_eq!(kinds(&db, &connection).await.len(), 2);
    }

    async fn another_app_takes_every_credential_away_and_a_new_secret_only_the_one_in_use(database: Lent) {
        let (db, connection) = connected(&database).await;
        credentials::add(&db, &Actor::oriel(), &Scope::All, &connection.id, &certificate(), now()).await.unwrap().unwrap();
        let change = Change {
            label: "Contoso".into(),
            cloud: "global".into(),
            tenant_guid: connection.tenant_guid.clone(),
            client_id: connection.client_id.clone(),
            credential: Some(identity()),
            workspaces: Vec::new(),
            switched_off: Vec::new(),
            quiet: Vec::new(),
            ends: None,
        };
        connections::update(&db, &Actor::oriel(), &Scope::All, &connection.id, &change, now()).await.unwrap();
        assert_eq!(kinds(&db, &connection).await, [(Kind::ManagedIdentity, true), (Kind::Certificate, false)]);
        let tenant_guid = "99999999-2222-3333-4444-555555555555".to_owned();
        let moved = Change { tenant_guid, credential: Some(NewCredential { id: CredentialId::new(now()), ..identity() }), ..change };
        connections::update(&db, &Actor::oriel(), &Scope::All, &connection.id, &moved, now()).await.unwrap();
        assert_eq!(kinds(&db, &connection).await, [(Kind::ManagedIdentity, true)]);
    }
}

databases::on_each_database! {
    async fn what_was_found_before_a_change_is_not_kept_after_it(database: Lent) {
        let (db, tried) = connected(&database).await;
        let found = Validation { status: Status::Failed, checks: Vec::new(), follows: Vec::new(), validated_at: now() };
        assert!(validations::save_as_tried(&db, &tried, &found).await.unwrap());
        let change = Change {
            label: "Contoso".into(),
            cloud: "global".into(),
            tenant_guid: tried.tenant_guid.clone(),
            client_id: tried.client_id.clone(),
            credential: Some(certificate()),
            workspaces: Vec::new(),
            switched_off: Vec::new(),
            quiet: Vec::new(),
            ends: None,
        };
        let changed = connections::update(&db, &Actor::oriel(), &Scope::All, &tried.id, &change, now()).await.unwrap().unwrap();
        assert!(!validations::save_as_tried(&db, &tried, &found).await.unwrap(), "another credential");
        assert!(!store::pulses::save_as_tried(&db, &tried, &[]).await.unwrap());
        assert_eq!(validations::newest(&db, &Scope::All, &tried.id).await.unwrap(), None);
        let later = now() + jiff::SignedDuration::from_secs(1);
        let renamed = Change { credential: None, label: "Fabrikam".into(), ..change };
        connections::update(&db, &Actor::oriel(), &Scope::All, &tried.id, &renamed, later).await.unwrap();
        assert!(!validations::save_as_tried(&db, &changed, &found).await.unwrap(), "another form");
        let newest = connections::find(&db, &Scope::All, &tried.id).await.unwrap().unwrap();
        assert!(validations::save_as_tried(&db, &newest, &found).await.unwrap());
    }
}
