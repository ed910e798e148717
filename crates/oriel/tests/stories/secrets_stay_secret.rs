//! The whole journey at the loudest level. Afterwards everything that it left behind is searched for every secret that it used:
//! the log, what was said on both streams, the database as it lies on the disk, each page and answer, exports, the support
//! bundle and the metrics.
//!
//! Whoever adds a secret adds it to the list with [`Hidden::text`], and where it is used to the journey.

mod disk;
mod later;
mod provider;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use databases::Lent;
use harness::Visitor;
use harness::visitor::Answer;
use serde_json::{Value, json};
use simulator::demo;
use url::Url;

use crate::bench::{Bench, Done, address_in};
use crate::hidden::Hidden;
use disk::on_disk;

const FIRST_PASSWORD: &str = "the first of three passwords & \"quotes\"";
const SECOND_PASSWORD: &str = "the second <password> of three";
const THIRD_PASSWORD: &str = "a third one, from the command line";
const WRONG_PASSWORD: &str = "a password that is wrong by a letter";
const WRONG_SECRET: &str = "wrg8Q~never-known-to-anybody.\"&<0001";
const SECRET_IN_WRONG_PLACE: &str = "mis8Q~in-a-field-that-is-shown.00001";

/// Everything that came back.
#[derive(Default)]
struct Left(Vec<(String, Vec<u8>)>);

impl Left {
    fn keep(&mut self, what: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((what.into(), bytes.into()));
    }

    /// An answer: its body, and its headers but for the cookie, which is a secret on its way to whom it belongs.
    fn answer(&mut self, what: &str, answer: Answer) -> Answer {
        let headers = answer.headers.iter().filter(|(name, _)| name != "set-cookie");
        let headers: String = headers.map(|(name, value)| format!("{name}: {value}\n")).collect();
        self.keep(what, format!("{} {headers}\n{}", answer.status, answer.text));
        answer
    }

    /// The answer that tells a secret to whoever made it: everything but that.
    fn telling(&mut self, what: &str, answer: Answer, told: &str) {
        assert!(answer.text.contains(told), "{what} does not tell it: {}", answer.text);
        self.keep(what, answer.text.replace(told, "[told]"));
    }

    fn done(&mut self, what: &str, done: Done) -> Done {
        self.keep(what, format!("{}\n{}", done.out, done.err));
        done
    }
}

/// A key in 64 hexadecimal digits, out of a text.
fn key_in(text: &str) -> String {
    let key = text.split(|c: char| !c.is_ascii_hexdigit()).find(|word| word.len() == 64);
    key.unwrap_or_else(|| panic!("no key in {text}")).to_owned()
}

fn cookie_in(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.header("set-cookie").and_then(|set| set.split([';', '=']).nth(1)).expect("a cookie").to_owned()
}

fn connection(product: &str, client: &str, secret: &str) -> Value {
    json!({"product": product, "label": "Northwind", "tenant_id": demo::TENANT, "client_id": client,
        "client_secret": secret, "cloud": "simulated"})
}

