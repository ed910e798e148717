//! `oriel simulate`: a scenario or recorded exchanges, in the place of Microsoft.

use std::fs;

use serde_json::json;
use simulator::demo;

use crate::bench::Bench;
use crate::running::{Running, Said};

const CLIENT: &str = "00000000-0000-4000-8000-000000000002";

/// What somebody recorded: a tenant, its tokens, and one alert of Defender for Endpoint.
fn recorded(folder: &std::path::Path) {
    let tenant = demo::TENANT;
    let discovery = json!({
        "token_endpoint": format!("https://login.example/{tenant}/oauth2/v2.0/token"),
        "issuer": format!("https://login.example/{tenant}/v2.0"),
    });
    let token = json!({"token_type": "Bearer", "expires_in": 3599, "access_token": "recorded"});
    let lines = [
        json!({"surface": "login", "path": format!("/{tenant}/v2.0/.well-known/openid-configuration"), "body": discovery,
            "times": 9}),
        json!({"surface": "login", "method": "POST", "path": format!("/{tenant}/oauth2/v2.0/token"), "body": token,
            "times": 99}),
        json!({"surface": "defender", "method": "GET", "path": "/api/alerts", "query": "$top=1", "body": {"value": []}}),
        json!({"surface": "defender", "method": "GET", "path": "/api/domains/c2.example.net/alerts", "status": 200,
            "headers": {"Content-Type": "application/json"}, "body_file": "alerts.json", "times": 1}),
    ];
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    fs::write(folder.join("replay.ndjson"), lines.join("\n")).unwrap();
    let alerts = json!({"value": [{
        "id": "da1_1", "incidentId": 7, "severity": "High", "status": "New", "title": "Recorded beacon",
        "alertCreationTime": "2026-11-20T10:00:00.7220239Z", "lastUpdateTime": "2026-11-20T11:00:00Z", "evidence": [],
    }]});
    fs::write(folder.join("alerts.json"), alerts.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_exchanges_are_answered_and_anything_else_is_printed() {
    let bench = Bench::new().await;
    let folder = bench.path("recorded");
    fs::create_dir(&folder).unwrap();
    recorded(&folder);
    let replay = Running::start(bench.command(&["simulate", "--listen", "127.0.0.1:0", "--replay", "recorded"]));
    let cloud = replay.wait_for("the cloud", cloud);
    assert!(cloud.starts_with("[clouds.simulated]\n"), "{cloud}");
    bench.file("oriel.toml", &cloud);

    // What was not recorded fails, one probe passes: the connection is of use.
    let added = bench.connect_with("defender", CLIENT, "abc8Q~a.recorded.secret").ended_with(0);
    assert!(added.err.contains("Something works"), "{}", added.err);
    let found = bench.well(&["search", "--json", "c2.example.net"]);
    assert!(found.out.contains("Recorded beacon"), "{}", found.out);
    assert!(found.err.contains("Not everything could be asked"), "{}", found.err);

    let (code, said) = replay.stop();
    assert_eq!(code, Some(0));
    let printed =
        |piece: &str| said.err.lines().any(|line| line.contains("no recorded exchange") && line.contains(piece));
    assert!(printed("runHuntingQuery") && printed("/api/domains/c2.example.net/stats"), "{}", said.err);
    assert!(!printed("/api/domains/c2.example.net/alerts"), "{}", said.err);
    assert!(!said.err.contains("recorded.secret"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_cannot_be_read_names_its_line() {
    let bench = Bench::new().await;
    let simulate =
        |more: &[&str]| bench.oriel(&[&["simulate", "--listen", "127.0.0.1:0"], more].concat()).ended_with(2).err;
    assert!(simulate(&["--replay", "missing"]).contains("replay.ndjson"));
    fs::create_dir(bench.path("bad")).unwrap();
    bench.file("bad/replay.ndjson", "{\"surface\":\"graph\",\"path\":\"/x\"}\n{\"surface\":\"moon\",\"path\":\"/\"}\n");
    assert!(simulate(&["--replay", "bad"]).contains("line 2"));
    assert!(simulate(&["--replay", "bad", "--scenario", "x.toml"]).contains("cannot be used with"));
    let scenario = bench.file("scenario.toml", "[[tenant]]\n");
    assert!(simulate(&["--scenario", &scenario]).contains("scenario.toml"));
}

/// The lines for `oriel.toml`, once they are whole and somebody answers: the two streams may be heard in any order.
fn cloud(said: &Said) -> Option<String> {
    let whole = said.out.lines().any(|line| line.starts_with("portal = ")) && said.out.ends_with('\n');
    (whole && said.err.contains("Answering at")).then(|| said.out.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fictional_tenant_is_there_without_a_word() {
    let bench = Bench::new().await;
    let simulate = Running::start(bench.command(&["simulate", "--listen", "127.0.0.1:0"]));
    let cloud = simulate.wait_for("the cloud", cloud);
    bench.file("oriel.toml", &cloud);
    bench.connect("defender");
    bench.well(&["search", demo::DOMAIN]);
    assert_eq!(simulate.stop().0, Some(0));
    bench.oriel(&["search", demo::DOMAIN]).ended_with(2);
}
