//! Proxies that open TLS with an authority of their own, ask for a password, or are not there.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use microsoft::{Cloud, Error, Proxy, UnreachableCause, graph};
use rustls_pki::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types as rustls_pki;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ServerConfig, crypto};
use url::Url;

use crate::fake::{Desk, Fake, settings, token};

const AUTHORITY: &[u8] = include_bytes!("../tls/ca.pem");
const CERTIFICATE: &[u8] = include_bytes!("../tls/server.pem");
const KEY: &[u8] = include_bytes!("../tls/server.key");

/// A proxy that opens TLS itself, as companies have them, and hands what is inside to a fake server.
struct Intercepting {
    url: Url,
    connected: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Intercepting {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Intercepting {
    /// `wanted` is the `Proxy-Authorization` without which it answers 407.
    async fn start(inside: &Fake, wanted: Option<&'static str>) -> Intercepting {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()],
                PrivateKeyDer::from_pem_slice(KEY).unwrap(),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(server));
        let connected: Arc<Mutex<Vec<String>>> = Arc::default();
        let (remembered, target) = (Arc::clone(&connected), inside.base.socket_addrs(|| None).unwrap()[0]);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, remembered) = (acceptor.clone(), Arc::clone(&remembered));
                tokio::spawn(async move { tunnel(stream, acceptor, remembered, wanted, target).await });
            }
        });
        Intercepting { url, connected, task }
    }
}

/// One connection. Whatever goes wrong ends it, as it would end a proxy's.
async fn tunnel(
    mut stream: TcpStream,
    acceptor: TlsAcceptor,
    connected: Arc<Mutex<Vec<String>>>,
    wanted: Option<&'static str>,
    target: std::net::SocketAddr,
) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let line = head.lines().next()?.to_owned();
    if let Some(wanted) = wanted
        && !head.to_lowercase().contains(&format!("proxy-authorization: {}", wanted.to_lowercase()))
    {
        stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await.ok()?;
        return None;
    }
    connected.lock().unwrap().push(line.split(' ').nth(1)?.to_owned());
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
    let mut inside = acceptor.accept(stream).await.ok()?;
    let mut outside = TcpStream::connect(target).await.ok()?;
    tokio::io::copy_bidirectional(&mut inside, &mut outside).await.ok()?;
    Some(())
}

/// A desk for https hosts that exist behind the proxy alone.
fn desk(proxy: &Url, login: Option<(&str, &str)>, authority: Option<&[u8]>) -> Desk {
    let url = |text: &str| Url::parse(text).unwrap();
    let cloud = Cloud::named(
        "far",
        url("https://login.example"),
        url("https://graph.example"),
        None,
        url("https://graph.example"),
        None,
    );
    let mut settings = settings(vec![cloud]);
    settings.extra_ca_pem = authority.map(<[u8]>::to_vec);
    settings.proxy = Some(Proxy {
        url: proxy.clone(),
        login: login.map(|(user, password)| (user.to_owned(), password.into())),
        bypass: vec![],
    });
    Desk::of(settings)
}

async fn inside() -> Fake {
    Fake::start(|seen, before| {
        Some(if seen.is_token() { token(before, &[]) } else { crate::fake::Answer::list(json!([{"id": "1"}])) })
    })
    .await
}

