//! Domains and networks of the organisation: listed, typed, taken from what devices use, removed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::{Form, Query};
use jiff::Timestamp;
use search::own::Offer;
use serde::Deserialize;
use store::own_assets::{self, Kept, New, OwnAssetId};
use store::tenants::TenantId;

use crate::Desk;
use crate::api::Path;
use crate::error::{Error, FieldError};
use crate::frame::{Frame, Section};
use crate::guard::{Caller, Owner};
use crate::own_assets::{LONGEST_NOTE, read, taken};
use crate::responses::{render, see};
use crate::tenants::{Named, Tenants};

/// What the address of the page says.
#[derive(Default, Deserialize)]
pub struct Ask {
    /// What was done just now.
    #[serde(default)]
    done: String,
}

/// What was sent.
#[derive(Default, Deserialize)]
pub struct Sent {
    /// Lines that were typed.
    #[serde(default)]
    values: String,
    /// Offers that were ticked.
    #[serde(default)]
    take: Vec<String>,
    #[serde(default)]
    note: String,
    /// The tenant, by its key; empty where there is one only.
    #[serde(default)]
    tenant: String,
}

#[derive(Template)]
#[template(path = "settings/own_assets.html")]
struct OwnAssetsPage {
    frame: Frame,
    now: Timestamp,
    /// Tenants that can be chosen: key, name, and whether it was.
    tenants: Vec<(String, String, bool)>,
    assets: Vec<Row>,
    typed: Sent,
    errors: Vec<FieldError>,
    offers: Option<Offers>,
    longest: usize,
    done: &'static str,
}

impl OwnAssetsPage {
    fn errors_of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a FieldError> {
        self.errors.iter().filter(move |error| error.field == field)
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.errors_of(field).next().is_some()
    }
}

/// An asset in the list.
struct Row {
    kept: Kept,
    tenant: String,
    /// What is to be said of it beside the note: that many others share it.
    shared: Option<&'static str>,
}

/// What devices use, as it was found just now.
struct Offers {
    /// The tenant that was asked, by key and name.
    tenant: (String, String),
    rows: Vec<OfferRow>,
    /// Why nobody could say, and what to do.
    trouble: Option<(String, String)>,
}

struct OfferRow {
    value: String,
    seen: &'static str,
    count: u64,
    shared: Option<&'static str>,
    /// Whether it is an own asset already.
    known: bool,
    ticked: bool,
}

/// `GET /settings/own-assets`
pub async fn show(Owner(caller): Owner, State(desk): State<Desk>, Query(ask): Query<Ask>) -> Result<Response, Error> {
    page(&desk, &caller, Came { done: ask.done, ..Came::default() }).await
}

/// `POST /settings/own-assets`: adds what was typed.
pub async fn create(Owner(caller): Owner, State(desk): State<Desk>, Form(sent): Form<Sent>) -> Result<Response, Error> {
    let assets = read("values", &sent.values, &sent.note);
    add(&desk, &caller, sent, assets, None).await
}

/// `POST /settings/own-assets/offers`: asks Microsoft what the organisation seems to use. Nothing is taken by it.
pub async fn offers(Owner(caller): Owner, State(desk): State<Desk>, Form(sent): Form<Sent>) -> Result<Response, Error> {
    let tenants = desk.tenants(&caller.scope).await?;
    let Some(tenant) = chosen(&tenants, &sent.tenant).cloned() else {
        return page(&desk, &caller, Came { errors: vec![which_tenant()], sent, ..Came::default() }).await;
    };
    let offers = ask(&desk, &caller, &tenant, &[]).await?;
    page(&desk, &caller, Came { sent, offers: Some(offers), ..Came::default() }).await
}

/// `POST /settings/own-assets/take`: adds what was ticked.
pub async fn take(Owner(caller): Owner, State(desk): State<Desk>, Form(sent): Form<Sent>) -> Result<Response, Error> {
    let assets = taken(&sent.take, &sent.note);
    let again = assets.is_err().then(|| sent.take.clone());
    add(&desk, &caller, sent, assets, again).await
}

/// `POST /settings/own-assets/{id}/remove`
pub async fn remove(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Path(id): Path<OwnAssetId>,
) -> Result<Redirect, Error> {
    match own_assets::remove(&desk.db, &caller.actor, &caller.scope, &id, desk.now()).await? {
        true => Ok(see("/settings/own-assets?done=removed")),
        false => Err(Error::NotFound),
    }
}

