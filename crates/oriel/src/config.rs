//! What Oriel is told before it starts: `oriel.toml`, the environment over it, flags over both.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use serde::Deserialize;
use url::Url;

/// Two years, as auditors ask for; less where staff representatives want it.
const AUDIT_KEEP_DAYS: u32 = 730;

/// Where the file is looked for if none is named.
const DEFAULT_FILE: &str = "oriel.toml";

/// The keyring's name in the data folder.
const KEYRING: &str = "keyring.json";

/// The URL of the SQLite file in a folder, whatever characters the folder's name has.
fn sqlite_in(folder: &Path) -> String {
    let path = folder.join("oriel.sqlite").display().to_string();
    let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{path}")
}

/// A setting that cannot be used. The message names the setting and where it stands.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{}, line {line}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// One setting cannot be used.
    #[error("`{setting}`: {message}")]
    Setting {
        /// The key as it is written in the file.
        setting: String,
        /// What is wrong with it and what would do.
        message: String,
    },
}

fn setting(setting: &str, message: impl Into<String>) -> Error {
    Error::Setting { setting: setting.to_owned(), message: message.into() }
}

/// Settings that may also be given on the command line or in the environment.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Overrides {
    /// The configuration file [default: ./oriel.toml, if it is there].
    #[arg(long, global = true, env = "ORIEL_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder for the SQLite file and the keyring [default: ./oriel-data].
    #[arg(long, global = true, env = "ORIEL_DATA_DIR", value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// postgres://… for several instances [default: SQLite in the data folder]. May hold a password: prefer
    /// `database_url_file` in the configuration file.
    #[arg(long, global = true, env = "ORIEL_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The keyring that opens stored secrets [default: in the data folder].
    #[arg(long, global = true, env = "ORIEL_KEYRING_FILE", value_name = "FILE")]
    pub keyring_file: Option<PathBuf>,
    /// The file in which the platform keeps a federated token fresh, for connections that sign in by one.
    #[arg(long, global = true, env = "ORIEL_FEDERATED_TOKEN_FILE", value_name = "FILE")]
    pub federated_token_file: Option<PathBuf>,
}

/// Settings of `oriel serve` that may also be given on the command line or in the environment.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Door {
    /// Address and port to listen on [default: 127.0.0.1:8440].
    #[arg(long, env = "ORIEL_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Address under which people reach this server [default: made from --listen].
    #[arg(long, env = "ORIEL_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<Url>,
    /// How many seconds this instance counts among several after it was last heard of: shorter in tests.
    #[arg(long, env = "ORIEL_LIVES_SECONDS", value_name = "SECONDS", hide = true)]
    pub lives_seconds: Option<u32>,
}

/// `oriel.toml`, key by key.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<SocketAddr>,
    public_url: Option<Url>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    database_url_file: Option<PathBuf>,
    keyring_file: Option<PathBuf>,
    federated_token_file: Option<PathBuf>,
    clouds: BTreeMap<String, Cloud>,
    tls: Option<Tls>,
    proxy: Option<Proxy>,
    ca: Option<Ca>,
    quota: Quota,
    audit_keep_days: Option<u32>,
    hosts: Vec<String>,
    trusted_proxies: Vec<String>,
    limits: Limits,
    oidc: Option<Oidc>,
}

/// A further cloud: base URLs, and token audiences where they differ from them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is the base URL of the host it is named for")]
pub struct Cloud {
    pub login: Url,
    pub graph: Url,
    pub defender: Option<Url>,
    pub log_analytics: Url,
    pub portal: Option<Url>,
    /// Where app registrations and Azure roles are managed; else links lead to `portal`.
    pub azure_portal: Option<Url>,
    pub graph_resource: Option<String>,
    pub defender_resource: Option<String>,
    pub log_analytics_resource: Option<String>,
}

/// Oriel's own TLS; without it a proxy in front is expected to do it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Certificate chain, PEM, the server's own first.
    pub certificate_file: PathBuf,
    /// Its private key, PEM.
    pub key_file: PathBuf,
}

