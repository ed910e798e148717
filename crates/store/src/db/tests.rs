//! Opening: what is made, what is refused, and what is left as it was.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use databases::Lent;
use sqlx::{Connection, Row};

use super::migrations::newest;
use super::*;

async fn open(database: &Lent) -> Result<Db, Error> {
    Db::open(database.url()).await
}

fn file(database: &Lent) -> PathBuf {
    database.folder().expect("it is a file").join("oriel.sqlite")
}

/// Carries out a statement on the open database, as somebody else would.
async fn run(db: &Db, sql: &'static str) -> Result<(), sqlx::Error> {
    writing!(db, pool => sqlx::raw_sql(sql).execute(pool).await.map(|_| ()))
}

/// What is in the folder of a SQLite file: names, and what each file holds, as a number that a failure can print.
fn content(folder: &Path) -> Vec<(String, u64)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        // SQLite takes these away in its own time.
        .filter(|path| !path.to_string_lossy().ends_with("-shm") && !path.to_string_lossy().ends_with("-wal"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), digest(&path)))
        .collect();
    files.sort();
    files
}

fn digest(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    std::fs::read(path).unwrap().hash(&mut hasher);
    hasher.finish()
}

databases::on_each_database! {
    async fn a_database_opens_again_and_keeps_what_is_in_it(database: Lent) {
        let db = open(&database).await.unwrap();
        crate::meta::set_keyring_fingerprint(&db, "aa").await.unwrap();
        db.close().await;
        let again = open(&database).await.unwrap();
        assert_eq!(crate::meta::keyring_fingerprint(&again).await.unwrap().as_deref(), Some("aa"));
        assert_eq!(again.engine(), if database.is_postgres() { "PostgreSQL" } else { "SQLite" });
    }

    async fn several_that_open_an_empty_database_at_once_all_succeed(database: Lent) {
        let url = database.url().to_owned();
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let url = url.clone();
            opening.spawn(async move { Db::open(&url).await.map(|_| ()) });
        }
        let opened = opening.join_all().await;
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    }

    async fn a_database_of_a_newer_oriel_is_refused_and_left_as_it_is(database: Lent) {
        let db = open(&database).await.unwrap();
        run(&db, "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                  SELECT 9000, 'from the future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1").await.unwrap();
        db.close().await;
        let before = database.folder().map(content);
        let error = open(&database).await.unwrap_err();
        assert!(matches!(error, Error::Newer { found: 9000, known, .. } if known == newest()), "{error:?}");
        assert!(error.to_string().contains("newer Oriel"), "{error}");
        assert_eq!(database.folder().map(content), before);
    }

    async fn a_schema_that_was_altered_is_refused(database: Lent) {
        let db = open(&database).await.unwrap();
        run(&db, "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 2)
                  WHERE version = 1").await.unwrap();
        db.close().await;
        let error = open(&database).await.unwrap_err();
        assert!(matches!(&error, Error::Altered(what) if what.contains("migration 1")), "{error:?}");
    }

    async fn the_database_of_another_program_is_refused_and_left_as_it_is(database: Lent) {
        // Emptied by hand, and filled by somebody else.
        let db = open(&database).await.unwrap();
        run(&db, "DROP TABLE meta; CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')").await.unwrap();
        db.close().await;
        let before = database.folder().map(content);
        let error = open(&database).await.unwrap_err();
        assert!(matches!(error, Error::NotOurs { .. }), "{error:?}");
        assert_eq!(database.folder().map(content), before);
    }

    async fn a_first_start_that_broke_off_before_the_first_table_goes_on(database: Lent) {
        let db = open(&database).await.unwrap();
        // Those that refer to others first.
        run(&db, "DROP TABLE local_sign_ins; DROP TABLE throttles; DROP TABLE instances; DROP TABLE unmaskings;
                  DROP TABLE unmasking_rights; DROP TABLE secrets; DROP TABLE own_assets;
                  DROP TABLE recovery_codes; DROP TABLE second_factors; DROP TABLE key_grants;
                  DROP TABLE person_grants; DROP TABLE audit_head; DROP TABLE audit; DROP TABLE settings;
                  DROP TABLE learned; DROP TABLE jobs; DROP TABLE changes; DROP TABLE standings;
                  DROP TABLE pulses; DROP TABLE credentials; DROP TABLE searches; DROP TABLE validations;
                  DROP TABLE connections; DROP TABLE tenants; DROP TABLE keys; DROP TABLE sessions;
                  DROP TABLE first_start; DROP TABLE people; DROP TABLE meta;
                  DELETE FROM _sqlx_migrations").await.unwrap();
        db.close().await;
        let db = open(&database).await.unwrap();
        assert_eq!(crate::meta::connections_version(&db).await.unwrap(), 0);
    }

    async fn json_that_somebody_broke_is_told_as_damage(database: Lent) {
        let db = open(&database).await.unwrap();
        run(&db, "INSERT INTO tenants (id, cloud, guid, created_at) VALUES ('t', 'global', 'g', 1);
                  INSERT INTO connections (id, tenant_id, product, label, client_id, workspaces, switched_off, created_at, updated_at)
                  VALUES ('c', 't', 'sentinel', 'l', 'i', '[{', '[]', 1, 1);
                  INSERT INTO credentials (id, connection_id, tenant_id, kind, sealed, in_use, created_at)
                  VALUES ('k', 'c', 't', 'secret', '', TRUE, 1)").await.unwrap();
        let error = crate::connections::list(&db, &crate::grants::Scope::All).await.unwrap_err();
        assert!(matches!(&error, Error::Damaged(what) if what.contains("connections.workspaces")), "{error:?}");
    }

    async fn readers_of_a_file_cannot_write(database: Lent) {
        let db = open(&database).await.unwrap();
        let written = reading!(db, pool => sqlx::query("DELETE FROM people").execute(pool).await.map(|_| ()));
        assert_eq!(written.is_err(), !database.is_postgres());
    }
}

#[tokio::test]
async fn a_file_is_made_for_its_owner_alone_and_so_are_those_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let database = databases::sqlite();
    let db = open(&database).await.unwrap();
    crate::meta::set_keyring_fingerprint(&db, "aa").await.unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(database.folder().unwrap()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    assert_eq!(names, ["oriel.sqlite", "oriel.sqlite-shm", "oriel.sqlite-wal"]);
}

#[tokio::test]
async fn a_file_is_set_up_for_speed_and_safety() {
    let database = databases::sqlite();
    let db = open(&database).await.unwrap();
    for (pragma, expected) in [
        ("PRAGMA page_size", "8192"),
        ("PRAGMA journal_mode", "wal"),
        ("PRAGMA foreign_keys", "1"),
        ("PRAGMA synchronous", "1"),
        ("PRAGMA busy_timeout", "5000"),
        ("PRAGMA application_id", &0x4f72_656c_u32.to_string()),
    ] {
        let Engine::Sqlite { writer, readers } = &db.0 else { unreachable!("it is SQLite") };
        for pool in [writer, readers] {
            let row = sqlx::query(sqlx::AssertSqlSafe(pragma)).fetch_one(pool).await.unwrap();
            let value =
                row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|number| number.to_string()));
            assert_eq!(value.unwrap(), expected, "{pragma}");
        }
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let database = databases::sqlite();
    let text = "Dear diary, this is not a database. ".repeat(100);
    std::fs::write(file(&database), &text).unwrap();
    let error = open(&database).await.unwrap_err();
    assert!(matches!(error, Error::NotADatabase { .. }), "{error:?}");
    assert_eq!(std::fs::read_dir(database.folder().unwrap()).unwrap().count(), 1);
    assert_eq!(std::fs::read_to_string(file(&database)).unwrap(), text);
}

#[tokio::test]
async fn a_sqlite_file_of_another_program_keeps_its_journal_mode_and_every_byte() {
    let database = databases::sqlite();
    let url = format!("{}?mode=rwc", database.url());
    let mut theirs = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("CREATE TABLE moz_places (url TEXT); INSERT INTO moz_places VALUES ('x')")
        .execute(&mut theirs)
        .await
        .unwrap();
    theirs.close().await.unwrap();
    let before = content(database.folder().unwrap());
    let error = open(&database).await.unwrap_err();
    assert!(matches!(error, Error::NotOurs { .. }), "{error:?}");
    assert_eq!(content(database.folder().unwrap()), before);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told_and_not_made() {
    let database = databases::sqlite();
    let missing = database.folder().unwrap().join("missing");
    let error = Db::open(&format!("sqlite://{}/oriel.sqlite", missing.display())).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { place, .. } if place.contains("missing")), "{error:?}");
    assert!(!missing.exists());
    let error = Db::open(&format!("sqlite://{}", database.folder().unwrap().display())).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "a folder is no file: {error:?}");
}

