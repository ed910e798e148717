//! What a token says about itself. Read, never checked: the interface that it is for does that.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

/// The claims worth knowing ("Access token claims reference"). A token that cannot be read has none, and the interfaces are
/// then known by what they answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Application permissions that are granted. Empty where nobody consented: a token is issued all the same.
    pub roles: Vec<String>,
    /// The tenant's GUID.
    pub tid: Option<String>,
    /// The app's client ID: `appid`, or `azp` in tokens of version 2.
    pub appid: Option<String>,
    /// The app's name in the tenant.
    pub app_displayname: Option<String>,
    /// For whom the token is.
    pub aud: Option<String>,
    /// Object ID of the app's service principal, to which Azure roles are assigned.
    pub oid: Option<String>,
    /// When it expires.
    pub exp: Option<Timestamp>,
}

impl Claims {
    /// Reads the middle part of a token. `None` if it is none of the usual form.
    pub(crate) fn read(token: &str) -> Option<Claims> {
        let payload = token.split('.').nth(1)?.trim_end_matches('=');
        let bytes = URL_SAFE_NO_PAD.decode(payload).ok()?;
        Claims::from_value(&serde_json::from_slice(&bytes).ok()?)
    }

    /// Reads decoded claims.
    pub fn from_value(value: &Value) -> Option<Claims> {
        let claims = value.as_object()?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let roles = match claims.get("roles") {
            Some(Value::Array(roles)) => roles.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(role)) => vec![role.clone()],
            _ => Vec::new(),
        };
        Some(Claims {
            roles,
            tid: text("tid"),
            appid: text("appid").or_else(|| text("azp")),
            app_displayname: text("app_displayname"),
            aud: text("aud"),
            oid: text("oid"),
            exp: claims.get("exp").and_then(Value::as_i64).and_then(|second| Timestamp::from_second(second).ok()),
        })
    }

    /// Whether a permission is granted. Letter case does not count: Microsoft writes both `Url.Read.All` and
    /// `URL.Read.All`.
    pub fn holds(&self, permission: &str) -> bool {
        self.roles.iter().any(|role| role.eq_ignore_ascii_case(permission))
    }

    /// Granted permissions that can change something. Oriel never asks for one.
    pub fn writing(&self) -> Vec<&str> {
        self.roles.iter().map(String::as_str).filter(|role| can_write(role)).collect()
    }
}

/// A role reads if its verb begins with `Read` and does not go on with `Write`: `Alert.Read.All`, `User.ReadBasic.All`.
/// `Machine.Isolate`, `Mail.Send`, `Ti.ReadWrite` do something.
fn can_write(role: &str) -> bool {
    let verb = role.split('.').nth(1).unwrap_or(role).to_ascii_lowercase();
    !verb.starts_with("read") || verb.starts_with("readwrite")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn claims_are_read_from_both_versions_of_tokens() {
        let claims =
            Claims::read(&token(r#"{"roles":["Url.Read.All"],"tid":"t","appid":"a","exp":1764033900}"#)).unwrap();
        assert_eq!((claims.appid.as_deref(), claims.exp), (Some("a"), Timestamp::from_second(1_764_033_900).ok()));
        assert!(claims.holds("URL.Read.All") && !claims.holds("Ip.Read.All"));
        assert_eq!(Claims::read(&token(r#"{"azp":"b"}"#)).unwrap().appid.as_deref(), Some("b"));
    }

    #[test]
    fn a_token_without_roles_or_with_none_that_can_be_read_is_no_failure() {
        assert!(Claims::read(&token(r#"{"tid":"t"}"#)).unwrap().roles.is_empty());
        assert!(Claims::read(&token(r#"{"roles":null,"exp":"x"}"#)).unwrap().roles.is_empty());
        for opaque in ["", "opaque", "a.b.c", "a.%%%.c", "a.WzFd.c"] {
            assert_eq!(Claims::read(opaque), None, "{opaque}");
        }
    }

    #[test]
    fn permissions_that_write_are_told_from_those_that_read() {
        let roles = [
            "Alert.Read.All",
            "Alert.ReadWrite.All",
            "Machine.Isolate",
            "Mail.Send",
            "Ti.ReadWrite",
            "User.ReadBasic.All",
            "Data.Read",
        ];
        let claims = Claims { roles: roles.map(str::to_owned).to_vec(), ..Claims::default() };
        assert_eq!(claims.writing(), ["Alert.ReadWrite.All", "Machine.Isolate", "Mail.Send", "Ti.ReadWrite"]);
    }
}
