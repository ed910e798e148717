//! Nothing that is sealed is forgotten.

use super::*;
use crate::portable::Kind;

/// Every column of bytes, and why it is not sealed by the vault where it is not.
const NOT_SEALED: [(&str, &str, &str); 8] = [
    ("first_start", "hash", "SHA-256 of the link"),
    ("sessions", "hash", "SHA-256 of the cookie"),
    ("keys", "hash", "SHA-256 of the key"),
    ("recovery_codes", "hash", "SHA-256 of the code"),
    ("audit", "salt", "random"),
    ("audit", "content_hash", "SHA-256"),
    ("audit", "hash", "SHA-256"),
    ("audit_head", "hash", "SHA-256"),
];

databases::on_each_database! {
    async fn every_column_of_bytes_is_in_the_list_or_known_to_be_no_sealed_one(database: Lent) {
        let db = Db::open(database.url()).await.unwrap();
        let tables = match &db.0 {
            crate::db::Engine::Sqlite { readers, .. } => {
                catalog(&mut Session::Sqlite(&mut readers.acquire().await.unwrap())).await.unwrap()
            }
            crate::db::Engine::Postgres(pool) => {
                catalog(&mut Session::Postgres(&mut pool.acquire().await.unwrap())).await.unwrap()
            }
        };
        let mut seen = 0;
        for table in &tables {
            for column in table.columns.iter().filter(|column| column.kind == Kind::Bytes) {
                let sealed = COLUMNS.iter().any(|one| one.table == table.name && one.column == column.name);
                let not = NOT_SEALED.iter().any(|(name, bytes, _)| *name == table.name && *bytes == column.name);
                assert!(sealed != not, "{}.{} is {}", table.name, column.name, if sealed { "in both lists" } else { "in no list" });
                seen += usize::from(sealed);
            }
        }
        assert_eq!(seen, COLUMNS.len(), "a column of the list is not in the schema");
    }
}
