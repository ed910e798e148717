//! Whether a tenant exists, and where: the first question of a validation, which needs no secret.

use std::time::Instant;

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::allow::Surface;
use crate::refusal::{Refusal, RefusalCause};
use crate::transport::Request;
use crate::transport::ask::below;
use crate::{Cloud, Error, Microsoft, read_error};

/// What Entra says of a tenant (OpenID Connect discovery).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// The tenant's GUID, also where a domain was asked for.
    pub tenant: Option<String>,
    /// Graph's host for the tenant: another one than the cloud's means another cloud.
    pub graph_host: Option<String>,
    /// Where the tenant's data is: `EU`, `NA`, `WW` …; `USG` and the like for governments.
    pub region: Option<String>,
}

impl Microsoft {
    /// Asks Entra for a tenant by GUID or domain. One that it does not know is `Refused` with `TenantNotFound`.
    pub async fn discover(&self, cloud: &Cloud, tenant: &str, deadline: Instant) -> Result<Discovery, Error> {
        let path = [tenant.trim(), "v2.0", ".well-known", "openid-configuration"];
        let url = below(&cloud.login, &path).ok_or_else(unknown)?;
        let request = Request {
            surface: Surface::Login,
            base: &cloud.login,
            method: Method::GET,
            url,
            headers: Vec::new(),
            body: None,
            bearer: None,
            secrets: Vec::new(),
        };
        let reply = self.exchange(&request, deadline).await?;
        if reply.is_success() {
            return Discovery::read(&reply.body).ok_or_else(|| read_error::unreadable(&reply));
        }
        match Refusal::read(&reply.body) {
            Some(refusal) if reply.status < 500 => Err(Error::Refused(refusal)),
            _ => Err(read_error::unreadable(&reply)),
        }
    }
}

impl Discovery {
    fn read(body: &[u8]) -> Option<Discovery> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        text("token_endpoint")?;
        let guid = |name: &str| {
            let url = Url::parse(&text(name)?).ok()?;
            let found = url.path_segments()?.find(|segment| uuid::Uuid::try_parse(segment).is_ok());
            found.map(str::to_ascii_lowercase)
        };
        Some(Discovery {
            tenant: guid("issuer").or_else(|| guid("token_endpoint")),
            graph_host: text("msgraph_host"),
            region: text("tenant_region_sub_scope").or_else(|| text("tenant_region_scope")),
        })
    }
}

fn unknown() -> Error {
    Error::Refused(Refusal {
        cause: RefusalCause::TenantNotFound,
        code: None,
        message: "no tenant is given".to_owned(),
        trace_id: None,
        correlation_id: None,
        request_id: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenants_guid_is_read_from_the_issuer() {
        let body = r#"{"token_endpoint":"https://login.example/contoso.example/oauth2/v2.0/token",
            "issuer":"https://login.example/1B4E28BA-2FA1-11D2-883F-0016D3CCA427/v2.0","msgraph_host":"graph.example",
            "tenant_region_scope":"EU"}"#;
        let discovery = Discovery::read(body.as_bytes()).unwrap();
        assert_eq!(discovery.tenant.as_deref(), Some("1b4e28ba-2fa1-11d2-883f-0016d3cca427"));
        assert_eq!((discovery.graph_host.as_deref(), discovery.region.as_deref()), (Some("graph.example"), Some("EU")));
        assert_eq!(Discovery::read(b"<html>sign in to the network</html>"), None);
        assert_eq!(Discovery::read(b"{}"), None);
    }
}
