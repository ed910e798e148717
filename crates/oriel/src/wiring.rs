//! From configuration to the parts: keyring, the way to Microsoft, the desk of the pages. Here, and nowhere else, are
//! the real clock and real randomness.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use microsoft::Microsoft;
use ring::rand::{SecureRandom, SystemRandom};
use store::Db;
use url::Url;
use vault::Keyring;
use web::{CapabilityRow, Desk};

use crate::config::{self, Config};
use crate::counted::Counted;
use crate::instance::Instance;

/// The time.
pub fn clock() -> web::Clock {
    Arc::new(Timestamp::now)
}

/// The system's randomness. Without it nothing that is secret can be made, so there is no going on.
pub fn random() -> web::Random {
    let system = SystemRandom::new();
    Arc::new(move |bytes: &mut [u8]| {
        #[expect(clippy::expect_used, reason = "a key from anything else would be worse than no key")]
        system.fill(bytes).expect("the system gives random bytes");
    })
}

/// Opens the keyring; makes one only where the database has never known any.
pub async fn keyring(config: &Config, db: &Db) -> anyhow::Result<Keyring> {
    let known = store::meta::keyring_fingerprint(db).await?;
    let keyring = vault::settle(&config.keyring_file, known.as_deref())?;
    if known.is_none() {
        store::meta::set_keyring_fingerprint(db, &keyring.fingerprint()).await?;
    }
    Ok(keyring)
}

/// The one client for everything that is asked of Microsoft.
pub fn microsoft(config: &Config, clock: &web::Clock) -> anyhow::Result<Microsoft> {
    let mut settings = microsoft::Settings::new(Arc::clone(clock), random());
    settings.hunting_share = config.hunting_share;
    if let Some(endpoint) = &config.identity_endpoint {
        settings.identity_endpoint = endpoint.clone();
    }
    if let Some(proxy) = &config.proxy {
        settings.proxy = Some(further_proxy(proxy)?);
    }
    settings.extra_ca_pem = extra_ca(config)?;
    for (name, cloud) in &config.clouds {
        settings.clouds.push(further_cloud(name, cloud)?);
    }
    Ok(Microsoft::new(settings)?)
}

/// Certificates that are trusted beside the system's, PEM.
pub fn extra_ca(config: &Config) -> anyhow::Result<Option<Vec<u8>>> {
    let read = |file: &std::path::PathBuf| {
        std::fs::read(file).with_context(|| format!("`ca.file`: {} cannot be read", file.display()))
    };
    config.ca_file.as_ref().map(read).transpose()
}

/// The same proxy, for single sign-on.
pub fn sign_on_proxy(config: &Config) -> anyhow::Result<Option<sign_on::Proxy>> {
    let Some(proxy) = &config.proxy else { return Ok(None) };
    let microsoft::Proxy { url, login, bypass } = further_proxy(proxy)?;
    Ok(Some(sign_on::Proxy { url, login, bypass }))
}

fn further_proxy(proxy: &config::Proxy) -> anyhow::Result<microsoft::Proxy> {
    let login = match (&proxy.user, &proxy.password_file) {
        (None, None) => None,
        (Some(user), Some(file)) => Some((user.clone(), config::read_secret("proxy.password_file", file)?.into())),
        (Some(_), None) => return Err(anyhow!("`proxy.user` is set without `proxy.password_file`")),
        (None, Some(_)) => return Err(anyhow!("`proxy.password_file` is set without `proxy.user`")),
    };
    Ok(microsoft::Proxy { url: proxy.url.clone(), login, bypass: proxy.bypass.clone() })
}

fn further_cloud(name: &str, cloud: &config::Cloud) -> anyhow::Result<microsoft::Cloud> {
    if microsoft::Cloud::built_in(name).is_some() {
        return Err(anyhow!(
            "`clouds.{name}`: the cloud {name} is built in and cannot be changed; choose another name"
        ));
    }
    let audience = |named: &Option<String>, url: &Url| {
        named.clone().unwrap_or_else(|| url.as_str().trim_end_matches('/').to_owned())
    };
    Ok(microsoft::Cloud {
        name: name.to_owned(),
        login: cloud.login.clone(),
        graph: cloud.graph.clone(),
        graph_resource: audience(&cloud.graph_resource, &cloud.graph),
        defender: cloud.defender.clone(),
        defender_resource: cloud.defender.as_ref().map(|url| audience(&cloud.defender_resource, url)),
        log_analytics: cloud.log_analytics.clone(),
        log_analytics_resource: audience(&cloud.log_analytics_resource, &cloud.log_analytics),
        portal: cloud.portal.clone(),
        token_exchange: microsoft::Cloud::TOKEN_EXCHANGE.to_owned(),
        portal_hosts: Vec::new(),
        admin: cloud.azure_portal.clone().or_else(|| cloud.portal.clone()),
    })
}

