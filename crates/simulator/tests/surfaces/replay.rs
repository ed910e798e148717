//! Recorded exchanges.

use simulator::{Error, Replay};

use crate::asking::Asker;

fn folder(lines: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("replay.ndjson"), lines).unwrap();
    folder
}

#[tokio::test]
async fn the_first_unused_exchange_that_matches_answers() {
    let folder = folder(concat!(
        r#"{"surface":"graph","method":"GET","path":"/v1.0/security/alerts_v2","query":"$top=1","status":200,"headers":{"request-id":"r1"},"body":{"value":[1]}}"#,
        "\n\n",
        r#"{"surface":"graph","method":"GET","path":"v1.0/security/alerts_v2","query":{"$top":"1"},"status":429,"headers":{"Retry-After":"7"},"body":{"error":{}},"times":2}"#,
        "\n",
        r#"{"surface":"login","method":"POST","path":"/t/oauth2/v2.0/token","status":502,"body":"<html>"}"#,
        "\n",
        r#"{"surface":"graph","method":"GET","path":"/v1.0/security/incidents","status":200,"body_file":"incidents.json"}"#,
        "\n",
    ));
    std::fs::write(folder.path().join("incidents.json"), "{\"value\":[]").unwrap();
    let asker = Asker::replaying(Replay::read(folder.path()).unwrap()).await;
    let path = "/graph/v1.0/security/alerts_v2?%24top=1";
    let first = asker.send("GET", path, &[], "").await;
    assert_eq!((first.status, first.header("request-id"), first.text.as_str()), (200, Some("r1"), "{\"value\":[1]}"));
    for _ in 0..2 {
        let answer = asker.send("GET", path, &[], "").await;
        assert_eq!((answer.status, answer.header("Retry-After")), (429, Some("7")));
    }
    assert_eq!(asker.send("GET", path, &[], "").await.status, 404);
    let answer = asker.send("POST", "/login/t/oauth2/v2.0/token", &[], "client_secret=x").await;
    assert_eq!((answer.status, answer.text.as_str()), (502, "<html>"));
    // Any query, and a body that is sent as it stands in its file.
    let answer = asker.send("GET", "/graph/v1.0/security/incidents?$top=50", &[], "").await;
    assert_eq!(answer.text, "{\"value\":[]");
    assert_eq!(asker.send("GET", "/graph/v1.0/security/alerts_v2", &[], "").await.status, 404);
}

#[tokio::test]
async fn what_was_asked_tells_exchanges_of_one_path_apart_at_any_time_and_in_any_order() {
    let folder = folder(concat!(
        r#"{"surface":"login","method":"POST","path":"/t/oauth2/v2.0/token","request":{"scope":"https://graph.microsoft.com/.default"},"body":1}"#,
        "\n",
        r#"{"surface":"login","method":"POST","path":"/t/oauth2/v2.0/token","request":{"scope":"https://api.securitycenter.microsoft.com/.default"},"body":2}"#,
        "\n",
        r#"{"surface":"graph","method":"POST","path":"/v1.0/security/runHuntingQuery","request":{"Query":"AlertInfo | where Timestamp > datetime(2026-11-25T12:00:00Z)"},"body":3}"#,
        "\n",
        r#"{"surface":"graph","method":"POST","path":"/v1.0/security/runHuntingQuery","request":{"Query":"DeviceInfo"},"body":4}"#,
        "\n",
        r#"{"surface":"graph","path":"/v1.0/security/alerts_v2","query":"$filter=createdDateTime%20ge%202026-10-26T12:00:00Z","body":5}"#,
        "\n",
    ));
    let asker = Asker::replaying(Replay::read(folder.path()).unwrap()).await;
    let token = "/login/t/oauth2/v2.0/token";
    let form = |scope: &str| format!("client_id=c&client_secret=s&scope={scope}");
    assert_eq!(
        asker.send("POST", token, &[], &form("http%3A%2F%2F127.0.0.1%3A9%2Fdefender%2F.default")).await.text,
        "2"
    );
    assert_eq!(asker.send("POST", token, &[], &form("http%3A%2F%2F127.0.0.1%3A9%2Fgraph%2F.default")).await.text, "1");
    assert_eq!(
        asker.send("POST", token, &[], &form("http%3A%2F%2F127.0.0.1%3A9%2Fgraph%2F.default")).await.status,
        404
    );
    let hunting = "/graph/v1.0/security/runHuntingQuery";
    assert_eq!(asker.send("POST", hunting, &[], r#"{"Query":"DeviceInfo","Timespan":"P30D"}"#).await.text, "4");
    let later = r#"{"Query":"AlertInfo | where Timestamp > datetime(2027-01-02T03:04:05.678Z)"}"#;
    assert_eq!(asker.send("POST", hunting, &[], later).await.text, "3");
    let path = "/graph/v1.0/security/alerts_v2?$filter=createdDateTime%20ge%202027-01-01T00:00:00Z";
    assert_eq!(asker.send("GET", path, &[], "").await.text, "5");
}

#[test]
fn a_line_that_is_no_exchange_is_named() {
    for (lines, line) in [
        ("{}", 1),
        ("\n{\"surface\":\"mail\",\"path\":\"/\"}", 2),
        (r#"{"surface":"graph","path":"/","body":{},"body_file":"a"}"#, 1),
        (r#"{"surface":"graph","path":"/","body_file":"not-there.json"}"#, 1),
        (r#"{"surface":"graph","path":"/","other":1}"#, 1),
    ] {
        let folder = folder(lines);
        match Replay::read(folder.path()) {
            Err(Error::Replay { line: found, .. }) => assert_eq!(found, line, "{lines}"),
            other => panic!("{lines}: {other:?}"),
        }
    }
    assert!(matches!(Replay::read("/nowhere"), Err(Error::Unreadable { .. })));
}
