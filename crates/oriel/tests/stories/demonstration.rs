//! `oriel demo`: from its first words to a search, and nothing left behind.

use std::fs;

use simulator::demo;

use crate::bench::{Bench, address_in, signed_in};
use crate::running::{Running, Said};

fn folders(bench: &Bench) -> usize {
    let names = fs::read_dir(bench.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().starts_with("oriel-demo-")).count()
}

/// What stands behind this word in the welcome.
fn told(said: &Said, word: &str) -> Option<String> {
    let line = said.err.lines().find(|line| line.trim_start().starts_with(word))?;
    line.trim_start().strip_prefix(word).map(|rest| rest.trim().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_lets_in_whom_it_tells_and_leaves_nothing_behind() {
    let bench = Bench::new().await;
    // It reads no configuration: not even one that is wrong, and no folder of it is touched.
    bench.file("oriel.toml", "data_dir = \"precious\"\nno such thing\n");
    let mut command = bench.command(&["demo", "--port", "0"]);
    command.env("ORIEL_DATA_DIR", "precious").env("ORIEL_DATABASE_URL", "postgres://nowhere.example/x");
    let running = Running::start(command);
    let password = running
        .wait_for("its welcome", |said| said.err.contains("secret def8Q").then(|| told(said, "password")).flatten());
    let said = running.wait_for("its welcome", |said| Some(said.clone()));
    let name = told(&said, "sign in").unwrap();
    let base = address_in(&told(&said, "open").unwrap()).unwrap();
    assert_eq!(folders(&bench), 1);
    assert!(!bench.path("precious").exists());

    let visitor = signed_in(&base, &name, &password).await;
    let page = visitor.get(&format!("/search?q={}&wait=true", demo::DOMAIN)).await.unwrap();
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Command and control activity"), "the story's alert is not on the page");
    let settings = visitor.get("/settings").await.unwrap().text;
    assert!(settings.contains("Microsoft Graph Integration") && settings.contains("Northwind"));

    let (code, said) = running.stop();
    assert_eq!(code, Some(0), "{}", said.err);
    assert_eq!(said.out, "");
    assert_eq!(folders(&bench), 0, "the folder is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_does_not_stop_the_demo_and_each_start_has_its_own_password() {
    let bench = Bench::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let start = || {
        let running = Running::start(bench.command(&["demo", "--port", &port.to_string()]));
        let password = running.wait_for("its password", |said| told(said, "password"));
        (running, password)
    };
    let ((first, one), (second, two)) = (start(), start());
    assert_ne!(one, two);
    let base = first.wait_for("its address", |said| address_in(&said.err));
    assert_ne!(base.port(), Some(port));
    assert_eq!((first.stop().0, second.stop().0), (Some(0), Some(0)));
    assert_eq!(folders(&bench), 0);
}