/// What the pages and the API work with. `bound` is where the server listens.
pub fn desk(instance: &Instance, bound: SocketAddr) -> anyhow::Result<Desk> {
    let config = &instance.config;
    let public_url = public_url(config, bound)?;
    let mut clouds: Vec<String> = microsoft::Cloud::BUILT_IN.iter().map(|name| (*name).to_owned()).collect();
    clouds.extend(config.clouds.keys().cloned());
    Ok(Desk {
        db: instance.db.clone(),
        vault: Arc::clone(&instance.vault),
        sources: instance.live.clone(),
        validator: instance.live.clone(),
        certificates: Arc::new(crate::certificates::MicrosoftCertificates),
        sign_on: crate::sign_on::client(config, &instance.clock, &public_url)?,
        set_up: Arc::new(sources::SetUpScripts::new(instance.microsoft.clouds(), Arc::clone(&instance.clock))),
        own_offers: instance.live.clone(),
        clock: Arc::clone(&instance.clock),
        random: random(),
        settings: Arc::new(web::Settings {
            secure_cookies: public_url.scheme() == "https",
            audit_keep_days: config.audit_keep_days,
            new_people_see: config.new_people_see(),
            keys_without_sign_in: config.keys_without_sign_in(),
            hosts: hosts(config, &public_url, bound),
            proxies: proxies(config)?,
            limits: web::Limits {
                requests: config.limits.requests,
                per_address: config.limits.requests_per_address,
                per_person: config.limits.requests_per_person,
            },
            public_url,
            clouds,
        }),
        metrics: Arc::new(web::Metrics::with(Arc::new(Counted { microsoft: Arc::clone(&instance.microsoft) }))),
        capabilities: sources::capabilities()
            .iter()
            .map(|capability| row(capability, instance.microsoft.clouds()))
            .collect(),
        about: Arc::new(about(config)),
        memory: Arc::default(),
    })
}

/// What the program says of itself to whoever has to help.
fn about(config: &Config) -> web::support::About {
    web::support::About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        configuration: config.shown(),
        troubles: crate::logs::recent(),
    }
}

/// Where people find the server, if nobody has said so: there where it listens.
pub fn public_url(config: &Config, bound: SocketAddr) -> anyhow::Result<Url> {
    if let Some(url) = &config.public_url {
        return Ok(url.clone());
    }
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    // “Every address of this machine” is none that a browser could open.
    let host = if bound.ip().is_unspecified() { format!("localhost:{}", bound.port()) } else { bound.to_string() };
    Ok(Url::parse(&format!("{scheme}://{host}"))?)
}

/// Under which names the server answers: its own, and those of this machine where nobody else can reach it. If nobody said
/// what its own name is, whoever asks for an address is answered.
fn hosts(config: &Config, public_url: &Url, bound: SocketAddr) -> web::Hosts {
    let hosts = web::Hosts::of(public_url).and(config.hosts.iter().map(String::as_str));
    match (bound.ip().is_loopback(), &config.public_url) {
        (true, _) => hosts.and_this_machine(),
        (false, Some(_)) => hosts,
        (false, None) => hosts.and_this_machine().and_any_address(),
    }
}

fn proxies(config: &Config) -> anyhow::Result<web::Proxies> {
    web::Proxies::parse(&config.trusted_proxies).map_err(|text| anyhow!("`trusted_proxies`: “{text}” is no address"))
}

/// What a connection may take.
pub fn bounds(config: &Config) -> anyhow::Result<crate::serving::Bounds> {
    let connections = config.limits.connections;
    let from_one_address = connections.div_ceil(2);
    Ok(crate::serving::Bounds { connections, from_one_address, proxies: proxies(config)?, ..Default::default() })
}

fn row(capability: &sources::Capability, clouds: &[Arc<microsoft::Cloud>]) -> CapabilityRow {
    let lacking = clouds.iter().filter_map(|cloud| Some((cloud.name.clone(), capability.lacking(cloud)?.to_owned())));
    let retirement = capability.retirement.as_ref().map(|retirement| retirement.words.to_owned());
    CapabilityRow {
        product: capability.product,
        name: capability.name.to_owned(),
        title: capability.title.to_owned(),
        permission: Some(capability.permission()),
        retirement,
        retires: capability.retirement.map(|retirement| retirement.on),
        reads: capability.reads.to_owned(),
        resource: capability.granted_at().to_owned(),
        lacking: lacking.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ORIEL_WRITE_DOCS=1` writes it anew; to be read before it is committed.
    #[test]
    fn the_document_on_setting_up_is_the_guide_of_the_pages() {
        const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/set-up.md");
        let rows: Vec<CapabilityRow> = sources::capabilities().iter().map(|capability| row(capability, &[])).collect();
        let guide = web::guide::markdown(&rows, jiff::civil::Date::constant(2026, 11, 25));
        if std::env::var_os("ORIEL_WRITE_DOCS").is_some() {
            std::fs::write(DOCUMENT, &guide).unwrap();
        }
        let kept = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
        let differs = guide.lines().zip(kept.lines()).find(|(now, kept)| now != kept);
        assert!(kept == guide, "docs/set-up.md is out of date (ORIEL_WRITE_DOCS=1 writes it): {differs:#?}");
    }

    #[test]
    fn a_server_on_every_address_is_found_on_this_machine() {
        let mut config = Config::in_folder("x".as_ref());
        let found = |config: &Config, bound: &str| public_url(config, bound.parse().unwrap()).unwrap().to_string();
        assert_eq!(found(&config, "127.0.0.1:8440"), "http://127.0.0.1:8440/");
        assert_eq!(found(&config, "[::]:8440"), "http://localhost:8440/");
        config.tls = Some(config::Tls { certificate_file: "c".into(), key_file: "k".into() });
        assert_eq!(found(&config, "0.0.0.0:8440"), "https://localhost:8440/");
        config.public_url = Url::parse("https://oriel.example.com").ok();
        assert_eq!(found(&config, "0.0.0.0:8440"), "https://oriel.example.com/");
    }
}
