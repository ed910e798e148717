//! What stands between here and Microsoft: names, firewalls, proxies, and who answers in Microsoft's place. Made with sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use microsoft::{Cloud, Proxy, Settings};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use search::Validation;
use simulator::demo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto};
use url::Url;

use crate::made::{CLOUD, PATIENCE, World};

/// Entra's host, where it is known behind a proxy alone.
const ENTRA: &str = "https://login.example";

/// Each with what an administrator is told.
pub(super) async fn all() -> Vec<(&'static str, Validation)> {
    let authority = Authority::new("Example Corp Web Gateway");
    let (ours, other) = (authority.server("login.example", 2099), authority.server("portal.example", 2099));
    let ended = authority.server("login.example", 2021);
    let trusted = Some(authority.pem());
    vec![
        ("The name does not resolve", validated("https://login.invalid", None, None).await),
        ("Nothing listens, or a firewall refuses", validated(&http(nobody().await), None, None).await),
        (
            "A firewall swallows what is sent",
            validated_for(SHORT, &http(listener(Way::Silent).await), None, None).await,
        ),
        (
            "The connection breaks off in the middle of the answer",
            validated(&http(listener(Way::Says("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")).await), None, None)
                .await,
        ),
        ("The proxy is not there", validated(ENTRA, Some(nobody().await), None).await),
        (
            "The proxy asks for a password (407)",
            validated(ENTRA, Some(listener(Way::Says(NEEDS_PASSWORD)).await), None).await,
        ),
        (
            "The proxy does not let the host through",
            validated(ENTRA, Some(listener(Way::Says(FORBIDDEN)).await), None).await,
        ),
        (
            "A proxy opens TLS with an authority of the company's own",
            validated(ENTRA, Some(listener(Way::Tls(ours)).await), None).await,
        ),
        (
            "Another server answers, with a certificate of its own name",
            validated(ENTRA, Some(listener(Way::Tls(other)).await), trusted.clone()).await,
        ),
        (
            "The certificate of what answers has ended, or the clock is years off",
            validated(ENTRA, Some(listener(Way::Tls(ended)).await), trusted).await,
        ),
        (
            "What answers speaks no TLS",
            validated(&format!("https://{}", listener(Way::Says(FORBIDDEN)).await), None, None).await,
        ),
    ]
}

const NEEDS_PASSWORD: &str = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";

/// Where nobody answers there is nothing to wait for.
const SHORT: Duration = Duration::from_secs(2);

async fn validated(login: &str, proxy: Option<SocketAddr>, authority: Option<Vec<u8>>) -> Validation {
    validated_for(PATIENCE, login, proxy, authority).await
}

/// A connection that is tried with Entra at `login`. The proxy's address, another one each time, is told as one.
async fn validated_for(
    patience: Duration,
    login: &str,
    proxy: Option<SocketAddr>,
    authority: Option<Vec<u8>>,
) -> Validation {
    let base: Url = login.parse().unwrap();
    let change = |settings: &mut Settings| {
        let cloud = Cloud::named(CLOUD, base.clone(), base.clone(), Some(base.clone()), base, None);
        settings.clouds = vec![cloud];
        settings.extra_ca_pem = authority;
        settings.proxy = proxy.map(|proxy| Proxy { url: http(proxy).parse().unwrap(), login: None, bypass: vec![] });
    };
    let world = World::with(simulator::Scenario::demo(), patience, change).await;
    let connection = world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let mut validation = super::super::validation(&world, &connection).await;
    if let Some(proxy) = proxy {
        for check in &mut validation.checks {
            check.title = check.title.replace(&http(proxy), "http://proxy.example:3128");
        }
    }
    validation
}

fn http(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// An address at which nobody listens.
async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// What whoever answers does.
#[derive(Clone)]
enum Way {
    Silent,
    /// One answer to whatever comes, and the end.
    Says(&'static str),
    /// A proxy that lets everything through, to itself.
    Tls(Arc<ServerConfig>),
}

/// Answers until the test ends.
async fn listener(way: Way) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(answer(stream, way.clone()));
        }
    });
    address
}

/// One connection. Whatever goes wrong ends it.
async fn answer(mut stream: TcpStream, way: Way) -> Option<()> {
    match way {
        Way::Silent => std::future::pending().await,
        Way::Says(text) => {
            asked(&mut stream).await?;
            stream.write_all(text.as_bytes()).await.ok()
        }
        Way::Tls(config) => {
            asked(&mut stream).await?;
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
            TlsAcceptor::from(config).accept(stream).await.map(drop).ok()
        }
    }
}

/// Waits until somebody has said something.
async fn asked(stream: &mut TcpStream) -> Option<usize> {
    stream.read(&mut [0; 4096]).await.ok()
}

/// Who issues certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

impl Authority {
    fn new(name: &str) -> Authority {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Authority { issuer: Issuer::new(params, key), der }
    }

    fn pem(&self) -> Vec<u8> {
        let text = STANDARD.encode(&self.der);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n").into_bytes()
    }

    /// A server of this name, whose certificate is good until the beginning of a year.
    fn server(&self, name: &str, until: i32) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(until, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Arc::new(server)
    }
}
