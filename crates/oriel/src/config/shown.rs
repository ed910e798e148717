//! The configuration as it may leave the house: every setting is either named here or left out on purpose.

use serde_json::{Map, Value, json};
use url::Url;

use super::{Cloud, Config, Proxy, See};

impl Config {
    /// What may be shown of it. Files that hold secrets are named and not read; addresses lose user, password and query.
    pub fn shown(&self) -> Value {
        // Taken apart, so that a new setting does not compile before somebody has decided.
        let Config {
            listen,
            public_url,
            data_dir,
            database_url,
            keyring_file,
            federated_token_file,
            clouds,
            tls,
            proxy,
            ca_file,
            hunting_share,
            audit_keep_days,
            hosts,
            trusted_proxies,
            limits,
            lives,
            oidc,
            identity_endpoint,
        } = self;
        let clouds: Map<String, Value> = clouds.iter().map(|(name, one)| (name.clone(), cloud(one))).collect();
        json!({
            "listen": listen.to_string(),
            "public_url": public_url.as_ref().map(bare),
            "data_dir": data_dir.display().to_string(),
            "database": database(database_url),
            "keyring_file": keyring_file.display().to_string(),
            "federated_token_file": federated_token_file.as_ref().map(|file| file.display().to_string()),
            "clouds": clouds,
            "tls": tls.as_ref().map(|tls| json!({
                "certificate_file": tls.certificate_file.display().to_string(),
                "key_file": tls.key_file.display().to_string(),
            })),
            "proxy": proxy.as_ref().map(shown_proxy),
            "ca_file": ca_file.as_ref().map(|file| file.display().to_string()),
            "hunting_share": hunting_share,
            "audit_keep_days": audit_keep_days,
            "hosts": hosts,
            "trusted_proxies": trusted_proxies,
            "lives_seconds": lives.as_secs(),
            "limits": {
                "connections": limits.connections,
                "requests": limits.requests,
                "requests_per_address": limits.requests_per_address,
                "requests_per_person": limits.requests_per_person,
            },
            "oidc": oidc.as_ref().map(|oidc| json!({
                "issuer": oidc.issuer,
                "client_id": oidc.client_id,
                "client_secret_file": oidc.client_secret_file.as_ref().map(|file| file.display().to_string()),
                "owner_group": oidc.owner_group,
                "analyst_group": oidc.analyst_group,
                "viewer_group": oidc.viewer_group,
                "auditor_group": oidc.auditor_group,
                "local_login": oidc.local_login.as_str(),
                "new_people_see": oidc.new_people_see.map(See::as_str),
                "keys_without_sign_in_days": oidc.keys_without_sign_in_days,
            })),
            "identity_endpoint": identity_endpoint.as_ref().map(bare),
        })
    }
}

fn cloud(cloud: &Cloud) -> Value {
    let Cloud {
        login,
        graph,
        defender,
        log_analytics,
        portal,
        azure_portal,
        graph_resource,
        defender_resource,
        log_analytics_resource,
    } = cloud;
    json!({
        "login": bare(login),
        "graph": bare(graph),
        "defender": defender.as_ref().map(bare),
        "log_analytics": bare(log_analytics),
        "portal": portal.as_ref().map(bare),
        "azure_portal": azure_portal.as_ref().map(bare),
        "graph_resource": graph_resource,
        "defender_resource": defender_resource,
        "log_analytics_resource": log_analytics_resource,
    })
}

fn shown_proxy(proxy: &Proxy) -> Value {
    let Proxy { url, user, password_file, bypass } = proxy;
    json!({
        "url": bare(url),
        "user": user.is_some(),
        "password_file": password_file.as_ref().map(|file| file.display().to_string()),
        "bypass": bypass,
    })
}

/// The engine and where it is. What cannot be read as an address is not shown at all.
fn database(url: &str) -> String {
    match Url::parse(url) {
        Ok(url) if url.scheme() == "sqlite" => format!("sqlite://{}", url.path()),
        Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") && url.has_host() => bare(&url),
        _ => "not readable as an address".to_owned(),
    }
}

fn bare(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

#[cfg(test)]
mod tests {
    use crate::config::{Cloud, Config, Proxy};

    #[test]
    fn no_password_of_an_address_is_shown() {
        let secret = "hunter2";
        let url =
            |text: &str| format!("https://kate:{secret}@{text}?key={secret}#{secret}").parse::<url::Url>().unwrap();
        let mut config = Config::in_folder("x".as_ref());
        config.database_url = format!("postgres://kate:{secret}@db.example:5433/oriel?password={secret}");
        config.public_url = Some(url("oriel.example/a"));
        config.identity_endpoint = Some(url("id.example/"));
        config.proxy = Some(Proxy {
            url: url("proxy.example:3128"),
            user: Some(secret.into()),
            password_file: Some("/run/secrets/proxy".into()),
            bypass: vec!["a.example".into()],
        });
        let lab = Cloud {
            login: url("login.example/"),
            graph: url("graph.example/"),
            defender: Some(url("defender.example/")),
            log_analytics: url("la.example/"),
            portal: Some(url("portal.example/")),
            azure_portal: Some(url("azure.example/")),
            graph_resource: None,
            defender_resource: None,
            log_analytics_resource: None,
        };
        config.clouds.insert("lab".into(), lab);
        let shown = config.shown();
        assert!(!shown.to_string().contains(secret) && !shown.to_string().contains("kate"), "{shown}");
        assert_eq!(shown["database"], "postgres://db.example:5433/oriel");
        assert_eq!(shown["public_url"], "https://oriel.example/a");
        assert_eq!(shown["proxy"]["url"], "https://proxy.example:3128/");
        assert_eq!(shown["proxy"]["user"], true);
        config.database_url = format!("kate:{secret}");
        assert!(!config.shown().to_string().contains(secret));
    }
}
