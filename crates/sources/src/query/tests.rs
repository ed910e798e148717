use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::*;

#[test]
fn every_query_is_listed_once_and_names_its_values_as_literals() {
    let all = queries();
    let mut names: Vec<(&str, &str)> = all.iter().map(|query| (query.surface, query.name.as_str())).collect();
    assert!(names.len() >= 28, "{}", names.len());
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all.len());
    for query in all.iter().filter(|query| query.name.ends_with(".domain")) {
        assert!(query.query.contains("\"login.evil.example\""), "{}", query.query);
    }
    for query in all.iter().filter(|query| query.name.ends_with(".ipv4")) {
        assert!(query.query.contains("\"203.0.113.7\""), "{}", query.query);
    }
}

#[test]
fn a_name_that_no_query_can_carry_is_not_sent() {
    for text in ["_dmarc.evil.example", "xn--bcher-kva.example"] {
        assert!(literal(&crate::made::indicator(text)).is_ok(), "{text}");
    }
}

#[test]
fn a_mapped_address_is_looked_for_as_well() {
    assert_eq!(addresses("203.0.113.7".parse().unwrap()), "(\"203.0.113.7\", \"::ffff:203.0.113.7\")");
    assert_eq!(addresses("2001:db8::7".parse().unwrap()), "(\"2001:db8::7\")");
}

#[test]
fn a_period_ends_at_the_time_of_asking() {
    let now = crate::made::now();
    let covered = hunting_period(now);
    assert_eq!(covered.to, now);
    assert_eq!(covered.to.duration_since(covered.from).as_hours(), 30 * 24);
    assert_eq!(at_present(now).from, at_present(now).to);
}

/// Microsoft's own language service reads every query. `ORIEL_KQL` names the folder of `check.mjs`.
#[test]
fn microsofts_language_service_accepts_every_query() {
    let Ok(folder) = std::env::var("ORIEL_KQL") else {
        println!("skipped: ORIEL_KQL is not set");
        return;
    };
    let program = PathBuf::from(folder).join("check.mjs");
    assert!(program.is_file(), "ORIEL_KQL is set, but {} is not there", program.display());
    let mut node = Command::new("node")
        .arg(&program)
        .args(["--install", "--strict"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js is needed where ORIEL_KQL is set");
    {
        let mut input = node.stdin.take().unwrap();
        for query in queries() {
            let line = serde_json::json!({"surface": query.surface, "name": query.name, "query": query.query});
            writeln!(input, "{line}").unwrap();
        }
    }
    let output = node.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains(&format!("{} queries, 0 errors, 0 warnings", queries().len())), "{said}");
}

/// Another engine than the simulator's runs every query. `ORIEL_KQL` names the folder of `run_local.py`.
#[test]
fn a_second_engine_runs_every_query_it_can() {
    let Ok(folder) = std::env::var("ORIEL_KQL") else {
        println!("skipped: ORIEL_KQL is not set");
        return;
    };
    let program = PathBuf::from(folder).join("run_local.py");
    assert!(program.is_file(), "ORIEL_KQL is set, but {} is not there", program.display());
    let has_engine = Command::new("python3").args(["-c", "import duckdb_kql"]).output();
    if !has_engine.is_ok_and(|output| output.status.success()) {
        println!("skipped: python3 has no duckdb_kql");
        return;
    }
    let rows = tempfile::tempdir().unwrap();
    let put = |table: &str, lines: &[serde_json::Value]| {
        let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
        std::fs::write(rows.path().join(format!("{table}.ndjson")), text.join("\n")).unwrap();
    };
    let now = Timestamp::now().to_string();
    use serde_json::json;
    put("AlertInfo", &[json!({"Timestamp": now, "AlertId": "a", "Title": "t", "Severity": "High"})]);
    put(
        "AlertEvidence",
        &[
            json!({"Timestamp": now, "AlertId": "a", "RemoteUrl": "https://login.evil.example/x"}),
            json!({"Timestamp": now, "AlertId": "a", "RemoteIP": "::ffff:203.0.113.7"}),
            json!({"Timestamp": now, "AlertId": "a", "LocalIP": "2001:db8::7"}),
            json!({"Timestamp": now, "AlertId": "other", "RemoteUrl": "https://else.example/"}),
        ],
    );
    put(
        "DeviceNetworkEvents",
        &[
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionSuccess", "RemoteUrl": "login.evil.example:443"}),
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionSuccess", "RemoteUrl": "https://a.login.evil.example/"}),
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionFailed", "RemoteIP": "203.0.113.7"}),
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionFailed", "RemoteIP": "2001:db8::7"}),
        ],
    );
    put(
        "DeviceEvents",
        &[json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n",
        "ActionType": "ExploitGuardNetworkProtectionBlocked", "RemoteUrl": "https://login.evil.example/"})],
    );
    put(
        "ThreatIntelIndicators",
        &[
            json!({"TimeGenerated": now, "Id": "1", "ObservableKey": "domain-name:value", "ObservableValue": "*.evil.example"}),
            json!({"TimeGenerated": now, "Id": "2", "ObservableKey": "ipv4-addr:value", "ObservableValue": "203.0.113.7"}),
            json!({"TimeGenerated": now, "Id": "3", "Pattern": "[ipv6-addr:value = '2001:db8::7']"}),
        ],
    );
    put(
        "SecurityAlert",
        &[json!({"TimeGenerated": now, "SystemAlertId": "s",
        "Entities": "login.evil.example 203.0.113.7 2001:db8::7"})],
    );
    put("SecurityIncident", &[json!({"TimeGenerated": now, "IncidentName": "i", "AlertIds": ["s", "x"]})]);
    for query in queries() {
        let file = rows.path().join("query.kql");
        std::fs::write(&file, &query.query).unwrap();
        let output = Command::new("python3")
            .arg(&program)
            .args(["--surface", query.surface, "--rows"])
            .arg(rows.path())
            .arg(&file)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} {}: {said}", query.surface, query.name);
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = answer["rows"].as_array().unwrap().len();
        // Sentinel raised none of the alerts; every other query finds the one record made for it.
        let expected = if query.name.starts_with("sentinel.alerts") { 0 } else { 1 };
        assert_eq!(found, expected, "{} {}: {}", query.surface, query.name, answer["rows"]);
    }
}