#[tokio::test]
async fn a_full_disk_is_told_and_what_was_stored_stays() {
    let database = databases::sqlite();
    let db = open(&database).await.unwrap();
    crate::meta::set_keyring_fingerprint(&db, "aa").await.unwrap();
    // SQLite answers as it does on a full disk once a file may not grow.
    run(&db, "PRAGMA max_page_count = 1").await.unwrap();
    let now = "2026-11-25T03:00:00Z".parse().unwrap();
    let new = crate::people::NewPerson {
        name: "n".repeat(100_000),
        role: crate::people::Role::Owner,
        password_hash: String::new(),
        password_given: false,
        scope: crate::grants::Scope::All,
    };
    let error = crate::people::add(&db, &crate::audit::Actor::oriel(), &new, now).await.unwrap_err();
    assert!(matches!(error, Error::Full), "{error:?}");
    assert_eq!(crate::meta::keyring_fingerprint(&db).await.unwrap().as_deref(), Some("aa"));
    assert_eq!(crate::people::list(&db).await.unwrap(), []);
    run(&db, "PRAGMA max_page_count = 1000000").await.unwrap();
    assert!(crate::people::add(&db, &crate::audit::Actor::oriel(), &new, now).await.is_ok(), "with room, it goes on");
}

#[tokio::test]
async fn a_file_opened_for_reading_only_is_told_and_left_as_it_is() {
    let database = databases::sqlite();
    open(&database).await.unwrap().close().await;
    let before = digest(&file(&database));
    let error = Db::open(&format!("{}?mode=ro", database.url())).await.unwrap_err();
    assert!(matches!(error, Error::ReadOnly), "{error:?}");
    assert_eq!(digest(&file(&database)), before);
}

