use proptest::prelude::*;

use super::*;
use crate::made::World;

mod replays;

use replays::OF_THE_DEMO;
use store::grants::Scope;

fn cloud() -> Cloud {
    Cloud::built_in("global").unwrap()
}

fn exchange(status: u16, body: &str) -> Exchange {
    Exchange {
        surface: Surface::Graph,
        method: "GET".into(),
        path: "/v1.0/security/alerts_v2".into(),
        query: Some("$top=1".into()),
        request_body: None,
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
        whole: true,
    }
}

fn lines(exchanges: &[Exchange], own: &[&str]) -> Vec<Value> {
    let own: Vec<String> = own.iter().map(|name| (*name).to_owned()).collect();
    written(exchanges, &cloud(), &own).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn body_of(status: u16, body: Value) -> Value {
    lines(&[exchange(status, &body.to_string())], &[]).remove(0)["body"].clone()
}

/// An error text and what is left of it.
fn check(text: &str, expected: &str) {
    let body = body_of(403, json!({ "error": { "code": "Forbidden", "message": text } }));
    assert_eq!(body["error"]["message"], expected);
    assert_eq!(body["error"]["code"], "Forbidden");
}

#[test]
fn microsofts_wording_stays_and_the_tenants_words_in_it_do_not() {
    check(
        "AADSTS700016: Application with identifier '1b4e28ba-2fa1-11d2-883f-0016d3cca427' was not found in the directory 'Fabrikam Toys'. \
         This can happen if it hasn't been installed. Trace ID: 2b4e28ba-2fa1-11d2-883f-0016d3cca427 Timestamp: 2026-11-25 12:00:00Z",
        "AADSTS700016: Application with identifier '00000000-0000-4000-8000-000000000001' was not found in the directory 'text-1'. \
         This can happen if it hasn't been installed. Trace ID: 00000000-0000-4000-8000-000000000002 Timestamp: 2026-11-25 12:00:00Z",
    );
    let roles = "Missing application roles. API required roles: SecurityAlert.Read.All, SecurityAlert.ReadWrite.All, application \
                 roles: ThreatHunting.Read.All.";
    check(roles, roles);
    let unlicensed = "Unauthorized request - Account is not provisioned.";
    check(unlicensed, unlicensed);
    let parameter = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    check(parameter, parameter);
    check(
        "User ann.lee@fabrikam.example from 192.0.2.77 (host LAPTOP-77ABCDE, FABRIKAM\\ann) asked https://intra.fabrikam.example/x?y=1.",
        "User user-1@name-1.example from 203.0.113.1 (host text-1, text-2) asked https://name-2.example/text-3.",
    );
    check(
        "aka.ms/AzureADSecuredAzure, see https://aka.ms/AADSTS",
        "aka.ms/AzureADSecuredAzure, see https://aka.ms/text-1",
    );
}

#[test]
fn what_our_own_query_said_may_be_echoed() {
    let text = "'where' operator: Failed to resolve table or column expression named 'ThreatIntelIndicators'. Fix semantic errors.";
    let body = json!({ "error": { "code": "BadRequest", "message": text } }).to_string();
    let asked = json!({ "Query": "ThreatIntelIndicators | take 1", "Timespan": "P30D" }).to_string();
    let exchange = Exchange { method: "POST".into(), request_body: Some(asked.into_bytes()), ..exchange(400, &body) };
    let line = lines(&[exchange], &[]).remove(0);
    assert_eq!(line["body"]["error"]["message"], text);
    assert_eq!(line["request"], json!({ "Query": "ThreatIntelIndicators | take 1", "Timespan": "P30D" }));
}

#[test]
fn words_of_microsofts_lists_stay_and_free_text_does_not() {
    let alert = json!({
        "@odata.type": "#microsoft.graph.security.alert",
        "id": "da637551227677560813_-961444813",
        "title": "Ann's laptop spoke with a bad host",
        "severity": "high", "status": "inProgress", "serviceSource": "microsoftSentinel",
        "category": "An invented category, with a sentence in it, of Ann's",
        "createdDateTime": "2026-11-25T12:00:00.1234567Z",
        "tenantId": "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        "alertWebUrl": "https://security.microsoft.com/alerts/da637551227677560813_-961444813?tid=1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        "additionalData": { "Ann's key": "Ann's value", "severity": "high" },
        "count": 7, "phone": 491_701_234_567_u64,
        "evidence": [{ "@odata.type": "#microsoft.graph.security.ipEvidence", "ipAddress": "192.0.2.77", "roles": ["destination"] }],
        "Entities": "[{\"Type\":\"host\",\"HostName\":\"LAPTOP-7\"}]",
    });
    let kept = body_of(200, json!({ "value": [alert] }))["value"][0].clone();
    let id = kept["id"].as_str().unwrap();
    assert!(id.starts_with("text-"), "{id}");
    assert_eq!(
        (&kept["severity"], &kept["status"], &kept["serviceSource"]),
        (&json!("high"), &json!("inProgress"), &json!("microsoftSentinel"))
    );
    assert_eq!(kept["createdDateTime"], "2026-11-25T12:00:00.1234567Z");
    assert_eq!(kept["evidence"][0]["ipAddress"], "203.0.113.1");
    assert_eq!(kept["evidence"][0]["@odata.type"], "#microsoft.graph.security.ipEvidence");
    assert_eq!(kept["evidence"][0]["roles"], json!(["destination"]));
    assert_eq!((&kept["count"], &kept["phone"]), (&json!(7), &json!(1)));
    let text = kept.to_string();
    for gone in ["Ann", "laptop", "LAPTOP", "637551227677560813", "1b4e28ba", "invented", "192.0.2.77"] {
        assert!(!text.contains(gone), "{gone} is in {text}");
    }
    let link = format!("https://security.microsoft.com/alerts/{id}?tid=00000000-0000-4000-8000-000000000001");
    assert_eq!(
        (&kept["alertWebUrl"], &kept["tenantId"]),
        (&json!(link), &json!("00000000-0000-4000-8000-000000000001"))
    );
    let entities: Value = serde_json::from_str(kept["Entities"].as_str().unwrap()).unwrap();
    assert_eq!(entities[0]["Type"], "host", "JSON in a text stays JSON");
}

/// Every text in a body, also in JSON that stands in a text, with the member that holds it.
fn texts(name: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => texts("", &inner, found),
            _ => found.push((name.to_owned(), text.clone())),
        },
        Value::Array(values) => values.iter().for_each(|value| texts(name, value, found)),
        Value::Object(members) if members.contains_key("rows") => {
            let columns: Vec<&str> =
                members["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
            for row in members["rows"].as_array().unwrap() {
                columns.iter().zip(row.as_array().unwrap()).for_each(|(name, cell)| texts(name, cell, found));
            }
        }
        Value::Object(members) => members.iter().for_each(|(name, value)| texts(name, value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn of_whole_tables_and_lists_nothing_stays_but_microsofts_own_words() {
    use microsoft::{Call, Credential, Priority, graph, log_analytics};
    let world = World::start().await;
    let cloud = world.live.microsoft.cloud(crate::made::CLOUD).unwrap();
    let credential = |client: &str, secret: &str| Credential {
        cloud: Arc::clone(&cloud),
        tenant: simulator::demo::TENANT.into(),
        client: client.into(),
        proof: microsoft::Proof::Secret(secret.to_owned().into()),
    };
    let (microsoft, transcript) = world.live.microsoft.recording();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let sentinel = credential(simulator::demo::SENTINEL_CLIENT, simulator::demo::SENTINEL_SECRET);
    let call = Call { credential: &sentinel, deadline, priority: Priority::People };
    for table in ["AlertInfo", "AlertEvidence", "DeviceInfo", "DeviceNetworkEvents", "ThreatIntelIndicators"] {
        graph::hunt(&microsoft, &call, &format!("{table} | take 40"), None).await.unwrap();
    }
    for table in ["SecurityAlert", "SecurityIncident", "ThreatIntelIndicators"] {
        let query = format!("{table} | take 40");
        log_analytics::query(&microsoft, &call, simulator::demo::WORKSPACE, &query, "P90D").await.unwrap();
    }
    let hunted = graph::hunt(&microsoft, &call, "AlertInfo | take 5 | project AlertId", None).await.unwrap();
    for row in &hunted.rows {
        let id = row.str("AlertId").unwrap().to_owned();
        graph::alert(&microsoft, &call, &id).await.unwrap();
    }
    let exchanges = transcript.take();
    let text = written(&exchanges, &cloud, &["SOC".into()]);
    let mut held = Vec::new();
    for exchange in &exchanges {
        texts("", &serde_json::from_slice(&exchange.body).unwrap(), &mut held);
    }
    assert!(held.len() > 2_000, "{}", held.len());
    let is_open = |name: &str, text: &str| {
        let column = matches!(name, "name" | "type") && keys::is_schema_name(text);
        keys::is_moment(text)
            || column
            || keys::is_microsofts(name, text)
            || (keys::is_closed(name) && keys::is_word(text))
            || keys::is_type(text)
            || link::is_microsofts(text)
            || text.parse::<std::net::IpAddr>().is_ok()
    };
    // A word of Microsoft's under one member is not the tenant's under another.
    let open: std::collections::HashSet<&String> =
        held.iter().filter(|(name, text)| is_open(name, text)).map(|(_, text)| text).collect();
    let mut checked = 0;
    for (name, held) in held.iter().filter(|(_, held)| held.len() > 8 && !open.contains(held)) {
        checked += 1;
        assert!(!text.contains(held.as_str()), "{name}: {held}");
    }
    assert!(checked > 500, "{checked}");
    for gone in OF_THE_DEMO.iter().filter(|one| **one != simulator::demo::ADDRESS) {
        assert!(!text.contains(gone), "{gone}");
    }
}

#[tokio::test]
async fn the_open_questions_are_asked_with_the_transcript_and_only_then() {
    use search::Validator;
    let world = World::start().await;
    let (client, secret) = (simulator::demo::SENTINEL_CLIENT, simulator::demo::SENTINEL_SECRET);
    let connection = world.sentinel(client, secret, &[simulator::demo::WORKSPACE]).await;
    let plain = world.live.validate(&search::Attempt::of(&connection), None).await.unwrap().unwrap();
    assert!(plain.transcript.is_none());
    assert!(plain.validation.checks.iter().all(|check| check.check != "question"));
    world.simulator.forget_requests();
    let attempt = search::Attempt { record: true, ..search::Attempt::of(&connection) };
    let asked = world.live.validate(&attempt, None).await.unwrap().unwrap();
    let questions: Vec<&search::Check> =
        asked.validation.checks.iter().filter(|check| check.check == "question").collect();
    let codes: Vec<&str> = questions.iter().map(|check| check.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "evidence_ip_refused",
            "evidence_url_refused",
            "evidence_device_refused",
            "nothing_to_see",
            "alerts_no_next_link",
            "incidents_next_link",
            "fuzzy_union_plain",
            "sentinel_tables_seen",
            "threat_indicators_seen",
            "dynamic_as_object",
            "timespan_narrows",
            "not_held",
            "not_held",
            "workspace_union_plain",
        ],
        "{questions:#?}"
    );
    assert_eq!(asked.validation.status, search::Status::Ready, "a question is nothing to be mended");
    let hunted = world.simulator.requests().iter().filter(|one| one.path.contains("runHuntingQuery")).count();
    assert!(hunted <= 5, "four questions and one probe: {hunted}");
}

#[tokio::test]
async fn a_filter_on_evidence_is_tried_on_an_address_that_is_known_to_be_there() {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let token = format!("{}.{}.s", encode("{}"), encode(r#"{"roles":["SecurityAlert.Read.All"]}"#));
    let (known, since) = ("198.51.100.77", "2026-10-26T12:00:00Z");
    let filter =
        |address: &str| format!("evidence/any(e: e/microsoft.graph.security.ipEvidence/ipAddress eq '{address}')");
    for (items, code) in [(json!([{ "id": "a1" }]), "evidence_ip_finds"), (json!([]), "evidence_ip_misses")] {
        let alerts = |query: Value, body: Value| json!({ "surface": "graph", "path": "/v1.0/security/alerts_v2", "query": query, "body": body });
        let evidence = json!({ "@odata.type": "#microsoft.graph.security.ipEvidence", "ipAddress": known });
        let lines = [
            json!({
                "surface": "login", "method": "POST", "path": format!("/{}/oauth2/v2.0/token", simulator::demo::TENANT),
                "body": { "access_token": token, "expires_in": 3599, "token_type": "Bearer" }, "times": 9,
            }),
            alerts(json!({ "$filter": filter("192.0.2.1"), "$top": "1", "$select": "id" }), json!({ "value": [] })),
            alerts(
                json!({ "$filter": format!("createdDateTime ge {since}"), "$top": "20", "$select": "id,evidence" }),
                json!({ "value": [{ "id": "a1", "evidence": [evidence] }] }),
            ),
            alerts(
                json!({ "$filter": format!("{} and createdDateTime ge {since}", filter(known)), "$top": "1", "$select": "id" }),
                json!({ "value": items }),
            ),
        ];
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("replay.ndjson"), lines.map(|line| line.to_string()).join("\n")).unwrap();
        let world = World::replaying(simulator::Replay::read(folder.path()).unwrap()).await;
        let connection = world.defender(simulator::demo::DEFENDER_CLIENT, "any").await;
        let stored =
            store::connections::find(&world.db, &Scope::All, &connection.parse().unwrap()).await.unwrap().unwrap();
        let recording = Recording::begin(&world.live);
        let mut codes = Vec::new();
        recording.live.questions(&stored, |check| codes.push(check.code)).await;
        assert_eq!(codes[..2], ["evidence_ip_accepted", code]);
        let text = recording.end(&stored);
        assert!(!text.contains(known) && text.contains("192.0.2.1"), "{text}");
    }
}

/// Every text in a body, and every name of a member.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.push(name.clone());
            leaves(value, found);
        }),
        _ => {}
    }
}

