//! `/api/v1/search`

use axum::Json;
use axum::extract::State;
use indicator::Indicator;
use search::document::Document;
use serde::Deserialize;
use store::unmasking;

use super::Query;
use crate::Desk;
use crate::audit::Seen;
use crate::desk_search::Options;
use crate::error::Error;
use crate::error::problem::Problem;
use crate::guard::{ApiKey, Caller};
use crate::names::{self, WHO, Way};

/// What is asked.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// A domain or an IP address, in any spelling that people paste: defanged, a URL, `host:port`, bracketed IPv6.
    #[serde(default)]
    #[param(required = true)]
    q: String,
    /// Ask Microsoft again, also where an answer is at hand.
    #[serde(default)]
    #[param(default = false)]
    fresh: bool,
    /// Names of sources (`defender.alerts`) or products (`defender`) to ask, with commas between; all without it.
    #[serde(default)]
    sources: Option<String>,
    /// Add the records as Microsoft sent them.
    #[serde(default)]
    #[param(default = false)]
    raw: bool,
    /// Ask this tenant only: its GUID, or `CLOUD/GUID` where two clouds have the same.
    #[serde(default)]
    tenant: Option<String>,
    /// Keep the search out of one's own history; it stands in the audit alone.
    #[serde(default)]
    #[param(default = false)]
    quiet: bool,
    /// Show people by their names and not by stand-ins, and why that is needed: the reason stands in the audit. For keys of
    /// owners, and of those to whom an owner has given that right.
    #[serde(default)]
    unmask: Option<String>,
}

/// Whether a key's person may see names, which is written down with the reason.
async fn unmask(desk: &Desk, caller: &Caller, indicator: &Indicator, why: &str) -> Result<bool, Error> {
    if !desk.names(caller).await?.may {
        return Err(Error::Forbidden(WHO));
    }
    let reason = names::reason("unmask", why).map_err(|error| Error::Fields(vec![error]))?;
    let entry = crate::audit::of_scope(caller, unmasking::entry(&reason, Some(&indicator.value())));
    store::audit::append(&desk.db, &caller.actor, &[entry], desk.now()).await?;
    Ok(true)
}

/// The report on one domain or address.
///
/// Always complete: a source that could not be asked is an answer too, with its outcome, reason and remedy. Takes as long
/// as the slowest source, at most half a minute. People are shown by stand-ins, the same person by the same one.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "search",
    params(Ask),
    responses(
        (status = 200, description = "The report", body = Document),
        (status = 422, description = "`q` is neither a domain nor an address, `sources` names none, or nothing is connected to `tenant`", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn show(
    ApiKey(caller): ApiKey,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Json<Document>, Error> {
    let parsed = indicator::parse(&ask.q).map_err(|rejected| Error::NotAnIndicator(rejected.to_string()))?;
    let sources = ask.sources.iter().flat_map(|names| names.split(','));
    let sources = sources.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let options = Options {
        fresh: ask.fresh,
        sources,
        raw: ask.raw,
        tenant: ask.tenant,
        quiet: ask.quiet.then(|| caller.id.clone()),
        ..Options::default()
    };
    desk.check_options(&caller.scope, &options).await?;
    let unmasked = match &ask.unmask {
        Some(why) => unmask(&desk, &caller, &parsed.indicator, why).await?,
        None => false,
    };
    let eyes = desk.eyes(&caller, Way::Out, unmasked, &parsed.indicator, &options).await?;
    desk.note_search(&caller, &parsed.indicator, Seen::Api, eyes.show_names(), ask.quiet).await?;
    let report = desk.search(&caller.scope, &parsed.indicator, options).await?.finished().await;
    let report = eyes.see(&report);
    if !ask.quiet {
        desk.remember_search(&caller, &report).await;
    }
    Ok(Json(Document::from_report(&report, &parsed, ask.raw)))
}
