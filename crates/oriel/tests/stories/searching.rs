//! `oriel search`: exit codes, forms of output, and text from outside in a terminal.

use std::collections::BTreeSet;
use std::process::Stdio;

use harness::Visitor;
use rstest::rstest;
use serde_json::{Value, json};
use simulator::faults::{Action, Rule};
use simulator::{Scenario, Surface, demo};

use crate::bench::{Bench, Done};

/// What is said when something was found and not everybody was heard.
const INCOMPLETE: &str = "Not everything could be asked";

fn denied(surface: Surface) -> Rule {
    Rule::new(Action::Fail { status: 403, body: None }).on(surface)
}

async fn connected() -> Bench {
    let bench = Bench::new().await;
    bench.connect("sentinel");
    bench.connect("defender");
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn what_both_products_know_is_found() {
    let bench = connected().await;
    let done = bench.well(&["search", "hxxps://update-telemetry[.]example:8443/x"]);
    assert!(!done.err.contains(INCOMPLETE), "{}", done.err);
    assert!(done.out.starts_with("update-telemetry.example\n"), "{}", done.out);
    for word in ["alert", "incident", "threat-indicator", "device"] {
        assert!(done.out.replace('_', "-").contains(word), "no {word}: {}", done.out);
    }
    assert_eq!(bench.well(&["search", demo::ADDRESS]).out.lines().next(), Some(demo::ADDRESS));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_aside_is_told_and_a_password_is_not() {
    let bench = Bench::new().await;
    let done = bench.oriel(&["search", "https://user:hunter2@bücher.example:8443/x"]).ended_with(1);
    assert!(done.out.starts_with("xn--bcher-kva.example (bücher.example)\n"), "{}", done.out);
    for told in ["International name", "port 8443 left aside", "userinfo present"] {
        assert!(done.out.contains(told), "{}", done.out);
    }
    let json = bench.oriel(&["search", "--json", "https://user:hunter2@bücher.example:8443/x"]).ended_with(1);
    let refused = bench.oriel(&["search", "https://user:hunter2@nothing here/"]).ended_with(2);
    for said in [done, json, refused] {
        assert!(!said.out.contains("hunter2") && !said.err.contains("hunter2"), "{said:?}");
    }
}

/// The exit codes that the manual promises, with both products connected and nothing wrong.
#[rstest]
#[case::known(&[demo::DOMAIN], 0)]
#[case::unknown(&[demo::UNKNOWN_DOMAIN], 1)]
// Some sources do not answer for addresses; that does not count.
#[case::unknown_address(&[demo::UNKNOWN_ADDRESS], 1)]
#[case::unreadable(&["evil-example-dot-com"], 2)]
#[case::unknown_and_known(&[demo::UNKNOWN_DOMAIN, demo::DOMAIN], 0)]
#[case::unreadable_and_known(&["..", demo::DOMAIN], 0)]
#[case::unreadable_and_unknown(&["..", demo::UNKNOWN_DOMAIN], 2)]
#[case::unknown_and_unreadable(&[demo::UNKNOWN_DOMAIN, ".."], 2)]
#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_says_how_it_came_out(#[case] indicators: &[&str], #[case] code: i32) {
    let bench = connected().await;
    bench.oriel(&[&["search"], indicators].concat()).ended_with(code);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_could_not_be_asked_makes_silence_a_doubt() {
    let bench = connected().await;
    bench.simulator.faults().add(denied(Surface::Defender));
    let silence = bench.oriel(&["search", demo::UNKNOWN_DOMAIN]).ended_with(2);
    assert!(silence.out.contains("defender.endpoint_alerts Northwind: denied"), "{}", silence.out);
    let found = bench.well(&["search", demo::DOMAIN]);
    assert!(found.err.contains(INCOMPLETE), "{}", found.err);

    bench.simulator.faults().set(vec![denied(Surface::Login)]);
    bench.oriel(&["search", demo::DOMAIN]).ended_with(2);
    bench.simulator.faults().clear();
    assert!(!bench.well(&["search", demo::DOMAIN]).err.contains(INCOMPLETE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_was_never_connected_does_not_count_and_a_switched_off_part_does() {
    let bench = Bench::new().await;
    let nobody = bench.oriel(&["search", demo::UNKNOWN_DOMAIN]).ended_with(1);
    assert!(nobody.err.contains("Nothing is connected"), "{}", nobody.err);
    assert_eq!(nobody.out.matches("Sentinel (not connected)").count(), 2, "{}", nobody.out);
    assert!(!nobody.out.contains("not_connected"), "a line a source says nothing more: {}", nobody.out);
    let id = bench.connect("defender").last_line().to_owned();
    let silence = bench.oriel(&["search", demo::UNKNOWN_DOMAIN]).ended_with(1);
    assert!(!silence.err.contains("Nothing is connected"), "{}", silence.err);

    bench.person("olga", "owner");
    let (_server, base) = bench.serve(&[]);
    let script = Visitor::with_key(base, &bench.key_of("olga"));
    let change = json!({"switched_off": ["defender.endpoint_alerts"]});
    assert_eq!(script.patch(&format!("/api/v1/connections/{id}"), &change).await.unwrap().status, 200);
    bench.oriel(&["search", demo::UNKNOWN_DOMAIN]).ended_with(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_one_document_an_indicator() {
    let bench = connected().await;
    let done = bench.well(&["search", "--json", demo::UNKNOWN_DOMAIN, "..", "203[.]0.113.66", demo::DOMAIN]);
    let documents: Vec<Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let values: Vec<_> = documents.iter().map(|document| document["indicator"]["value"].as_str().unwrap()).collect();
    assert_eq!(values, [demo::UNKNOWN_DOMAIN, demo::ADDRESS, demo::DOMAIN]);
    assert_eq!(documents[0]["assessment"]["level"], "nothing_known");
    assert_eq!(documents[1]["indicator"]["input"], "203[.]0.113.66");
    let findings: usize =
        documents[2]["answers"].as_array().unwrap().iter().map(|a| a["findings"].as_array().unwrap().len()).sum();
    assert!(findings > 10, "{findings}");
    assert!(done.err.contains("“..”") || done.err.contains(".."), "{}", done.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_has_one_header_whatever_comes_first() {
    let bench = connected().await;
    let done = bench.well(&["search", "--csv", "..", demo::UNKNOWN_DOMAIN, demo::DOMAIN]);
    assert_eq!(done.out.matches("indicator,kind,id,title").count(), 1, "{}", done.out);
    assert!(done.out.starts_with("indicator,kind,id,title"), "{}", done.out);
    assert!(done.out.ends_with("\r\n") && !done.out.contains("\r\n\r\n"), "an empty line: {}", done.out);
    assert!(done.out.split("\r\n").any(|line| line.starts_with(&format!("{},alert,", demo::DOMAIN))));
    let both = bench.oriel(&["search", "--csv", "--json", demo::DOMAIN]).ended_with(2);
    assert_eq!(both.out, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_title_cannot_steer_the_terminal() {
    let alert = format!(
        "tenant = \"{}\"\n[[alerts]]\nkey = \"hostile\"\nservice = \"endpoint\"\nseverity = \"high\"\ncategory = \"Malware\"\n\
         at = \"-2h\"\nincident = \"4127\"\ntitle = \"=cmd \\u001b[2J\\u001b]0;gone\\u0007 \\u009b31m \\u202egpj.exe\"\n\
         description = \"\\u001b[8mhidden\"\nevidence = [{{ is = \"url\", url = \"https://hostile.example/x\" }}]\n",
        demo::TENANT
    );
    let bench = Bench::with(Scenario::demo().unlimited().and(&alert).unwrap()).await;
    bench.connect("sentinel");
    bench.connect("defender");
    for form in [
        &["search", "hostile.example"][..],
        &["search", "hostile.example", "--json"],
        &["search", "hostile.example", "--csv"],
    ] {
        let Done { out, err, .. } = bench.well(form);
        assert!(out.contains("gone"), "the alert is not there: {out}");
        let steers = |c: char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || c == '\u{202e}';
        let left: BTreeSet<char> = out.chars().chain(err.chars()).filter(|c| steers(*c)).collect();
        assert!(left.is_empty(), "{form:?}: {left:?}");
    }
    let csv = bench.well(&["search", "--csv", "hostile.example"]).out;
    assert!(csv.contains("'=cmd") && !csv.contains(",=cmd"), "{csv}");
    let json = bench.well(&["search", "--json", "hostile.example"]).out;
    let document: Value = serde_json::from_str(&json).unwrap();
    assert!(document.to_string().contains("gpj.exe"), "JSON loses nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_error_cannot_steer_the_terminal_nor_the_log() {
    let bench = connected().await;
    let message = "no \u{1b}[2J\u{1b}]0;gone\u{7}\u{9b}31m\nINFO forged: all is well";
    let body = json!({"error": {"code": "BadRequest", "message": message}}).to_string();
    bench.simulator.faults().add(Rule::new(Action::Fail { status: 400, body: Some(body) }).on(Surface::Graph));
    for format in ["text", "json"] {
        let done =
            bench.oriel(&["search", demo::UNKNOWN_DOMAIN, "--log", "info", "--log-format", format]).ended_with(2);
        assert!(done.out.contains("gone") && done.err.contains("gone"), "the error is not told: {done:?}");
        for text in [&done.out, &done.err] {
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{format}: {text:?}");
            assert!(!text.lines().any(|line| line.starts_with("INFO forged")), "{format}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_has_gone_is_no_error() {
    let bench = connected().await;
    for arguments in [
        &["search", demo::DOMAIN, "--json"][..],
        &["search", demo::DOMAIN, demo::ADDRESS, "--csv"],
        &["connection", "list"],
        &["completions", "bash"],
        &["doctor", "--print-queries"],
    ] {
        let mut child = bench.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let done: Done = child.wait_with_output().unwrap().into();
        assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}
