//! Bodies from Microsoft's documents and from public reports, read without failure. They are not part of the project: the
//! folder is named by `ORIEL_SAMPLES`.

use std::path::{Path, PathBuf};

use microsoft::{Claims, Error, Fresh, Literal, RefusalCause, Resource, Rows, defender, graph, log_analytics};
use serde_json::Value;

use crate::fake::*;

const WORKSPACE: &str = "997631f8-3a55-4bb2-81b2-c0972b222260";

/// The bodies of some folders, with their paths. `None` if the samples are not here.
fn bodies(folders: &[&str]) -> Option<Vec<(PathBuf, String)>> {
    let Some(root) = std::env::var_os("ORIEL_SAMPLES") else {
        println!("skipped: ORIEL_SAMPLES is not set");
        return None;
    };
    let mut bodies = Vec::new();
    for folder in folders {
        let folder = Path::new(&root).join(folder);
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty(), "{}", folder.display());
        bodies.extend(files.into_iter().map(|file| (file.clone(), std::fs::read_to_string(file).unwrap())));
    }
    Some(bodies)
}

/// Answers every call, and with `tokens` every request for a token, with one body.
async fn answering(status: u16, body: &str, tokens: bool) -> (Fake, Desk) {
    let body = body.to_owned();
    let fake =
        Fake::start(move |seen, _| (seen.is_token() == tokens).then(|| Answer::text(status, body.clone()))).await;
    let desk = Desk::new(&fake);
    (fake, desk)
}

fn count(body: &str, pointer: &str) -> usize {
    let body: Value = serde_json::from_str(body).unwrap();
    let lower = body.pointer(pointer).or_else(|| body.pointer(&pointer.replace("results", "Results")));
    lower.and_then(Value::as_array).map_or(0, Vec::len)
}