/// How the last form came out.
#[derive(Default)]
struct Came {
    sent: Sent,
    errors: Vec<FieldError>,
    offers: Option<Offers>,
    done: String,
}

/// Adds assets, and shows the page again with what was sent where that cannot be. `again`: what was ticked of an offer
/// that is to be shown again.
async fn add(
    desk: &Desk,
    caller: &Caller,
    sent: Sent,
    assets: Result<Vec<New>, Vec<FieldError>>,
    again: Option<Vec<String>>,
) -> Result<Response, Error> {
    let tenants = desk.tenants(&caller.scope).await?;
    let tenant = chosen(&tenants, &sent.tenant);
    let errors = match (assets, tenant) {
        (Ok(assets), Some(tenant)) => {
            let added =
                own_assets::add(&desk.db, &caller.actor, &caller.scope, &tenant.id, &assets, desk.now()).await?;
            let done = if added > 0 { "added" } else { "known" };
            return Ok(see(&format!("/settings/own-assets?done={done}")).into_response());
        }
        (assets, tenant) => {
            let missing = tenant.is_none().then(which_tenant);
            assets.err().unwrap_or_default().into_iter().chain(missing).collect()
        }
    };
    let offers = match (again, tenant) {
        (Some(ticked), Some(tenant)) => Some(ask(desk, caller, tenant, &ticked).await?),
        _ => None,
    };
    page(desk, caller, Came { sent, errors, offers, ..Came::default() }).await
}

/// The tenant that a form names; the only one needs no name.
pub fn chosen<'a>(tenants: &'a Tenants, key: &str) -> Option<&'a Named> {
    match key.trim() {
        "" => tenants.iter().next().filter(|_| !tenants.several()),
        key => tenants.read(key),
    }
}

fn which_tenant() -> FieldError {
    FieldError::new(
        "tenant",
        "Choose the tenant whose organisation it belongs to. One is there as soon as it is connected.",
    )
}

async fn ask(desk: &Desk, caller: &Caller, tenant: &Named, ticked: &[String]) -> Result<Offers, Error> {
    let kept = own_assets::list(&desk.db, &caller.scope).await?;
    let known = |offer: &Offer, tenant: &TenantId| {
        kept.iter().any(|kept| kept.tenant_id == *tenant && kept.own.asset == offer.asset)
    };
    let (rows, trouble) = match desk.own_offers.offers(tenant.id.as_str()).await {
        Ok(offers) => {
            let row = |offer: Offer| OfferRow {
                value: offer.asset.value(),
                seen: offer.seen,
                count: offer.count,
                shared: offer.asset.why_shared(),
                known: known(&offer, &tenant.id),
                ticked: ticked.contains(&offer.asset.value()),
            };
            (offers.into_iter().map(row).collect(), None)
        }
        Err(why) => (Vec::new(), Some((why.reason, why.remedy.unwrap_or_default()))),
    };
    Ok(Offers { tenant: (tenant.key.clone(), tenant.name.clone()), rows, trouble })
}

async fn page(desk: &Desk, caller: &Caller, came: Came) -> Result<Response, Error> {
    let status = if came.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let tenants = desk.tenants(&caller.scope).await?;
    let name = |id: &TenantId| tenants.iter().find(|tenant| tenant.id == *id).map(|tenant| tenant.name.clone());
    let row = |kept: Kept| Row {
        tenant: name(&kept.tenant_id).filter(|_| tenants.several()).unwrap_or_default(),
        shared: kept.own.asset.why_shared(),
        kept,
    };
    let wanted = |tenant: &Named| chosen(&tenants, &came.sent.tenant).is_some_and(|chosen| chosen.id == tenant.id);
    let page = OwnAssetsPage {
        frame: super::super::frame("Own assets", caller).section(Section::Settings),
        now: desk.now(),
        tenants: tenants.iter().map(|tenant| (tenant.key.clone(), tenant.name.clone(), wanted(tenant))).collect(),
        assets: own_assets::list(&desk.db, &caller.scope).await?.into_iter().map(row).collect(),
        typed: came.sent,
        errors: came.errors,
        offers: came.offers,
        longest: LONGEST_NOTE,
        done: match came.done.as_str() {
            "added" => "Added. Reports flag it from now on, and do not assess it.",
            "known" => "These were there already.",
            "removed" => "Removed. Reports assess it again.",
            _ => "",
        },
    };
    Ok((status, render(&page)?).into_response())
}
