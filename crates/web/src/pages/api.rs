//! A small page about the API, made from its description.

use askama::Template;
use axum::extract::State;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, PathItem};

use crate::Desk;
use crate::api::openapi;
use crate::error::Error;
use crate::frame::{Frame, Section};
use crate::guard::SignedIn;
use crate::responses::{Page, render};

#[derive(Template)]
#[template(path = "api/show.html")]
struct ApiPage {
    frame: Frame,
    base: String,
    operations: Vec<Described>,
}

/// One operation, in the words of the description.
struct Described {
    method: &'static str,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<(String, String)>,
}

/// `GET /api`
pub async fn show(SignedIn(person): SignedIn, State(desk): State<Desk>) -> Result<Page, Error> {
    let mut operations: Vec<Described> = openapi::document()
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| methods(item).map(|(method, operation)| described(method, path, operation)))
        .collect();
    // What everybody uses comes first; what owners do follows.
    operations.sort_by_key(|operation| operation.path.contains("/connections"));
    let frame = super::frame("API", &person).section(Section::Api);
    let base = desk.settings.public_url.as_str().trim_end_matches('/').to_owned();
    render(&ApiPage { frame, base, operations })
}

fn methods(item: &PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    [("GET", &item.get), ("POST", &item.post), ("PATCH", &item.patch), ("DELETE", &item.delete)]
        .into_iter()
        .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
}

fn described(method: &'static str, path: &str, operation: &Operation) -> Described {
    let parameters = operation.parameters.iter().flatten().filter_map(|parameter| {
        let RefOr::T(parameter) = parameter else { return None };
        let description = parameter.description.clone()?;
        Some((parameter.name.clone(), plain(&description)))
    });
    Described {
        method,
        path: path.to_owned(),
        summary: plain(operation.summary.as_deref().unwrap_or_default()),
        description: plain(operation.description.as_deref().unwrap_or_default()),
        parameters: parameters.collect(),
    }
}

/// The description is Markdown, which this page does not read; of it we use backticks only.
fn plain(text: &str) -> String {
    text.replace('`', "")
}
