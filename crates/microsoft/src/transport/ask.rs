//! A call before it has a token: which interface, which path, which parameters.

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use crate::allow::Surface;
use crate::budget::Interface;
use crate::{Call, Error, Resource};

/// One read of one interface.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) resource: Resource,
    pub(crate) interface: Interface,
    pub(crate) base: Url,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<String>,
    /// A route of 2020, for which "there is no such path" means that it was switched off.
    pub(crate) classic: bool,
}

impl Ask {
    /// GET of a path.
    pub(crate) fn get(call: &Call<'_>, resource: Resource, path: &[&str]) -> Result<Ask, Error> {
        let interface = match resource {
            Resource::Graph => Interface::Graph,
            Resource::Defender => Interface::Defender,
            Resource::LogAnalytics => Interface::LogAnalytics,
        };
        let cloud = &call.credential.cloud;
        let offered = resource != Resource::Graph || cloud.offers_graph_security();
        let base = cloud.base(resource).filter(|_| offered).ok_or_else(|| Error::NotOffered {
            cloud: cloud.title().to_owned(),
            interface: resource.title().to_owned(),
        })?;
        let url = below(base, path).ok_or_else(|| Error::NotAllowed {
            method: Method::GET.to_string(),
            path: format!("/{}", path.join("/")),
        })?;
        Ok(Ask {
            resource,
            interface,
            base: base.clone(),
            method: Method::GET,
            url,
            headers: Vec::new(),
            body: None,
            classic: false,
        })
    }

    /// POST of a JSON body to a path.
    pub(crate) fn post(call: &Call<'_>, resource: Resource, path: &[&str], body: &Value) -> Result<Ask, Error> {
        let ask = Ask::get(call, resource, path)?;
        Ok(Ask { method: Method::POST, body: Some(body.to_string()), ..ask })
    }

    /// With a query parameter; spaces become `%20` and quotes `%27`, which every one of the interfaces reads.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Ask {
        let mut pairs: Vec<String> = self.url.query().map(str::to_owned).into_iter().collect();
        pairs.push(format!("{name}={}", percent(value)));
        self.url.set_query(Some(&pairs.join("&")));
        self
    }

    /// With `Prefer`.
    pub(crate) fn preferring(mut self, value: &str) -> Ask {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((HeaderName::from_static("prefer"), value));
        }
        self
    }

    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn surface(&self) -> Surface {
        match self.resource {
            Resource::Graph => Surface::Graph,
            Resource::Defender => Surface::Defender,
            Resource::LogAnalytics => Surface::LogAnalytics,
        }
    }
}

/// `base` and the segments, each encoded. `None` if one of them is empty or a step upwards.
pub(crate) fn below(base: &Url, path: &[&str]) -> Option<Url> {
    if path.iter().any(|segment| matches!(segment.trim(), "" | "." | "..")) {
        return None;
    }
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

fn percent(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_encoded_so_that_a_quote_stays_a_quote() {
        let url = Url::parse("https://graph.example/v1.0/security/alerts").unwrap();
        let ask = Ask {
            resource: Resource::Graph,
            interface: Interface::Graph,
            base: url.clone(),
            method: Method::GET,
            url,
            headers: Vec::new(),
            body: None,
            classic: true,
        };
        let ask = ask.with("$filter", "a eq 'o''brien.example' & b").with("$top", "5");
        assert_eq!(ask.url.query(), Some("$filter=a%20eq%20%27o%27%27brien.example%27%20%26%20b&$top=5"));
        assert_eq!(ask.parameter("$filter").as_deref(), Some("a eq 'o''brien.example' & b"));
    }

    #[test]
    fn a_segment_is_never_empty_and_never_leads_upwards() {
        let base = Url::parse("http://127.0.0.1:9/graph/").unwrap();
        assert_eq!(
            below(&base, &["v1.0", "a b", "2001:db8::1"]).unwrap().as_str(),
            "http://127.0.0.1:9/graph/v1.0/a%20b/2001:db8::1"
        );
        for segment in ["", ".", "..", " "] {
            assert!(below(&base, &["v1.0", segment]).is_none(), "{segment:?}");
        }
    }
}
