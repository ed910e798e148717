//! Links: Microsoft's hosts stay, with the words of their paths; everything else in a link is replaced.

use url::Url;

use super::request::{self, SEGMENTS};
use super::{StandIns, keys};

/// Hosts of Microsoft's on which nobody has a name of their own.
const HOSTS: [&str; 24] = [
    "aka.ms",
    "api.loganalytics.azure.com",
    "api.loganalytics.azure.cn",
    "api.loganalytics.azure.us",
    "api.loganalytics.io",
    "api.loganalytics.us",
    "dod-graph.microsoft.us",
    "graph.microsoft.us",
    "graph.windows.net",
    "login.chinacloudapi.cn",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.windows.net",
    "management.azure.com",
    "microsoft.com",
    "microsoftonline.com",
    "microsoftonline.us",
    "partner.microsoftonline.cn",
    "pas.chinacloudapi.cn",
    "microsoftgraph.chinacloudapi.cn",
    "pas.windows.net",
    "portal.azure.com",
    "sts.windows.net",
];

/// Below these, too, every name is Microsoft's.
const DOMAINS: [&str; 4] =
    [".microsoft.com", ".security.microsoft.us", ".securitycenter.microsoft.us", ".securitycenter.windows.com"];

/// Whether a host is Microsoft's own, and not a customer's at Microsoft.
pub(super) fn is_microsofts(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
    plain && (HOSTS.contains(&host.as_str()) || DOMAINS.iter().any(|domain| host.ends_with(domain)))
}

/// A link with stand-ins in it.
pub(super) fn replaced(link: &str, stand_ins: &mut StandIns) -> String {
    if let Some((link, part)) = link.split_once('#') {
        let part: Vec<String> = part.split('/').map(|part| segment(part, stand_ins)).collect();
        return format!("{}#{}", replaced(link, stand_ins), part.join("/"));
    }
    if let Some((host, rest)) = stand_ins.below_base(link) {
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
        return joined(format!("https://{host}"), path, query, stand_ins);
    }
    let Ok(url) = Url::parse(link) else { return stand_ins.text(link) };
    match url.host() {
        Some(url::Host::Domain(host)) if is_microsofts(host) => {
            joined(format!("{}://{host}", url.scheme()), url.path(), url.query(), stand_ins)
        }
        Some(host) => {
            let host = host.to_string();
            let stand_in = stand_ins.entity(&host).unwrap_or_else(|| stand_ins.name(&format!("{host}.example")));
            let rest = if url.path().len() > 1 || url.query().is_some() { stand_ins.text(link) } else { String::new() };
            format!("https://{stand_in}/{rest}")
        }
        None => stand_ins.text(link),
    }
}

fn joined(base: String, path: &str, query: Option<&str>, stand_ins: &mut StandIns) -> String {
    let path: Vec<String> = path.split('/').map(|part| segment(part, stand_ins)).collect();
    let query = query.map(|query| format!("?{}", request::query(query, stand_ins))).unwrap_or_default();
    format!("{base}{}{query}", path.join("/"))
}

/// One part of a path: a word of Microsoft's, or a stand-in.
pub(super) fn segment(part: &str, stand_ins: &mut StandIns) -> String {
    if part.is_empty() || SEGMENTS.contains(&part) || keys::is_type(part) {
        return part.to_owned();
    }
    let plain = percent_decoded(part);
    stand_ins.entity(&plain).unwrap_or_else(|| stand_ins.text(&plain))
}

fn percent_decoded(part: &str) -> String {
    // A plus in a path is a plus, so it is hidden from the decoder of forms.
    let text = format!("={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
