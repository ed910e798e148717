//! The description of the API, made from the handlers themselves.

use std::sync::LazyLock;

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{self, Content, Ref, RefOr, ResponseBuilder, SecurityRequirement};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Oriel",
        description = "What Microsoft Sentinel and Microsoft Defender know about a domain or an IP address. Every address but \
                       this one needs an API key, sent as `Authorization: Bearer KEY`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "search", description = "Ask about a domain or an address"),
        (name = "connections", description = "App registrations through which Microsoft is asked; with an owner's key"),
        (name = "people", description = "Who may sign in; with the key of an owner who may see every tenant"),
        (name = "own assets", description = "Domains and networks of the organisation; with an owner's key"),
        (name = "audit", description = "Who did what; with the key of an auditor or an owner"),
    ),
    paths(
        super::search::show,
        super::connections::list,
        super::connections::create,
        super::connections::update,
        super::connections::delete,
        super::connections::validate,
        super::connections::many::validate,
        super::tenants::list,
        super::tenants::update,
        super::connections::credentials::list,
        super::connections::credentials::create,
        super::connections::credentials::validate,
        super::connections::credentials::switch,
        super::connections::credentials::delete,
        super::connections::watch::changes,
        super::connections::watch::pulse,
        super::people::list,
        super::people::create,
        super::people::update,
        super::people::delete,
        super::people::sessions,
        super::people::end_sessions,
        super::people::end_session,
        super::people::keys,
        super::people::revoke_key,
        super::audit::show,
        super::own_assets::list,
        super::own_assets::create,
        super::own_assets::delete,
    ),
)]
struct Described;

static DOCUMENT: LazyLock<openapi::OpenApi> = LazyLock::new(|| {
    let mut document = Described::openapi();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    document.components.get_or_insert_with(Default::default).add_security_scheme("key", bearer);
    for path in document.paths.paths.values_mut() {
        let methods = [&mut path.get, &mut path.post, &mut path.patch, &mut path.delete];
        methods.into_iter().flatten().for_each(add_refusals);
    }
    document.security = Some(vec![SecurityRequirement::new("key", Vec::<String>::new())]);
    document
});

/// What the guard in front of every handler answers, and the reader of what is sent: no handler speaks of these itself.
fn add_refusals(operation: &mut Operation) {
    let search = operation.tags.iter().flatten().any(|tag| tag == "search");
    let whose = if search { "The key of an auditor, who does not search" } else { "Not an owner's key" };
    let mut refusals = vec![("401", "No key, or one that is not known or was revoked"), ("403", whose)];
    if operation.request_body.is_some() {
        refusals.push(("400", "What was sent is not JSON"));
        refusals.push(("413", "What was sent is larger than 64 KiB"));
        refusals.push(("415", "What was sent does not say that it is JSON"));
    } else if search {
        refusals.push(("400", "The query has a parameter that is not known, or one of another type"));
    }
    for (status, description) in refusals {
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new().description(description).content("application/problem+json", problem);
        operation.responses.responses.insert(status.to_owned(), RefOr::T(response.build()));
    }
}

/// The whole description.
pub fn document() -> &'static openapi::OpenApi {
    &DOCUMENT
}

/// `GET /api/v1/openapi.json`
pub async fn show() -> Json<&'static openapi::OpenApi> {
    Json(document())
}
