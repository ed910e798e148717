//! Tenants, connections, validations and the row about the database itself, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use jiff::{SignedDuration, Timestamp};
use search::{Check, CheckState, Product, Status, Validation};
use store::audit::Actor;
use store::connections::{self, Change, Connection, ConnectionId, NewConnection, Workspace};
use store::credentials::{Credential, CredentialId, Kind, NewCredential};
use store::grants::Scope;
use store::tenants::TenantId;
use store::{Db, Error, meta, tenants, validations};

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const OTHER_TENANT: &str = "99999999-2222-3333-4444-555555555555";

fn now() -> Timestamp {
    "2026-11-25T03:00:00.123456Z".parse().expect("a time")
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

async fn open(database: &databases::Lent) -> Db {
    Db::open(database.url()).await.expect("the database opens")
}

fn new(product: Product) -> NewConnection {
    NewConnection {
        id: ConnectionId::new(now()),
        product,
        label: "Contoso “EU”; DROP TABLE".into(),
        cloud: "global".into(),
        tenant_guid: TENANT.into(),
        client_id: "aaaaaaaa-2222-3333-4444-555555555555".into(),
        credential: secret(vec![0, 255, 1, 128, 0], Some(jiff::civil::date(2027, 5, 1))),
        workspaces: vec![
            Workspace { id: "cccccccc-2222-3333-4444-555555555555".into(), label: "SOC".into() },
            Workspace { id: "bbbbbbbb-2222-3333-4444-555555555555".into(), label: String::new() },
        ],
        switched_off: vec!["sentinel.incidents".into()],
        quiet: vec!["sentinel.alerts".into(), "sentinel.threat_indicators".into()],
    }
}

fn secret(sealed: Vec<u8>, ends: Option<jiff::civil::Date>) -> NewCredential {
    NewCredential { id: CredentialId::new(now()), kind: Kind::Secret, sealed, certificate: None, identity: None, ends }
}

fn unchanged(connection: &Connection) -> Change {
    Change {
        label: connection.label.clone(),
        cloud: connection.cloud.clone(),
        tenant_guid: connection.tenant_guid.clone(),
        client_id: connection.client_id.clone(),
        credential: None,
        workspaces: connection.workspaces.clone(),
        switched_off: connection.switched_off.clone(),
        quiet: connection.quiet.clone(),
        ends: connection.credential.ends,
    }
}

fn validation(at: Timestamp, title: &str) -> Validation {
    let check = Check {
        check: "token".into(),
        capability: Some("defender.alerts".into()),
        permission: None,
        state: CheckState::Failed,
        code: "wrong_secret".into(),
        title: title.into(),
        remedy: Some("Paste the secret's Value.".into()),
        link: None,
        trace_id: Some("t".into()),
        correlation_id: None,
    };
    Validation { status: Status::Attention, checks: vec![check], follows: Vec::new(), validated_at: at }
}

databases::on_each_database! {
    async fn a_connection_comes_back_as_it_was_saved(database: Lent) {
        let db = open(&database).await;
        let new = new(Product::Sentinel);
        let saved = connections::create(&db, &Actor::oriel(), &Scope::All, &new, now()).await.unwrap();
        assert_eq!((&saved.id, saved.product, &saved.label), (&new.id, new.product, &new.label));
        assert_eq!((saved.cloud.as_str(), saved.tenant_guid.as_str()), ("global", TENANT));
        assert_eq!((&saved.client_id, &saved.credential.sealed), (&new.client_id, &new.credential.sealed));
        assert_eq!((&saved.workspaces, &saved.switched_off), (&new.workspaces, &new.switched_off));
        assert_eq!((&saved.quiet, saved.credential.ends), (&new.quiet, new.credential.ends));
        assert!(saved.credential.in_use && saved.spare.is_none());
        assert_eq!((saved.created_at, saved.updated_at), (now(), now()));
        assert_eq!(connections::find(&db, &Scope::All, &saved.id).await.unwrap(), Some(saved.clone()));
        assert_eq!(connections::list(&db, &Scope::All).await.unwrap(), [saved]);
        assert_eq!(connections::find(&db, &Scope::All, &ConnectionId::new(now())).await.unwrap(), None);
    }

    async fn several_connections_share_a_tenant_whatever_case_its_guid_is_in(database: Lent) {
        let db = open(&database).await;
        let first = connections::create(&db, &Actor::oriel(), &Scope::All, &new(Product::Sentinel), now()).await.unwrap();
        let shouted = NewConnection { tenant_guid: TENANT.to_uppercase(), ..new(Product::Defender) };
        let second = connections::create(&db, &Actor::oriel(), &Scope::All, &shouted, later(1)).await.unwrap();
        let elsewhere = NewConnection { cloud: "gcc-high".into(), ..new(Product::Defender) };
        let third = connections::create(&db, &Actor::oriel(), &Scope::All, &elsewhere, later(2)).await.unwrap();
        assert_eq!(first.tenant_id, second.tenant_id);
        assert_eq!(second.tenant_guid, TENANT);
        assert_ne!(first.tenant_id, third.tenant_id, "another cloud is another tenant");
        let listed: Vec<_> = connections::list(&db, &Scope::All).await.unwrap().into_iter().map(|connection| connection.id).collect();
        assert_eq!(listed, [first.id, second.id, third.id]);
        assert_eq!(tenants::list(&db, &Scope::All).await.unwrap().len(), 2);
    }

    async fn every_change_of_a_connection_raises_the_version_and_nothing_else_does(database: Lent) {
        let db = open(&database).await;
        let version = async || meta::connections_version(&db).await.unwrap();
        assert_eq!(version().await, 0);
        let saved = connections::create(&db, &Actor::oriel(), &Scope::All, &new(Product::Defender), now()).await.unwrap();
        assert_eq!(version().await, 1);
        validations::save(&db, &saved.id, &validation(now(), "a")).await.unwrap();
        tenants::ensure(&db, "global", OTHER_TENANT, now()).await.unwrap();
        assert_eq!(version().await, 1);
        connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &unchanged(&saved), later(1)).await.unwrap();
        assert_eq!(version().await, 2);
        let moved = Change { client_id: "another".into(), ..unchanged(&saved) };
        assert!(connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &moved, later(2)).await.is_err());
        assert_eq!(connections::update(&db, &Actor::oriel(), &Scope::All, &ConnectionId::new(now()), &moved, later(2)).await.unwrap(), None);
        assert_eq!(version().await, 2, "a change that was refused is none");
        assert!(connections::delete(&db, &Actor::oriel(), &Scope::All, &saved.id, later(3)).await.unwrap());
        assert_eq!(version().await, 3);
    }

    async fn a_change_keeps_the_secret_unless_there_is_a_new_one(database: Lent) {
        let db = open(&database).await;
        let saved = connections::create(&db, &Actor::oriel(), &Scope::All, &new(Product::Sentinel), now()).await.unwrap();
        let change = Change {
            label: "Fabrikam".into(),
            workspaces: Vec::new(),
            switched_off: Vec::new(),
            quiet: vec!["sentinel.incidents".into()],
            ends: None,
            ..unchanged(&saved)
        };
        let changed = connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &change, later(5)).await.unwrap().expect("it is there");
        let expected = Connection {
            label: "Fabrikam".into(),
            workspaces: Vec::new(),
            switched_off: Vec::new(),
            quiet: vec!["sentinel.incidents".into()],
            credential: Credential { ends: None, ..saved.credential.clone() },
            updated_at: later(5),
            ..saved.clone()
        };
        assert_eq!(changed, expected);
        let change = Change { credential: Some(secret(vec![9], None)), ..unchanged(&changed) };
        let changed = connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &change, later(6)).await.unwrap().expect("it is there");
        assert_eq!(changed.credential.sealed, [9]);
    }

    async fn another_app_tenant_or_cloud_needs_the_secret_again(database: Lent) {
        let db = open(&database).await;
        let saved = connections::create(&db, &Actor::oriel(), &Scope::All, &new(Product::Sentinel), now()).await.unwrap();
        let changes = [
            Change { cloud: "china".into(), ..unchanged(&saved) },
            Change { tenant_guid: OTHER_TENANT.into(), ..unchanged(&saved) },
            Change { client_id: "bbbbbbbb-2222-3333-4444-555555555555".into(), ..unchanged(&saved) },
        ];
        for change in changes {
            let refused = connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &change, later(1)).await;
            assert!(matches!(refused, Err(Error::SecretNeeded)), "{refused:?}");
            assert_eq!(connections::find(&db, &Scope::All, &saved.id).await.unwrap(), Some(saved.clone()));
            let change = Change { credential: Some(secret(vec![9], None)), ..change };
            let changed = connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &change, later(1)).await.unwrap().expect("it is there");
            assert_eq!((&changed.cloud, &changed.tenant_guid, &changed.client_id), (&change.cloud, &change.tenant_guid, &change.client_id));
            let back = Change { credential: Some(NewCredential { id: saved.credential.id.clone(), ..new(Product::Sentinel).credential }), ..unchanged(&saved) };
            connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &back, now()).await.unwrap();
        }
        assert_eq!(tenants::list(&db, &Scope::All).await.unwrap().len(), 3, "a tenant that was refused is not kept");
    }

    async fn a_connection_goes_with_its_secret_and_its_validation_and_its_tenant_stays(database: Lent) {
        let db = open(&database).await;
        let saved = connections::create(&db, &Actor::oriel(), &Scope::All, &new(Product::Sentinel), now()).await.unwrap();
        validations::save(&db, &saved.id, &validation(now(), "a")).await.unwrap();
        assert!(connections::delete(&db, &Actor::oriel(), &Scope::All, &saved.id, later(1)).await.unwrap());
        assert!(!connections::delete(&db, &Actor::oriel(), &Scope::All, &saved.id, later(1)).await.unwrap());
        assert_eq!(connections::list(&db, &Scope::All).await.unwrap(), []);
        assert_eq!(validations::newest(&db, &Scope::All, &saved.id).await.unwrap(), None);
        assert_eq!(tenants::list(&db, &Scope::All).await.unwrap()[0].id, saved.tenant_id);
    }

    async fn many_changes_at_once_all_raise_the_version(database: Lent) {
        let db = open(&database).await;
        let second = open(&database).await;
        let mut racing = tokio::task::JoinSet::new();
        for at in 0..20 {
            let db = if at % 2 == 0 { db.clone() } else { second.clone() };
            racing.spawn(async move { connections::create(&db, &Actor::oriel(), &Scope::All, &new(Product::Defender), later(at)).await });
        }
        let ended = racing.join_all().await;
        assert!(ended.iter().all(Result::is_ok), "{ended:?}");
        assert_eq!(meta::connections_version(&db).await.unwrap(), 20);
        assert_eq!(tenants::list(&db, &Scope::All).await.unwrap().len(), 1);
    }

    async fn a_tenant_is_known_once_and_can_be_given_a_name(database: Lent) {
        let db = open(&database).await;
        let tenant = tenants::ensure(&db, "global", TENANT, now()).await.unwrap();
        assert_eq!(tenants::ensure(&db, "global", &TENANT.to_uppercase(), later(1)).await.unwrap(), tenant);
        assert_eq!((tenant.cloud.as_str(), tenant.guid.as_str(), &tenant.name), ("global", TENANT, &None));
        assert!(tenants::set_name(&db, &Actor::oriel(), &Scope::All, &tenant.id, Some("Contoso Ltd"), later(1)).await.unwrap());
        assert!(!tenants::set_name(&db, &Actor::oriel(), &Scope::All, &TenantId::new(now()), Some("Nobody"), later(1)).await.unwrap());
        assert_eq!(tenants::list(&db, &Scope::All).await.unwrap()[0].name.as_deref(), Some("Contoso Ltd"));
        assert_eq!(tenants::ensure(&db, "global", TENANT, now()).await.unwrap().name.as_deref(), Some("Contoso Ltd"));
    }

    async fn the_newest_validation_is_kept_and_an_older_one_does_not_replace_it(database: Lent) {
        let db = open(&database).await;
        let saved = connections::create(&db, &Actor::oriel(), &Scope::All, &new(Product::Sentinel), now()).await.unwrap();
        assert_eq!(validations::newest(&db, &Scope::All, &saved.id).await.unwrap(), None);
        for (at, title, kept) in [(10, "first", true), (20, "second", true), (15, "slow", false), (20, "again", true)] {
            assert_eq!(validations::save(&db, &saved.id, &validation(later(at), title)).await.unwrap(), kept, "{title}");
        }
        assert_eq!(validations::newest(&db, &Scope::All, &saved.id).await.unwrap(), Some(validation(later(20), "again")));
    }

    async fn every_status_of_a_validation_comes_back(database: Lent) {
        let db = open(&database).await;
        let saved = connections::create(&db, &Actor::oriel(), &Scope::All, &new(Product::Sentinel), now()).await.unwrap();
        for (at, status) in [Status::Ready, Status::Attention, Status::Failed].into_iter().enumerate() {
            let validation = Validation { status, ..validation(later(at as i64), "a") };
            validations::save(&db, &saved.id, &validation).await.unwrap();
            assert_eq!(validations::newest(&db, &Scope::All, &saved.id).await.unwrap(), Some(validation));
        }
    }

    async fn a_validation_of_a_connection_that_was_removed_meanwhile_is_let_go(database: Lent) {
        let db = open(&database).await;
        let gone = ConnectionId::new(now());
        assert!(!validations::save(&db, &gone, &validation(now(), "a")).await.unwrap());
        assert_eq!(validations::newest(&db, &Scope::All, &gone).await.unwrap(), None);
    }

    async fn what_was_found_with_another_app_or_secret_is_forgotten(database: Lent) {
        let db = open(&database).await;
        let saved = connections::create(&db, &Actor::oriel(), &Scope::All, &new(Product::Sentinel), now()).await.unwrap();
        validations::save(&db, &saved.id, &validation(now(), "a")).await.unwrap();
        let renamed = Change { label: "renamed".into(), ..unchanged(&saved) };
        connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &renamed, later(1)).await.unwrap();
        assert!(validations::newest(&db, &Scope::All, &saved.id).await.unwrap().is_some(), "a label changes nothing of it");
        let moved = Change { tenant_guid: OTHER_TENANT.into(), credential: Some(secret(vec![9], None)), ..unchanged(&saved) };
        connections::update(&db, &Actor::oriel(), &Scope::All, &saved.id, &moved, later(2)).await.unwrap();
        assert_eq!(validations::newest(&db, &Scope::All, &saved.id).await.unwrap(), None);
    }

    async fn the_keyring_is_written_down_once_and_another_is_refused(database: Lent) {
        let db = open(&database).await;
        assert_eq!(meta::keyring_fingerprint(&db).await.unwrap(), None);
        meta::set_keyring_fingerprint(&db, "aa").await.unwrap();
        meta::set_keyring_fingerprint(&db, "aa").await.unwrap();
        assert!(matches!(meta::set_keyring_fingerprint(&db, "bb").await, Err(Error::OtherKeyring)));
        assert_eq!(meta::keyring_fingerprint(&db).await.unwrap().as_deref(), Some("aa"));
    }
}

#[test]
fn neither_debug_nor_display_shows_a_sealed_secret() {
    let connection = Connection {
        id: ConnectionId::new(now()),
        tenant_id: TenantId::new(now()),
        product: Product::Sentinel,
        label: "Contoso".into(),
        cloud: "global".into(),
        tenant_guid: TENANT.into(),
        client_id: "c".into(),
        credential: Credential {
            id: CredentialId::new(now()),
            connection_id: ConnectionId::new(now()),
            kind: Kind::Secret,
            sealed: vec![222, 223],
            certificate: None,
            identity: None,
            ends: None,
            in_use: true,
            created_at: now(),
        },
        spare: None,
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
        created_at: now(),
        updated_at: now(),
    };
    let shown = format!("{connection:?}");
    assert!(shown.contains("Contoso") && !shown.contains("222, 223"), "{shown}");
}
