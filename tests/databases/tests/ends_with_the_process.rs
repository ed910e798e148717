//! The server must not outlive the tests, however they end.

#![expect(clippy::expect_used, reason = "a test fails by it")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Set for the process that is killed: it borrows a schema, tells its URL and waits.
const VICTIM: &str = "ORIEL_TEST_VICTIM";

/// The folder of the server behind a URL.
fn folder(url: &str) -> PathBuf {
    let host = url.split(['@', '?']).nth(1).and_then(|rest| rest.split("/oriel").next()).expect("the URL has a host");
    PathBuf::from(host.replace("%2F", "/"))
}

fn is_gone_within(folder: &Path, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while folder.exists() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::yield_now();
    }
    true
}

#[test]
fn the_server_of_a_process_that_is_killed_stops_and_leaves_nothing() {
    if std::env::var_os(VICTIM).is_some() {
        let lent = databases::postgres().expect("PostgreSQL is wanted here");
        println!("\nlent {}", lent.url());
        std::thread::park();
        return;
    }
    if databases::postgres().is_none() {
        return;
    }
    let mut victim = Command::new(std::env::current_exe().expect("this program has a path"))
        .args(["--nocapture", "the_server_of_a_process_that_is_killed"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started again");
    let lines = BufReader::new(victim.stdout.take().expect("the output is a pipe")).lines();
    let url = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("lent ").map(str::to_owned));
    let folder = folder(&url.expect("the victim lends a schema"));
    assert!(folder.join("data/postmaster.pid").exists(), "the server runs: {}", folder.display());

    victim.kill().expect("the victim can be killed");
    victim.wait().expect("the victim ends");
    assert!(is_gone_within(&folder, Duration::from_secs(60)), "{} is still there", folder.display());
}

#[test]
fn two_that_borrow_get_two_databases() {
    let lent: Vec<_> = databases::each().into_iter().chain(databases::each()).collect();
    for (at, one) in lent.iter().enumerate() {
        assert!(lent[at + 1..].iter().all(|other| other.url() != one.url()), "{one:?}");
    }
}