databases::on_each_database! {
    async fn nothing_that_is_left_behind_holds_a_secret(database: Lent) {
        let bench = Bench::new().await;
        let url_file = bench.file("database-url", database.url());
        let (mut hidden, mut left) = (Hidden::default(), Left::default());
        bench.configure(&format!("database_url_file = '{url_file}'\n{}", provider::lines(&bench, &mut hidden)));
        for (name, password) in [("the first password", FIRST_PASSWORD), ("the second", SECOND_PASSWORD),
            ("the third", THIRD_PASSWORD), ("the wrong one", WRONG_PASSWORD)] {
            hidden.text(name, password);
        }
        for (name, secret) in [("the Defender app's secret", demo::DEFENDER_SECRET), ("the Sentinel app's", demo::SENTINEL_SECRET),
            ("a secret that is wrong", WRONG_SECRET), ("a secret in the wrong field", SECRET_IN_WRONG_PLACE)] {
            hidden.text(name, secret);
        }
        let private = demo::CERTIFICATE.split("PRIVATE KEY-----").nth(1).unwrap();
        let private: String = private.split("-----").next().unwrap().split_whitespace().collect();
        hidden.bytes("the certificate's key", &STANDARD.decode(&private).unwrap());
        // However it is broken into lines.
        for (number, line) in private.as_bytes().chunks(64).enumerate().filter(|(_, line)| line.len() == 64) {
            hidden.bytes(&format!("line {number} of the certificate's key"), line);
        }
        // The head of every token of the simulated Entra, and of every statement that a certificate signs.
        hidden.text("a token", "eyJ0eXAiOiJKV1QiLC");
        hidden.text("a statement", "eyJhbGciOiJQUzI1NiIs");

        journey(&bench, &mut hidden, &mut left, &database).await;

        assert!(hidden.len() > 30, "{} secrets", hidden.len());
        assert!(left.0.len() > 60, "{} things were looked at", left.0.len());
        for (what, bytes) in &left.0 {
            hidden.are_not_in(what, bytes);
        }
    }
}

async fn journey(bench: &Bench, hidden: &mut Hidden, left: &mut Left, database: &Lent) {
    let (server, base) = bench.serve(&["--log", "trace", "--log-format", "json"]);
    let link = server.wait_for("the link", |said| {
        let plain = said.err.lines().filter(|line| !line.starts_with('{'));
        plain.filter(|line| line.contains("/first-start/")).find_map(address_in)
    });
    let link_token = link.path().trim_start_matches("/first-start/").to_owned();
    hidden.text("the one-time link", &link_token);

    let olga = first_start(&base, link.path(), hidden, left).await;
    let key = keys(&base, &olga, hidden, left).await;
    let keyring: Value =
        serde_json::from_slice(&std::fs::read(bench.path("oriel-data/keyring.json")).unwrap()).unwrap();
    for one in keyring["keys"].as_array().expect("a keyring has keys") {
        hidden.bytes("the keyring's key", &STANDARD.decode(one.as_str().unwrap()).unwrap());
    }
    let script = Visitor::with_key(base.clone(), &key);
    let ids = connections(&olga, &script, left).await;
    provider::lent(&script, left).await;
    let challenge = provider::single_sign_on(&base, hidden, left).await;
    searches(&olga, &script, left).await;
    pages(&olga, &base, &script, &ids, left).await;
    on_disk("the database while the server runs", database, left).await;
    passwords(&base, &olga, hidden, left).await;
    commands(bench, &ids, hidden, left);
    later::second_factor(&olga, hidden, left).await;
    later::backups(bench, hidden, left);
    left.answer("signing out", olga.submit("/sign-out", &[]).await.unwrap());

    let (code, said) = server.stop();
    assert_eq!(code, Some(0));
    assert!(said.err.contains("\"level\":\"TRACE\"") && said.err.len() > 100_000, "this was not the loudest level");
    let (log, talk): (Vec<&str>, Vec<&str>) = said.err.lines().partition(|line| line.starts_with('{'));
    left.keep("the log", log.join("\n"));
    let talk = talk.join("\n");
    assert_eq!(talk.matches(&link_token).count(), 1, "the link is said once, outside the log: {talk}");
    left.keep("what is said beside the log", talk.replace(&link_token, "[told]"));
    left.keep("standard output", said.out);
    on_disk("the database at the end", database, left).await;
    provider::no_verifier(&challenge, left);
}

