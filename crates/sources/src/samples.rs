//! Every payload in the folder that `ORIEL_SAMPLES` names whose interface has a reader here is read, and what is found in
//! the field payloads is compared with the counts in their INDEX.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use indicator::Indicator;
use serde_json::{Map, Value};

use crate::alerts::{self, graph_alert, graph_incident};
use crate::defender::{endpoint_alerts, indicators, machines, prevalence};
use crate::made::{asking, indicator, now};
use crate::record::Record;
use crate::sentinel::{classic_alerts, classic_threat_indicators, workspace_alerts};
use crate::sighting::Seen;
use crate::{entities, evidence, threat_indicators};

fn folder() -> Option<PathBuf> {
    let Ok(folder) = std::env::var("ORIEL_SAMPLES") else {
        println!("skipped: ORIEL_SAMPLES is not set");
        return None;
    };
    let folder = PathBuf::from(folder);
    assert!(folder.is_dir(), "ORIEL_SAMPLES is set, but {} is not there", folder.display());
    Some(folder)
}

/// Every payload below a folder, by its path from there.
fn payloads(root: &Path) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            if name.ends_with(".json") {
                all.push((name, serde_json::from_str(&text).unwrap()));
            } else if name.ends_with(".ndjson") {
                let lines = text.lines().filter(|line| !line.trim().is_empty());
                all.push((name, lines.map(|line| serde_json::from_str::<Value>(line).unwrap()).collect()));
            }
        }
    }
    all.sort_by(|one, two| one.0.cmp(&two.0));
    all
}

/// The records in a body: of a list, a hunting answer, a table of Log Analytics, or the body itself.
fn records(body: &Value) -> Vec<Value> {
    let record = Record(body);
    if let Some(list) = body.as_array() {
        return list.clone();
    }
    if let Some(exchanges) = record.get("exchange").and_then(Value::as_array) {
        return exchanges.iter().flat_map(|exchange| records(&exchange["response"]["body"])).collect();
    }
    for list in ["value", "results"] {
        if let Some(list) = record.get(list).and_then(Value::as_array) {
            return list.clone();
        }
    }
    let Some(tables) = record.get("tables").and_then(Value::as_array) else { return vec![body.clone()] };
    let table = Record(tables.first().unwrap_or(&Value::Null));
    let names: Vec<&str> = table.list("columns").filter_map(|column| Record(column).str("name")).collect();
    let row = |row: &Value| {
        let cells = row.as_array().cloned().unwrap_or_default();
        Value::Object(names.iter().map(|name| (*name).to_owned()).zip(cells).collect::<Map<_, _>>())
    };
    table.list("rows").map(row).collect()
}

/// A record that a reader sets aside is told, and is no failure: a search goes on without it.
fn told<T>(read: Option<T>, record: &Value) {
    if read.is_none() {
        let text: String = record.to_string().chars().take(120).collect();
        println!("set aside: {text}");
    }
}

/// Reads one record with the reader that its members ask for; `None` if there is none for it.
fn read(kind: &str, record: &Value) -> Option<Seen> {
    let of = Record(record);
    let anything = indicator("nothing.example");
    let mut seen = Seen::default();
    match kind {
        "alerts_v2" => {
            told(graph_alert::read(&asking("defender.alerts"), &anything, record), record);
            seen = evidence::read(of.list("evidence"));
        }
        "incidents" => {
            told(graph_incident::read(&asking("defender.alerts"), record, search::Product::Defender), record);
            for alert in of.list("alerts") {
                seen.extend(evidence::read(Record(alert).list("evidence")));
            }
        }
        "hunting" => seen = alerts::evidence(of),
        "legacy-alerts" => {
            told(classic_alerts::read(&asking("sentinel.classic_alerts"), &anything, record), record);
            seen = classic_alerts::evidence(of);
        }
        "tiIndicators" => {
            for found in classic_threat_indicators::all(record) {
                seen.add(Some(found), "tiIndicator", None, None);
            }
        }
        "endpoint-alerts" => {
            told(endpoint_alerts::read(&asking("defender.endpoint_alerts"), &anything, record), record);
            seen = endpoint_alerts::evidence(of);
        }
        "machines" => {
            told(machines::read(&asking("defender.machines"), record), record);
        }
        "stats" => {
            told(prevalence::read(&asking("defender.prevalence"), record).ok(), record);
        }
        "indicators" => {
            told(indicators::read(&asking("defender.indicators"), &anything, now(), record), record);
        }
        "entities" => seen = entities::read(record),
        "workspace" if of.get("SystemAlertId").is_some() => seen = workspace_alerts::evidence(of),
        "workspace" if of.get("ObservableKey").is_some() => {
            let asking = asking("sentinel.workspace_threat_indicators");
            let (_, set_aside) = threat_indicators::read(&asking, &anything, now(), std::slice::from_ref(record));
            assert_eq!(set_aside, 0);
        }
        _ => return None,
    }
    Some(seen)
}

