//! Single sign-on for the pages: the provider's client with the groups of the configuration.

use std::sync::Arc;

use anyhow::Context;
use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use store::people::Role;
use url::Url;
use web::sign_on::{Arrived, Begun, LocalLogin, Outcome, Refused, Returned, SignOn};

use crate::config::{self, Config, Oidc};
use crate::wiring;

/// Where the provider sends browsers back to, below the server's own address.
pub const CALLBACK: &str = "/sign-in/sso/callback";

/// The address that has to be registered at the provider.
pub fn redirect(public_url: &Url) -> anyhow::Result<Url> {
    public_url.join(CALLBACK).with_context(|| format!("`public_url`: {public_url} takes no path"))
}

/// The client of the configured provider, if there is one.
pub fn client(config: &Config, clock: &web::Clock, public_url: &Url) -> anyhow::Result<Option<Arc<dyn SignOn>>> {
    let Some(oidc) = &config.oidc else { return Ok(None) };
    let client = provider(config, oidc, clock, public_url)?;
    Ok(Some(Arc::new(Provider { client, oidc: oidc.clone() })))
}

/// The provider's client itself.
pub fn provider(config: &Config, oidc: &Oidc, clock: &web::Clock, public_url: &Url) -> anyhow::Result<sign_on::SignOn> {
    let secret = oidc.client_secret_file.as_ref().map(|file| config::read_secret("oidc.client_secret_file", file));
    Ok(sign_on::SignOn::new(sign_on::Settings {
        issuer: oidc.issuer.clone(),
        client_id: oidc.client_id.clone(),
        client_secret: secret.transpose()?.map(SecretString::from),
        redirect: redirect(public_url)?,
        groups: oidc.groups().into_iter().map(|(group, _)| group.to_owned()).collect(),
        proxy: wiring::sign_on_proxy(config)?,
        extra_ca_pem: wiring::extra_ca(config)?,
        clock: Arc::clone(clock),
        random: wiring::random(),
    })?)
}

struct Provider {
    client: sign_on::SignOn,
    oidc: Oidc,
}

impl Provider {
    async fn begun(&self, begin: sign_on::Begin) -> Result<Begun, sign_on::Error> {
        let (url, pending) = self.client.begin(begin).await?;
        let pending = serde_json::to_string(&pending).map_err(|error| sign_on::Error::Provider(error.to_string()))?;
        Ok(Begun { url, pending: pending.into() })
    }

    async fn finished(&self, pending: &SecretString, returned: Returned) -> Result<Outcome, sign_on::Error> {
        let pending: sign_on::Pending =
            serde_json::from_str(pending.expose_secret()).map_err(|_| sign_on::Error::Mixed)?;
        let Returned { state, code, error, error_description, issuer } = returned;
        let answer = sign_on::Answer { state, code, error, error_description, issuer };
        match self.client.finish(&pending, &answer).await {
            Ok(identity) => Ok(Outcome::Arrived(arrived(&self.oidc, identity))),
            // The token had no room for groups: once more, with the right to look them up.
            Err(sign_on::Error::GroupsElsewhere) => {
                let begin = sign_on::Begin { look_up_groups: true, ..pending.begin() };
                Ok(Outcome::Again(self.begun(begin).await?))
            }
            Err(error) => Err(error),
        }
    }
}

impl SignOn for Provider {
    fn begin(&self, again: bool) -> BoxFuture<'_, Result<Begun, Refused>> {
        let begin = sign_on::Begin { prove: again, ..sign_on::Begin::default() };
        Box::pin(async move { self.begun(begin).await.map_err(refused) })
    }

    fn finish<'a>(&'a self, pending: &'a SecretString, returned: Returned) -> BoxFuture<'a, Result<Outcome, Refused>> {
        Box::pin(async move { self.finished(pending, returned).await.map_err(refused) })
    }

    fn way_out(&self) -> BoxFuture<'_, Option<Url>> {
        Box::pin(self.client.way_out())
    }

    fn local(&self) -> LocalLogin {
        self.oidc.local_login.into()
    }
}

fn refused(error: sign_on::Error) -> Refused {
    use sign_on::Error;
    let kind = match &error {
        Error::Setting { .. } => "setting",
        Error::Unreachable { .. } => "unreachable",
        Error::Address { .. } => "address",
        Error::Provider(_) => "provider",
        Error::Mixed => "mixed",
        Error::Refused { .. } => "refused",
        Error::Exchange { .. } => "exchange",
        Error::Token(_) => "token",
        Error::GroupsElsewhere | Error::GroupsUnknown(_) => "groups",
    };
    Refused { kind, sentence: error.to_string() }
}

/// The highest role of the groups that the person is in. A name is compared letter by letter, a GUID without case.
fn arrived(oidc: &Oidc, identity: sign_on::Identity) -> Arrived {
    let groups = oidc.groups();
    let holds = |wanted: &str| {
        let guid = uuid::Uuid::parse_str(wanted).ok();
        identity.groups.iter().any(|held| match guid {
            Some(guid) => uuid::Uuid::parse_str(held).is_ok_and(|held| held == guid),
            None => held == wanted,
        })
    };
    let role = groups.iter().find(|(group, _)| holds(group)).map(|(_, role)| *role);
    let sign_on::Identity { issuer, subject, object, name, .. } = identity;
    let role = role.ok_or_else(|| no_group(&name, &groups));
    Arrived { issuer, subject, object, name, role }
}

fn no_group(name: &str, groups: &[(&str, Role)]) -> String {
    let would_do: Vec<String> = groups.iter().map(|(group, role)| format!("“{group}” ({role})")).collect();
    format!(
        "The provider knows you as “{name}”, and you are in no group that may use Oriel. Ask whoever manages groups in your \
         organisation to put you into one of these: {}. If you are in one already, its groups may not be in the token: an \
         administrator finds out how in docs/single-sign-on.md.",
        would_do.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNERS: &str = "0760b6cf-170e-4a14-91b3-4b78e0739963";

    fn oidc() -> Oidc {
        toml::from_str(&format!(
            "issuer = \"https://login.example.com\"\nclient_id = \"a\"\nowner_group = \"{OWNERS}\"\nanalyst_group = \
             \"SOC analysts\"\nauditor_group = \"oriel.auditor\""
        ))
        .unwrap()
    }

    fn role(held: &[&str]) -> Result<Role, String> {
        let groups = held.iter().map(|&group| group.to_owned()).collect();
        let identity = sign_on::Identity {
            issuer: "https://login.example.com".into(),
            subject: "s".into(),
            object: None,
            name: "alice@example.com".into(),
            groups,
            proven_at: None,
        };
        arrived(&oidc(), identity).role
    }

    #[test]
    fn the_highest_role_of_all_groups_counts() {
        assert_eq!(role(&["x", "SOC analysts"]), Ok(Role::Analyst));
        assert_eq!(role(&["SOC analysts", "oriel.auditor", &OWNERS.to_uppercase()]), Ok(Role::Owner));
        assert_eq!(role(&["oriel.auditor"]), Ok(Role::Auditor));
    }

    #[test]
    fn who_is_in_none_is_told_which_would_do() {
        for held in [&[][..], &["soc analysts"], &["SOC analysts "], &["0760b6cf"]] {
            let told = role(held).unwrap_err();
            assert!(
                told.contains(OWNERS) && told.contains("“SOC analysts” (analyst)") && told.contains("alice@"),
                "{told}"
            );
        }
    }
}
