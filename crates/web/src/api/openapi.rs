//! The description of the API, made from the handlers themselves.

use std::sync::LazyLock;

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{self, SecurityRequirement};

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
    ),
    paths(
        super::search::show,
        super::connections::list,
        super::connections::create,
        super::connections::update,
        super::connections::delete,
        super::connections::validate,
    ),
)]
struct Described;

static DOCUMENT: LazyLock<openapi::OpenApi> = LazyLock::new(|| {
    let mut document = Described::openapi();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    document.components.get_or_insert_with(Default::default).add_security_scheme("key", bearer);
    document.security = Some(vec![SecurityRequirement::new("key", Vec::<String>::new())]);
    document
});

/// The whole description.
pub fn document() -> &'static openapi::OpenApi {
    &DOCUMENT
}

/// `GET /api/v1/openapi.json`
pub async fn show() -> Json<&'static openapi::OpenApi> {
    Json(document())
}