/// Set for the process that has fewer rights: the URL that it is to open.
const UNPRIVILEGED: &str = "ORIEL_TEST_UNPRIVILEGED";

#[tokio::test]
async fn a_file_and_folder_without_the_right_to_write_are_told_and_left_as_they_are() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    let refuses = async |url: &str| {
        let error = Db::open(url).await.unwrap_err();
        assert!(matches!(error, Error::ReadOnly), "{error:?}");
    };
    if let Ok(url) = std::env::var(UNPRIVILEGED) {
        return refuses(&url).await;
    }
    let database = databases::sqlite();
    open(&database).await.unwrap().close().await;
    let folder = database.folder().unwrap();
    let before = content(folder);
    let set = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    set(&file(&database), 0o444);
    set(folder, 0o555);
    if std::fs::metadata(folder).unwrap().uid() == 0 {
        // Root may write anywhere, so the question is asked by this program run as nobody, from where nobody can read it.
        let programs = tempfile::tempdir().unwrap();
        let program = programs.path().join("test");
        std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        set(programs.path(), 0o755);
        set(&program, 0o755);
        let ended = std::process::Command::new(program)
            .arg("a_file_and_folder_without_the_right_to_write")
            .env(UNPRIVILEGED, database.url())
            .current_dir("/")
            .uid(65534)
            .gid(65534)
            .output()
            .unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
        assert!(String::from_utf8_lossy(&ended.stdout).contains("1 passed"), "the test ran");
    } else {
        refuses(database.url()).await;
    }
    assert_eq!(content(folder), before);
    set(folder, 0o755);
}

#[tokio::test]
async fn another_program_that_holds_the_file_is_waited_for() {
    let database = databases::sqlite();
    let db = open(&database).await.unwrap();
    let mut theirs = sqlx::SqliteConnection::connect(database.url()).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut theirs).await.unwrap();
    let writing = tokio::spawn(async move { crate::meta::set_keyring_fingerprint(&db, "aa").await });
    // Something that takes a while, so that the other comes while the file is held.
    const BUSY: &str =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT COUNT(*) FROM n";
    sqlx::query(BUSY).execute(&mut theirs).await.unwrap();
    assert!(!writing.is_finished());
    sqlx::raw_sql("COMMIT").execute(&mut theirs).await.unwrap();
    writing.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_database_in_memory_and_an_unknown_engine_are_refused() {
    for url in ["sqlite::memory:", "sqlite://?mode=memory", "sqlite:", "mysql://u:topsecret@h/d", "topsecret", ""] {
        let error = Db::open(url).await.unwrap_err();
        assert!(matches!(error, Error::Url(_)), "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("topsecret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_password_shows_in_no_message() {
    // Nobody listens on port 1.
    for url in [
        "postgres://oriel:topsecret@127.0.0.1:1/oriel",
        "postgres://oriel:topsecret@127.0.0.1:99999/oriel",
        "postgres://oriel:topsecret@/oriel?host=/nowhere",
        "postgres://oriel@127.0.0.1:1/oriel?password=topsecret",
        "postgres://oriel:topsecret@127.0.0.1:1/oriel?sslmode=nonsense",
        // What sqlx does not know it would log, value and all.
        "postgres://oriel@127.0.0.1:1/oriel?pasword=topsecret",
        "postgres://oriel:1?topsecret@127.0.0.1:1/oriel",
    ] {
        let error = Db::open(url).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. } | Error::Url(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("topsecret"), "{error:?}");
    }
}

#[tokio::test]
async fn what_postgresql_refuses_has_a_name() {
    let Some(database) = databases::postgres() else { return };
    let db = open(&database).await.unwrap();
    for (code, expected) in
        [("53100", "Full"), ("25006", "ReadOnly"), ("57P03", "Busy"), ("XX001", "Damaged"), ("22012", "Failed")]
    {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$");
        let Engine::Postgres(pool) = &db.0 else { unreachable!("it is PostgreSQL") };
        let error = Error::from(sqlx::raw_sql(sqlx::AssertSqlSafe(raise)).execute(pool).await.unwrap_err());
        assert!(format!("{error:?}").starts_with(expected), "{code}: {error:?}");
    }
    let standby = format!("{}&options[default_transaction_read_only]=on", database.url());
    let error = Db::open(&standby).await.unwrap_err();
    assert!(matches!(error, Error::ReadOnly), "{error:?}");
    let missing = database.url().replace("/oriel?", "/nothing?");
    let error = Db::open(&missing).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { reason, .. } if reason.contains("nothing")), "{error:?}");
    let stranger = database.url().replace("postgres://oriel@", "postgres://stranger:topsecret@");
    let error = Db::open(&stranger).await.unwrap_err();
    assert!(matches!(error, Error::SignInRefused { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("topsecret"), "{error:?}");
}