fn unreachable(error: Error) -> (UnreachableCause, String) {
    let message = error.to_string();
    match error {
        Error::Unreachable { cause, .. } => (cause, message),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn with_the_proxys_authority_both_sign_in_and_data_come_through() {
    let fake = inside().await;
    let proxy = Intercepting::start(&fake, None).await;
    let desk = desk(&proxy.url, None, Some(AUTHORITY));
    let listing = graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap();
    assert_eq!(listing.values.len(), 1);
    assert_eq!(*proxy.connected.lock().unwrap(), ["login.example:443", "graph.example:443"]);
    let cloud = desk.microsoft.cloud("far").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    for reached in desk.microsoft.reach(&cloud, deadline).await {
        assert_eq!(reached.answered, Ok(()), "{}", reached.host);
        assert_eq!(reached.issuer.as_deref(), Some("Example Proxy Authority"), "{}", reached.host);
    }
}

#[tokio::test]
async fn without_it_the_failure_names_the_issuer_the_host_and_the_proxy() {
    let fake = inside().await;
    let proxy = Intercepting::start(&fake, None).await;
    let desk = desk(&proxy.url, None, None);
    let (cause, message) = unreachable(graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err());
    assert_eq!(cause, UnreachableCause::Tls { issuer: Some("Example Proxy Authority".into()) });
    for part in ["login.example", "Example Proxy Authority", "127.0.0.1", "not among the trusted authorities"] {
        assert!(message.contains(part), "{message}");
    }
}

#[tokio::test]
async fn a_password_is_sent_to_a_proxy_that_asks_and_its_lack_is_named() {
    let fake = inside().await;
    let proxy = Intercepting::start(&fake, Some("Basic dXNlcjpwYXNz")).await;
    let with = desk(&proxy.url, Some(("user", "pass")), Some(AUTHORITY));
    graph::alerts_probe(&with.microsoft, &with.call()).await.unwrap();
    for login in [None, Some(("user", "other"))] {
        let without = desk(&proxy.url, login, Some(AUTHORITY));
        let (cause, message) = unreachable(graph::alerts_probe(&without.microsoft, &without.call()).await.unwrap_err());
        assert_eq!(cause, UnreachableCause::ProxyAuthentication, "{message}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_or_says_no_is_named() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refusing = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let says_no = refusing.local_addr().unwrap();
    let app = Router::new().fallback(|_: Request| async { axum::http::StatusCode::FORBIDDEN });
    let server = tokio::spawn(async move { axum::serve(refusing, app).await });
    for url in [format!("http://{closed}"), format!("http://{says_no}"), "http://proxy.invalid:3128".to_owned()] {
        let desk = desk(&Url::parse(&url).unwrap(), None, None);
        let (cause, message) = unreachable(graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err());
        assert_eq!(cause, UnreachableCause::Proxy, "{message}");
        assert!(message.contains(&url), "{message}");
    }
    server.abort();
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_a_fault_of_tls() {
    let fake = inside().await;
    let mut base = fake.base.clone();
    base.set_scheme("https").unwrap();
    let cloud = Cloud::named("plain", base.clone(), base.clone(), None, base, None);
    let desk = Desk::of(settings(vec![cloud]));
    let (cause, message) = unreachable(graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err());
    assert_eq!(cause, UnreachableCause::Tls { issuer: None }, "{message}");
}

#[test]
fn settings_that_cannot_work_are_refused_at_once() {
    let error = |change: fn(&mut microsoft::Settings)| {
        let mut settings = settings(vec![]);
        change(&mut settings);
        microsoft::Microsoft::new(settings).unwrap_err().to_string()
    };
    assert!(error(|settings| settings.extra_ca_pem = Some(b"no pem".to_vec())).contains("holds no certificate"));
    assert!(
        error(|settings| settings.extra_ca_pem =
            Some(b"-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----".to_vec()))
        .contains("not PEM")
    );
    assert!(error(|settings| settings.hunting_share = 0.0).contains("share"));
    assert!(error(|settings| settings.hunting_share = f64::NAN).contains("share"));
    assert!(error(|settings| settings.clouds = vec![Cloud::built_in("gcc").unwrap()]).contains("already"));
    assert!(
        error(|settings| {
            let url = |text: &str| Url::parse(text).unwrap();
            let cloud = Cloud::named(
                "x",
                url("https://l.example"),
                url("http://g.example"),
                None,
                url("https://a.example"),
                None,
            );
            settings.clouds = vec![cloud];
        })
        .contains("plain http")
    );
    assert!(
        error(|settings| {
            let url = Url::parse("socks5://p.example").unwrap();
            settings.proxy = Some(Proxy { url, login: None, bypass: vec![] });
        })
        .contains("http://")
    );
}
