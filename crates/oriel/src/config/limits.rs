//! What the door is told: under which names it answers, whose word it takes, and how much it lets in.

use serde::Deserialize;

use super::{Config, Error, setting};

/// How much is worked on at the same time, in one process.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Connections; one address has at most half of them, unless it is a proxy's.
    pub connections: usize,
    /// Requests.
    pub requests: usize,
    /// Requests from one address.
    pub requests_per_address: usize,
    /// Requests of one person, with all sessions and keys.
    pub requests_per_person: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let web::Limits { requests, per_address, per_person } = web::Limits::default();
        let connections = crate::serving::Bounds::default().connections;
        Limits { connections, requests, requests_per_address: per_address, requests_per_person: per_person }
    }
}

impl Config {
    /// Refuses names, addresses and numbers that cannot be right.
    pub(super) fn check_door(&self) -> Result<(), Error> {
        let is_name = |host: &&String| {
            !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
        };
        if let Some(host) = self.hosts.iter().find(|host| !is_name(host) || host.contains("://")) {
            return Err(setting("hosts", format!("“{host}” is not the name of a host, such as oriel.example.com.")));
        }
        if let Err(text) = web::Proxies::parse(&self.trusted_proxies) {
            let message = format!("“{text}” is neither an address nor a network, such as 10.1.0.0/16.");
            return Err(setting("trusted_proxies", message));
        }
        let Limits { connections, requests, requests_per_address, requests_per_person } = self.limits;
        let limits = [
            ("limits.connections", connections),
            ("limits.requests", requests),
            ("limits.requests_per_address", requests_per_address),
            ("limits.requests_per_person", requests_per_person),
        ];
        match limits.into_iter().find(|(_, limit)| *limit == 0) {
            Some((key, _)) => Err(setting(key, "with none, nobody could be answered: at least 1.")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::config::Config;

    #[rstest]
    #[case::an_address_for_a_name(|config: &mut Config| config.hosts = vec!["https://oriel.example.com".into()], "`hosts`")]
    #[case::an_empty_name(|config: &mut Config| config.hosts = vec![String::new()], "`hosts`")]
    #[case::a_name_for_an_address(|config: &mut Config| config.trusted_proxies = vec!["proxy.example".into()], "`trusted_proxies`")]
    #[case::no_connection(|config: &mut Config| config.limits.connections = 0, "`limits.connections`")]
    #[case::no_request(|config: &mut Config| config.limits.requests = 0, "`limits.requests`")]
    #[case::no_request_of_a_person(|config: &mut Config| config.limits.requests_per_person = 0, "`limits.requests_per_person`")]
    fn what_cannot_be_right_is_named(#[case] change: fn(&mut Config), #[case] setting: &str) {
        let mut config = Config::in_folder("x".as_ref());
        assert!(config.check_door().is_ok());
        change(&mut config);
        let refused = config.check_door().unwrap_err().to_string();
        assert!(refused.starts_with(setting), "{refused}");
    }

    #[test]
    fn names_and_addresses_pass() {
        let mut config = Config::in_folder("x".as_ref());
        config.hosts = vec!["oriel.example.com".into(), "oriel:8440".into(), "[2001:db8::1]".into()];
        config.trusted_proxies = vec!["192.0.2.7".into(), "2001:db8::/32".into(), "10.0.0.0/8".into()];
        assert!(config.check_door().is_ok());
    }
}
