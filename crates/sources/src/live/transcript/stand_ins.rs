//! What stands in for an id, a name, an address: the same for the same throughout a transcript, and of no one.

use std::collections::HashMap;
use std::net::IpAddr;

use microsoft::{Cloud, Resource};
use url::Url;

use super::{keys, link};

/// Ids that are Microsoft's and the same everywhere: of its interfaces, and of nobody.
const WELL_KNOWN: [&str; 5] = [
    "00000000-0000-0000-0000-000000000000",
    "00000003-0000-0000-c000-000000000000",
    "fc780465-2017-40d4-a0c5-307022471b92",
    "ca7f3f0b-7d91-482c-8e09-c5d840d0eac5",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
];

/// The address and the name that Oriel's own probes ask about.
const PROBED: [&str; 2] = ["192.0.2.1", "oriel-probe.example"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Guid,
    V4,
    V6,
    Name,
    User,
    Text,
    Field,
    Number,
}

/// What has been replaced so far, and by what.
pub(super) struct StandIns {
    made: HashMap<(Kind, String), String>,
    counts: HashMap<Kind, usize>,
    /// Names that are looked for in prose too, the longest first.
    names: Vec<(String, String)>,
    /// The cloud's hosts where they are not Microsoft's, each with the host that stands in for it.
    bases: Vec<(Url, &'static str)>,
}

impl StandIns {
    pub(super) fn new(cloud: &Cloud, own: &[String]) -> StandIns {
        let all = [
            (Some(&cloud.login), "login.example"),
            (cloud.base(Resource::Graph), "graph.example"),
            (cloud.base(Resource::Defender), "defender.example"),
            (cloud.base(Resource::LogAnalytics), "log-analytics.example"),
        ];
        let bases = all.into_iter().filter_map(|(base, host)| Some((base?.clone(), host)));
        let bases = bases.filter(|(base, _)| !base.host_str().is_some_and(link::is_microsofts)).collect();
        let mut made = StandIns { made: HashMap::new(), counts: HashMap::new(), names: Vec::new(), bases };
        for name in own.iter().filter(|name| name.trim().chars().count() >= 3) {
            let stand_in = made.text(name.trim());
            made.names.push((name.trim().to_owned(), stand_in));
        }
        made
    }

    fn of(&mut self, kind: Kind, held: &str, made: impl FnOnce(usize) -> String) -> String {
        let key = (kind, held.to_lowercase());
        if let Some(known) = self.made.get(&key) {
            return known.clone();
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let stand_in = made(*count);
        self.made.insert(key, stand_in.clone());
        stand_in
    }

    /// Whatever is one of these as a whole: an id, an address, a network, a link, a mail address, a host name.
    pub(super) fn entity(&mut self, text: &str) -> Option<String> {
        let trimmed = text.trim();
        if PROBED.contains(&trimmed)
            || link::is_microsofts(trimmed)
            || keys::is_permission(trimmed)
            || keys::is_type(trimmed)
        {
            return Some(trimmed.to_owned());
        }
        if let Some(guid) = self.guid(trimmed) {
            return Some(guid);
        }
        if let Ok(address) = trimmed.parse::<IpAddr>() {
            return Some(self.address(address));
        }
        if let Some((address, prefix)) = trimmed.split_once('/')
            && let (Ok(address), Ok(prefix)) = (address.parse::<IpAddr>(), prefix.parse::<u8>())
        {
            return Some(format!("{}/{prefix}", self.address(address)));
        }
        if trimmed.contains("://") {
            return Some(link::replaced(trimmed, self));
        }
        if let Some((user, host)) = trimmed.rsplit_once('@').filter(|(user, host)| !user.is_empty() && is_host(host)) {
            let (user, host) = (self.of(Kind::User, user, |number| format!("user-{number}")), self.name(host));
            return Some(format!("{user}@{host}"));
        }
        is_host(trimmed).then(|| self.name(trimmed))
    }

    fn guid(&mut self, text: &str) -> Option<String> {
        let bare = text.trim_start_matches('{').trim_end_matches('}');
        let guid = uuid::Uuid::try_parse(bare).ok().filter(|_| matches!(bare.len(), 32 | 36))?;
        let held = guid.to_string();
        if WELL_KNOWN.contains(&held.as_str()) {
            return Some(text.to_owned());
        }
        let stand_in = self.of(Kind::Guid, &held, |number| format!("00000000-0000-4000-8000-{number:012x}"));
        Some(if bare.len() == 32 { stand_in.replace('-', "") } else { stand_in })
    }

    fn address(&mut self, address: IpAddr) -> String {
        if address.is_loopback() || address.is_unspecified() {
            return address.to_string();
        }
        match address {
            IpAddr::V4(address) => self.of(Kind::V4, &address.to_string(), |number| match number {
                1..=254 => format!("203.0.113.{number}"),
                255..=508 => format!("198.51.100.{}", number - 254),
                // There are no more addresses for documents; these are for tests of networks, and of no one either.
                _ => format!("198.18.{}.{}", number / 256 % 256, number % 256),
            }),
            IpAddr::V6(address) => self.of(Kind::V6, &address.to_string(), |number| format!("2001:db8::{number:x}")),
        }
    }

    /// A host's name.
    pub(super) fn name(&mut self, host: &str) -> String {
        let host = host.trim_end_matches('.');
        if link::is_microsofts(host) {
            return host.to_owned();
        }
        self.of(Kind::Name, host, |number| format!("name-{number}.example"))
    }

    /// Anything else.
    pub(super) fn text(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let stand_in = self.of(Kind::Text, text, |number| format!("text-{number}"));
        // What looks like a name and not like a word of the language is looked for in prose as well.
        let length = text.chars().count();
        let unusual = |one: char| " -_\\".contains(one) || one.is_ascii_digit() || !one.is_ascii();
        let like_a_name = text.contains(unusual) && !text.contains("://");
        if (5..=60).contains(&length) && like_a_name && !self.names.iter().any(|(name, _)| name == text) {
            self.names.push((text.to_owned(), stand_in.clone()));
            self.names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        }
        stand_in
    }

    /// The name of a member that the tenant chose.
    pub(super) fn field(&mut self, name: &str) -> String {
        self.of(Kind::Field, name, |number| format!("field-{number}"))
    }

    /// A number that could be an id.
    pub(super) fn number(&mut self, number: &str) -> usize {
        let stand_in = self.of(Kind::Number, number, |number| number.to_string());
        stand_in.parse().unwrap_or_default()
    }

    /// Names that are looked for in prose, the longest first, each with what stands in for it.
    pub(super) fn names(&self) -> &[(String, String)] {
        &self.names
    }

    /// The rest of a link below one of the cloud's hosts, with the host that stands in for that.
    pub(super) fn below_base<'a>(&self, link: &'a str) -> Option<(&'static str, &'a str)> {
        self.bases.iter().find_map(|(base, host)| {
            let rest = link.strip_prefix(base.as_str().trim_end_matches('/'))?;
            (rest.is_empty() || rest.starts_with('/')).then_some((*host, rest))
        })
    }
}

/// Labels and dots that end in letters.
fn is_host(text: &str) -> bool {
    let labels: Vec<&str> = text.trim_end_matches('.').split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|one| one.is_alphanumeric() || one == '-' || one == '_')
    };
    let last = labels.last().is_some_and(|last| {
        last.starts_with("xn--") || (last.chars().count() >= 2 && last.chars().all(char::is_alphabetic))
    });
    labels.len() >= 2 && text.len() <= 253 && last && labels.iter().all(is_label)
}
