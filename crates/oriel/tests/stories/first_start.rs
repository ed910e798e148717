//! The one-time link: on standard error, outside the log, good for one owner.

use harness::Visitor;
use serde_json::Value;

use crate::bench::{Bench, PASSWORD, address_in};

#[tokio::test(flavor = "multi_thread")]
async fn the_link_makes_one_owner_and_stands_in_no_line_of_the_log() {
    let bench = Bench::new().await;
    let (server, base) = bench.serve(&["--log", "trace", "--log-format", "json"]);
    let link = server.wait_for("the link", |said| {
        said.err
            .lines()
            .filter(|line| !line.starts_with('{'))
            .find(|line| line.contains("/first-start/"))
            .and_then(address_in)
    });
    assert_eq!(link.origin(), base.origin());
    let token = link.path().trim_start_matches("/first-start/");
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");

    let olga = Visitor::new(base.clone());
    assert_eq!(olga.get(link.path()).await.unwrap().status, 200);
    let form = [("name", "olga"), ("password", PASSWORD), ("again", PASSWORD)];
    let made = olga.submit(link.path(), &form).await.unwrap();
    assert_eq!((made.status, made.header("location")), (303, Some("/settings#integration")), "{}", made.text);
    assert_eq!(olga.get("/settings").await.unwrap().status, 200);
    let second = Visitor::new(base).submit(link.path(), &[("name", "eve"), form[1], form[2]]).await.unwrap();
    assert_eq!(second.status, 410, "{}", second.text);
    assert_eq!(bench.well(&["user", "list"]).out.lines().count(), 1);

    let (code, said) = server.stop();
    assert_eq!(code, Some(0));
    assert_eq!(said.out, "", "standard output is for data");
    let log: Vec<&str> = said.err.lines().filter(|line| line.starts_with('{')).collect();
    assert!(log.iter().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{log:?}");
    assert!(log.len() > 10, "this was not the loudest level");
    for line in log {
        assert!(!line.contains(token), "the log holds the link: {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_start_makes_a_new_link_and_an_owner_ends_them() {
    let bench = Bench::new().await;
    let link = |text: &str| text.lines().find(|line| line.contains("/first-start/")).and_then(address_in);
    let (first, _) = bench.serve(&[]);
    let old = first.wait_for("a link", |said| link(&said.err));
    first.stop();
    let (second, base) = bench.serve(&[]);
    let new = second.wait_for("a link", |said| link(&said.err));
    assert_ne!(old.path(), new.path());
    let form = [("name", "olga"), ("password", PASSWORD), ("again", PASSWORD)];
    let visitor = Visitor::new(base);
    assert_eq!(visitor.submit(old.path(), &form).await.unwrap().status, 410);

    bench.person("otto", "owner");
    assert_eq!(visitor.submit(new.path(), &form).await.unwrap().status, 410);
    second.stop();
    let (third, _) = bench.serve(&[]);
    let (_, said) = third.stop();
    assert_eq!(link(&said.err), None, "{}", said.err);
}