/// The proxy through which Microsoft is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// `http://proxy.example.com:3128`, without user and password.
    pub url: Url,
    /// User, where the proxy asks for one.
    pub user: Option<String>,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// Hosts that are reached without the proxy.
    #[serde(default)]
    pub bypass: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ca {
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Quota {
    hunting_share: f64,
}

impl Default for Quota {
    fn default() -> Self {
        Quota { hunting_share: 0.5 }
    }
}

/// Every setting, with its default where nothing was said.
#[derive(Clone)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Address under which people reach this server; absent: made from the port that was bound.
    pub public_url: Option<Url>,
    /// Folder for the SQLite file and the keyring.
    pub data_dir: PathBuf,
    /// `sqlite:…` or `postgres://…`. May hold a password.
    pub database_url: String,
    /// The keyring that opens stored secrets.
    pub keyring_file: PathBuf,
    /// Where federated tokens are read, for connections that sign in by one.
    pub federated_token_file: Option<PathBuf>,
    /// Further clouds by name.
    pub clouds: BTreeMap<String, Cloud>,
    /// Oriel's own TLS.
    pub tls: Option<Tls>,
    /// The proxy through which Microsoft is reached.
    pub proxy: Option<Proxy>,
    /// File of certificates that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Share of the tenant's hunting budget that Oriel may use, above 0 and up to 1.
    pub hunting_share: f64,
    /// Days after which what the audit's entries say is deleted.
    pub audit_keep_days: u32,
    /// Further names under which the server answers, beside that of `public_url`.
    pub hosts: Vec<String>,
    /// Addresses and networks of proxies, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// How much is worked on at the same time.
    pub limits: Limits,
    /// The provider of single sign-on.
    pub oidc: Option<Oidc>,
    /// Where a managed identity is asked for, if not at Azure's own address. No file and no flag sets it: only the demo does.
    pub identity_endpoint: Option<Url>,
    /// How long this instance counts among several after it was last heard of.
    pub lives: SignedDuration,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("listen", &self.listen).field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

impl Config {
    /// Reads the file and lays the environment and the flags over it.
    pub fn read(overrides: &Overrides) -> Result<Config, Error> {
        Config::read_with(overrides, Door::default())
    }

    /// The same, with what `oriel serve` was told about its door.
    pub fn read_with(overrides: &Overrides, door: Door) -> Result<Config, Error> {
        let file = match &overrides.config {
            Some(path) => read_file(path)?,
            None if Path::new(DEFAULT_FILE).is_file() => read_file(Path::new(DEFAULT_FILE))?,
            None => File::default(),
        };
        Config::settle(file, overrides.clone(), door)
    }

    /// The defaults, with everything kept in `folder` and nothing read from file or environment.
    pub fn in_folder(folder: &Path) -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            data_dir: folder.to_owned(),
            database_url: sqlite_in(folder),
            keyring_file: folder.join(KEYRING),
            federated_token_file: None,
            clouds: BTreeMap::new(),
            tls: None,
            proxy: None,
            ca_file: None,
            hunting_share: Quota::default().hunting_share,
            audit_keep_days: AUDIT_KEEP_DAYS,
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            oidc: None,
            identity_endpoint: None,
            lives: sync::LIVES,
        }
    }

    fn settle(file: File, over: Overrides, door: Door) -> Result<Config, Error> {
        let data_dir = over.data_dir.or(file.data_dir).unwrap_or_else(|| "oriel-data".into());
        let named = match (file.database_url, file.database_url_file) {
            (Some(_), Some(_)) => {
                return Err(setting("database_url_file", "`database_url` is there too: keep one of the two"));
            }
            (None, Some(path)) => Some(read_secret("database_url_file", &path)?),
            (url, None) => url,
        };
        let config = Config {
            listen: door.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8440))),
            public_url: door.public_url.or(file.public_url),
            database_url: over.database_url.or(named).unwrap_or_else(|| sqlite_in(&data_dir)),
            keyring_file: over.keyring_file.or(file.keyring_file).unwrap_or_else(|| data_dir.join(KEYRING)),
            federated_token_file: over.federated_token_file.or(file.federated_token_file),
            data_dir,
            clouds: file.clouds,
            tls: file.tls,
            proxy: file.proxy,
            ca_file: file.ca.map(|ca| ca.file),
            hunting_share: file.quota.hunting_share,
            audit_keep_days: file.audit_keep_days.unwrap_or(AUDIT_KEEP_DAYS),
            hosts: file.hosts,
            trusted_proxies: file.trusted_proxies,
            limits: file.limits,
            oidc: file.oidc,
            identity_endpoint: None,
            lives: door.lives_seconds.map_or(sync::LIVES, |seconds| SignedDuration::from_secs(seconds.max(1).into())),
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), Error> {
        let https = self.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
        if !self.listen.ip().is_loopback() && self.tls.is_none() && !https {
            return Err(setting(
                "listen",
                format!(
                    "{} can be reached from other machines, and passwords would travel in clear. Set `[tls]`, or, \
                     behind a proxy that does TLS, set `public_url` to its https address.",
                    self.listen
                ),
            ));
        }
        if let Some(url) = &self.public_url
            && !matches!(url.scheme(), "http" | "https")
        {
            return Err(setting("public_url", format!("“{url}” is not an http or https address.")));
        }
        if let Some(url) = &self.public_url
            && (url.path() != "/" || url.query().is_some() || url.fragment().is_some())
        {
            let message =
                "it is scheme, host and port: Oriel needs a host name of its own, and is not served below a path.";
            return Err(setting("public_url", message));
        }
        if !(self.hunting_share > 0.0 && self.hunting_share <= 1.0) {
            return Err(setting("quota.hunting_share", "it is a share: above 0 and at most 1."));
        }
        if self.audit_keep_days == 0 {
            return Err(setting("audit_keep_days", "with 0 days, nothing would ever be known: at least 1."));
        }
        self.check_door()?;
        self.check_oidc()?;
        self.clouds.iter().try_for_each(|(name, cloud)| cloud.check(name))
    }
}

