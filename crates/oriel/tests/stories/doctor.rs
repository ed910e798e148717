//! `oriel doctor`: what it looks at, and the queries that it prints.

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use simulator::faults::{Action, Rule};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::bench::{Bench, Done};

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_oriel_is_called_so_and_what_is_wrong_is_named() {
    let bench = Bench::new().await;
    bench.connect("defender");
    let unowned = bench.well(&["doctor"]).out;
    assert!(unowned.contains("note  people: there is no owner yet"), "{unowned}");
    assert!(unowned.contains("note  backup: none") && unowned.contains("ok    secrets: 1 are stored"), "{unowned}");
    bench.person("olga", "owner");
    bench.well(&["backup", "copy", "--without-keyring"]);
    let well = bench.well(&["doctor"]);
    assert_eq!(well.err, "");
    assert!(well.out.lines().all(|line| line.starts_with("ok ")), "{}", well.out);
    for part in [
        "configuration",
        "address",
        "data folder",
        "disk",
        "database: SQLite 3.",
        "keyring",
        "secrets",
        "backup: the last one was made on",
        "cloud simulated",
        "clock",
    ] {
        assert!(well.out.contains(&format!("ok    {part}")), "no {part}: {}", well.out);
    }
    let lines: Vec<Value> =
        bench.well(&["doctor", "--json"]).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), well.out.lines().count());
    assert!(lines.iter().all(|line| line["state"] == "ok" && line["detail"].is_string()), "{lines:?}");
    bench.simulator.forget_requests();
    let offline = bench.well(&["doctor", "--offline"]).out;
    assert!(!offline.contains("cloud") && !offline.contains("clock") && offline.contains("database"), "{offline}");
    assert!(bench.simulator.requests().is_empty());

    bench.simulator.faults().add(Rule::new(Action::Clock { seconds: 3_600 }));
    let wrong = bench.oriel(&["doctor"]).ended_with(2);
    assert!(wrong.out.lines().any(|line| line.starts_with("mend  clock")), "{}", wrong.out);
    bench.simulator.faults().clear();

    let Bench { folder, simulator } = bench;
    let cloud = simulator.cloud_toml("simulated");
    simulator.stop().await;
    let bench = Bench { folder, ..Bench::new().await };
    bench.file("oriel.toml", &cloud);
    let away = bench.oriel(&["doctor"]).ended_with(2);
    assert!(away.out.lines().any(|line| line.starts_with("mend  cloud simulated: http://127.0.0.1:")), "{}", away.out);

    bench.file("oriel.toml", "");
    let unknown = bench.oriel(&["doctor"]).ended_with(2);
    assert!(unknown.out.contains("mend  cloud simulated") && unknown.out.contains("[clouds]"), "{}", unknown.out);
    bench.file("oriel.toml", "listne = 1\n");
    let broken = bench.oriel(&["doctor"]).ended_with(2);
    assert!(broken.out.starts_with("mend  configuration") && broken.out.contains("line 1"), "{}", broken.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_may_read_is_told_with_the_command_that_mends_it() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    let set = |name: &str, mode| std::fs::set_permissions(bench.path(name), Permissions::from_mode(mode)).unwrap();
    set("oriel-data/keyring.json", 0o640);
    let open = bench.oriel(&["doctor", "--offline"]).ended_with(2).out;
    assert!(open.contains("mend  data folder") && open.contains("oriel-data/keyring.json; "), "{open}");
    set("oriel-data", 0o755);
    let open = bench.oriel(&["doctor", "--offline"]).ended_with(2).out;
    assert!(open.contains("chmod -R go-rwx oriel-data"), "{open}");
    let mended = Command::new("chmod").args(["-R", "go-rwx"]).arg(bench.path("oriel-data")).status().unwrap();
    assert!(mended.success());
    bench.well(&["doctor", "--offline"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_own_certificate_and_its_address_are_looked_at_without_a_database() {
    let bench = Bench::new().await;
    let now = jiff::Timestamp::now();
    let day = jiff::SignedDuration::from_hours(24);
    let doctor = |begins: jiff::Timestamp, public: &str, code: i32| {
        let pem = microsoft::Certificate::make("oriel.example", begins, 30).unwrap();
        let file = bench.file("tls.pem", secrecy::ExposeSecret::expose_secret(&pem));
        bench.configure(&format!("public_url = '{public}'\n[tls]\ncertificate_file = '{file}'\nkey_file = '{file}'"));
        bench.oriel(&["doctor", "--configuration"]).ended_with(code).out
    };
    let good = doctor(now, "https://oriel.example.com", 0);
    assert!(good.contains("ok    tls: ") && good.contains("with TLS of its own"), "{good}");
    let soon = doctor(now - day * 20, "https://oriel.example.com", 2);
    assert!(soon.contains("mend  tls: ") && soon.contains("restart Oriel"), "{soon}");
    assert!(doctor(now - day * 40, "https://oriel.example.com", 2).contains("has ended on"));
    assert!(doctor(now + day * 2, "https://oriel.example.com", 2).contains("clock"));
    assert!(doctor(now, "http://oriel.example.com", 2).contains("begins with https"));
    assert!(doctor(now, "https://example.com/oriel", 2).contains("a host name of its own"));
    assert!(!bench.path("oriel-data").exists(), "a look at the configuration opens no database");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_does_not_open_and_a_backup_that_is_old_are_told() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    bench.well(&["backup", "copy", "--without-keyring"]);
    let options = SqliteConnectOptions::new().filename(bench.path("oriel-data/oriel.sqlite"));
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("UPDATE credentials SET sealed = X'00'").execute(&mut database).await.unwrap();
    let lost = bench.oriel(&["doctor", "--offline"]).ended_with(2).out;
    assert!(lost.contains("mend  secrets: 1 of 1 stored secrets do not open"), "{lost}");
    sqlx::query("DELETE FROM credentials").execute(&mut database).await.unwrap();
    let month = 30_i64 * 24 * 3600 * 1_000_000;
    let backdate = "UPDATE audit SET happened_at = happened_at - $1";
    sqlx::query(backdate).bind(month).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let old = bench.well(&["doctor", "--offline"]).out;
    assert!(old.contains("note  backup: the last one was made on"), "{old}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_goes_into_a_file_of_its_owners_and_holds_no_secret() {
    let bench = Bench::new().await;
    bench.connect("defender");
    bench.person("kate", "owner");
    let key = bench.key_of("kate");
    let path = bench.path("bundle.json").display().to_string();
    let well = bench.well(&["doctor", "--bundle", &path]);
    assert!(well.out.contains("support bundle: "), "{}", well.out);
    let text = std::fs::read_to_string(&path).unwrap();
    let bundle: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(bundle["program"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(bundle["connections"][0]["client_id"], simulator::demo::DEFENDER_CLIENT);
    assert_eq!(bundle["connections"][0]["validation"]["status"], "ready");
    assert!(bundle["configuration"]["clouds"]["simulated"]["graph"].is_string(), "{text}");
    let keyring = std::fs::read_to_string(bench.path("oriel-data/keyring.json")).unwrap();
    let keyring: Value = serde_json::from_str(&keyring).unwrap();
    let mut secrets = vec![simulator::demo::DEFENDER_SECRET.to_owned(), key, "$argon2".to_owned()];
    secrets.extend(texts(&keyring).into_iter().filter(|text| text.len() >= 32));
    assert!(secrets.len() > 3, "the keyring has a key: {keyring}");
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret}");
    }
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let refused = bench.oriel(&["doctor", "--bundle", &path]).ended_with(2);
    assert!(refused.err.contains("--force"), "{}", refused.err);
    bench.well(&["doctor", "--bundle", &path, "--force"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_of_single_sign_on_is_asked_who_it_is_and_what_to_register_is_said() {
    let bench = Bench::new().await;
    // So that no other cloud is asked than the simulated one.
    bench.connect("defender");
    let base = bench.simulator.base();
    let doctor = |issuer: &str, more: &str| {
        let secret = bench.file("sign-in-secret", "never-shown-by-the-doctor");
        bench.configure(&format!(
            "public_url = 'https://oriel.example.com'\n[oidc]\nissuer = '{issuer}'\nclient_id = '{}'\nclient_secret_file = \
             '{secret}'\n{more}",
            simulator::demo::SIGN_ON_CLIENT
        ));
        let done = bench.oriel(&["doctor"]);
        assert!(!format!("{done:?}").contains("never-shown"), "{done:?}");
        done
    };
    let (groups, tenant) = ("owner_group = 'x'\nlocal_login = 'break-glass'", simulator::demo::TENANT);
    let well = doctor(&format!("{base}login/{tenant}/v2.0"), groups).ended_with(0).out;
    assert!(well.contains("https://oriel.example.com/sign-in/sso/callback"), "{well}");
    assert!(well.contains("ok    single sign-on: "), "{well}");
    // By the tenant's name there is a document too, and it calls itself by the GUID.
    let named = doctor(&format!("{base}login/{}/v2.0", simulator::demo::TENANT_DOMAIN), groups).ended_with(2).out;
    assert!(named.contains("mend  single sign-on: ") && named.contains("another issuer"), "{named}");
    let away = doctor("http://127.0.0.1:1/", groups).ended_with(2).out;
    assert!(away.contains("127.0.0.1 cannot be reached"), "{away}");
    assert!(doctor("http://login.example.com/", groups).ended_with(2).out.contains("must be https"));
    assert!(doctor(&format!("{base}login/{tenant}/v2.0"), "").ended_with(2).out.contains("nobody could come in"));
}

/// Every text in a document.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_is_printed_on_a_line_of_its_own() {
    let bench = Bench::new().await;
    let printed = bench.well(&["doctor", "--print-queries"]).out;
    let queries: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for query in &queries {
        let mut members: Vec<_> = query.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["name", "query", "surface"]);
        assert!(["hunting", "workspace"].contains(&query["surface"].as_str().unwrap()), "{query}");
        assert!(!query["query"].as_str().unwrap().trim().is_empty(), "{query}");
    }
    assert_eq!(queries.len(), sources::queries().len());
    assert!(!bench.path("oriel-data").exists(), "printing needs no data");
}

/// Microsoft's own language service reads what is printed. `ORIEL_KQL` names the folder of `check.mjs`.
#[tokio::test(flavor = "multi_thread")]
async fn microsofts_language_service_accepts_what_is_printed() {
    let Some(folder) = std::env::var_os("ORIEL_KQL") else {
        println!("skipped: ORIEL_KQL is not set");
        return;
    };
    let program = PathBuf::from(folder).join("check.mjs");
    assert!(program.is_file(), "ORIEL_KQL is set, but {} is not there", program.display());
    let printed = Bench::new().await.well(&["doctor", "--print-queries"]).out;
    let mut node = Command::new("node");
    node.arg(program).arg("--install").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut node = node.spawn().expect("Node.js is needed where ORIEL_KQL is set");
    node.stdin.take().unwrap().write_all(printed.as_bytes()).unwrap();
    let done = Done::from(node.wait_with_output().unwrap()).ended_with(0);
    assert!(done.out.contains(&format!("{} queries, 0 errors", printed.lines().count())), "{}", done.out);
}
