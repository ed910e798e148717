//! `oriel backup` and `oriel restore`: while Oriel runs, onto another machine, and stopped at any moment.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use simulator::demo;

use crate::bench::{Bench, PASSWORD, signed_in};
use crate::running::Running;

const PASSPHRASE: &str = "five or six random words";

/// A bench with an owner, a connection and a search; PostgreSQL, if one is lent.
async fn bench(database: Option<&databases::Lent>) -> Bench {
    let bench = Bench::new().await;
    if let Some(database) = database {
        bench.configure(&format!("database_url = '{}'", database.url()));
    }
    bench.person("olga", "owner");
    bench.connect("defender");
    bench.file("passphrase", PASSPHRASE);
    bench
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

fn unfinished(bench: &Bench) -> Option<String> {
    names(bench.folder.path()).into_iter().find(|name| name.contains(".unfinished-"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_made_while_oriel_runs_comes_back_on_another_machine() {
    let bench = bench(None).await;
    let (_server, base) = bench.serve(&[]);
    let olga = signed_in(&base, "olga", PASSWORD).await;
    let made = bench.well(&["backup", "kept", "--passphrase-file", "passphrase"]);
    assert_eq!(made.out, "kept\n");
    assert!(made.err.contains("people 1, connections 1") && made.err.contains("is inside"), "{}", made.err);
    assert_eq!(std::fs::metadata(bench.path("kept")).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(
        names(&bench.path("kept")),
        ["key.age", "keyring.json.age", "manifest.json", "manifest.seal", "oriel.sqlite.age"]
    );
    assert_eq!(olga.get("/").await.unwrap().status, 200, "the server goes on");

    let other = Bench::new().await;
    let (folder, passphrase) = (bench.path("kept").display().to_string(), other.file("passphrase", PASSPHRASE));
    let wrong = other.file("wrong", "another sentence altogether");
    let refused = other.oriel(&["restore", &folder, "--passphrase-file", &wrong]).ended_with(2);
    assert!(refused.err.contains("does not open the backup"), "{}", refused.err);
    assert!(other.oriel(&["restore", &folder]).ended_with(2).err.contains("--passphrase-file"));
    let checked = other.well(&["restore", &folder, "--passphrase-file", &passphrase, "--check"]);
    assert!(checked.err.contains("It is whole"), "{}", checked.err);
    assert!(!other.path("oriel-data").exists(), "checking brings nothing back");

    let restored = other.well(&["restore", &folder, "--passphrase-file", &passphrase]);
    for said in ["people 1, connections 1", "opened 1 sealed values", "oriel audit verify", "everybody signs in again"]
    {
        assert!(restored.err.contains(said), "{said}: {}", restored.err);
    }
    assert_eq!(names(&other.path("oriel-data")), ["keyring.json", "oriel.sqlite"]);
    for file in ["oriel-data/keyring.json", "oriel-data/oriel.sqlite"] {
        assert_eq!(std::fs::metadata(other.path(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    other.well(&["audit", "verify"]);
    other.well(&["search", demo::DOMAIN]);
    let (_other_server, there) = other.serve(&[]);
    signed_in(&there, "olga", PASSWORD).await;
    // Into what is in use, nothing goes.
    let refused = other.oriel(&["restore", &folder, "--passphrase-file", &passphrase]).ended_with(2);
    assert!(refused.err.contains("is in use"), "{}", refused.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_with_the_keyring_in_clear_cannot_be_had() {
    let bench = bench(None).await;
    let refused = bench.oriel(&["backup", "kept"]).ended_with(2);
    assert!(
        refused.err.contains("has to be encrypted") && refused.err.contains("--without-keyring"),
        "{}",
        refused.err
    );
    for recipient in ["age1nonsense", "olga", ""] {
        let refused = bench.oriel(&["backup", "kept", "--recipient", recipient]).ended_with(2);
        assert!(refused.err.contains("age1"), "{}", refused.err);
    }
    bench.file("short", "tiny");
    assert!(bench.oriel(&["backup", "kept", "--passphrase-file", "short"]).ended_with(2).err.contains("at least 12"));
    assert!(!bench.path("kept").exists() && unfinished(&bench).is_none());

    let made = bench.well(&["backup", "kept", "--without-keyring"]);
    assert!(made.err.contains("Keep a copy of") && made.err.contains("not encrypted"), "{}", made.err);
    let key = std::fs::read_to_string(bench.path("oriel-data/keyring.json")).unwrap();
    let key = key.lines().find(|line| line.trim().ends_with("=\"")).unwrap().trim().trim_matches('"').to_owned();
    for name in names(&bench.path("kept")) {
        let content = std::fs::read(bench.path("kept").join(&name)).unwrap();
        assert!(!content.windows(key.len()).any(|bytes| bytes == key.as_bytes()), "{name}");
    }
    let refused = bench.oriel(&["backup", "kept", "--without-keyring"]).ended_with(2);
    assert!(refused.err.contains("is not empty"), "{}", refused.err);

    // Elsewhere it opens only with the keyring that was kept apart.
    let other = Bench::new().await;
    let folder = bench.path("kept").display().to_string();
    let refused = other.oriel(&["restore", &folder]).ended_with(2);
    assert!(refused.err.contains("The keyring is not in this backup"), "{}", refused.err);
    assert_eq!(names(&other.path("oriel-data")), Vec::<String>::new());
    std::fs::copy(bench.path("oriel-data/keyring.json"), other.path("oriel-data/keyring.json")).unwrap();
    other.well(&["restore", &folder]);
    other.well(&["search", demo::DOMAIN]);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_one_engine_to_the_other_and_back() {
    let Some(database) = databases::postgres() else { return };
    let bench = bench(None).await;
    bench.well(&["backup", "first", "--passphrase-file", "passphrase"]);
    let server = Bench::new().await;
    server.configure(&format!("database_url = '{}'", database.url()));
    let passphrase = server.file("passphrase", PASSPHRASE);
    let first = bench.path("first").display().to_string();
    server.well(&["restore", &first, "--passphrase-file", &passphrase]);
    server.well(&["search", demo::DOMAIN]);
    server.well(&["backup", "second", "--passphrase-file", "passphrase"]);
    assert!(names(&server.path("second/tables")).contains(&"people.ndjson.age".to_owned()));
    let back = Bench::new().await;
    let second = server.path("second").display().to_string();
    back.well(&["restore", &second, "--passphrase-file", &passphrase]);
    back.well(&["audit", "verify"]);
    back.well(&["search", demo::DOMAIN]);
    assert_eq!(back.well(&["user", "list"]).out, bench.well(&["user", "list"]).out);
}

/// A backup into `kept` that is killed between its beginning and its end. The passphrase takes a while, and the folder is there
/// before; where this process was held up for so long that it ended nevertheless, it is made once more.
fn killed_on_the_way(bench: &Bench) {
    let until = Instant::now() + Duration::from_secs(240);
    loop {
        let killed = Running::start(bench.command(&["backup", "kept", "--passphrase-file", "passphrase"]));
        while unfinished(bench).is_none() && !bench.path("kept").exists() {
            assert!(Instant::now() < until, "it does not begin");
            std::thread::yield_now();
        }
        killed.signal("STOP");
        drop(killed);
        if !bench.path("kept").exists() {
            return;
        }
        assert!(Instant::now() < until, "it always ends before it is killed");
        std::fs::remove_dir_all(bench.path("kept")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_killed_or_finds_the_disk_full_leaves_nothing_of_its_name() {
    for database in [None, databases::postgres()] {
        let bench = bench(database.as_ref()).await;
        killed_on_the_way(&bench);
        let left = unfinished(&bench).expect("what it began is there");
        let refused = bench.oriel(&["restore", &left, "--passphrase-file", "passphrase", "--data-dir", "new"]);
        assert!(refused.ended_with(2).err.contains("is no backup"));
        bench.well(&["backup", "kept", "--passphrase-file", "passphrase"]);
        std::fs::remove_dir_all(bench.path(&left)).unwrap();

        // As on a full disk: no file may grow beyond a few KiB.
        let program = bench.command(&[]).get_program().to_owned();
        let mut full = Command::new("sh");
        full.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" backup full --without-keyring"]).arg(program);
        full.current_dir(bench.folder.path()).env_clear().env("TMPDIR", bench.folder.path());
        let done = full.output().unwrap();
        assert_eq!(done.status.code(), Some(2), "{done:?}");
        assert!(!bench.path("full").exists() && unfinished(&bench).is_none(), "{:?}", names(bench.folder.path()));
        bench.well(&["user", "list"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_is_killed_has_brought_back_all_or_nothing() {
    let bench = bench(None).await;
    bench.well(&["backup", "kept", "--passphrase-file", "passphrase"]);
    let folder = bench.path("kept").display().to_string();
    for database in [None, databases::postgres()] {
        let other = Bench::new().await;
        if let Some(database) = &database {
            other.configure(&format!("database_url = '{}'", database.url()));
        }
        other.file("passphrase", PASSPHRASE);
        let restore = ["restore", &folder, "--passphrase-file", "passphrase"];
        let killed = Running::start(other.command(&restore));
        killed.wait_for("the check", |said| said.err.contains("goes into the database now").then_some(()));
        killed.signal("KILL");
        drop(killed);
        let again = other.oriel(&restore);
        let whole = match again.code {
            Some(0) => true,
            _ => again.err.contains("is in use (people: 1, connections: 1)"),
        };
        assert!(whole, "{}", again.err);
        other.well(&["audit", "verify"]);
        other.well(&["search", demo::DOMAIN]);
    }
}

/// Whoever can change the database can write the audit anew, but neither the backup's seal nor the log.
#[tokio::test(flavor = "multi_thread")]
async fn an_audit_that_was_written_anew_differs_from_the_end_that_backup_and_log_note() {
    let bench = bench(None).await;
    let (server, _) = bench.serve(&[]);
    let anchor = server.wait_for("the end of the audit in the log", |said| {
        let line = said.err.lines().find(|line| line.contains("the end of the audit"))?;
        Some(line.split_once("anchor=")?.1.trim_matches('"').to_owned())
    });
    bench.well(&["audit", "verify", "--anchor", &anchor]);
    bench.well(&["backup", "first", "--passphrase-file", "passphrase"]);
    bench.well(&["backup", "second", "--passphrase-file", "passphrase"]);
    for folder in ["first", "second"] {
        bench.well(&["audit", "verify", "--backup", folder]);
    }
    // Another history, from the first backup on.
    let first = bench.path("first").display().to_string();
    let restore = ["restore", &first, "--passphrase-file", "passphrase", "--data-dir", "anew"];
    bench.well(&restore);
    bench.well(&["audit", "verify", "--data-dir", "anew", "--backup", "first"]);
    let told = bench.oriel(&["audit", "verify", "--data-dir", "anew", "--backup", "second"]).ended_with(1);
    assert!(told.err.contains("written anew"), "{}", told.err);
    let exported = bench.file("exported", &bench.well(&["audit", "export"]).out);
    bench.well(&["audit", "verify", &exported, "--backup", "second"]);

    bench.well(&["keyring", "rotate", "--drop-old", "--grace", "0", "--force"]);
    let refused = bench.oriel(&["audit", "verify", "--backup", "second"]).ended_with(2);
    assert!(refused.err.contains("--anchor"), "{}", refused.err);
}
