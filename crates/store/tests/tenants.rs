//! What belongs to a tenant is read and changed only by those who may see it, on both engines.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by it")]

use jiff::Timestamp;
use search::standing::Standing;
use search::{Product, Status, Validation};
use store::audit::Actor;
use store::connections::{self, Change, Connection, ConnectionId, NewConnection};
use store::credentials::{self, CredentialId, Kind, NewCredential};
use store::grants::Scope;
use store::pulses::Pulse;
use store::{Db, Error, changes, learned, pulses, tenants, validations};

const A: &str = "aaaaaaaa-2222-3333-4444-555555555555";
const B: &str = "bbbbbbbb-2222-3333-4444-555555555555";

fn now() -> Timestamp {
    "2026-11-25T03:00:00Z".parse().expect("a time")
}

fn secret() -> NewCredential {
    NewCredential {
        id: CredentialId::new(now()),
        kind: Kind::Secret,
        sealed: vec![1],
        certificate: None,
        identity: None,
        ends: None,
    }
}

fn new(tenant: &str, cloud: &str, label: &str) -> NewConnection {
    NewConnection {
        id: ConnectionId::new(now()),
        product: Product::Defender,
        label: label.into(),
        cloud: cloud.into(),
        tenant_guid: tenant.into(),
        client_id: "cccccccc-2222-3333-4444-555555555555".into(),
        credential: secret(),
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
    }
}

fn change(connection: &Connection, tenant: &str) -> Change {
    Change {
        label: "Changed".into(),
        cloud: connection.cloud.clone(),
        tenant_guid: tenant.into(),
        client_id: connection.client_id.clone(),
        credential: Some(secret()),
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
        ends: None,
    }
}

/// A connection with everything that can hang on one.
async fn connected(db: &Db, tenant: &str, cloud: &str, label: &str) -> Connection {
    let by = Actor::oriel();
    let saved = connections::create(db, &by, &Scope::All, &new(tenant, cloud, label), now()).await.unwrap();
    let validation = Validation { status: Status::Ready, checks: Vec::new(), follows: Vec::new(), validated_at: now() };
    assert!(validations::save(db, &saved.id, &validation).await.unwrap());
    let pulse = Pulse {
        connection_id: saved.id.clone(),
        place: "hunting".into(),
        table: "AlertInfo".into(),
        newest: Some(now()),
        rows_24h: Some(1),
        plan: None,
        retention_days: None,
        trouble: None,
        quiet: false,
        taken_at: now(),
    };
    assert!(pulses::save(db, &saved.id, &[pulse]).await.unwrap());
    assert!(learned::save(db, &saved.id, &[("evidence_ip", "evidence_ip_finds")], now()).await.unwrap());
    for state in ["works", "does_not_work"] {
        let standing =
            Standing { subject: "defender.alerts".into(), state: Some(state), title: format!("{label} {state}") };
        changes::note(db, &saved.id, &[standing], now()).await.unwrap();
    }
    assert!(credentials::add(db, &by, &Scope::All, &saved.id, &secret(), now()).await.unwrap().is_some());
    connections::find(db, &Scope::All, &saved.id).await.unwrap().unwrap()
}

