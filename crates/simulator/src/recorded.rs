//! What was asked, for tests to look at: never a secret, never a token.

use jiff::Timestamp;
use serde::Serialize;

use crate::access;
use crate::exchange::{Request, Surface, pairs};

/// Form fields and parameters whose value is not kept.
const SECRET: [&str; 4] = ["client_secret", "client_assertion", "access_token", "code_verifier"];

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// When, by the simulator's clock.
    pub at: Timestamp,
    /// Of whom.
    pub surface: Surface,
    /// `GET`, `POST`.
    pub method: String,
    /// The path as it was sent, without the surface's prefix.
    pub path: String,
    /// The query as it was sent, with secrets struck out.
    pub query: String,
    /// The body as text, with secrets struck out; empty if there was none.
    pub body: String,
    /// The client id in the token that came with it, if one came that can be read.
    pub app: Option<String>,
}

impl Recorded {
    pub(crate) fn new(request: &Request, at: Timestamp) -> Recorded {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let body = match request.surface {
            Surface::Login => struck_out(&body),
            _ => body,
        };
        Recorded {
            at,
            surface: request.surface,
            method: request.method.clone(),
            path: request.path.clone(),
            query: struck_out(&request.query),
            body,
            app: access::bearer(request).and_then(access::read).map(|claims| claims.appid),
        }
    }
}

/// The same form with secret values struck out; text without any is left as it was sent.
fn struck_out(text: &str) -> String {
    if !SECRET.iter().any(|secret| text.contains(secret)) {
        return text.to_owned();
    }
    let mut written = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs(text) {
        // Where a secret's name is only a part of what is read as a name, the text is no form: all of it goes.
        let (name, value) = match SECRET.iter().find(|secret| name.contains(*secret)) {
            Some(secret) if name == **secret => (name.as_str(), "[redacted]"),
            Some(_) => ("[redacted]", ""),
            None => (name.as_str(), value.as_str()),
        };
        written.append_pair(name, value);
    }
    written.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_struck_out_and_the_rest_is_kept() {
        assert_eq!(struck_out("client_id=a&client_secret=s3cr3t%21"), "client_id=a&client_secret=%5Bredacted%5D");
        assert_eq!(struck_out("$top=1&$filter=id%20eq%20'a'"), "$top=1&$filter=id%20eq%20'a'");
        // A body of another form is one name without a value; the name would hold the secret.
        assert!(!struck_out("{\"client_secret\":\"s3cr3t\"}").contains("s3cr3t"));
    }
}
