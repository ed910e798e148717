//! `oriel user`: let in, listed, disabled, given a new password.

use harness::Visitor;

use crate::bench::{Bench, PASSWORD, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_let_in_listed_and_shut_out() {
    let bench = Bench::new().await;
    bench.person("Olga", "owner");
    bench.person("vera", "viewer");
    let listed = bench.well(&["user", "list"]);
    let rows: Vec<Vec<&str>> = listed.out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 2, "{}", listed.out);
    assert_eq!(rows[0][..3], ["Olga", "owner", "active"]);
    assert_eq!(rows[1][..3], ["vera", "viewer", "active"]);

    let (_server, base) = bench.serve(&[]);
    let vera = signed_in(&base, "vera", PASSWORD).await;
    assert_eq!(vera.get("/").await.unwrap().status, 200);
    // In whatever case: the name is compared without it.
    let done = bench.well(&["user", "disable", "--name", "VERA"]);
    assert!(done.err.contains("vera can no longer sign in"), "{}", done.err);
    assert_eq!(vera.get("/").await.unwrap().status, 303, "the session goes on");
    let answer = Visitor::new(base).submit("/sign-in", &[("name", "vera"), ("password", PASSWORD)]).await.unwrap();
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(bench.well(&["user", "list"]).out.contains("vera\tviewer\tdisabled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_replaces_the_old_one_and_ends_sessions() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    let (_server, base) = bench.serve(&[]);
    let before = signed_in(&base, "olga", PASSWORD).await;
    let file = bench.file("new", "another sentence, as good\r\n");
    bench.well(&["user", "reset-password", "--name", "olga", "--password-file", &file]);
    assert_eq!(before.get("/").await.unwrap().status, 303);
    signed_in(&base, "olga", "another sentence, as good").await;
    let sign_in = async |password: &str| {
        Visitor::new(base.clone()).submit("/sign-in", &[("name", "olga"), ("password", password)]).await.unwrap()
    };
    assert_eq!(sign_in(PASSWORD).await.status, 422);
    let third = bench.file("third", "a third sentence to hand over");
    bench.well(&["user", "reset-password", "--name", "olga", "--password-file", &third, "--to-be-changed"]);
    let handed_over = sign_in("a third sentence to hand over").await;
    assert!(handed_over.text.contains("Choose a password"), "{}", handed_over.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_changed_and_somebody_is_let_in_again() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.person("vera", "viewer");
    let (_server, base) = bench.serve(&[]);
    let vera = signed_in(&base, "vera", PASSWORD).await;
    assert_eq!(vera.get("/people").await.unwrap().status, 403);
    let done = bench.well(&["user", "set-role", "--name", "Vera", "--role", "owner"]);
    assert_eq!(done.err.trim(), "vera is owner from now on.");
    assert_eq!(vera.get("/people").await.unwrap().status, 200, "the role holds at once");
    bench.well(&["user", "set-role", "--name", "olga", "--role", "auditor"]);
    let last = bench.oriel(&["user", "set-role", "--name", "vera", "--role", "viewer"]).ended_with(2);
    assert_eq!(last.err.trim(), "This is the last owner who can sign in, and stays one. Add another owner first.");

    bench.well(&["user", "disable", "--name", "olga"]);
    bench.well(&["user", "enable", "--name", "olga"]);
    let olga = signed_in(&base, "olga", PASSWORD).await;
    assert_eq!(olga.get("/").await.unwrap().status, 403, "an auditor does not search");
    let reset = bench.well(&["user", "reset-second-factor", "--name", "olga"]);
    assert_eq!(reset.err.trim(), "olga had no second factor; sessions have ended.");
    assert_eq!(olga.get("/settings").await.unwrap().status, 303);
    let listed = bench.well(&["user", "list"]).out;
    assert!(
        listed.contains("olga\tauditor\tactive\tsince ") && listed.contains("\tpassword\tlast signed in "),
        "{listed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_said_in_a_sentence_and_changes_nothing() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    let before = bench.well(&["user", "list"]).out;
    let good = bench.file("good", PASSWORD);
    let short = bench.file("short", "tiny");
    let empty = bench.file("empty", "\n");
    let long = "n".repeat(65);
    let add = |name: &str, file: &str| {
        bench.oriel(&["user", "add", "--name", name, "--role", "owner", "--password-file", file]).ended_with(2).err
    };
    assert_eq!(add("OLGA", &good).trim(), "The name “OLGA” is taken. Choose another one.");
    assert_eq!(add("otto", &short).trim(), "A password has at least 12 characters; a sentence is a good one.");
    assert!(add("otto", &empty).contains("is empty"));
    assert!(add("otto", "nowhere").contains("nowhere cannot be read"));
    for name in ["", " ", "ot\nto", &long] {
        assert!(add(name, &good).contains("Nobody was added."), "{name:?}");
    }
    let unknown = bench.oriel(&["user", "disable", "--name", "nobody"]).ended_with(2);
    assert_eq!(unknown.err.trim(), "There is no “nobody”; `oriel user list` names who there is.");
    let reset = bench.oriel(&["user", "reset-password", "--name", "olga", "--password-file", &short]).ended_with(2);
    assert!(reset.err.contains("at least 12 characters"), "{}", reset.err);
    let role = bench.oriel(&["user", "add", "--name", "otto", "--role", "king", "--password-file", &good]);
    assert!(role.ended_with(2).err.contains("king"));

    assert_eq!(bench.well(&["user", "list"]).out, before);
    let (_server, base) = bench.serve(&[]);
    signed_in(&base, "olga", PASSWORD).await;
}
