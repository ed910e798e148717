//! Every address of Oriel, grouped by who may come in.
//!
//! The group is only where an address stands in this table; what keeps others out is the guard in the handler's
//! signature.

use std::any::Any;
use std::time::Duration;

use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Router, extract::DefaultBodyLimit};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

use crate::error::Error;
use crate::limits::LARGEST_BODY;
use crate::{Desk, api, assets, error, hosts, limits, observe, operations, pages, proof, security_headers, sessions};

/// The longest that anything takes: a search waits half a minute for its slowest source, a validation tries each
/// capability.
const LONGEST: Duration = Duration::from_secs(120);

/// Pages and API of one server.
///
/// Serve it with [`into_make_service_with_connect_info`](Router::into_make_service_with_connect_info) of a
/// `SocketAddr`: without the peer's address, attempts to sign in are counted together, and `/metrics` always needs a key.
pub fn router(desk: Desk) -> Router {
    let admit = from_fn_with_state(desk.clone(), limits::admit);
    let pages = bounded(pages_of_analysts().merge(pages_of_anybody()))
        .layer(from_fn_with_state(desk.clone(), proof::hold))
        .layer(from_fn_with_state(desk.clone(), sessions::watch::page))
        .layer(admit.clone())
        .layer(csrf(&desk))
        .layer(from_fn_with_state(desk.clone(), error::page::dress));
    // Those who run the server are answered also when it is full.
    let api = bounded(api_of_keys())
        .layer(from_fn_with_state(desk.clone(), sessions::watch::api))
        .layer(admit)
        .merge(bounded(operations()))
        .layer(from_fn(error::problem::dress));
    let elsewhere = Router::new().fallback(nothing_here).layer(from_fn_with_state(desk.clone(), error::page::dress));
    Router::new()
        .merge(pages)
        .merge(api)
        .fallback_service(elsewhere)
        .layer(from_fn_with_state(desk.clone(), hosts::check))
        .layer(from_fn_with_state(desk.clone(), security_headers::add))
        .layer(from_fn_with_state(desk.clone(), observe::observe))
        .with_state(desk)
}

/// Bounds what a handler may take and how it may end: a body, a time, a panic.
fn bounded(routes: Router<Desk>) -> Router<Desk> {
    routes
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(broken))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LONGEST))
}

/// Pages for people who search, and their searches' streams.
fn pages_of_analysts() -> Router<Desk> {
    let compressed = Router::new()
        .route("/", get(pages::home::show))
        .route("/search", get(pages::search::show))
        .route("/search.csv", get(pages::search::csv))
        .route("/search.json", get(pages::search::json))
        .route("/search/stream", get(pages::search::stream))
        .route("/search/names", post(pages::search::show_names))
        .route("/search/names/end", post(pages::search::end_names))
        .route("/api", get(pages::api::show))
        // Auditors and owners:
        .route("/audit", get(pages::audit::show))
        .route("/audit/export", get(pages::audit::export))
        .layer(CompressionLayer::new());
    // Not compressed: a page that shows a secret beside something that a stranger can choose would tell the secret by its
    // length.
    let plain = Router::new()
        .route("/settings", get(pages::settings::show))
        .route("/settings/password", post(pages::settings::password::update))
        .route("/settings/second-factor", post(pages::settings::access::confirm))
        .route("/settings/second-factor/begin", post(pages::settings::access::begin))
        .route("/settings/second-factor/codes", post(pages::settings::access::renew))
        .route("/settings/second-factor/remove", post(pages::settings::access::remove))
        .route("/settings/sessions/end-others", post(pages::settings::access::end_all_others))
        .route("/settings/sessions/{id}/end", post(pages::settings::access::end))
        .route("/settings/keys", post(pages::settings::keys::create))
        .route("/settings/keys/{id}/revoke", post(pages::settings::keys::revoke))
        .route("/people", get(pages::people::show).post(pages::people::change::create))
        .route("/people/second-factor", post(pages::people::change::require_second_factor))
        .route("/people/{id}", post(pages::people::change::update))
        .route("/people/{id}/password", post(pages::people::change::reset_password))
        .route("/people/{id}/second-factor/remove", post(pages::people::change::reset_second_factor))
        .route("/people/{id}/disable", post(pages::people::change::disable))
        .route("/people/{id}/enable", post(pages::people::change::enable))
        .route("/people/{id}/sessions/end", post(pages::people::change::end_sessions))
        .route("/people/{id}/sessions/{session}/end", post(pages::people::change::end_session))
        .route("/people/{id}/keys/{key}/revoke", post(pages::people::change::revoke_key))
        .route("/settings/set-up", get(pages::set_up::show))
        // Owners only:
        .route("/settings/own-assets", get(pages::settings::own_assets::show).post(pages::settings::own_assets::create))
        .route("/settings/own-assets/offers", post(pages::settings::own_assets::offers))
        .route("/settings/own-assets/take", post(pages::settings::own_assets::take))
        .route("/settings/own-assets/{id}/remove", post(pages::settings::own_assets::remove))
        .route("/settings/set-up/script", get(pages::set_up::script))
        .route("/settings/consented", get(pages::set_up::consented::show))
        .route("/settings/support-contact", post(pages::settings::support::update))
        .route("/settings/support-bundle", get(pages::settings::support::bundle))
        .route("/settings/connections", post(pages::settings::connections::create))
        .route("/settings/tenants/{id}", post(pages::settings::tenants::rename))
        .route("/settings/connections/validate", post(pages::settings::many::validate))
        .route("/settings/connections/checks", get(pages::settings::many::progress))
        .route("/settings/connections/{id}", post(pages::settings::connections::update))
        .route("/settings/connections/{id}/validate", post(pages::settings::connections::validate))
        .route("/settings/connections/{id}/transcript", post(pages::settings::transcript::create))
        .route("/settings/connections/{id}/remove", post(pages::settings::connections::remove))
        .route("/settings/connections/{id}/credentials", post(pages::settings::credentials::create))
        .route(
            "/settings/connections/{id}/credentials/{credential}/validate",
            post(pages::settings::credentials::validate),
        )
        .route("/settings/connections/{id}/credentials/{credential}/use", post(pages::settings::credentials::switch))
        .route("/settings/connections/{id}/credentials/{credential}/remove", post(pages::settings::credentials::remove))
        .route(
            "/settings/connections/{id}/credentials/{credential}/certificate",
            get(pages::settings::credentials::certificate),
        )
        .route("/settings/connections/{id}/checks", get(pages::settings::checks::show));
    compressed.merge(plain)
}

