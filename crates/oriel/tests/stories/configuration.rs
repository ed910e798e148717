//! What the program is told: file, environment, flags; and two programs that are told the same.

use harness::Visitor;
use simulator::demo;

use crate::bench::Bench;
use crate::running::Running;

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_the_file_is_named_with_its_line() {
    let bench = Bench::new().await;
    let said = |text: &str| {
        bench.file("oriel.toml", text);
        bench.oriel(&["user", "list"]).ended_with(2).err
    };
    let unknown = said("# a remark\ndata_dir = \"x\"\nlistne = \"127.0.0.1:1\"\n");
    assert!(unknown.contains("oriel.toml, line 3") && unknown.contains("listne"), "{unknown}");
    let within = said("[proxy]\nurl = \"http://proxy.example\"\npassword = \"pw-hidden\"\n");
    assert!(within.contains("line 3") && within.contains("`password`") && !within.contains("pw-hidden"), "{within}");
    assert!(said("data_dir = \"x\"\nlisten = 8440\n").contains("line 2"));
    assert!(said("data_dir = \n").contains("line 1"));
    assert!(said("listen = \"0.0.0.0:8440\"\n").contains("`listen`"));
    let cloud = "[clouds.global]\nlogin = \"https://l.example\"\ngraph = \"https://g.example\"\n";
    assert!(said(&format!("{cloud}log_analytics = \"https://a.example\"\n")).contains("built in"));
    let proxy = said("[proxy]\nurl = \"http://u:pw-hidden@proxy.example:3128\"\n");
    assert!(proxy.contains("proxy") && !proxy.contains("pw-hidden"), "{proxy}");
    assert!(!bench.path("x").exists(), "a mistake leaves a folder behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_goes_over_the_environment_and_that_over_the_file() {
    let bench = Bench::new().await;
    bench.configure("data_dir = \"of-the-file\"");
    bench.well(&["user", "list"]);
    assert!(bench.path("of-the-file/oriel.sqlite").is_file());
    let with_environment = |arguments: &[&str]| {
        let done = bench.command(arguments).env("ORIEL_DATA_DIR", "of-the-environment").output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    with_environment(&["user", "list"]);
    assert!(bench.path("of-the-environment/oriel.sqlite").is_file());
    assert!(!bench.path("of-the-flag").exists());
    with_environment(&["user", "list", "--data-dir", "of-the-flag"]);
    assert!(bench.path("of-the-flag/oriel.sqlite").is_file());
    assert!(!bench.path("oriel-data").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_may_be_elsewhere_and_must_then_be_there() {
    let bench = Bench::new().await;
    let elsewhere = bench.file("elsewhere.toml", "data_dir = \"elsewhere\"\n");
    bench.well(&["--config", &elsewhere, "user", "list"]);
    assert!(bench.path("elsewhere/oriel.sqlite").is_file());
    bench.well(&["user", "list", "--config", &elsewhere]);
    let missing = bench.oriel(&["user", "list", "--config", "missing.toml"]).ended_with(2);
    assert!(missing.err.contains("missing.toml cannot be read"), "{}", missing.err);
    assert!(!bench.path("oriel-data").exists());
    let environment = bench.command(&["user", "list"]).env("ORIEL_CONFIG", "missing.toml").output().unwrap();
    assert_eq!(environment.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database_see_the_same() {
    for database in databases::each() {
        let bench = Bench::new().await;
        let url = bench.file("database-url", database.url());
        bench.configure(&format!(
            "database_url_file = \"{url}\"\nkeyring_file = \"{}\"",
            bench.path("keyring").display()
        ));
        bench.person("olga", "owner");
        let key = bench.key_of("olga");
        let (_first, first) = bench.serve(&["--data-dir", "one"]);
        let (_second, second) = bench.serve(&["--data-dir", "two"]);
        let (first, second) = (Visitor::with_key(first, &key), Visitor::with_key(second, &key));
        let known = async |visitor: &Visitor| visitor.search(demo::DOMAIN).await.unwrap()["summary"]["counts"].clone();
        assert_eq!(known(&second).await["alerts"], 0);

        let connection = harness::house::connection(search::Product::Defender);
        let made = first.post("/api/v1/connections", &connection).await.unwrap();
        assert_eq!(made.status, 201, "{}", made.text);
        // No restart, no word between them: the number in the database is enough.
        assert_ne!(known(&second).await["alerts"], 0);
        assert_eq!(known(&second).await, known(&first).await);
        let id = made.json().unwrap()["id"].as_str().unwrap().to_owned();
        bench.well(&["connection", "remove", &id]);
        assert_eq!(known(&first).await["alerts"], 0);
        assert_eq!(second.json("/api/v1/connections").await.unwrap().as_array().map(Vec::len).unwrap_or_default(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_said() {
    let bench = Bench::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = bench.oriel(&["serve", "--listen", &address]).ended_with(2);
    assert!(refused.err.contains(&address) && refused.err.contains("--listen"), "{}", refused.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_address_is_what_links_and_forms_go_by() {
    let bench = Bench::new().await;
    let public = "https://oriel.example.com/";
    let server = Running::start(bench.command(&["serve", "--listen", "127.0.0.1:0", "--public-url", public]));
    server.wait_for("the link", |said| said.err.contains("https://oriel.example.com/first-start/").then_some(()));
    let (code, _) = server.stop();
    assert_eq!(code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_filter_that_cannot_be_read_is_said_and_stops_nothing() {
    let bench = Bench::new().await;
    let done = bench.well(&["user", "list", "--log", "a=b=c"]);
    assert!(done.err.contains("the log filter cannot be read"), "{}", done.err);
    assert_eq!(bench.well(&["user", "list"]).err, "");
    bench.oriel(&["user", "list", "--log-format", "xml"]).ended_with(2);
}
