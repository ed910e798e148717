//! What may be sent to Microsoft: a list of reads. Anything else cannot leave, whatever asks for it.

use reqwest::Method;
use url::Url;

use crate::Error;

/// One of Microsoft's hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surface {
    /// Entra: discovery and tokens.
    Login,
    /// Microsoft Graph.
    Graph,
    /// Defender for Endpoint.
    Defender,
    /// Log Analytics.
    LogAnalytics,
    /// Azure's identity service on the machine itself; not a host of a cloud.
    Identity,
}

/// A call that may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// On which host.
    pub surface: Surface,
    /// With which HTTP method.
    pub method: &'static str,
    /// Path below the cloud's base URL; `{…}` stands for one segment.
    pub path: &'static str,
}

const fn call(surface: Surface, method: &'static str, path: &'static str) -> Allowed {
    Allowed { surface, method, path }
}

/// Everything that may be sent. Three calls are POST by form and reads by nature: the token, and the two queries, whose
/// languages have no statement that changes data.
pub const CALLS: [Allowed; 18] = [
    call(Surface::Login, "GET", "/{tenant}/v2.0/.well-known/openid-configuration"),
    call(Surface::Login, "POST", "/{tenant}/oauth2/v2.0/token"),
    call(Surface::Graph, "GET", "/v1.0/security/alerts_v2"),
    call(Surface::Graph, "GET", "/v1.0/security/alerts_v2/{id}"),
    call(Surface::Graph, "GET", "/v1.0/security/incidents"),
    call(Surface::Graph, "GET", "/v1.0/security/incidents/{id}"),
    call(Surface::Graph, "POST", "/v1.0/security/runHuntingQuery"),
    call(Surface::Graph, "GET", "/v1.0/security/alerts"),
    call(Surface::Graph, "GET", "/beta/security/tiIndicators"),
    call(Surface::Defender, "GET", "/api/alerts"),
    call(Surface::Defender, "GET", "/api/indicators"),
    call(Surface::Defender, "GET", "/api/domains/{domain}/alerts"),
    call(Surface::Defender, "GET", "/api/domains/{domain}/stats"),
    call(Surface::Defender, "GET", "/api/domains/{domain}/machines"),
    call(Surface::Defender, "GET", "/api/ips/{ip}/alerts"),
    call(Surface::Defender, "GET", "/api/ips/{ip}/stats"),
    call(Surface::LogAnalytics, "POST", "/v1/workspaces/{workspace}/query"),
    call(Surface::Identity, "GET", "/metadata/identity/oauth2/token"),
];

/// Checks the URL that is about to be sent: it is below the base of its surface, and its path is on the list.
pub(crate) fn check(surface: Surface, base: &Url, method: &Method, url: &Url) -> Result<(), Error> {
    let path = below(base, url);
    let allowed = path.is_some_and(|path| {
        CALLS.iter().any(|call| call.surface == surface && call.method == method.as_str() && matches(call.path, path))
    });
    if allowed {
        return Ok(());
    }
    let path = path.map_or_else(|| format!("{}{}", url.origin().ascii_serialization(), url.path()), str::to_owned);
    Err(Error::NotAllowed { method: method.to_string(), path })
}

/// The path below the base, with its leading slash, if the URL is on the same origin and below the base's path.
fn below<'a>(base: &Url, url: &'a Url) -> Option<&'a str> {
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !bare || base.origin() != url.origin() || !base.origin().is_tuple() {
        return None;
    }
    url.path().strip_prefix(base.path().trim_end_matches('/')).filter(|rest| rest.starts_with('/'))
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted.starts_with('{') => {
                if !is_one_segment(given) {
                    return false;
                }
            }
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return false,
        }
    }
}

/// A segment that a server cannot take for more than one, or for a step upwards.
fn is_one_segment(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    let dots = lower.replace("%2e", ".");
    let hidden = ["%2f", "%5c", "%25", "%00", "%0d", "%0a", "%3f", "%23", "\\", ";"];
    !segment.is_empty() && dots != "." && dots != ".." && !hidden.iter().any(|part| lower.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(surface: Surface, base: &str, method: &str, url: &str) -> bool {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        check(surface, &Url::parse(base).unwrap(), &method, &Url::parse(url).unwrap()).is_ok()
    }

    fn graph(method: &str, url: &str) -> bool {
        allowed(Surface::Graph, "https://graph.example", method, url)
    }

    #[test]
    fn each_call_of_the_list_passes_and_with_another_method_does_not() {
        for call in CALLS {
            let path = call.path.split('/').map(|part| if part.starts_with('{') { "x1" } else { part });
            let path = path.collect::<Vec<_>>().join("/");
            let url = format!("https://base.example/below{path}?$top=1");
            assert!(allowed(call.surface, "https://base.example/below/", call.method, &url), "{call:?}");
            for method in ["PATCH", "PUT", "DELETE", if call.method == "GET" { "POST" } else { "GET" }] {
                assert!(!allowed(call.surface, "https://base.example/below", method, &url), "{method} {call:?}");
            }
            let other = if call.surface == Surface::Graph { Surface::Defender } else { Surface::Graph };
            assert!(!allowed(other, "https://base.example/below", call.method, &url), "{call:?}");
        }
    }

    #[test]
    fn no_call_of_the_list_can_write_by_its_method() {
        for call in CALLS {
            let reads_by_nature = ["/token", "/runHuntingQuery", "/query"].iter().any(|end| call.path.ends_with(end));
            assert!(call.method == "GET" || (call.method == "POST" && reads_by_nature), "{call:?}");
        }
    }

    #[test]
    fn what_is_not_on_the_list_cannot_be_sent() {
        for url in [
            "https://graph.example/v1.0/security/alerts_v2/x/comments",
            "https://graph.example/v1.0/users",
            "https://graph.example/v1.0/$batch",
            "https://graph.example/v1.0/security/alerts_v2/",
            "https://graph.example/v1.0/security//alerts_v2",
            "https://graph.example/beta/security/alerts_v2",
            "https://graph.example/v1.0/security/alerts_v2/a%2Fb",
            "https://graph.example/v1.0/security/alerts_v2/a%5Cb",
            "https://graph.example/v1.0/security/alerts_v2/a%252Fb",
            "https://graph.example/v1.0/security/alerts_v2/..%2f..%2fusers",
            "https://graph.example/v1.0/security/alerts_v2/%2e%2e/incidents/1/x",
            "https://graph.example:444/v1.0/security/alerts_v2",
            "http://graph.example/v1.0/security/alerts_v2",
            "https://graph.example.evil.example/v1.0/security/alerts_v2",
            "https://u:p@graph.example/v1.0/security/alerts_v2",
            "https://graph.example/v1.0/security/alerts_v2#x",
        ] {
            assert!(!graph("GET", url), "{url}");
        }
        assert!(graph("GET", "https://graph.example/v1.0/security/alerts_v2/da637_-1?$select=id"));
        assert!(!allowed(
            Surface::Graph,
            "https://h.example/graph",
            "GET",
            "https://h.example/graphx/v1.0/security/alerts"
        ));
        assert!(!allowed(Surface::Graph, "https://h.example/graph", "GET", "https://h.example/v1.0/security/alerts"));
    }
}
