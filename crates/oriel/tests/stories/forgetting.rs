//! `oriel forget`, and names in what `oriel search` writes.

use serde_json::Value;
use simulator::demo;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnectOptions;

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

/// What the audit says was searched: action, value, way, and whether with names.
fn searched(bench: &Bench) -> Vec<[String; 4]> {
    let lines = bench.well(&["audit", "export"]).out;
    let entries = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let said = entries.map(|entry| serde_json::from_str::<Value>(entry["content"].as_str().unwrap()).unwrap());
    let searches = said.filter(|said| said["details"]["value"].is_string());
    let told = searches.map(|said| {
        assert_eq!(said["by"]["kind"], "command_line");
        let detail = |name: &str| said["details"][name].to_string().replace('"', "");
        [said["action"].as_str().unwrap().to_owned(), detail("value"), detail("way"), detail("names")]
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_search_stands_in_the_audit_and_what_cannot_be_written_down_is_not_asked() {
    let bench = Bench::new().await;
    bench.connect("defender");
    bench.well(&["search", demo::DOMAIN, "203[.]0.113.66"]);
    bench.well(&["search", "--json", demo::DOMAIN]);
    bench.well(&["search", "--csv", "--unmask", "Incident 4711", demo::DOMAIN]);
    let told = |action: &str, value: &str, way: &str, names: &str| [action, value, way, names].map(str::to_owned);
    assert_eq!(
        searched(&bench),
        [
            told("search.made", demo::DOMAIN, "command_line", "true"),
            told("search.made", demo::ADDRESS, "command_line", "true"),
            told("report.exported", demo::DOMAIN, "json", "false"),
            told("report.exported", demo::DOMAIN, "csv", "true"),
        ]
    );

    let options = SqliteConnectOptions::new().filename(bench.path("oriel-data/oriel.sqlite"));
    let mut database = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("DELETE FROM audit_head").execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    bench.simulator.forget_requests();
    for form in [&["search", demo::DOMAIN][..], &["search", "--json", demo::DOMAIN]] {
        assert_eq!(bench.oriel(form).ended_with(2).out, "", "{form:?}");
    }
    assert!(bench.simulator.requests().is_empty(), "Microsoft was asked");
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
