use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::*;

#[test]
fn every_query_is_listed_once_and_names_its_values_as_literals() {
    let all = queries();
    let mut names: Vec<(&str, &str)> = all.iter().map(|query| (query.surface, query.name.as_str())).collect();
    assert!(names.len() >= 45, "{}", names.len());
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all.len());
    for query in all.iter().filter(|query| query.name.ends_with(".domain")) {
        assert!(query.query.contains("\"login.evil.example\""), "{}", query.query);
    }
    for query in all.iter().filter(|query| query.name.ends_with(".idn")) {
        assert!(query.query.contains("\"login.xn--bcher-kva.example\""), "{}", query.query);
        assert!(query.query.contains("\"login.bücher.example\""), "{}", query.query);
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
fn a_mapped_or_fully_spelled_address_is_looked_for_as_well() {
    let (v4, v6) = ("203.0.113.7", "2001:db8::7");
    assert_eq!(is_address("RemoteIP", v4.parse().unwrap()), "RemoteIP in~ (\"203.0.113.7\", \"::ffff:203.0.113.7\")");
    let all = "(\"2001:db8::7\", \"2001:db8:0:0:0:0:0:7\", \"2001:0db8:0000:0000:0000:0000:0000:0007\")";
    assert_eq!(is_address("RemoteIP", v6.parse().unwrap()), format!("RemoteIP in~ {all}"));
    let indicator = crate::made::indicator;
    assert_eq!(has("Data", &indicator(v6)).unwrap(), format!("Data has_any {all}"));
    assert_eq!(has("Data", &indicator(v4)).unwrap(), "Data has \"203.0.113.7\"");
}

/// The simulator's engine, over rows in which one address is spelled in each way.
#[test]
fn every_spelling_of_an_address_is_found_in_every_table() {
    use simulator::kql::{Column, Table, Tables, Type};
    struct Rows(Vec<(&'static str, Table)>);
    impl Tables for Rows {
        fn table(&self, name: &str) -> Option<&Table> {
            self.0.iter().find(|(known, _)| *known == name).map(|(_, table)| table)
        }
    }
    let spellings = ["2001:DB8::7", "2001:db8:0:0:0:0:0:7", "2001:0DB8:0000:0000:0000:0000:0000:0007"];
    let now = crate::made::now();
    let filled = |name: &'static str, texts: &[&str], key: &str, at: &str, row: &dyn Fn(&str) -> serde_json::Value| {
        let mut columns = vec![Column::new(at, Type::DateTime)];
        columns.extend(texts.iter().map(|text| Column::new(*text, Type::String)));
        let mut table = Table::new(columns);
        for (number, spelling) in spellings.iter().enumerate() {
            let mut cells = row(spelling);
            cells[at] = now.to_string().into();
            cells[key] = number.to_string().into();
            table.push_object(cells.as_object().unwrap()).unwrap();
        }
        (name, table)
    };
    let evidence = [
        "AlertId",
        "EntityType",
        "EvidenceRole",
        "EvidenceDirection",
        "RemoteIP",
        "RemoteUrl",
        "LocalIP",
        "DeviceName",
        "AccountUpn",
        "AdditionalFields",
        "ServiceSource",
    ];
    let info = ["AlertId", "Title", "Category", "Severity", "ServiceSource", "DetectionSource", "AttackTechniques"];
    let events = [
        "DeviceId",
        "DeviceName",
        "ActionType",
        "RemoteIP",
        "RemoteUrl",
        "InitiatingProcessFileName",
        "InitiatingProcessAccountUpn",
    ];
    let listed = [
        "Id",
        "ObservableKey",
        "ObservableValue",
        "Pattern",
        "Confidence",
        "IsActive",
        "Revoked",
        "IsDeleted",
        "ValidFrom",
        "ValidUntil",
        "Created",
        "Modified",
        "Tags",
        "SourceSystem",
        "Data",
    ];
    let alerts = [
        "SystemAlertId",
        "VendorOriginalId",
        "AlertName",
        "DisplayName",
        "AlertSeverity",
        "Description",
        "Status",
        "ProviderName",
        "ProductName",
        "StartTime",
        "EndTime",
        "CompromisedEntity",
        "Tactics",
        "Techniques",
        "AlertLink",
        "Entities",
        "ExtendedProperties",
    ];
    use serde_json::json;
    let rows = Rows(vec![
        filled("AlertEvidence", &evidence, "AlertId", "Timestamp", &|address| json!({"RemoteIP": address})),
        filled("AlertInfo", &info, "AlertId", "Timestamp", &|_| json!({"Title": "t"})),
        filled(
            "DeviceNetworkEvents",
            &events,
            "DeviceId",
            "Timestamp",
            &|address| json!({"RemoteIP": address, "ActionType": "ConnectionSuccess"}),
        ),
        filled("ThreatIntelIndicators", &listed, "Id", "TimeGenerated", &|address| json!({"ObservableValue": address})),
        filled(
            "SecurityAlert",
            &alerts,
            "SystemAlertId",
            "TimeGenerated",
            &|address| json!({"Entities": format!("[{{\"Address\":\"{address}\"}}]")}),
        ),
    ]);
    let indicator = crate::made::indicator("2001:db8::7");
    let count = |query: Result<String, NotALiteral>| {
        let query = query.unwrap();
        simulator::kql::run(&query, &rows, now, None).unwrap_or_else(|error| panic!("{error}: {query}")).rows.len()
    };
    assert_eq!(count(crate::alerts::query(&indicator, None)), 3);
    assert_eq!(count(crate::threat_indicators::query(&indicator, 30)), 3);
    let parts = [crate::hunting::Part::Alerts, crate::hunting::Part::ThreatIndicators];
    assert_eq!(count(Ok(crate::hunting::together(&parts, &indicator, None).unwrap())), 6);
    assert_eq!(count(crate::defender::devices::query(&indicator)), 3, "three devices");
    assert_eq!(count(crate::sentinel::workspace_alerts::query(&indicator)), 3);
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
        // Node makes the pipe that it writes to non-blocking for all who share it: this program's must not be among them.
        .stderr(Stdio::piped())
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
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
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
            json!({"Timestamp": now, "AlertId": "a", "LocalIP": "2001:0DB8:0000:0000:0000:0000:0000:0007"}),
            json!({"Timestamp": now, "AlertId": "a", "RemoteUrl": "https://login.bücher.example/"}),
            json!({"Timestamp": now, "AlertId": "other", "RemoteUrl": "https://else.example/"}),
        ],
    );
    put(
        "DeviceNetworkEvents",
        &[
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionSuccess", "RemoteUrl": "login.evil.example:443"}),
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionSuccess", "RemoteUrl": "https://a.login.evil.example/"}),
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionFailed", "RemoteIP": "203.0.113.7"}),
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionFailed", "RemoteUrl": "https://login.bücher.example/"}),
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionFailed", "RemoteUrl": "login.xn--bcher-kva.example"}),
            json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "ActionType": "ConnectionFailed", "RemoteIP": "2001:db8:0:0:0:0:0:7"}),
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
            json!({"TimeGenerated": now, "Id": "4", "ObservableKey": "domain-name:value", "ObservableValue": "*.BÜCHER.example"}),
        ],
    );
    put(
        "SecurityAlert",
        &[json!({"TimeGenerated": now, "SystemAlertId": "s",
        "Entities": "login.evil.example login.bücher.example 203.0.113.7 2001:0db8:0000:0000:0000:0000:0000:0007"})],
    );
    let mail = |id: &str, sender: &str, v4: &str, v6: &str| {
        json!({"Timestamp": now, "NetworkMessageId": id, "SenderFromDomain": sender, "SenderIPv4": v4, "SenderIPv6": v6,
            "RecipientEmailAddress": "a@example.com", "DeliveryLocation": "Inbox/folder"})
    };
    put(
        "EmailEvents",
        &[
            mail("1", "Login.Evil.example", "", ""),
            mail("2", "else.example", "203.0.113.7", ""),
            mail("3", "else.example", "", "2001:DB8::7"),
            mail("4", "else.example", "", ""),
        ],
    );
    put(
        "EmailUrlInfo",
        &[
            json!({"Timestamp": now, "NetworkMessageId": "4", "Url": "https://login.bücher.example/", "UrlDomain": "login.BÜCHER.example"}),
        ],
    );
    put(
        "EmailPostDeliveryEvents",
        &[
            json!({"Timestamp": now, "NetworkMessageId": "1", "RecipientEmailAddress": "a@example.com", "ActionResult": "Success", "DeliveryLocation": "Quarantine"}),
        ],
    );
    let clicked = |url: &str| json!({"Timestamp": now, "Url": url, "AccountUpn": "a@example.com", "ActionType": "ClickAllowed", "IsClickedThrough": false});
    put(
        "UrlClickEvents",
        &[
            clicked("https://login.evil.example/a"),
            clicked("http://203.0.113.7/"),
            clicked("http://[2001:db8::7]/"),
            clicked("https://login.bücher.example/"),
        ],
    );
    put(
        "EntraIdSignInEvents",
        &["203.0.113.7", "2001:db8:0:0:0:0:0:7", "192.0.2.9"]
            .map(|address| json!({"Timestamp": now, "IPAddress": address, "AccountUpn": "a@example.com", "ErrorCode": 0, "Application": "Portal"})),
    );
    put(
        "IdentityLogonEvents",
        &[
            json!({"Timestamp": now, "IPAddress": "203.0.113.7", "AccountUpn": "a@example.com", "ActionType": "LogonFailed", "Application": "AD"}),
        ],
    );
    put("DeviceInfo", &[json!({"Timestamp": now, "DeviceId": "d", "DeviceName": "n", "PublicIP": "203.0.113.9"})]);
    put("Usage", &[json!({"TimeGenerated": now, "DataType": "Heartbeat"})]);
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
        // Every query finds the one record made for it; Sentinel raised none of the alerts. A question for newest rows has a
        // line a table.
        let expected = match query.name.split('.').collect::<Vec<_>>().as_slice() {
            ["newest" | "pulse"] if query.surface == "hunting" => table::HUNTING.len(),
            ["newest" | "pulse"] => table::WORKSPACE.len(),
            ["sentinel", "alerts", _] => 0,
            ["mail_and_clicks_and_sign_ins", "domain" | "idn"] => 2,
            ["mail_and_clicks_and_sign_ins", _] => 3,
            ["alerts_and_threat_indicators", _] => 2,
            _ => 1,
        };
        assert_eq!(found, expected, "{} {}: {}", query.surface, query.name, answer["rows"]);
    }
}