impl Cloud {
    fn check(&self, name: &str) -> Result<(), Error> {
        let hosts = [
            ("login", Some(&self.login)),
            ("graph", Some(&self.graph)),
            ("defender", self.defender.as_ref()),
            ("log_analytics", Some(&self.log_analytics)),
            ("portal", self.portal.as_ref()),
            ("azure_portal", self.azure_portal.as_ref()),
        ];
        for (key, url) in hosts.into_iter().filter_map(|(key, url)| Some((key, url?))) {
            let loopback = match url.host() {
                Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
                Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
                Some(url::Host::Domain(host)) => host == "localhost",
                None => false,
            };
            if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
                let message = format!("“{url}” must be https; plain http is for this machine only.");
                return Err(setting(&format!("clouds.{name}.{key}"), message));
            }
        }
        Ok(())
    }
}

fn read_file(path: &Path) -> Result<File, Error> {
    let text = std::fs::read_to_string(path).map_err(|reason| Error::Unreadable { path: path.to_owned(), reason })?;
    parse(&text).map_err(|(line, message)| Error::Malformed { path: path.to_owned(), line, message })
}

/// The file's settings, or the line and what is wrong there. The line itself is not repeated: it may hold a password.
fn parse(text: &str) -> Result<File, (usize, String)> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
        (line, error.message().to_owned())
    })
}

/// The content of a file that holds one secret, without the line end that editors add.
pub fn read_secret(key: &str, path: &Path) -> Result<String, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|reason| setting(key, format!("{} cannot be read: {reason}", path.display())))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(setting(key, format!("{} is empty.", path.display())));
    }
    Ok(text.to_owned())
}

mod limits;
mod oidc;
mod shown;
#[cfg(test)]
mod tests;

pub use limits::Limits;
pub use oidc::{Local, Oidc, See};
