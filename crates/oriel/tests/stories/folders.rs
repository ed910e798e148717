//! Data folder, keyring and database: who may read them, and that nothing is overwritten.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnectOptions;

use crate::bench::Bench;

const KEYRING: &str = "oriel-data/keyring.json";
const DATABASE: &str = "oriel-data/oriel.sqlite";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_belongs_to_one_account() {
    let bench = Bench::new().await;
    bench.connect("defender");
    assert_eq!(mode(&bench.path("oriel-data")), 0o700);
    for entry in fs::read_dir(bench.path("oriel-data")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert!(bench.path(KEYRING).is_file() && bench.path(DATABASE).is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_is_missing_or_anothers_is_an_error_and_nothing_is_overwritten() {
    let (bench, other) = (Bench::new().await, Bench::new().await);
    bench.connect("defender");
    other.well(&["user", "list"]);
    let keyring = fs::read(bench.path(KEYRING)).unwrap();
    let database = || bench.well(&["connection", "list", "--keyring-file", "kept.json"]).out;
    fs::rename(bench.path(KEYRING), bench.path("kept.json")).unwrap();
    let before = database();

    for command in
        [&["connection", "list"][..], &["serve", "--listen", "127.0.0.1:0"], &["search", "x.example"], &["doctor"]]
    {
        let refused = bench.oriel(command).ended_with(2);
        let said = refused.out + &refused.err;
        assert!(said.contains("keyring.json is missing") && said.contains("`keyring_file`"), "{said}");
        assert!(!bench.path(KEYRING).exists(), "{command:?} made a new keyring");
    }
    fs::copy(other.path(KEYRING), bench.path(KEYRING)).unwrap();
    let refused = bench.oriel(&["connection", "list"]).ended_with(2);
    assert!(refused.err.contains("is not the keyring that sealed the secrets"), "{}", refused.err);
    fs::write(bench.path(KEYRING), "{}").unwrap();
    assert!(bench.oriel(&["connection", "list"]).ended_with(2).err.contains("is not a keyring"));
    assert_eq!(fs::read(bench.path(KEYRING)).unwrap(), b"{}");

    fs::write(bench.path(KEYRING), keyring).unwrap();
    assert_eq!(bench.well(&["connection", "list"]).out, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_oriel_or_another_program_is_not_touched() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    let options = SqliteConnectOptions::new().filename(bench.path(DATABASE));
    let mut database = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (99990101000000, 'from the future', 1, x'00', 0)";
    sqlx::query(newer).execute(&mut database).await.unwrap();
    let refused = bench.oriel(&["user", "list"]).ended_with(2);
    assert!(refused.err.contains("newer Oriel") && refused.err.contains("99990101000000"), "{}", refused.err);
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 99990101000000").execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    assert!(bench.well(&["user", "list"]).out.contains("olga"));

    let not_ours = bench.file("notes.txt", "not a database, but long enough to be looked at as if it were one\n");
    let before = fs::read(&not_ours).unwrap();
    let refused = bench.oriel(&["user", "list", "--database-url", &format!("sqlite://{not_ours}")]).ended_with(2);
    assert!(refused.err.contains("not a SQLite database"), "{}", refused.err);
    assert_eq!(fs::read(&not_ours).unwrap(), before);
    let refused = bench.oriel(&["user", "list", "--database-url", "mysql://u:pw-hidden@db.example/x"]).ended_with(2);
    assert!(refused.err.contains("postgres://") && !refused.err.contains("pw-hidden"), "{}", refused.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_may_only_be_read_is_said_and_left_as_it_is() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    let before = fs::read(bench.path(DATABASE)).unwrap();
    let Some(done) = as_somebody_else(&bench, &["user", "disable", "--name", "olga"]) else { return };
    assert_eq!(done.status.code(), Some(2), "{done:?}");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("read-only") && said.contains("needs to write"), "{said}");
    assert_eq!(fs::read(bench.path(DATABASE)).unwrap(), before);

    let new = as_somebody_else(&bench, &["user", "list", "--data-dir", "oriel-data/deeper"]).unwrap();
    let said = String::from_utf8_lossy(&new.stderr);
    assert!(said.contains("`data_dir`") && said.contains("oriel-data/deeper"), "{said}");
}

/// Runs the program where nothing may be written: as an account without rights, if the tests have all of them.
fn as_somebody_else(bench: &Bench, arguments: &[&str]) -> Option<std::process::Output> {
    use std::os::unix::fs::chown;
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    let set = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let data = bench.path("oriel-data");
    let is_root = chown(&data, Some(NOBODY), Some(NOBODY)).is_ok();
    for entry in fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        set(&path, 0o400);
        if is_root {
            chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    set(&data, 0o500);
    let mut command = bench.command(arguments);
    if is_root {
        set(bench.folder.path(), 0o755);
        command.uid(NOBODY).gid(NOBODY);
    }
    let done = command.output();
    set(&data, 0o700);
    match done {
        Ok(done) => Some(done),
        Err(error) => {
            println!("skipped: another account cannot run the program here ({error})");
            None
        }
    }
}