/// Which reader a folder of documentation samples is for.
fn kind_of(folder: &str) -> Option<&'static str> {
    Some(match folder {
        "graph/alerts_v2" | "graph/alerts_v2-constructed" => "alerts_v2",
        "graph/incidents" | "graph/incidents-constructed" => "incidents",
        "graph/runHuntingQuery" | "graph/runHuntingQuery-rows" | "defender/graph-runhuntingquery" => "hunting",
        "graph/legacy-alerts" => "legacy-alerts",
        "graph/tiIndicators" => "tiIndicators",
        "defender/alerts-list" | "defender/alert-get" | "defender/domain-alerts" | "defender/ip-alerts" => {
            "endpoint-alerts"
        }
        "defender/machines-list" | "defender/domain-machines" | "defender/ip-machines" => "machines",
        "defender/domain-stats" | "defender/ip-stats" => "stats",
        "defender/indicators-list" | "defender/indicator-resource" => "indicators",
        "sentinel/loganalytics-query" => "workspace",
        "sentinel/securityalert-entities" => "entities",
        _ => return None,
    })
}

#[test]
fn every_documented_payload_with_a_reader_is_read() {
    let Some(root) = folder() else { return };
    let (mut read_files, mut left) = (0, BTreeSet::new());
    for (name, body) in payloads(&root) {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        match kind_of(folder) {
            Some("entities") => {
                read("entities", &body).unwrap();
                read_files += 1;
            }
            Some(kind) => {
                let read = records(&body).iter().filter(|record| read(kind, record).is_some()).count();
                read_files += usize::from(read > 0 || records(&body).is_empty());
            }
            None if folder.starts_with("field") => {}
            None => {
                left.insert(folder.to_owned());
            }
        }
    }
    println!("read: {read_files} files; left for the clients and for later issues:");
    left.iter().for_each(|folder| println!("  {folder}"));
    assert!(read_files >= 50, "{read_files}");
}

#[test]
fn the_torture_samples_give_what_their_index_says() {
    let Some(root) = folder() else { return };
    let body: Value =
        serde_json::from_str(&std::fs::read_to_string(root.join("graph/alerts_v2-constructed/4.json")).unwrap())
            .unwrap();
    for record in records(&body) {
        let seen = read("alerts_v2", &record).unwrap();
        assert!(!seen.sightings.is_empty(), "an unknown type is searched all the same");
    }
    let entities = std::fs::read_to_string(root.join("sentinel/securityalert-entities/4.json")).unwrap();
    let seen = entities::read(&serde_json::from_str(&entities).unwrap());
    let role = |value: &str| seen.places_of(&indicator(value)).first().and_then(|place| place.role.clone());
    assert_eq!(role("10.0.0.53").as_deref(), Some("resolver"));
    assert_eq!(role("10.0.0.5").as_deref(), Some("client"));
    assert_eq!(role("203.0.113.7"), None);
}

