//! `oriel key`: made, shown once, used, revoked.

use harness::Visitor;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_the_api_of_a_running_server_until_it_is_revoked() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    let (_server, base) = bench.serve(&[]);
    let made = bench.well(&["key", "create", "--user", "olga", "--name", "nightly script"]);
    let key = made.last_line();
    assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    assert_eq!(made.out, format!("{key}\n"), "standard output is the key, and nothing else");

    let listed = bench.well(&["key", "list"]);
    let row: Vec<&str> = listed.out.trim().split('\t').collect();
    assert_eq!(
        row[1..],
        ["olga", "nightly script", "active", "never used", "every tenant", "changes nobody"],
        "{}",
        listed.out
    );
    assert!(!listed.out.contains(key) && !listed.err.contains(key));

    let script = Visitor::with_key(base, key);
    assert_eq!(script.get("/api/v1/connections").await.unwrap().status, 200);
    assert!(bench.well(&["key", "list"]).out.contains("last used 2"));

    bench.well(&["key", "revoke", row[0]]);
    let refused = script.get("/api/v1/connections").await.unwrap();
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some("Bearer")));
    assert!(bench.well(&["key", "list"]).out.contains("revoked"));
    let again = bench.oriel(&["key", "revoke", row[0]]).ended_with(2);
    assert!(again.err.contains("There is no active key"), "{}", again.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_changes_people_if_it_was_made_for_it() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    let (_server, base) = bench.serve(&[]);
    let new = serde_json::json!({ "name": "kate", "role": "viewer" });
    for (options, status) in [(&[][..], 403), (&["--manage-people"], 201)] {
        let made = bench.well(&[&["key", "create", "--user", "olga", "--name", "joiners"], options].concat());
        let script = Visitor::with_key(base.clone(), made.last_line());
        assert_eq!(script.get("/api/v1/people").await.unwrap().status, 200);
        assert_eq!(script.post("/api/v1/people", &new).await.unwrap().status, status, "{options:?}");
    }
    assert!(bench.well(&["key", "list"]).out.contains("\tchanges people"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_made_for_nobody_for_the_disabled_or_without_a_name() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.person("vera", "viewer");
    bench.well(&["user", "disable", "--name", "vera"]);
    let refused = |user: &str, name: &str| {
        let done = bench.oriel(&["key", "create", "--user", user, "--name", name]).ended_with(2);
        assert_eq!(done.out, "");
        done.err
    };
    assert!(refused("nobody", "x").contains("There is no “nobody”"));
    assert!(refused("vera", "x").contains("vera is disabled"));
    assert!(refused("olga", "  ").contains("1 to 80 characters"));
    assert!(bench.oriel(&["key", "revoke", "x"]).ended_with(2).err.contains("“x” is not a key's id"));
    assert_eq!(bench.well(&["key", "list"]).out, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_and_a_person_of_some_tenants_see_no_others() {
    use simulator::demo;
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    let (_server, base) = bench.serve(&[]);
    let make = |options: &[&str]| bench.oriel(&[&["key", "create", "--user", "olga", "--name", "x"], options].concat());
    let known = make(&["--tenant", demo::TENANT]).ended_with(0);
    let script = Visitor::with_key(base, known.last_line());
    assert_eq!(script.json("/api/v1/connections").await.unwrap().as_array().map(Vec::len), Some(1));
    let listed = bench.well(&["key", "list"]).out;
    assert!(listed.contains(&format!("\tsimulated/{}\tchanges nobody", demo::TENANT)), "{listed}");
    let unknown = make(&["--tenant", "00000000-0000-4000-8000-000000000000"]).ended_with(2);
    assert!(unknown.out.is_empty() && unknown.err.contains("No connection was ever saved"), "{}", unknown.err);
    let password = bench.file("password", "a sentence is a good password");
    let add = |name: &str, role: &str| {
        let named = ["user", "add", "--name", name, "--role", role, "--password-file", &password];
        bench.oriel(&[&named[..], &["--tenant", demo::TENANT]].concat())
    };
    add("anna", "analyst").ended_with(0);
    let listed = || bench.well(&["user", "list"]).out;
    assert!(listed().contains(&format!("\tsimulated/{}\tsees stand-ins", demo::TENANT)), "{}", listed());
    bench.well(&["user", "grant", "--name", "Anna", "--every-tenant", "--may-unmask", "true"]);
    let anna = listed().lines().find(|line| line.starts_with("anna\t")).unwrap().to_owned();
    assert!(anna.ends_with("\tevery tenant\tmay see names"), "{anna}");
    bench.well(&["user", "grant", "--name", "anna", "--tenant", demo::TENANT]);
    bench.oriel(&["user", "grant", "--name", "anna"]).ended_with(2);
    let owner = bench.oriel(&["user", "grant", "--name", "olga", "--tenant", demo::TENANT]).ended_with(2);
    assert!(owner.err.contains("An owner sees every tenant"), "{}", owner.err);
    let anna = listed().lines().find(|line| line.starts_with("anna\t")).unwrap().to_owned();
    assert!(anna.ends_with(&format!("\tsimulated/{}\tmay see names", demo::TENANT)), "{anna}");
    let owner = add("otto", "owner").ended_with(2);
    assert!(owner.err.contains("An owner sees every tenant"), "{}", owner.err);
    assert!(!bench.well(&["user", "list"]).out.contains("otto"), "nobody was added");
}
