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
    let operations = openapi::document()
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| methods(item).map(|(method, operation)| described(method, path, operation)))
        .collect();
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
        Some((parameter.name.clone(), description))
    });
    Described {
        method,
        path: path.to_owned(),
        summary: operation.summary.clone().unwrap_or_default(),
        description: operation.description.clone().unwrap_or_default(),
        parameters: parameters.collect(),
    }
}