/// Which reader a field payload is for, by its name in the INDEX.
fn field_kind(name: &str, record: &Value) -> Option<&'static str> {
    let of = Record(record);
    let file = name.rsplit('/').next().unwrap_or_default();
    let prefix = |text: &str| name.starts_with(&format!("field/{text}"));
    Some(match () {
        () if file.contains("legacy") => "legacy-alerts",
        () if file.starts_with("mde_alerts") || file == "test_get_alerts.json" => "endpoint-alerts",
        () if file == "test_blacklist_search.json" => "indicators",
        () if file == "test_search_machines.json" => "machines",
        () if file == "securityalert_rows.ndjson" || file == "log_analytics_raw_query.json" => "workspace",
        () if prefix("openaev") && file.starts_with("alert") => "alerts_v2",
        () if prefix("opencti") || file == "alert_v2.json" || file == "defender-alerts.ndjson" => "alerts_v2",
        () if file == "graph_alerts_a.ndjson" && of.get("vendorInformation").is_some() => "legacy-alerts",
        () if file == "graph_alerts_a.ndjson" => "alerts_v2",
        () if file.starts_with("alert_evidence") || file.starts_with("device_event") => "hunting",
        () if file == "device_network_events.json" || file == "connection_acknowledged.json" => "hunting",
        () if file == "graph_throttled_then_ok.json" && of.get("serviceSource").is_some() => "alerts_v2",
        () => return None,
    })
}

/// The payload as the interface sends it: without the envelope of whoever stored it.
fn unwrapped(record: Value) -> Value {
    let text = record.to_string().replace("\"at_sign_odata_type\"", "\"@odata.type\"");
    let record: Value = serde_json::from_str(&text).unwrap();
    record.get("properties").filter(|inner| inner.is_object()).cloned().unwrap_or(record)
}

/// Payloads in which more is read than their INDEX counts, and why that is right.
const READS_MORE: [(&str, &str); 1] = [(
    "field/openaev-collectors/alert_sample_zero.json",
    "a sender written as a name and an address in angle brackets",
)];

#[test]
fn field_payloads_give_the_indicators_that_their_index_counts() {
    let Some(root) = folder() else { return };
    let index = std::fs::read_to_string(root.join("field/INDEX.md")).unwrap();
    let counted = |name: &str| -> (usize, usize) {
        let line =
            index.lines().find(|line| line.starts_with(&format!("| {name} |"))).unwrap_or_else(|| panic!("{name}"));
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        (cells[5].parse().unwrap(), cells[6].parse().unwrap())
    };
    let (mut compared, mut left, mut differ) = (0, Vec::new(), Vec::new());
    for (name, body) in payloads(&root).into_iter().filter(|(name, _)| name.starts_with("field/")) {
        let (mut domains, mut addresses, mut has_reader) = (BTreeSet::new(), BTreeSet::new(), false);
        for record in records(&body).into_iter().map(unwrapped) {
            let Some(seen) = field_kind(&name, &record).and_then(|kind| read(kind, &record)) else { continue };
            has_reader = true;
            for sighting in seen.sightings {
                match (sighting.role.as_deref(), &sighting.indicator) {
                    // The INDEX counts structured fields, and neither machines' nor accounts' domains.
                    (Some("mentioned"), _) => {}
                    (Some("own_device" | "own_account" | "recipient"), Indicator::Domain(_)) => {}
                    (_, Indicator::Domain(domain)) => drop(domains.insert(domain.as_str().to_owned())),
                    (_, Indicator::Ip(address)) => drop(addresses.insert(*address)),
                }
            }
        }
        if !has_reader {
            left.push(name);
            continue;
        }
        compared += 1;
        let expected = counted(name.trim_start_matches("field/"));
        if let Some((_, why)) = READS_MORE.iter().find(|(known, _)| *known == name) {
            println!("{name}: {why}");
            assert!(domains.len() > expected.0 && addresses.len() >= expected.1, "{name}");
            continue;
        }
        // Machines are read for their names; their addresses are none of the question's.
        if !name.ends_with("test_search_machines.json") && (domains.len(), addresses.len()) != expected {
            differ.push(format!("{name}: expected {expected:?}, found {domains:?} {addresses:?}"));
        }
    }
    println!("compared: {compared} files; without a reader here:\n  {}", left.join("\n  "));
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(compared >= 25, "{compared}");
}