/// Pages for those who are not signed in yet, and what every page is drawn with.
fn pages_of_anybody() -> Router<Desk> {
    let assets = Router::new().route("/assets/{file}", get(assets::show)).layer(CompressionLayer::new());
    Router::new()
        .route("/sign-in", get(pages::sign_in::show).post(pages::sign_in::create))
        .route("/sign-in/code", post(pages::sign_in::code))
        .route("/sign-in/password", post(pages::sign_in::new_password))
        .route("/sign-in/second-factor", post(pages::sign_in::set_up))
        .route("/sign-in/sso", get(pages::sign_in::sso::begin))
        .route("/sign-in/sso/callback", get(pages::sign_in::sso::callback))
        .route("/signed-out", get(pages::sign_in::sso::signed_out))
        .route("/sign-out", post(pages::sign_in::delete))
        .route("/confirm", post(proof::confirm))
        .route("/first-start/{token}", get(pages::first_start::show).post(pages::first_start::create))
        .merge(assets)
}

/// The API: by key only, never by cookie. Its description is open.
fn api_of_keys() -> Router<Desk> {
    Router::new()
        .route("/api/v1/openapi.json", get(api::openapi::show))
        .route("/api/v1/search", get(api::search::show))
        // Owners' keys only:
        .route("/api/v1/own-assets", get(api::own_assets::list).post(api::own_assets::create))
        .route("/api/v1/own-assets/{id}", axum::routing::delete(api::own_assets::delete))
        .route("/api/v1/connections", get(api::connections::list).post(api::connections::create))
        .route("/api/v1/connections/{id}", patch(api::connections::update).delete(api::connections::delete))
        .route("/api/v1/connections/{id}/validate", post(api::connections::validate))
        .route("/api/v1/connections/validate", post(api::connections::many::validate))
        .route("/api/v1/tenants", get(api::tenants::list))
        .route("/api/v1/tenants/{id}", patch(api::tenants::update))
        .route(
            "/api/v1/connections/{id}/credentials",
            get(api::connections::credentials::list).post(api::connections::credentials::create),
        )
        .route(
            "/api/v1/connections/{id}/credentials/{credential}",
            axum::routing::delete(api::connections::credentials::delete),
        )
        .route(
            "/api/v1/connections/{id}/credentials/{credential}/validate",
            post(api::connections::credentials::validate),
        )
        .route("/api/v1/connections/{id}/credentials/{credential}/use", post(api::connections::credentials::switch))
        .route("/api/v1/connections/{id}/changes", get(api::connections::watch::changes))
        .route("/api/v1/connections/{id}/pulse", get(api::connections::watch::pulse))
        // Auditors' and owners' keys only:
        .route("/api/v1/audit", get(api::audit::show))
        .route("/api/v1/people", get(api::people::list).post(api::people::create))
        .route("/api/v1/people/{id}", patch(api::people::update).delete(api::people::delete))
        .route("/api/v1/people/{id}/sessions", get(api::people::sessions).delete(api::people::end_sessions))
        .route("/api/v1/people/{id}/sessions/{session}", axum::routing::delete(api::people::end_session))
        .route("/api/v1/people/{id}/keys", get(api::people::keys))
        .route("/api/v1/people/{id}/keys/{key}", axum::routing::delete(api::people::revoke_key))
        .route("/api/{*rest}", axum::routing::any(nothing_here))
        .layer(CompressionLayer::new())
}

/// For those who run the server.
fn operations() -> Router<Desk> {
    Router::new()
        .route("/healthz", get(operations::health))
        .route("/readyz", get(operations::ready))
        .route("/metrics", get(operations::metrics))
}

/// Refuses posts that another site has a browser send. Scripts that are no browser do not say where they come from, and
/// have no cookie that a stranger could use.
fn csrf(desk: &Desk) -> CsrfLayer {
    let origin = desk.settings.public_url.origin().ascii_serialization();
    let layer = CsrfLayer::new();
    layer.clone().add_trusted_origin(origin).unwrap_or(layer)
}

async fn nothing_here() -> Error {
    Error::NotFound
}

fn broken(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Error::Broken(format!("a handler broke off: {message}")).into_response()
}
