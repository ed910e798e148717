//! Nothing secret is said, at whatever level: the whole output of a full run is searched for what must not be in it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use harness::Visitor;
use serde_json::{Value, json};
use simulator::Surface;
use simulator::demo;
use simulator::faults::{Action, Rule};

use crate::bench::{Bench, PASSWORD, signed_in};

/// Stands in every secret that is made up here.
const MARK: &str = "XYZZY";
/// `u:pw-XYZZY`, as a proxy is sent it.
const PROXY_LOGIN: &str = "dTpwdy1YWVpaWQ==";

/// A proxy that lets nobody through, and what it was asked.
fn proxy() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap_or(0);
            heard.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
            let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        }
    });
    (address, asked)
}

/// A connection as the API takes it.
fn connection(cloud: &str, secret: &str) -> Value {
    json!({"product": "defender", "label": "x", "tenant_id": demo::TENANT, "client_id": demo::DEFENDER_CLIENT,
        "client_secret": secret, "cloud": cloud})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_full_run_holds_no_secret() {
    let bench = Bench::new().await;
    let (proxy, asked) = proxy();
    bench.file("proxy-password", "pw-XYZZY\n");
    bench.configure(&format!(
        "[proxy]\nurl = \"http://{proxy}\"\nuser = \"u\"\npassword_file = \"proxy-password\"\n\
         [clouds.away]\nlogin = \"https://login.away.example\"\ngraph = \"https://graph.away.example\"\n\
         defender = \"https://defender.away.example\"\nlog_analytics = \"https://logs.away.example\"\n"
    ));
    let loud = ["--log", "trace", "--log-format", "json"];
    let secret = bench.file("secret", "s3cr3t-XYZZY~first");
    let password = bench.file("password", PASSWORD);
    let mut all = String::new();
    let mut cli = |arguments: &[&str]| {
        let done = bench.oriel(&[arguments, &loud].concat());
        all.push_str(&done.err);
        done
    };
    cli(&["user", "add", "--name", "olga", "--role", "owner", "--password-file", &password]).ended_with(0);
    let key = cli(&["key", "create", "--user", "olga", "--name", "x"]).ended_with(0).last_line().to_owned();
    for cloud in ["simulated", "away"] {
        let ids = ["--tenant", demo::TENANT, "--client", demo::DEFENDER_CLIENT, "--cloud", cloud];
        let arguments = [&["connection", "add", "--product", "defender", "--secret-file", &secret], &ids[..]].concat();
        let added = cli(&arguments).ended_with(2);
        assert!(!added.out.contains(MARK), "{}", added.out);
    }
    let certificate = bench.file("certificate.pem", demo::CERTIFICATE);
    let by_certificate = ["connection", "add", "--product", "sentinel", "--certificate-file", &certificate];
    let ids = ["--tenant", demo::TENANT, "--client", demo::CERTIFICATE_CLIENT, "--cloud", "simulated"];
    let id = cli(&[&by_certificate[..], &ids].concat()).ended_with(0).last_line().to_owned();
    let made = ["connection", "credential", "add", &id, "--make-certificate"];
    let spare = cli(&made).ended_with(0).last_line().to_owned();
    for what in ["validate", "use"] {
        cli(&["connection", "credential", what, &id, &spare]).ended_with(2);
    }
    let database = "postgres://u:pw-XYZZY@127.0.0.1:1/x";
    assert!(cli(&["user", "list", "--database-url", database]).ended_with(2).err.contains("cannot be reached"));
    assert!(asked.lock().unwrap().contains(PROXY_LOGIN), "the proxy was not told the password");

    let (server, base) = bench.serve(&loud);
    let script = Visitor::with_key(base.clone(), &key);
    bench.simulator.faults().add(Rule::new(Action::Fail { status: 400, body: None }).on(Surface::Login).times(2));
    for (cloud, secret) in
        [("simulated", "s3cr3t-XYZZY~second"), ("simulated", demo::DEFENDER_SECRET), ("away", "s3cr3t-XYZZY~third")]
    {
        let made = script.post("/api/v1/connections", &connection(cloud, secret)).await.unwrap();
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let mut keyed = connection("simulated", "");
    keyed["credential"] = json!({"kind": "certificate", "certificate_pem": demo::CERTIFICATE});
    let made = script.post("/api/v1/connections", &keyed).await.unwrap();
    assert!(made.status == 201 && !made.text.contains("PRIVATE KEY"), "{}", made.text);
    let torn = demo::CERTIFICATE.replace("-----END PRIVATE KEY-----", "");
    keyed["credential"]["certificate_pem"] = json!(torn);
    let refused = script.post("/api/v1/connections", &keyed).await.unwrap();
    assert_eq!(refused.status, 422, "{}", refused.text);
    let wrong = [("name", "olga"), ("password", "wrong XYZZY password")];
    let nobody = Visitor::new(base.clone());
    assert_eq!(nobody.submit("/sign-in", &wrong).await.unwrap().status, 422);
    let right = nobody.submit("/sign-in", &[("name", "olga"), ("password", PASSWORD)]).await.unwrap();
    let cookie = right.header("set-cookie").unwrap().split([';', '=']).nth(1).unwrap().to_owned();
    assert!(cookie.len() >= 32, "{cookie}");
    signed_in(&base, "olga", PASSWORD).await;
    assert_eq!(nobody.get("/settings").await.unwrap().status, 200);
    assert_eq!(Visitor::with_key(base, "XYZZY").get("/api/v1/connections").await.unwrap().status, 401);
    let report = script.search(demo::DOMAIN).await.unwrap();
    assert_ne!(report["summary"]["counts"]["alerts"], 0);
    all.push_str(&bench.oriel(&["search", demo::DOMAIN, "--log", "trace"]).ended_with(0).err);
    let (_, said) = server.stop();
    assert_eq!(said.out, "");

    assert!(all.len() + said.err.len() > 100_000, "this was not the loudest level");
    // A token of the simulator is a JWT: each begins like this.
    let mut hidden = vec![MARK, PASSWORD, &key, &cookie, demo::DEFENDER_SECRET, PROXY_LOGIN, "eyJ0eXAi", "PRIVATE KEY"];
    let private = demo::CERTIFICATE.split("PRIVATE KEY").nth(1).unwrap();
    hidden.extend(private.lines().filter(|line| line.len() >= 32 && !line.contains("----")));
    assert!(hidden.len() > 10, "the key's lines are looked for");
    for line in all.lines().chain(said.err.lines()) {
        for secret in &hidden {
            assert!(!line.contains(*secret), "“{secret}” is said: {line}");
        }
    }
    let log: Vec<Value> = said.err.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let served: Vec<&Value> = log.iter().filter(|line| line["message"] == "served").collect();
    assert!(served.len() >= 8, "{}", served.len());
    for line in served {
        let id = line["span"]["request.id"].as_str().unwrap_or_default();
        assert!(!id.is_empty(), "no request id: {line}");
    }
}
