//! Which groups a person holds. They stand in the token, or there are too many for it ("overage": more than 200) and Entra
//! has to be asked: <https://learn.microsoft.com/security/zero-trust/develop/configure-tokens-group-claims-app-roles>.

use openidconnect::AccessToken;
use openidconnect::http::{Method, Request, header};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::begin::Pending;
use crate::claims::{Claims, Further, Metadata};
use crate::error::words;
use crate::{Error, Inner};

/// What Entra's userinfo endpoint ends in; what stands before it is Microsoft Graph of that cloud.
const USERINFO: &str = "/oidc/userinfo";
/// Graph checks at most so many at once.
const AT_ONCE: usize = 20;

/// Groups and app roles of the person.
pub(crate) async fn of(
    inner: &Inner,
    metadata: &Metadata,
    claims: &Claims,
    pending: &Pending,
    token: &AccessToken,
) -> Result<Vec<String>, Error> {
    let further = claims.additional_claims();
    let (mut held, roles) = (further.texts("groups"), further.texts("roles"));
    let by_role = roles.iter().any(|role| inner.settings.groups.contains(role));
    held.extend(roles);
    if !too_many(further) {
        return Ok(held);
    }
    let ids: Vec<&String> = inner.settings.groups.iter().filter(|group| Uuid::parse_str(group).is_ok()).collect();
    if ids.is_empty() {
        // App roles are in every token, so they are complete.
        return if by_role {
            Ok(held)
        } else {
            Err(unknown("the configured groups are names, and Entra looks up object ids"))
        };
    }
    if !pending.look_up_groups {
        return Err(Error::GroupsElsewhere);
    }
    held.extend(look_up(inner, metadata, token, &ids).await?);
    Ok(held)
}

fn unknown(reason: impl Into<String>) -> Error {
    Error::GroupsUnknown(reason.into())
}

/// Whether Entra has left the groups out: `_claim_names` points to them, or, where the token is kept short, `hasgroups`.
fn too_many(further: &Further) -> bool {
    let elsewhere = further.0.get("_claim_names").and_then(|names| names.get("groups")).is_some();
    let said = further.0.get("hasgroups");
    elsewhere || said.is_some_and(|said| said.as_bool() == Some(true) || said.as_str() == Some("true"))
}

/// Microsoft Graph in the cloud of this provider, without a slash at its end.
///
/// Where `_claim_sources` points to is not asked: it is Azure AD Graph's address, which Microsoft has switched off.
pub(crate) fn graph(metadata: &Metadata) -> Result<String, Error> {
    let userinfo = metadata.userinfo_endpoint().map(|endpoint| endpoint.as_str().to_owned());
    let graph = userinfo.as_deref().and_then(|endpoint| endpoint.strip_suffix(USERINFO)).map(str::to_owned);
    graph.ok_or_else(|| unknown("the provider does not say where its Microsoft Graph is"))
}

/// Asks Graph which of these groups the person is in, also through other groups. The least that suffices for the person who
/// is signed in is User.Read: <https://learn.microsoft.com/graph/api/user-checkmembergroups>.
async fn look_up(
    inner: &Inner,
    metadata: &Metadata,
    token: &AccessToken,
    ids: &[&String],
) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Members {
        value: Vec<String>,
    }
    let broken = |error: &dyn std::fmt::Display| unknown(words(&error.to_string()));
    let mut found = Vec::new();
    for ids in ids.chunks(AT_ONCE) {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/v1.0/me/checkMemberGroups", graph(metadata)?))
            .header(header::AUTHORIZATION, format!("Bearer {}", token.secret()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(json!({ "groupIds": ids }).to_string().into_bytes())
            .map_err(|error| broken(&error))?;
        let answer = inner.http.send(request).await.map_err(|error| broken(&error))?;
        if !answer.status().is_success() {
            let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
            let code = words(said["error"]["code"].as_str().unwrap_or("no code"));
            return Err(unknown(format!("Microsoft Graph answered {} ({code})", answer.status().as_u16())));
        }
        let members: Members = serde_json::from_slice(answer.body()).map_err(|error| broken(&error))?;
        // Only what was asked for counts, in the spelling of the configuration.
        found.extend(
            ids.iter()
                .filter(|id| members.value.iter().any(|member| member.eq_ignore_ascii_case(id)))
                .map(|id| (*id).clone()),
        );
    }
    Ok(found)
}
