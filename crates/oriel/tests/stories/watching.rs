//! What an operator watches: every number that the dashboard and the alert rules name is one that `/metrics` prints, and
//! promtool reads and tries the rules.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use harness::Visitor;
use serde_json::Value;
use simulator::demo;

use crate::bench::{Bench, Done, PASSWORD};

const PACKAGING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging");

fn read(name: &str) -> String {
    std::fs::read_to_string(format!("{PACKAGING}/{name}")).unwrap()
}

/// Every expression of the dashboard.
fn expressions() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&read("grafana/oriel.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

/// The names of our numbers in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    words.filter(|word| word.starts_with("oriel_") || word.starts_with("process_")).map(str::to_owned).collect()
}

/// The names of the samples in what `/metrics` printed.
fn printed(text: &str) -> BTreeSet<String> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.filter_map(|line| line.split(['{', ' ']).next()).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn dashboard_and_rules_name_what_the_server_prints_and_it_names_nobody() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    let secret = bench.file("secret", demo::DEFENDER_SECRET);
    let mut add = vec!["connection", "add", "--product", "defender", "--label", "Northwind", "--cloud", "simulated"];
    add.extend(["--tenant", demo::TENANT, "--client", demo::DEFENDER_CLIENT, "--secret-file", &secret]);
    add.extend(["--secret-ends", "2099-01-01"]);
    bench.well(&add);
    let key = bench.key_of("olga");
    let (_server, base) = bench.serve(&[]);
    let script = Visitor::with_key(base.clone(), &key);
    script.search(demo::DOMAIN).await.unwrap();
    let stranger = Visitor::new(base);
    stranger.submit("/sign-in", &[("name", "olga"), ("password", "not this one")]).await.unwrap();

    let wanted: BTreeSet<String> =
        names(&read("prometheus/alerts.yml")).into_iter().chain(expressions().iter().flat_map(|e| names(e))).collect();
    assert!(wanted.len() > 15, "{wanted:?}");
    let until = Instant::now() + Duration::from_secs(60);
    let text = loop {
        let text = script.get("/metrics").await.unwrap().text;
        let missing: Vec<_> = wanted.difference(&printed(&text)).cloned().collect();
        // The background looks at the tables while this waits.
        if missing.is_empty() {
            break text;
        }
        assert!(Instant::now() < until, "not printed: {missing:?}\n{text}");
        tokio::task::yield_now().await;
    };
    for hidden in
        [demo::DOMAIN, "olga", "Northwind", demo::TENANT, demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET, PASSWORD, &key]
    {
        assert!(!text.contains(hidden), "{hidden} is in it");
    }
    assert!(text.contains("oriel_microsoft_calls_total{interface=\"hunting\",ended=\"2xx\"}"), "{text}");
    assert!(text.contains(&format!("oriel_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))), "{text}");
}

/// promtool, or why it is not here.
fn promtool() -> Option<Command> {
    if Command::new("promtool").arg("--version").output().is_err() {
        println!("skipped: there is no promtool (Debian's package prometheus)");
        return None;
    }
    Some(Command::new("promtool"))
}

#[test]
fn promtool_reads_the_rules_and_they_fire_when_they_should() {
    let Some(mut check) = promtool() else { return };
    let rules = format!("{PACKAGING}/prometheus/alerts.yml");
    Done::from(check.args(["check", "rules", &rules]).output().unwrap()).ended_with(0);
    let tests = read("prometheus/alerts.test.yml");
    for alert in read("prometheus/alerts.yml").lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        let said = tests.matches(&format!("alertname: {alert}")).count();
        assert!(said >= 2, "{alert} is not tried both ways");
    }
    let mut test = Command::new("promtool");
    test.args(["test", "rules", "alerts.test.yml"]).current_dir(format!("{PACKAGING}/prometheus"));
    Done::from(test.output().unwrap()).ended_with(0);
    let mut config = Command::new("promtool");
    config.args(["check", "config", "--syntax-only"]).arg(format!("{PACKAGING}/prometheus/prometheus.yml"));
    Done::from(config.output().unwrap()).ended_with(0);
}

#[test]
fn promtool_reads_every_expression_of_the_dashboard() {
    let Some(mut check) = promtool() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut rules = "groups:\n  - name: dashboard\n    rules:\n".to_owned();
    for (number, expression) in expressions().iter().enumerate() {
        let expression = Value::from(expression.replace("$instance", ".*"));
        rules.push_str(&format!("      - record: panel:{number}\n        expr: {expression}\n"));
    }
    let file = folder.path().join("rules.yml");
    std::fs::write(&file, rules).unwrap();
    Done::from(check.args(["check", "rules"]).arg(file).output().unwrap()).ended_with(0);
}
