use databases::Lent;
use jiff::Timestamp;
use search::Status;
use sqlx::{PgPool, SqlitePool};

use super::MIGRATIONS;
use crate::connections::{self, Connection, ConnectionId};
use crate::credentials::{self, Kind, NewCredential};
use crate::grants::Scope;
use crate::{Db, validations};

/// The last schema in which a connection had a single secret, in its own row.
const SINGLE_SECRET: i64 = 5;

const CONNECTION: &str =
    "INSERT INTO connections (id, tenant_id, product, label, client_id, secret_sealed, workspaces, switched_off,
                              secret_ends, created_at, updated_at)
     VALUES ($1, 't', 'defender', $2, 'aaaaaaaa-2222-3333-4444-555555555555', $3, '[]', '[\"defender.alerts\"]', $4, 1000000, $5)";

/// A connection of that schema: what it is called, what was sealed, when it ends, when it was changed last.
type Old = (&'static str, &'static [u8], Option<&'static str>, Timestamp);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn olds() -> [Old; 2] {
    [
        ("Contoso", &[0, 1, 255], Some("2027-05-01"), at("2026-10-01T03:00:00Z")),
        ("Fabrikam", &[9], None, at("2026-11-01T03:00:00Z")),
    ]
}

/// Fills a database as the Oriel of that schema left it; the first connection was validated.
macro_rules! fill {
    ($pool:ident, $ids:ident) => {{
        MIGRATIONS.run_to(SINGLE_SECRET, &$pool).await.unwrap();
        sqlx::query("INSERT INTO tenants (id, cloud, guid, created_at) VALUES ('t', 'global', 'g', 1)")
            .execute(&$pool)
            .await
            .unwrap();
        for (id, (label, sealed, ends, updated)) in $ids.iter().zip(olds()) {
            sqlx::query(CONNECTION)
                .bind(id)
                .bind(label)
                .bind(sealed)
                .bind(ends)
                .bind(updated.as_microsecond())
                .execute(&$pool)
                .await
                .unwrap();
        }
        sqlx::query(
            "INSERT INTO validations (connection_id, tenant_id, status, checks, validated_at)
             VALUES ($1, 't', 'ready', '[]', 1000000)",
        )
        .bind(&$ids[0])
        .execute(&$pool)
        .await
        .unwrap();
        $pool.close().await;
    }};
}

async fn filled(database: &Lent) -> [ConnectionId; 2] {
    let ids = olds().map(|(.., updated)| ConnectionId::new(updated));
    if database.is_postgres() {
        let pool = PgPool::connect(database.url()).await.unwrap();
        fill!(pool, ids);
    } else {
        let pool = SqlitePool::connect(&format!("{}?mode=rwc", database.url())).await.unwrap();
        fill!(pool, ids);
    }
    ids
}

/// What the vault of that schema bound a connection's secret to.
fn place_then(connection: &Connection) -> [String; 3] {
    ["connections".to_owned(), connection.id.to_string(), "secret_sealed".to_owned()]
}

databases::on_each_database! {
    async fn the_single_secret_of_an_older_oriel_becomes_the_credential_in_use_and_still_opens(database: Lent) {
        let ids = filled(&database).await;
        let db = Db::open(database.url()).await.unwrap();
        for (id, (label, sealed, ends, updated)) in ids.iter().zip(olds()) {
            let connection = connections::find(&db, &Scope::All, id).await.unwrap().expect(label);
            let credential = &connection.credential;
            assert_eq!((connection.label.as_str(), credential.kind), (label, Kind::Secret));
            assert_eq!(credential.sealed, sealed, "what was sealed is moved byte for byte");
            assert_eq!(credentials::place(&credential.id), place_then(&connection), "else the vault opens it no more");
            assert_eq!(credential.ends.map(|day| day.to_string()).as_deref(), ends);
            assert_eq!((credential.created_at, credential.in_use), (updated, true));
            assert_eq!((&credential.certificate, &credential.identity), (&None, &None));
            assert_eq!(connection.spare, None);
            assert_eq!(connection.switched_off, ["defender.alerts"]);
        }
    }

    async fn a_validation_of_an_older_oriel_is_kept_and_nothing_follows_from_it(database: Lent) {
        let [validated, _] = filled(&database).await;
        let db = Db::open(database.url()).await.unwrap();
        let validation = validations::newest(&db, &Scope::All, &validated).await.unwrap().expect("it was kept");
        assert_eq!((validation.status, validation.follows.len()), (Status::Ready, 0));
    }

    async fn a_connection_of_an_older_oriel_takes_a_second_credential_and_goes_with_all_of_them(database: Lent) {
        let [id, other] = filled(&database).await;
        let db = Db::open(database.url()).await.unwrap();
        let now = at("2026-11-25T03:00:00Z");
        let identity = NewCredential {
            id: credentials::CredentialId::new(now),
            kind: Kind::ManagedIdentity,
            sealed: Vec::new(),
            certificate: None,
            identity: None,
            ends: None,
        };
        credentials::add(&db, &crate::audit::Actor::oriel(), &Scope::All, &id, &identity, now).await.unwrap().expect("it is added");
        assert!(credentials::switch(&db, &crate::audit::Actor::oriel(), &Scope::All, &id, &identity.id, now).await.unwrap());
        let held = credentials::list(&db, &Scope::All, &id).await.unwrap();
        let kinds: Vec<(Kind, bool)> = held.iter().map(|credential| (credential.kind, credential.in_use)).collect();
        assert_eq!(kinds, [(Kind::ManagedIdentity, true), (Kind::Secret, false)]);
        assert!(connections::delete(&db, &crate::audit::Actor::oriel(), &Scope::All, &id, now).await.unwrap());
        assert!(credentials::list(&db, &Scope::All, &id).await.unwrap().is_empty());
        assert_eq!(credentials::list(&db, &Scope::All, &other).await.unwrap().len(), 1, "the other one keeps its own");
    }
}
