//! Whether the hosts of a cloud answer at all: for `oriel doctor`, before there is any connection.

use std::time::Instant;

use reqwest::Method;
use url::Url;

use crate::allow::Surface;
use crate::transport::Request;
use crate::transport::ask::below;
use crate::{Cloud, Error, Microsoft};

/// One host of a cloud, and whether it answered.
#[derive(Debug)]
pub struct Reached {
    /// Its base URL.
    pub host: Url,
    /// Nothing to say, or why it did not answer: name resolution, TLS, a proxy, time.
    pub answered: Result<(), Error>,
    /// Who issued the certificate that it showed: a proxy that opens TLS is named here. Absent over plain http.
    pub issuer: Option<String>,
}

impl Microsoft {
    /// Asks each host of a cloud something without a token. Any answer, also a refusal, shows that the way is free.
    pub async fn reach(&self, cloud: &Cloud, deadline: Instant) -> Vec<Reached> {
        let nobody = "00000000-0000-0000-0000-000000000000";
        let mut hosts = vec![
            (Surface::Login, &cloud.login, vec!["organizations", "v2.0", ".well-known", "openid-configuration"]),
            (Surface::Graph, &cloud.graph, vec!["v1.0", "security", "alerts_v2"]),
            (Surface::LogAnalytics, &cloud.log_analytics, vec!["v1", "workspaces", nobody, "query"]),
        ];
        if let Some(defender) = &cloud.defender {
            hosts.push((Surface::Defender, defender, vec!["api", "alerts"]));
        }
        let asking = hosts.into_iter().map(|(surface, base, path)| async move {
            let answered = self.knock(surface, base, &path, deadline).await;
            let issuer = base.host_str().and_then(|host| self.issuers.of(host));
            Reached { host: base.clone(), answered, issuer }
        });
        futures_util::future::join_all(asking).await
    }

    async fn knock(&self, surface: Surface, base: &Url, path: &[&str], deadline: Instant) -> Result<(), Error> {
        // No token goes with it, so a query that is posted asks nothing of anybody.
        let method = if surface == Surface::LogAnalytics { Method::POST } else { Method::GET };
        let Some(url) = below(base, path) else {
            return Err(Error::NotAllowed { method: method.to_string(), path: base.to_string() });
        };
        let request =
            Request { surface, base, method, url, headers: Vec::new(), body: None, bearer: None, secrets: Vec::new() };
        self.exchange(&request, deadline).await.map(|_| ())
    }
}
