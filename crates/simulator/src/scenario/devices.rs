//! Devices, and what they connected to.

use serde::Deserialize;

use super::{Moment, Span};

/// A device that Defender for Endpoint knows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its short name; the full one has the tenant's domain behind it.
    pub name: String,
    /// `Windows11`, `Linux`, `macOS` …
    pub os: String,
    /// Its address in the organisation.
    pub address: String,
    /// Its IPv6 address in the organisation.
    #[serde(default)]
    pub address_v6: Option<String>,
    /// The address that the internet sees.
    pub external: String,
    /// Who is logged on: parts before the `@`.
    #[serde(default)]
    pub users: Vec<String>,
    /// `None`, `Low`, `Medium`, `High`.
    #[serde(default = "low")]
    pub risk: String,
    /// `Low`, `Medium`, `High`.
    #[serde(default = "low")]
    pub exposure: String,
    /// The device group.
    #[serde(default)]
    pub group: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// When it first reported.
    pub first_seen: Moment,
    /// When it last reported.
    pub last_seen: Moment,
}

fn low() -> String {
    "Low".to_owned()
}

/// Connections of one device to one place, again and again.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// The device's short name.
    pub device: String,
    /// The address at the other end; empty where the connection was stopped before there was one.
    #[serde(default)]
    pub address: String,
    /// The port at the other end.
    #[serde(default = "https")]
    pub port: u16,
    /// What `RemoteUrl` holds: a URL or a bare name; empty for a connection by address.
    #[serde(default)]
    pub url: String,
    /// `ConnectionSuccess`, `ConnectionFailed` …
    #[serde(default = "success")]
    pub action: String,
    /// The program.
    pub process: String,
    /// Its command line; absent is its name.
    #[serde(default)]
    pub command: Option<String>,
    /// Who ran it: the part before the `@`, or `system`.
    #[serde(default = "system")]
    pub user: String,
    /// The first connection.
    pub at: Moment,
    /// The time between two.
    #[serde(default = "an_hour")]
    pub every: Span,
    /// How many; those that would lie ahead of the present have not happened.
    #[serde(default = "once")]
    pub times: u32,
}

fn https() -> u16 {
    443
}

fn success() -> String {
    "ConnectionSuccess".to_owned()
}

fn system() -> String {
    "system".to_owned()
}

fn an_hour() -> Span {
    Span(jiff::SignedDuration::from_hours(1))
}

fn once() -> u32 {
    1
}
