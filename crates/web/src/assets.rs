//! Style sheets, scripts and pictures: embedded in the binary, and named by their content so that they may be kept for ever.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// Name in the folder to address, and the last part of the address back to the name.
struct Addresses {
    by_name: HashMap<String, String>,
    by_address: HashMap<String, String>,
}

static ADDRESSES: LazyLock<Addresses> = LazyLock::new(|| {
    let mut addresses = Addresses { by_name: HashMap::new(), by_address: HashMap::new() };
    for name in Files::iter().filter(|name| kind(name).is_some()) {
        let Some(file) = Files::get(&name) else { continue };
        let mut digest = String::with_capacity(12);
        for byte in file.metadata.sha256_hash().iter().take(6) {
            // Writing to a string does not fail.
            let _ = write!(digest, "{byte:02x}");
        }
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
        let address = format!("{stem}-{digest}.{extension}");
        addresses.by_name.insert(name.to_string(), format!("/assets/{address}"));
        addresses.by_address.insert(address, name.to_string());
    }
    addresses
});

/// The address of a file of the `assets` folder, with its digest: `/assets/app-1f2e3d4c5b6a.css`.
pub fn url(name: &str) -> &'static str {
    ADDRESSES.by_name.get(name).map_or("/assets/missing", String::as_str)
}

/// `GET /assets/{file}`: the file under its digest's name, to be kept for a year. Needs no sign-in: nothing in it is secret.
pub async fn show(Path(file): Path<String>) -> Response {
    let found = ADDRESSES.by_address.get(&file).and_then(|name| Files::get(name).map(|found| (name, found)));
    let Some((name, found)) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = kind(name).unwrap_or("application/octet-stream");
    let mut response = Response::new(Body::from(found.data.into_owned()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}

/// What a file is; `None` for what lies in the folder and is not for browsers.
fn kind(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

#[cfg(test)]
mod contrast;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_served_under_the_address_that_pages_name() {
        for name in ["tokens.css", "frame.css", "parts.css", "report.css", "theme.js", "app.js", "favicon.svg"] {
            let address = url(name);
            let file = address.strip_prefix("/assets/").unwrap().to_owned();
            assert_ne!(file, "missing", "{name}");
            let response = show(Path(file)).await;
            assert_eq!(response.status(), StatusCode::OK, "{name}");
            assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        }
    }

    #[tokio::test]
    async fn a_name_without_its_digest_is_not_served() {
        assert_eq!(show(Path("frame.css".to_owned())).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(show(Path("README.md".to_owned())).await.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn no_asset_names_another_host() {
        for name in Files::iter().filter(|name| kind(name).is_some()) {
            let text = String::from_utf8(Files::get(&name).unwrap().data.into_owned()).unwrap();
            let outside = text.replace("http://www.w3.org/2000/svg", "");
            assert!(
                !outside.contains("http://") && !outside.contains("https://") && !outside.contains("@import"),
                "{name}"
            );
        }
    }
}