/// The one-time link, wrong passwords, two sessions.
async fn first_start(base: &Url, link: &str, hidden: &mut Hidden, left: &mut Left) -> Visitor {
    let olga = Visitor::new(base.clone());
    left.telling("the first page", olga.get(link).await.unwrap(), link);
    let short = [("name", "olga"), ("password", WRONG_PASSWORD), ("again", FIRST_PASSWORD)];
    let differing = olga.submit(link, &short).await.unwrap();
    assert_eq!(differing.status, 422);
    left.telling("two passwords that differ", differing, link);
    let form = [("name", "olga"), ("password", FIRST_PASSWORD), ("again", FIRST_PASSWORD)];
    let made = left.answer("the owner is made", olga.submit(link, &form).await.unwrap());
    hidden.text("the first session", &cookie_in(&made));
    left.answer("the link once more", Visitor::new(base.clone()).submit(link, &form).await.unwrap());
    let nobody = Visitor::new(base.clone());
    for (name, password) in [("olga", WRONG_PASSWORD), (WRONG_PASSWORD, "x"), ("nobody", FIRST_PASSWORD)] {
        let refused = nobody.submit("/sign-in", &[("name", name), ("password", password)]).await.unwrap();
        assert_eq!(refused.status, 422, "{}", refused.text);
        // A name is shown again, whatever somebody took for it.
        if name != WRONG_PASSWORD {
            left.answer("a sign-in that is refused", refused);
        }
    }
    let second = nobody.submit("/sign-in", &[("name", "olga"), ("password", FIRST_PASSWORD)]).await.unwrap();
    hidden.text("the second session", &cookie_in(&left.answer("a second session", second)));
    olga
}

/// A key by the page, one that is revoked, and answers to keys that are none.
async fn keys(base: &Url, olga: &Visitor, hidden: &mut Hidden, left: &mut Left) -> String {
    let mut keys = Vec::new();
    for label in ["nightly", "weekly"] {
        let made = olga.submit("/settings/keys", &[("label", label)]).await.unwrap();
        assert_eq!(made.status, 200, "{}", made.text);
        let key = key_in(&made.text);
        hidden.text(&format!("the key {label}"), &key);
        left.telling("a key is made", made, &key);
        keys.push(key);
    }
    let settings = left.answer("the settings", olga.get("/settings").await.unwrap());
    let revoke = settings.text.split('"').find(|part| part.starts_with("/settings/keys/") && part.ends_with("/revoke"));
    left.answer("a key is revoked", olga.submit(revoke.unwrap(), &[]).await.unwrap());
    let mut good = None;
    for key in keys {
        let asked = Visitor::with_key(base.clone(), &key).get("/api/v1/connections").await.unwrap();
        if asked.status == 200 {
            good = Some(key.clone());
        }
        left.answer("a key is used", asked);
        let unlike = format!("{}0", &key[..63]);
        left.answer("half a key", Visitor::with_key(base.clone(), &unlike).get("/metrics").await.unwrap());
    }
    good.expect("one of the keys still opens")
}

