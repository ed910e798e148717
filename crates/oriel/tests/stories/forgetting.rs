//! `oriel forget`, and names in what `oriel search` writes.

use serde_json::Value;
use simulator::demo;

use crate::bench::Bench;

/// Somebody in the demo's tenant, by the way in which the hunting of devices tells it.
fn account(document: &Value) -> String {
    let findings = document["findings"].as_array().unwrap();
    let accounts = findings.iter().flat_map(|finding| finding["details"]["accounts"].as_array().into_iter().flatten());
    accounts.filter_map(Value::as_str).next().expect("somebody is named").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn json_and_csv_have_stand_ins_unless_it_is_said_why_names_are_needed() {
    let bench = Bench::new().await;
    bench.connect("sentinel");
    bench.connect("defender");
    let masked: Value = serde_json::from_str(bench.well(&["search", "--json", demo::DOMAIN]).out.trim()).unwrap();
    assert_eq!(masked["masked"], true);
    assert!(account(&masked).starts_with("person-"), "{}", account(&masked));
    let refused = bench.oriel(&["search", "--json", "--unmask", " ", demo::DOMAIN]).ended_with(2);
    assert!(refused.err.contains("Say why the names are needed"), "{}", refused.err);
    let open = bench.well(&["search", "--json", "--unmask", "Incident 4711", demo::DOMAIN]).out;
    let named = account(&serde_json::from_str(open.trim()).unwrap());
    assert!(named.contains('@'), "{named}");
    let csv = bench.well(&["search", "--csv", demo::DOMAIN]).out;
    assert!(csv.contains("person-") && !csv.to_lowercase().contains(&named.to_lowercase()));
    assert!(bench.well(&["audit", "export"]).out.contains("Incident 4711"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_forgotten_is_named_nowhere_and_the_audit_holds() {
    const UPN: &str = "anna.berg@northwind.example";
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.person(UPN, "analyst");
    bench.well(&["key", "create", "--user", UPN, "--name", "script"]);
    let told = bench.well(&["forget", "--person", "Anna.Berg@NORTHWIND.example"]);
    assert!(told.out.contains("account: closed") && told.out.contains("keys: 1"), "{}", told.out);
    assert!(told.err.contains("What Microsoft keeps"), "{}", told.err);
    let left = format!("{}{}", bench.well(&["audit", "export"]).out, bench.well(&["user", "list"]).out).to_lowercase();
    assert!(!left.contains("anna") && left.contains("person.forgotten") && left.contains("olga"), "{left}");
    bench.well(&["audit", "verify"]);
    assert_eq!(bench.well(&["forget", "--person", UPN]).out.trim(), "Oriel kept nothing that names the person.");
    let last = bench.oriel(&["forget", "--person", "olga"]).ended_with(2);
    assert!(last.err.contains("last owner"), "{}", last.err);
    let short = bench.oriel(&["forget", "--person", "a@"]).ended_with(2);
    assert!(short.err.contains("too short"), "{}", short.err);
}
