//! What lies on the disk, and in PostgreSQL.

use std::path::Path;

use databases::Lent;
use sqlx::Row;

use super::Left;

/// The bytes of the database's files, with its journal; of PostgreSQL every row of every table.
pub async fn on_disk(what: &str, database: &Lent, left: &mut Left) {
    match database.folder() {
        Some(folder) => files_of(what, folder, left),
        None => {
            let pool = sqlx::PgPool::connect(database.url()).await.unwrap();
            let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
            let tables = sqlx::query(tables).fetch_all(&pool).await.unwrap();
            assert!(tables.len() > 5, "{what}: {} tables", tables.len());
            for table in tables {
                let table: String = table.get(0);
                let rows = sqlx::AssertSqlSafe(format!("SELECT one::text FROM \"{table}\" AS one"));
                let rows = sqlx::query(rows).fetch_all(&pool).await.unwrap();
                let text: Vec<String> = rows.iter().map(|row| row.get::<String, _>(0)).collect();
                left.keep(format!("{what}, table {table}"), text.join("\n"));
            }
            pool.close().await;
        }
    }
}

/// Every file in a folder and below.
pub fn files_of(what: &str, folder: &Path, left: &mut Left) {
    let before = left.0.len();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            files_of(what, &path, left);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        left.keep(format!("{what}, {}", path.file_name().unwrap().display()), bytes);
    }
    assert!(left.0.len() > before, "{what}: no file");
}