/// Secrets and certificates, right and wrong, by page and by API; a spare credential, validations and transcripts.
async fn connections(olga: &Visitor, script: &Visitor, left: &mut Left) -> Vec<String> {
    let mut ids = Vec::new();
    let mut make = |left: &mut Left, what: &str, answer: Answer| {
        assert_eq!(answer.status, 201, "{what}: {}", answer.text);
        let made: Value = left.answer(what, answer).json().unwrap();
        ids.push(made["id"].as_str().unwrap().to_owned());
    };
    let good = connection("defender", demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET);
    make(left, "connected", script.post("/api/v1/connections", &good).await.unwrap());
    let wrong = connection("defender", demo::DEFENDER_CLIENT, WRONG_SECRET);
    make(left, "connected with a wrong secret", script.post("/api/v1/connections", &wrong).await.unwrap());
    let mut certified = connection("defender", demo::CERTIFICATE_CLIENT, "");
    certified["credential"] = json!({"kind": "certificate", "certificate_pem": demo::CERTIFICATE});
    make(left, "connected with a certificate", script.post("/api/v1/connections", &certified).await.unwrap());

    certified["credential"]["certificate_pem"] = json!(demo::CERTIFICATE.replace("-----END PRIVATE KEY-----", ""));
    let torn = script.post("/api/v1/connections", &certified).await.unwrap();
    assert_eq!(torn.status, 422);
    left.answer("a torn certificate", torn);
    let mut odd = good.clone();
    odd["client_secret"] = json!({"value": demo::DEFENDER_SECRET});
    left.answer("a secret of another type", script.post("/api/v1/connections", &odd).await.unwrap());
    odd["client_secret"] = json!("");
    odd["cloud"] = json!("nowhere");
    odd["client_secret"] = json!(demo::DEFENDER_SECRET);
    left.answer("a cloud that is none", script.post("/api/v1/connections", &odd).await.unwrap());

    let form = |secret: &'static str, label: &'static str| {
        vec![
            ("product", "sentinel"),
            ("label", label),
            ("tenant_id", demo::TENANT),
            ("client_id", demo::SENTINEL_CLIENT),
            ("client_secret", secret),
            ("cloud", "simulated"),
            ("workspaces", demo::WORKSPACE),
            ("on", "sentinel.alerts"),
        ]
    };
    let saved = olga.submit("/settings/connections", &form(demo::SENTINEL_SECRET, "Northwind")).await.unwrap();
    assert_eq!(saved.status, 303, "{}", saved.text);
    left.answer("saved by the form", saved);
    let refused = olga.submit("/settings/connections", &form(demo::DEFENDER_SECRET_ID, "Northwind")).await.unwrap();
    assert_eq!(refused.status, 422, "{}", refused.text);
    left.answer("refused by the form", refused);
    let kept = olga.submit("/settings/connections", &form(SECRET_IN_WRONG_PLACE, "")).await.unwrap();
    left.answer("refused for another field, with the secret in its own", kept);

    let (id, path) = (ids[0].clone(), format!("/api/v1/connections/{}/credentials", ids[0]));
    let spare = script.post(&path, &json!({"credential": {"kind": "certificate"}})).await.unwrap();
    assert_eq!(spare.status, 201, "{}", spare.text);
    let spare_id = left.answer("a spare credential", spare).json().unwrap()["id"].as_str().unwrap().to_owned();
    for what in ["validate", "use"] {
        left.answer(what, script.post(&format!("{path}/{spare_id}/{what}"), &Value::Null).await.unwrap());
    }
    left.answer("credentials", script.get(&path).await.unwrap());
    for id in &ids {
        left.answer(
            "a validation",
            script.post(&format!("/api/v1/connections/{id}/validate"), &Value::Null).await.unwrap(),
        );
        let transcript = olga.submit(&format!("/settings/connections/{id}/transcript"), &[]).await.unwrap();
        assert_eq!(transcript.status, 200, "{}", transcript.text);
        left.answer("a transcript", transcript);
    }
    let certificate = format!("/settings/connections/{id}/credentials/{spare_id}/certificate");
    left.answer("the public part", olga.get(&certificate).await.unwrap());
    ids
}

/// One search in every form in which it is shown.
async fn searches(olga: &Visitor, script: &Visitor, left: &mut Left) {
    left.answer("the stream", olga.get(&format!("/search/stream?q={}", demo::DOMAIN)).await.unwrap());
    for path in ["/search", "/search.csv", "/search.json"] {
        left.answer(path, olga.get(&format!("{path}?q={}&wait=true", demo::DOMAIN)).await.unwrap());
    }
    let report = script.get(&format!("/api/v1/search?q={}&fresh=true&raw=true", demo::DOMAIN)).await.unwrap();
    assert!(report.text.contains("alert"), "{}", report.text);
    left.answer("the report", report);
    left.answer("no indicator", script.get("/api/v1/search?q=nothing").await.unwrap());
}

