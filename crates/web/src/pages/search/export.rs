//! The report as a file: what the page shows, for a spreadsheet or a script. Scripts themselves ask the API.

use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use indicator::Parsed;
use search::Report;
use search::document::Document;

use super::Ask;
use crate::Desk;
use crate::audit::Seen;
use crate::error::Error;
use crate::guard::{Analyst, Caller};
use crate::names::Way;

/// `GET /search.csv?q=`: the findings and sources as a table.
pub async fn csv(
    Analyst(caller): Analyst,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    let (parsed, report) = complete(&desk, &caller, &ask, "csv").await?;
    Ok(file(&parsed, "csv", "text/csv; charset=utf-8", search::csv::write(&report)))
}

/// `GET /search.json?q=`: the document that the API gives.
pub async fn json(
    Analyst(caller): Analyst,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    let (parsed, report) = complete(&desk, &caller, &ask, "json").await?;
    let document = Document::from_report(&report, &parsed, false);
    let text = serde_json::to_string_pretty(&document).map_err(|error| Error::Broken(error.to_string()))?;
    Ok(file(&parsed, "json", "application/json", text))
}

async fn complete(
    desk: &Desk,
    caller: &Caller,
    ask: &Ask,
    form: &'static str,
) -> Result<(Parsed, std::sync::Arc<Report>), Error> {
    let parsed = indicator::parse(&ask.q)
        .map_err(|rejected| Error::Unreadable(StatusCode::UNPROCESSABLE_ENTITY, rejected.to_string()))?;
    let options = ask.options(caller);
    desk.check_options(&caller.scope, &options).await?;
    let eyes = desk.eyes(caller, Way::Out, false, &parsed.indicator, &options).await?;
    desk.note_search(caller, &parsed.indicator, Seen::Export(form), eyes.show_names(), ask.quiet).await?;
    let report = desk.search(&caller.scope, &parsed.indicator, options).await?.finished().await;
    Ok((parsed, eyes.see(&report)))
}

/// A download, named after the indicator. A colon may not stand in the name of a file everywhere.
fn file(parsed: &Parsed, extension: &str, kind: &'static str, text: String) -> Response {
    let name = parsed.indicator.value().replace(':', "-");
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{extension}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
