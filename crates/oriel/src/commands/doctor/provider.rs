//! The provider of single sign-on: whether it is there, is who it should be, and what has to be registered at it.

use super::Found;
use crate::config::Config;
use crate::{sign_on, wiring};

/// Looks at it.
pub async fn look(found: &mut Found, config: &Config, offline: bool) -> std::io::Result<()> {
    let Some(oidc) = &config.oidc else { return Ok(()) };
    let what = "single sign-on";
    let public = match wiring::public_url(config, config.listen) {
        Ok(public) => public,
        Err(error) => return found.mend(what, &format!("{error:#}")),
    };
    let (client, redirect) =
        match (sign_on::provider(config, oidc, &wiring::clock(), &public), sign_on::redirect(&public)) {
            (Ok(client), Ok(redirect)) => (client, redirect),
            (Err(error), _) | (_, Err(error)) => return found.mend(what, &format!("{error:#}")),
        };
    let register = format!(
        "the redirect address to register there, under the platform Web, is {redirect}, and its ID tokens need the claim \
         auth_time for people to prove anew who they are"
    );
    if offline {
        return found.note(what, &format!("{}, not asked; {register}", oidc.issuer));
    }
    match client.look().await {
        Ok(()) => found.fine(what, &format!("{} answers and is who it should be; {register}", oidc.issuer)),
        Err(error) => found.mend(what, &format!("{error} ({register})")),
    }
}