proptest! {
    #[test]
    fn no_text_survives_that_is_not_on_a_list(
        name in prop::sample::select(vec!["title", "status", "deviceDnsName", "message", "Entities", "severity", "id", "url"]),
        text in "[a-zA-Z0-9äß @._/:\\\\{}'-]{10,40}",
    ) {
        let on_a_list = keys::is_moment(&text) || (keys::is_closed(name) && keys::is_word(&text));
        prop_assume!(!on_a_list && serde_json::from_str::<Value>(&text).is_err());
        let held = text.trim();
        prop_assume!(held.chars().count() >= 10);
        let inside = json!([{ name: text }]).to_string();
        let body = body_of(200, json!({ "value": [{ name: text, "AdditionalFields": inside, "customDetails": { &text: [text] } }] }));
        let mut found = Vec::new();
        leaves(&body, &mut found);
        for left in found {
            prop_assert!(!left.contains(held), "{held} is in {left}");
        }
    }

    #[test]
    fn nothing_that_microsoft_could_say_breaks_the_reader(status in 200_u16..600, text in "\\PC{0,120}") {
        lines(&[exchange(status, &text)], &["SOC"]);
        lines(&[exchange(status, &json!({ "error": { "message": text } }).to_string())], &[&text]);
    }
}

#[test]
fn names_in_entras_sentences_places_and_words_of_ones_own_are_replaced() {
    for (text, name) in [
        ("The resource principal named x was not found in the tenant named Tailspin. This can happen.", "Tailspin"),
        ("Application '11111111-1111-4111-8111-111111111111'(Fabrikam) is disabled.", "Fabrikam"),
        ("Application '11111111-1111-4111-8111-111111111111'(Oriel (switched off)) is disabled.", "switched off"),
    ] {
        let body = serde_json::json!({"error": "invalid_client", "error_description": text}).to_string();
        let told = written(&[exchange(401, &body)], &cloud(), &[]);
        assert!(!told.contains(name), "{told}");
        assert!(told.contains("not found in the tenant named") || told.contains("is disabled."), "{told}");
    }
    assert!(!keys::is_microsofts("productName", "Kontoso SIEM") && keys::is_microsofts("VendorName", "Microsoft"));
    for name in ["state", "role", "category", "provider"] {
        assert!(!keys::is_closed(name), "{name}");
    }
    assert!(keys::is_place("latitude") && keys::is_place("postalCode"));
}
