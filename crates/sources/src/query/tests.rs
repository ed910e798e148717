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
