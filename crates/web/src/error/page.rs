//! An error as a page.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Desk;
use crate::frame::Frame;
use crate::guard::Known;
use crate::observe::RequestId;
use crate::support::Contact;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    status: u16,
    title: &'static str,
    detail: String,
    request_id: String,
    /// Whom to ask, where it is Oriel that failed.
    contact: Option<Contact>,
}

/// The outermost layer of the pages: every error leaves as a page.
pub async fn dress(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let known = Known::default();
    request.extensions_mut().insert(known.clone());
    let request_id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let mut response = next.run(request).await;
    let Some(failure) = super::of_response(&mut response) else { return response };
    let contact = if failure.status.is_server_error() { desk.contact_at_hand().await } else { None };
    let page = ErrorPage {
        frame: Frame { who: known.who(), ..Frame::bare(failure.title) },
        status: failure.status.as_u16(),
        title: failure.title,
        detail: failure.detail,
        request_id: request_id.0,
        contact,
    };
    let body = page.render().unwrap_or_else(|_| page.detail.clone());
    let mut dressed = (failure.status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response();
    super::keep_headers(&response, &mut dressed);
    dressed
}