databases::on_each_database! {
    async fn whoever_sees_one_tenant_reads_nothing_of_another(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let (a, b) = (connected(&db, A, "global", "Of A").await, connected(&db, B, "global", "Of B").await);
        // The same directory in another cloud is another tenant.
        let china = connected(&db, A, "china", "Of A in China").await;
        let of_a = a.scope();
        assert_eq!(connections::list(&db, &of_a).await.unwrap(), std::slice::from_ref(&a));
        assert_eq!(validations::all(&db, &of_a).await.unwrap().into_keys().collect::<Vec<_>>(), std::slice::from_ref(&a.id));
        assert_eq!(tenants::list(&db, &of_a).await.unwrap().len(), 1);
        let recent = changes::recent(&db, &of_a, now(), 100).await.unwrap();
        assert!(!recent.is_empty() && recent.iter().all(|change| change.connection_id == a.id), "{recent:?}");
        // Changes of others do not use up what may be listed.
        assert_eq!(changes::recent(&db, &of_a, now(), 1).await.unwrap().len(), 1);
        for (scope, sees) in [(&of_a, false), (&Scope::Only([].into()), false), (&Scope::All, true), (&b.scope(), true)] {
            assert_eq!(connections::find(&db, scope, &b.id).await.unwrap().is_some(), sees);
            assert_eq!(validations::newest(&db, scope, &b.id).await.unwrap().is_some(), sees);
            assert_eq!(pulses::of(&db, scope, &b.id).await.unwrap().len(), usize::from(sees));
            assert_eq!(learned::of(&db, scope, &b.id).await.unwrap().len(), usize::from(sees));
            assert_eq!(changes::of(&db, scope, &b.id, 9).await.unwrap().is_empty(), !sees);
            assert_eq!(credentials::list(&db, scope, &b.id).await.unwrap().len(), if sees { 2 } else { 0 });
        }
        assert_eq!(connections::find(&db, &of_a, &china.id).await.unwrap(), None);
        assert_eq!(connections::list(&db, &Scope::All).await.unwrap().len(), 3);
        let both = Scope::Only([a.tenant_id.clone(), b.tenant_id.clone()].into());
        assert_eq!(connections::list(&db, &both).await.unwrap().len(), 2);
    }

    async fn whoever_sees_one_tenant_changes_nothing_of_another(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let (a, b) = (connected(&db, A, "global", "Of A").await, connected(&db, B, "global", "Of B").await);
        let (of_a, by) = (a.scope(), Actor::oriel());
        let spare = b.spare.clone().unwrap().id;
        assert!(!credentials::switch(&db, &by, &of_a, &b.id, &spare, now()).await.unwrap());
        assert!(!credentials::remove(&db, &by, &of_a, &b.id, &spare, now()).await.unwrap());
        assert!(credentials::add(&db, &by, &of_a, &b.id, &secret(), now()).await.unwrap().is_none(), "as one that is not there");
        assert_eq!(connections::update(&db, &by, &of_a, &b.id, &change(&b, B), now()).await.unwrap(), None);
        assert!(!connections::delete(&db, &by, &of_a, &b.id, now()).await.unwrap());
        assert!(!tenants::set_name(&db, &by, &of_a, &b.tenant_id, Some("Ours"), now()).await.unwrap());
        assert_eq!(connections::find(&db, &Scope::All, &b.id).await.unwrap(), Some(b), "it is as it was");

        // A tenant that others have and one that nobody has are refused alike, and neither is added.
        for other in [B, "dddddddd-2222-3333-4444-555555555555"] {
            let made = connections::create(&db, &by, &of_a, &new(other, "global", "x"), now()).await;
            assert!(matches!(made, Err(Error::OutsideScope)), "{made:?}");
            let moved = connections::update(&db, &by, &of_a, &a.id, &change(&a, other), now()).await;
            assert!(matches!(moved, Err(Error::OutsideScope)), "{moved:?}");
        }
        assert_eq!(tenants::list(&db, &Scope::All).await.unwrap().len(), 2);
        let made = connections::create(&db, &by, &of_a, &new(A, "global", "Of A too"), now()).await.unwrap();
        assert_eq!(made.tenant_id, a.tenant_id);
        assert!(connections::update(&db, &by, &of_a, &a.id, &change(&a, A), now()).await.unwrap().is_some());
    }

    async fn a_tenant_is_called_by_its_name_or_as_its_connections_are(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let a = connected(&db, A, "global", "Northwind").await;
        let known = || async { tenants::known(&db, &Scope::All).await.unwrap().remove(0) };
        let one = known().await;
        assert_eq!((one.label.as_deref(), one.connections, one.tenant.name.as_deref()), (Some("Northwind"), 1, None));
        let (of_a, by) = (a.scope(), Actor::oriel());
        assert!(tenants::set_name(&db, &by, &of_a, &a.tenant_id, Some("Northwind Ltd"), now()).await.unwrap());
        connected(&db, A, "global", "Another").await;
        let two = known().await;
        assert_eq!((two.label, two.connections, two.tenant.name.as_deref()), (None, 2, Some("Northwind Ltd")));
        assert!(tenants::set_name(&db, &by, &of_a, &a.tenant_id, None, now()).await.unwrap());
        assert_eq!(known().await.tenant.name, None);
    }
}
