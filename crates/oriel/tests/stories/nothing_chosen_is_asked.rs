//! No field, no answer and no searched value makes Oriel ask a host that somebody chose.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::Visitor;
use serde_json::json;
use simulator::faults::{Action, Rule};
use simulator::{Surface, demo};

use crate::bench::{Bench, PASSWORD, signed_in};

/// A place to which everything here would lead, and how often somebody came.
fn trap() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let came = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&came);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, came)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_oriel_ask_a_host_of_their_choice() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    let (address, came) = trap();
    let (_server, base) = bench.serve(&[]);
    let script = Visitor::with_key(base.clone(), &bench.key_of("olga"));
    let olga = signed_in(&base, "olga", PASSWORD).await;
    let forms = [
        format!("http://{address}/"),
        format!("{address}/x"),
        format!("//{address}/"),
        format!("x@{address}"),
        format!("../../{address}"),
        format!("{}@{address}", demo::TENANT),
        format!("{}/../../{address}", demo::TENANT),
    ];
    for url in &forms {
        for field in
            ["tenant_id", "client_id", "client_secret", "cloud", "label", "workspace_ids", "login", "url", "issuer"]
        {
            let mut connection = json!({"product": "sentinel", "label": "x", "tenant_id": demo::TENANT,
                "client_id": demo::SENTINEL_CLIENT, "client_secret": demo::SENTINEL_SECRET, "cloud": "simulated",
                "workspace_ids": [demo::WORKSPACE]});
            connection[field] = if field == "workspace_ids" { json!([url]) } else { json!(url) };
            let answer = script.post("/api/v1/connections", &connection).await.unwrap();
            assert!(matches!(answer.status, 201 | 400 | 422), "{field}: {} {}", answer.status, answer.text);
            let kind = json!({"kind": url, "certificate_pem": url, "identity_client_id": url, "file": url});
            connection["credential"] = kind;
            let answer = script.post("/api/v1/connections", &connection).await.unwrap();
            assert!(matches!(answer.status, 201 | 400 | 422), "{field}: {} {}", answer.status, answer.text);
        }
        let query: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        script.get(&format!("/api/v1/search?q={query}&fresh=true")).await.unwrap();
        for path in ["/search?wait=true&q=", "/settings?edit=", "/sign-in?back=", "/settings/consented?state="] {
            olga.get(&format!("{path}{query}")).await.unwrap();
        }
        olga.submit("/settings/support-contact", &[("contact", url)]).await.unwrap();
    }
    assert_eq!(came.load(Ordering::SeqCst), 0, "a field led there");

    // Nor does an answer: a page that follows elsewhere, an order to go elsewhere.
    let link = format!("http://{address}/v1.0/security/alerts_v2?$skiptoken=x");
    let body = json!({"value": [], "@odata.nextLink": link, "nextLink": link}).to_string();
    for status in [200, 301, 302, 307, 308] {
        bench
            .simulator
            .faults()
            .add(Rule::new(Action::Fail { status, body: Some(body.clone()) }).on(Surface::Graph).times(4));
        script.search(demo::DOMAIN).await.unwrap();
    }
    assert_eq!(came.load(Ordering::SeqCst), 0, "an answer led there");
    // The trap is one.
    drop(std::net::TcpStream::connect(&address).unwrap());
    while came.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}
