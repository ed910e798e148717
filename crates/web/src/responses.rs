//! How a template becomes a response.

use askama::Template;
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::error::Error;

/// A filled template.
pub type Page = Html<String>;

/// Fills a template.
pub fn render(template: &impl Template) -> Result<Page, Error> {
    Ok(Html(template.render()?))
}

/// A stream of events that reaches the reader as it comes, whatever proxy stands between: nginx and those that follow it
/// would otherwise collect it, and others compress it, which collects it too.
pub fn unbuffered(events: impl IntoResponse) -> Response {
    let by_nginx = HeaderName::from_static("x-accel-buffering");
    ([(by_nginx, "no"), (header::CACHE_CONTROL, "no-store, no-transform")], events).into_response()
}

/// Where a post leads: a page that can be loaded again without being sent again.
pub fn see(address: &str) -> Redirect {
    Redirect::to(address)
}

/// The address to go back to, if it is one of Oriel's own; home otherwise. An address with another host would send
/// somebody who has just signed in to whoever made the link.
pub fn own_address(back: &str) -> &str {
    let own = back.starts_with('/')
        && !back.starts_with("//")
        && !back.bytes().any(|byte| byte == b'\\' || byte.is_ascii_control() || !byte.is_ascii());
    if own { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::own_address;

    #[rstest]
    #[case("/search?q=example.com", "/search?q=example.com")]
    #[case("//example.com", "/")]
    #[case("/\\example.com", "/")]
    #[case("/\t/example.com", "/")]
    #[case("https://example.com/", "/")]
    #[case("javascript:alert(1)", "/")]
    #[case("", "/")]
    fn the_way_back_never_leads_out(#[case] back: &str, #[case] expected: &str) {
        assert_eq!(own_address(back), expected);
    }
}
