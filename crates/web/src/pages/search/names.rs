//! Showing the names of people instead of stand-ins: asked for with a reason, for an hour.

use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use axum_extra::extract::Form;
use jiff::Timestamp;
use serde::Deserialize;
use store::unmasking;

use crate::Desk;
use crate::error::Error;
use crate::guard::Analyst;
use crate::names::{self, LASTS, LONGEST, Names, WHO};
use crate::responses::{own_address, see};
use crate::when;

/// What the report says about names, and the form that asks for them.
#[derive(Template)]
#[template(path = "search/_names.html")]
pub struct NamesPart {
    names: Names,
    now: Timestamp,
    longest: usize,
    /// What is searched.
    value: String,
    /// Where to return to.
    back: String,
}

impl NamesPart {
    /// Of a report on a value, at an address.
    pub fn new(names: Names, value: &str, back: &str, now: Timestamp) -> NamesPart {
        NamesPart { names, now, longest: LONGEST, value: value.to_owned(), back: back.to_owned() }
    }
}

/// What is sent.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    indicator: String,
    #[serde(default)]
    back: String,
}

/// `POST /search/names`: shows names in this session for an hour.
pub async fn show(
    Analyst(caller): Analyst,
    State(desk): State<Desk>,
    Form(asked): Form<Asked>,
) -> Result<Redirect, Error> {
    if !desk.names(&caller).await?.may {
        return Err(Error::Forbidden(WHO));
    }
    let Some(session) = &caller.session else { return Err(Error::Forbidden(WHO)) };
    let reason = names::reason("reason", &asked.reason).map_err(|error| Error::Fields(vec![error]))?;
    // Only what was searched is written down, and not whatever else somebody sends.
    let indicator = indicator::parse(&asked.indicator).ok().map(|parsed| parsed.indicator.value());
    let entry = crate::audit::of_scope(&caller, unmasking::entry(&reason, indicator.as_deref()));
    let now = desk.now();
    let until = now.checked_add(LASTS).unwrap_or(now);
    unmasking::begin(&desk.db, &caller.actor, &session.id, entry, now, until).await?;
    Ok(see(own_address(&asked.back)))
}

/// `POST /search/names/end`: shows stand-ins again.
pub async fn end(
    Analyst(caller): Analyst,
    State(desk): State<Desk>,
    Form(asked): Form<Asked>,
) -> Result<Redirect, Error> {
    if let Some(session) = &caller.session {
        unmasking::end(&desk.db, &caller.actor, &session.id, desk.now()).await?;
    }
    Ok(see(own_address(&asked.back)))
}