/// Every page that can be looked at, for its owner and for a stranger.
async fn pages(olga: &Visitor, base: &Url, script: &Visitor, ids: &[String], left: &mut Left) {
    let stranger = Visitor::new(base.clone());
    let mut paths: Vec<String> = [
        "/",
        "/settings",
        "/settings/set-up",
        "/settings/support-bundle",
        "/api",
        "/nothing",
        "/settings?add=sentinel",
    ]
    .map(str::to_owned)
    .to_vec();
    for id in ids {
        paths.push(format!("/settings?edit={id}"));
        paths.push(format!("/settings/connections/{id}/checks"));
    }
    for path in &paths {
        left.answer(path, olga.get(path).await.unwrap());
        left.answer(path, stranger.get(path).await.unwrap());
    }
    for path in ["/api/v1/connections", "/metrics", "/healthz", "/readyz", "/api/v1/openapi.json", "/api/v1/nothing"] {
        left.answer(path, script.get(path).await.unwrap());
    }
    for id in ids {
        for part in ["changes", "pulse", "credentials"] {
            left.answer(part, script.get(&format!("/api/v1/connections/{id}/{part}")).await.unwrap());
        }
    }
}

/// The password is changed, with mistakes.
async fn passwords(base: &Url, olga: &Visitor, hidden: &mut Hidden, left: &mut Left) {
    for (current, new, again) in [
        (WRONG_PASSWORD, SECOND_PASSWORD, SECOND_PASSWORD),
        (FIRST_PASSWORD, SECOND_PASSWORD, WRONG_PASSWORD),
        (FIRST_PASSWORD, SECOND_PASSWORD, SECOND_PASSWORD),
    ] {
        let form = [("current", current), ("password", new), ("again", again)];
        let answer = olga.submit("/settings/password", &form).await.unwrap();
        if let Some(set) = answer.header("set-cookie").and_then(|set| set.split([';', '=']).nth(1))
            && set.len() >= 32
        {
            hidden.text("the session after the change", set);
        }
        left.answer("the password is changed", answer);
    }
    let again = Visitor::new(base.clone()).submit("/sign-in", &[("name", "olga"), ("password", SECOND_PASSWORD)]).await;
    hidden.text("the third session", &cookie_in(&left.answer("signed in anew", again.unwrap())));
}

/// The command line, beside the server.
fn commands(bench: &Bench, ids: &[String], hidden: &mut Hidden, left: &mut Left) {
    let password = bench.file("password", THIRD_PASSWORD);
    let secret = bench.file("secret", demo::DEFENDER_SECRET);
    let mut run = |arguments: &[&str]| {
        let done = bench.oriel(&[arguments, &["--log", "trace"]].concat());
        left.done(&arguments.join(" "), done)
    };
    run(&["user", "list"]).ended_with(0);
    run(&["user", "add", "--name", "kate", "--role", "analyst", "--password-file", &password]).ended_with(0);
    run(&["user", "reset-password", "--name", "kate", "--password-file", &password]).ended_with(0);
    run(&["connection", "list"]).ended_with(0);
    run(&["connection", "validate", &ids[0]]);
    run(&["connection", "validate", &ids[0], "--transcript", &bench.path("transcript.ndjson").display().to_string()]);
    let ids_of = ["--tenant", demo::TENANT, "--client", demo::DEFENDER_CLIENT, "--cloud", "simulated"];
    run(&[&["connection", "add", "--product", "defender", "--secret-file", &secret][..], &ids_of].concat())
        .ended_with(0);
    for form in [&["search", demo::DOMAIN][..], &["search", demo::DOMAIN, "--json"], &["search", demo::DOMAIN, "--csv"]]
    {
        run(form).ended_with(0);
    }
    run(&["doctor"]);
    run(&["doctor", "--print-queries"]).ended_with(0);
    run(&["connection", "list", "--database-url", &format!("postgres://u:{}@127.0.0.1:1/x", "pw-in-the-address-0001")])
        .ended_with(2);
    hidden.text("a password in an address", "pw-in-the-address-0001");
    let made = bench.oriel(&["key", "create", "--user", "kate", "--name", "x", "--log", "trace"]).ended_with(0);
    let key = made.last_line().to_owned();
    hidden.text("a key of the command line", &key);
    left.keep("a key is made on the command line", format!("{}{}", made.out.replacen(&key, "[told]", 1), made.err));
    if let Ok(transcript) = std::fs::read(bench.path("transcript.ndjson")) {
        left.keep("the transcript's file", transcript);
    }
}
