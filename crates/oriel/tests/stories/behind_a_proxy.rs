//! The examples of a proxy in front: the shipped file of nginx, with a real nginx that does TLS; that of Caddy is read by Caddy.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE, STRICT_TRANSPORT_SECURITY};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use simulator::faults::{Action, Rule};
use simulator::{Surface, demo};
use url::Url;

use crate::bench::{Bench, Done, PASSWORD};
use crate::running::Running;

const PROXY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/proxy");
const TLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../microsoft/tests/tls");

/// Where nginx is; accounts other than root do not have its folder in their path.
fn nginx() -> Option<&'static str> {
    let places = ["nginx", "/usr/sbin/nginx"];
    places.into_iter().find(|place| Command::new(place).arg("-v").output().is_ok())
}

/// The shipped file with other ports, names and files in it, inside what a distribution's own file has around it.
fn configuration(folder: &Path, oriel: &Url, (https, http): (u16, u16)) -> String {
    let mut site = std::fs::read_to_string(format!("{PROXY}/nginx.conf")).unwrap();
    for (shipped, here) in [
        ("listen 443 ssl;", format!("listen 127.0.0.1:{https} ssl;")),
        ("    listen [::]:443 ssl;\n", String::new()),
        ("listen 80;", format!("listen 127.0.0.1:{http};")),
        ("    listen [::]:80;\n", String::new()),
        ("server_name oriel.example.com;", "server_name localhost;".to_owned()),
        ("https://oriel.example.com$request_uri", format!("https://localhost:{https}$request_uri")),
        ("/etc/ssl/oriel/chain.pem", format!("{TLS}/server.pem")),
        ("/etc/ssl/oriel/key.pem", format!("{TLS}/server.key")),
        ("http://127.0.0.1:8440;", format!("http://127.0.0.1:{};", oriel.port().unwrap())),
    ] {
        assert!(site.contains(shipped), "{shipped} is not in the shipped file");
        site = site.replace(shipped, &here);
    }
    let kept = |name: &str| folder.join(name).display().to_string();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("{what}_temp_path {};\n", kept(&format!("nginx-{what}"))))
        .concat();
    let pid = kept("nginx.pid");
    format!(
        "daemon off;\nmaster_process off;\npid {pid};\nerror_log stderr;\nevents {{}}\nhttp {{\n{temporary}{site}\n}}\n"
    )
}

/// A client that trusts the authority of the test's certificate, which is for `localhost`.
fn client() -> Client {
    let authority = Certificate::from_pem(&std::fs::read(format!("{TLS}/ca.pem")).unwrap()).unwrap();
    Client::builder().tls_certs_only([authority]).redirect(Policy::none()).no_proxy().build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn through_nginx_one_signs_in_and_a_search_is_told_as_it_comes() {
    let Some(nginx) = nginx() else { return println!("skipped: there is no nginx") };
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    let [https, http] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports = [&https, &http].map(|held| held.local_addr().unwrap().port());
    let site = Url::parse(&format!("https://localhost:{}", ports[0])).unwrap();
    let (oriel, listening) = bench.serve(&["--public-url", site.as_str()]);

    let file = bench.file("nginx.conf", &configuration(bench.folder.path(), &listening, ports.into()));
    let told = Done::from(Command::new(nginx).args(["-t", "-c", &file]).output().unwrap()).ended_with(0);
    assert!(!told.err.contains("[warn]") && !told.err.contains("[alert]"), "{}", told.err);
    let mut command = Command::new(nginx);
    command.args(["-c", &file]);
    drop((https, http));
    let proxy = Running::start(command);
    let until = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(("127.0.0.1", ports[0])).is_err() {
        assert!(Instant::now() < until, "nginx does not listen");
        tokio::task::yield_now().await;
    }

    // Signing in, with an address that is made up.
    let client = client();
    let at = |path: &str| site.join(path).unwrap();
    let sign_in = async |password: &str| {
        let form = client.post(at("/sign-in")).header(ORIGIN, site.origin().ascii_serialization());
        form.header("x-forwarded-for", "203.0.113.9")
            .form(&[("name", "olga"), ("password", password)])
            .send()
            .await
            .unwrap()
    };
    assert_eq!(sign_in("not this one").await.status(), 422);
    let answer = sign_in(PASSWORD).await;
    assert_eq!(answer.status(), 303);
    assert!(answer.headers().contains_key(STRICT_TRANSPORT_SECURITY));
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-oriel=") && cookie.contains("Secure"), "another cookie");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let exported = bench.well(&["audit", "export"]).out;
    assert!(exported.contains("session.refused") && !exported.contains("203.0.113.9"), "{exported}");

    // Graph lets us wait longer than a search does; what is known before is told before.
    bench.simulator.faults().add(Rule::new(Action::Delay { ms: 300_000 }).on(Surface::Graph));
    let stream = client.get(at(&format!("/search/stream?q={}", demo::DOMAIN))).header(COOKIE, cookie);
    let mut stream = stream.send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let mut told = String::new();
    while !told.contains("\n\n") {
        let part = stream.chunk().await.unwrap().expect("the stream ended before it had told anything");
        told.push_str(&String::from_utf8_lossy(&part));
    }
    assert!(told.contains("event: ") && !told.contains("event: done"), "it came in one piece: {told}");
    drop(stream);

    // What is for this machine alone stays here, and http leads to https.
    assert_eq!(client.get(at("/metrics")).send().await.unwrap().status(), 404);
    let plain = client.get(format!("http://localhost:{}/search?q=a.example", ports[1])).send().await.unwrap();
    assert_eq!(plain.status(), 301);
    assert_eq!(plain.headers()[LOCATION], at("/search?q=a.example").as_str());
    drop((oriel, proxy));
}

#[test]
fn caddy_reads_its_file() {
    let arguments = ["validate", "--adapter", "caddyfile", "--config", &format!("{PROXY}/Caddyfile")];
    let folder = tempfile::tempdir().unwrap();
    match Command::new("caddy").args(arguments).env("HOME", folder.path()).output() {
        Ok(output) => drop(Done::from(output).ended_with(0)),
        Err(_) => println!("skipped: there is no caddy"),
    }
}
