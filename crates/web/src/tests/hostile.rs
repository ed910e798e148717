//! Every field that somebody can fill, with every text of the list: on pages, in streams, tables and the API. That no page
//! holds more than its own elements, `Office::send` looks at for every page of every test.

use hostile::{MARK, PAYLOADS, breaks_out_of_html, lines_of_a_table};
use search::Status;
use store::people::Role;

use super::office::{Caller, Office, Reply, failed, good_form};

/// Nothing in it does harm, and it has no header that it should not have.
#[track_caller]
fn is_harmless(reply: &Reply, what: &str, text: &str) {
    assert!(!reply.status.is_server_error(), "{what} with {text:?}: {reply:?}");
    let kind = reply.header("content-type");
    match kind.split(';').next().unwrap_or_default() {
        "text/html" | "text/event-stream" => {
            assert_eq!(breaks_out_of_html(&reply.body), None, "{what} with {text:?}");
        }
        "text/csv" => assert_eq!(hostile::begins_a_formula(&reply.body), None, "{what} with {text:?}"),
        "application/json" | "application/problem+json" => {
            serde_json::from_str::<serde_json::Value>(&reply.body).unwrap_or_else(|_| panic!("{what} with {text:?}"));
        }
        "application/x-ndjson" | "text/plain" | "" => {}
        other => panic!("{what}: {other} is looked at by nobody here"),
    }
    for (name, value) in &reply.headers {
        assert!(!name.as_str().contains(MARK), "{what} with {text:?}: {name}");
        assert!(!String::from_utf8_lossy(value.as_bytes()).contains("//zqxj"), "{what} with {text:?}: {name}");
    }
}

#[tokio::test]
async fn what_an_owner_writes_stays_text() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("olga", Role::Owner).await;
    let script = office.script("script", Role::Owner).await;
    let mut shown = 0;
    for payload in PAYLOADS {
        let text = payload.text;
        *office.validator.checks.lock().unwrap() = vec![failed(text, text, text)];
        *office.validator.status.lock().unwrap() = Status::Attention;
        for field in
            ["label", "tenant_id", "client_id", "client_secret", "cloud", "workspaces", "secret_ends", "product", "on"]
        {
            let mut form = good_form("sentinel");
            form.retain(|(name, _)| *name != field);
            form.push((field, text));
            let reply = office.post(&owner, "/settings/connections", &form).await;
            is_harmless(&reply, field, text);
            if field == "label" && reply.status == 303 {
                let page = office.get(&owner, reply.header("location")).await;
                is_harmless(&page, "the connection", text);
                shown += usize::from(page.body.contains(MARK));
            }
        }
        let mut json = serde_json::json!({"product": "defender", "label": text, "tenant_id": text, "client_id": text,
            "client_secret": text, "cloud": text, "workspace_ids": [text]});
        is_harmless(&office.json(&script, "POST", "/api/v1/connections", json.clone()).await, "the API", text);
        json["credential"] = serde_json::json!({"kind": text, "certificate_pem": text});
        is_harmless(&office.json(&script, "POST", "/api/v1/connections", json).await, "a credential", text);
        is_harmless(&office.post(&owner, "/settings/keys", &[("label", text)]).await, "a key", text);
        is_harmless(&office.post(&owner, "/settings/support-contact", &[("contact", text)]).await, "the contact", text);
        let removing: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for query in ["edit", "add", "done", "removing", "trimmed"] {
            is_harmless(&office.get(&owner, &format!("/settings?{query}={removing}")).await, query, text);
        }
    }
    assert!(shown >= PAYLOADS.len() / 2, "{shown} of the labels were saved and shown");
    for (caller, path) in [
        (&owner, "/"),
        (&owner, "/settings"),
        (&owner, "/audit"),
        (&owner, "/settings/set-up"),
        (&owner, "/settings/support-bundle"),
        (&script, "/api/v1/connections"),
        (&script, "/api/v1/audit"),
        (&script, "/metrics"),
    ] {
        let reply = office.get(caller, path).await;
        assert!(reply.status.is_success(), "{path}: {reply:?}");
        if path != "/metrics" {
            is_harmless(&reply, path, "all of them");
        }
        assert!(path != "/settings" || reply.body.contains(MARK));
    }
}

#[tokio::test]
async fn what_anybody_sends_stays_text() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let viewer = office.browser("vera", Role::Viewer).await;
    let key = office.script("script", Role::Viewer).await;
    for payload in PAYLOADS {
        let text = payload.text;
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for path in ["/search", "/search.csv", "/search.json", "/search/stream"] {
            is_harmless(&office.get(&viewer, &format!("{path}?q={query}")).await, path, text);
            is_harmless(
                &office.get(&viewer, &format!("{path}?q=a.example&tab={query}&sources={query}")).await,
                path,
                text,
            );
        }
        is_harmless(&office.get(&key, &format!("/api/v1/search?q={query}")).await, "the API", text);
        is_harmless(
            &office.get(&key, &format!("/api/v1/search?q=a.example&sources={query}&tenant={query}")).await,
            "sources",
            text,
        );
        for path in ["/sign-in?back=", "/nothing/", "/first-start/", "/assets/", "/settings?done=", "/api/v1/"] {
            is_harmless(&office.get(&viewer, &format!("{path}{query}")).await, path, text);
            is_harmless(&office.get(&Caller::default(), &format!("{path}{query}")).await, path, text);
        }
        // Whoever guesses is slowed down, and is told so as well.
        office.later(jiff::SignedDuration::from_mins(10));
        let form = [("name", text), ("password", text), ("back", text)];
        is_harmless(&office.post(&Caller::default(), "/sign-in", &form).await, "signing in", text);
        for header in ["user-agent", "x-request-id", "referer", "accept-language", "x-forwarded-for"] {
            // What no header can hold, no client can send.
            let sendable: String = text.chars().filter(|letter| !letter.is_control()).collect();
            let caller = Caller::default().with(header, sendable);
            is_harmless(&office.get(&caller, "/nothing").await, header, text);
        }
    }
    assert_eq!(lines_of_a_table("a,b\n").len(), 1);
}

#[tokio::test]
async fn people_with_hostile_names_do_no_harm() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    for payload in PAYLOADS {
        // Each has a session that tells its agent.
        let name = format!("{} {}", payload.text, payload.name);
        office.person(&name, Role::Owner).await;
        let agent: String = payload.text.chars().filter(|letter| !letter.is_control()).collect();
        let form = [("name", name.as_str()), ("password", super::office::PASSWORD)];
        let signed_in = office.post(&Caller::default().with("user-agent", agent), "/sign-in", &form).await;
        office.later(jiff::SignedDuration::from_mins(10));
        assert_eq!(signed_in.status.as_u16(), 303, "{name:?}: {signed_in:?}");
        let browser = Caller::default().with("cookie", super::office::cookie_of(&signed_in));
        for path in ["/settings", "/", "/audit", "/people", "/nothing"] {
            let page = office.get(&browser, path).await;
            is_harmless(&page, path, payload.text);
            assert!(path == "/nothing" || page.body.contains(MARK), "{path} does not tell {name:?}");
        }
    }
}
