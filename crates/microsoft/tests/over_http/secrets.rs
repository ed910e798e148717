//! No secret, token or password in any log, error or `Debug`.

use std::io::Write;
use std::sync::{Arc, Mutex};

use microsoft::{Fresh, Proof, Resource, graph};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use url::Url;

use crate::fake::*;
use crate::proofs::{GOOD, certificate};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

fn echoing(seen: &Seen, status: u16) -> Answer {
    let echo = format!("you sent {:?} and {}", seen.headers, seen.body);
    Answer::json(status, json!({"error": {"code": "Bad", "message": echo, "innerError": {"message": echo}}}))
}

/// How the header of every statement begins that a certificate signs here.
const ASSERTION_BEGINS: &str = "eyJhbGciOiJQUzI1NiIs";

/// A line out of the middle of the private key.
fn key_line() -> String {
    let (_, key) = GOOD.split_once("BEGIN PRIVATE KEY-----").unwrap();
    key.lines().nth(5).unwrap().to_owned()
}

/// Sign-ins by certificate, managed identity and file, against a server that echoes statement and token.
async fn others(texts: &mut Vec<String>) {
    let fake = Fake::start(|seen, before| match (seen.is_token(), before) {
        (true, 0) => {
            let echo = format!("AADSTS700027: not {}, sent as {}", seen.form("client_assertion").unwrap(), seen.body);
            Some(Answer::json(401, json!({"error": "invalid_client", "error_description": echo})))
        }
        (true, _) => Some(Answer::text(400, format!("<html>{}</html>", seen.body))),
        (false, _) => Some(Answer::json(200, json!({"access_token": "e30.XYZZY-identity.x"}))),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "e30.XYZZY-file.x").unwrap();
    for proof in [certificate(GOOD), Proof::ManagedIdentity { client: None }, Proof::TokenFile(path)] {
        let desk = Desk::proving(&fake, proof);
        for _ in 0..2 {
            let error = desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::Always).await.unwrap_err();
            texts.push(format!("{error} {error:?} {:?}", error.evidence()));
        }
        texts.push(format!("{:?} {:?}", desk.credential, desk.call()));
    }
    assert_eq!(fake.tokens().len(), 6);
    // The identity endpoint itself, with half of a token in what is no answer.
    let fake = Fake::start(|_, _| Some(Answer::text(200, "{\"access_token\": \"XYZZY"))).await;
    let desk = Desk::proving(&fake, Proof::ManagedIdentity { client: None });
    let error = desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::Always).await.unwrap_err();
    texts.push(format!("{error} {error:?}"));
    let damaged = GOOD.replace("-----END PRIVATE KEY-----", "");
    let error = microsoft::Certificate::from_pem(&damaged.into()).unwrap_err();
    texts.push(format!("{error} {error:?}"));
}

/// A run with everything logged, against a server that echoes all it gets, behind a proxy with a password.
#[tokio::test]
async fn nothing_secret_is_in_the_whole_log_nor_in_any_error_or_debug_output() {
    let log = Log::default();
    let levels = tracing_subscriber::filter::LevelFilter::TRACE;
    let subscriber = tracing_subscriber::fmt().with_max_level(levels).with_writer(log.clone()).finish();
    // For the whole process: with one of this thread's own, a test on another thread can switch it off. So the log of the other
    // tests is looked through as well.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut texts = Vec::new();

    let fake = Fake::start(|seen, before| match (seen.is_token(), before) {
        (true, 0) => Some(Answer::json(
            400,
            json!({"error": "invalid_client", "error_description": format!("AADSTS7000215: not {SECRET}, sent as {}", seen.body)}),
        )),
        (true, 1) => Some(Answer::text(400, format!("<html>{}</html>", seen.body))),
        (true, _) => Some(Answer::json(200, json!({"access_token": "e30.token-XYZZY.x", "expires_in": 60}))),
        (false, 0) => Some(echoing(seen, 403)),
        (false, 1) => Some(echoing(seen, 400)),
        (false, 2) => Some(Answer::text(200, format!("{{ broken {:?}", seen.headers))),
        (false, _) => Some(echoing(seen, 502)),
    })
    .await;
    let proxy = microsoft::Proxy {
        url: Url::parse("http://proxy.invalid:3128").unwrap(),
        login: Some(("user".into(), "pw-XYZZY".into())),
        bypass: vec![],
    };
    texts.push(format!("{proxy:?}"));
    let desk = Desk::with(&fake, |settings| settings.proxy = Some(proxy.clone()));
    for _ in 0..2 {
        let error = desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::Always).await.unwrap_err();
        texts.push(format!("{error} {error:?} {:?}", error.evidence()));
    }
    let token = desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::Always).await.unwrap();
    for _ in 0..4 {
        let error = graph::alert(&desk.microsoft, &desk.call(), "a1").await.unwrap_err();
        texts.push(format!("{error} {error:?} {:?}", error.evidence()));
    }
    others(&mut texts).await;
    // Beyond the proxy, whose name does not resolve.
    let mut settings = settings(vec![microsoft::Cloud::built_in("global").unwrap()]);
    settings.clouds[0].name = "beyond".into();
    settings.proxy = Some(proxy);
    let beyond = Desk::of(settings);
    let error = graph::alerts_probe(&beyond.microsoft, &beyond.call()).await.unwrap_err();
    texts.push(format!("{error} {error:?}"));
    texts.push(format!("{token:?} {:?} {:?} {:?}", desk.credential, desk.call(), desk.microsoft));

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for line in ["Microsoft answered", "Microsoft did not answer"] {
        assert!(log.contains(line), "“{line}” is not in the log: {log}");
    }
    for text in texts.iter().chain([&log]) {
        for secret in ["XYZZY", "Bearer e30", "dXNlcjpwdy1YWVpaWQ", "PRIVATE KEY", &key_line(), ASSERTION_BEGINS] {
            assert!(!text.contains(secret), "{secret} in: {text}");
        }
    }
}