fn every_cell_is_there(rows: &Rows, file: &Path) {
    for row in &rows.rows {
        for column in &rows.columns {
            let read = row.get(&column.name.to_uppercase());
            assert_eq!(read, row.to_value().get(&column.name).filter(|cell| !cell.is_null()), "{}", file.display());
            match column.kind.as_str() {
                "datetime" => assert!(
                    row.str(&column.name).is_none() || row.time(&column.name).is_some(),
                    "{}: {}",
                    file.display(),
                    column.name
                ),
                "long" | "int" => {
                    assert!(read.is_none() || row.i64(&column.name).is_some(), "{}: {}", file.display(), column.name)
                }
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn hunting_answers_are_read_row_by_row() {
    let folders = [
        "graph/runHuntingQuery",
        "graph/runHuntingQuery-rows",
        "defender/graph-runhuntingquery",
        "defender/advancedqueries-run",
        "defender/xdr-advancedhunting-run",
    ];
    for (file, body) in bodies(&folders).into_iter().flatten() {
        let (_fake, desk) = answering(200, &body, false).await;
        let rows = graph::hunt(&desk.microsoft, &desk.call(), "AlertInfo", None).await.unwrap();
        assert_eq!(rows.rows.len(), count(&body, "/results"), "{}", file.display());
        assert!(!rows.columns.is_empty() && rows.incomplete.is_none(), "{}", file.display());
        every_cell_is_there(&rows, &file);
    }
}

#[tokio::test]
async fn log_analytics_answers_are_read_row_by_row_and_the_partial_ones_say_so() {
    for (file, body) in bodies(&["sentinel/loganalytics-query"]).into_iter().flatten() {
        let (_fake, desk) = answering(200, &body, false).await;
        let rows =
            log_analytics::query(&desk.microsoft, &desk.call(), WORKSPACE, "SecurityAlert", "P30D").await.unwrap();
        assert_eq!(rows.rows.len(), count(&body, "/tables/0/rows"), "{}", file.display());
        assert_eq!(rows.incomplete.is_some(), body.contains("PartialError"), "{}", file.display());
        every_cell_is_there(&rows, &file);
    }
}

#[tokio::test]
async fn lists_and_records_are_read_whole() {
    let folders = [
        "defender/alerts-list",
        "defender/domain-alerts",
        "defender/ip-alerts",
        "defender/domain-machines",
        "defender/ip-machines",
        "defender/machines-list",
        "defender/indicators-list",
        "defender/alert-domains",
        "defender/alert-ips",
        "graph/alerts_v2",
        "graph/alerts_v2-constructed",
        "graph/incidents",
        "graph/incidents-constructed",
        "graph/legacy-alerts",
        "graph/tiIndicators",
    ];
    for (file, body) in bodies(&folders).into_iter().flatten() {
        let is_list = serde_json::from_str::<Value>(&body).unwrap().get("value").is_some_and(Value::is_array);
        let (_fake, desk) = answering(200, &body, false).await;
        if is_list {
            let listing = defender::indicators(&desk.microsoft, &desk.call(), "").await.unwrap();
            assert_eq!(listing.values.len(), count(&body, "/value"), "{}", file.display());
            // A sample's own link leads to Microsoft, and so off the host that was asked.
            let leads_away = body.contains("nextLink");
            assert_eq!(listing.incomplete.is_some(), leads_away, "{}: {:?}", file.display(), listing.incomplete);
        } else {
            assert!(graph::alert(&desk.microsoft, &desk.call(), "a1").await.unwrap().is_object(), "{}", file.display());
        }
    }
}

#[tokio::test]
async fn prevalences_are_read() {
    let domain = Literal::name("c2.example").unwrap();
    for (file, body) in bodies(&["defender/domain-stats", "defender/ip-stats"]).into_iter().flatten() {
        let (_fake, desk) = answering(200, &body, false).await;
        let stats = defender::domain_stats(&desk.microsoft, &desk.call(), &domain).await.unwrap();
        assert!(stats.get("organizationPrevalence").is_some(), "{}", file.display());
    }
}

/// The status that the index gives a sample, or that its code implies.
fn status(body: &Value) -> u16 {
    let code = body.pointer("/error/code").and_then(Value::as_str).unwrap_or_default();
    match code {
        "429" | "TooManyRequests" => 429,
        "InvalidAuthenticationToken" | "Unauthorized" | "AuthenticationFailed" => 401,
        "Forbidden" | "InsufficientAccessError" | "AuthorizationFailed" | "InvalidAuthenticationTokenAudience" => 403,
        "ResourceNotFound" | "PathNotFoundError" | "WorkspaceNotFoundError" => 404,
        "UnknownError" => 500,
        _ => 400,
    }
}

#[tokio::test]
async fn every_error_body_has_a_name_and_loses_neither_text_nor_id() {
    for (file, text) in bodies(&["graph/errors", "defender/errors", "sentinel/errors"]).into_iter().flatten() {
        let body: Value = serde_json::from_str(&text).unwrap();
        let at_entra = body["error"].is_string();
        let (_fake, desk) = answering(status(&body), &text, at_entra).await;
        let error = match defender::alerts_probe(&desk.microsoft, &desk.call()).await {
            Err(error) => error,
            Ok(_) => panic!("{} was read as a success", file.display()),
        };
        let name = file.display();
        match (status(&body), &error) {
            (429, Error::Throttled { .. }) | (401, Error::Refused(_)) => {}
            (401, Error::Unlicensed { .. }) => assert!(text.contains("reason of failure"), "{name}"),
            (403, Error::Denied { required, held, .. }) => {
                assert_eq!(text.contains("API required roles"), !required.is_empty(), "{name}");
                assert_eq!(text.contains("application roles: "), !held.is_empty(), "{name}");
            }
            (403, Error::Refused(_)) => assert!(text.contains("InvalidAuthenticationToken"), "{name}"),
            (403, Error::Unlicensed { .. }) => assert!(text.contains("not provisioned"), "{name}"),
            (400, Error::TableMissing { .. }) => assert!(text.contains("Failed to resolve table"), "{name}"),
            (400, Error::Unlicensed { .. }) => assert!(text.contains("500011"), "{name}"),
            (400, Error::Refused(refusal)) => assert!(at_entra && refusal.code.is_some(), "{name}"),
            (400 | 404 | 500, Error::Failed { message, .. }) => assert!(!message.is_empty(), "{name}"),
            (status, error) => panic!("{name}: {status} {error:?}"),
        }
        let ids = [
            "/error/innerError/request-id",
            "/error/innerError/requestId",
            "/error/target",
            "/error/correlationId",
            "/trace_id",
        ];
        let wanted = ids.iter().find_map(|pointer| body.pointer(pointer)?.as_str());
        if let Some(id) = wanted.filter(|_| !matches!(error, Error::Throttled { .. })) {
            assert!(error.evidence().iter().any(|(_, value)| value == id), "{name}: {id}");
        }
    }
}

#[tokio::test]
async fn every_answer_of_the_token_endpoint_is_a_token_or_a_cause() {
    for (file, body) in bodies(&["graph/token", "defender/token"]).into_iter().flatten() {
        let good = body.contains("access_token\": \"ey") || body.contains("\"expires_in\"");
        let (_fake, desk) = answering(if good { 200 } else { 400 }, &body, true).await;
        match desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await {
            Ok(_) => assert!(good, "{}", file.display()),
            Err(Error::Refused(refusal)) => {
                assert!(
                    !good && refusal.cause != RefusalCause::Unknown && refusal.code.is_some(),
                    "{}",
                    file.display()
                );
                assert!(refusal.trace_id.is_some() && refusal.correlation_id.is_some(), "{}", file.display());
                assert!(
                    !refusal.message.contains("Trace ID") && !refusal.message.contains("AADSTS"),
                    "{}",
                    refusal.message
                );
            }
            Err(other) => panic!("{}: {other:?}", file.display()),
        }
    }
}

#[tokio::test]
async fn discovery_reads_a_tenant_and_an_unknown_one() {
    for (file, body) in bodies(&["graph/openid-configuration"]).into_iter().flatten() {
        let good = body.contains("token_endpoint");
        let (_fake, desk) = answering(if good { 200 } else { 400 }, &body, false).await;
        match desk.microsoft.discover(&desk.credential.cloud, TENANT, desk.call().deadline).await {
            Ok(discovery) => {
                assert!(good && discovery.tenant.is_some() && discovery.graph_host.is_some(), "{}", file.display())
            }
            Err(Error::Refused(refusal)) => assert_eq!((good, refusal.cause), (false, RefusalCause::TenantNotFound)),
            Err(other) => panic!("{}: {other:?}", file.display()),
        }
    }
}

#[test]
fn claims_of_real_tokens_are_read() {
    for (file, body) in bodies(&["graph/token-claims", "defender/token-claims"]).into_iter().flatten() {
        let body: Value = serde_json::from_str(&body).unwrap();
        let claims = Claims::from_value(&body).unwrap();
        assert_eq!(claims.roles.len(), body["roles"].as_array().map_or(0, Vec::len), "{}", file.display());
        assert!(claims.tid.is_some() && claims.appid.is_some() && claims.exp.is_some(), "{}", file.display());
        assert_eq!(claims.writing().is_empty(), !body.to_string().contains("Write"), "{}", file.display());
    }
}
