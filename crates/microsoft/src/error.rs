//! What can go wrong, by what a caller can do about it.

use std::time::Duration;

use jiff::Timestamp;

use crate::refusal::Refusal;

/// Why there is no answer. Every text in it comes from Microsoft or from a proxy on the way: escape it where it is shown.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The credentials do not sign in.
    #[error("{0}")]
    Refused(Refusal),
    /// The token holds no permission for the call, or the app has no Azure role on the workspace.
    #[error("Microsoft denies access: {message}")]
    Denied {
        /// Permissions of which one would do, as Microsoft names them. Empty where it names none, as Log Analytics does:
        /// there the Azure role on the workspace is missing, or the workspace ID is another's.
        required: Vec<String>,
        /// Permissions that the token holds, where Microsoft names them.
        held: Vec<String>,
        /// Microsoft's text.
        message: String,
        /// Microsoft's request id.
        request_id: Option<String>,
    },
    /// The tenant does not have the product, or has not set it up.
    #[error("the tenant does not have the product: {message}")]
    Unlicensed {
        /// Microsoft's text.
        message: String,
        /// Code and ids: (name, value).
        evidence: Vec<(String, String)>,
    },
    /// The query names a table that is not there: the product behind it is not deployed.
    #[error("the table {name} is not there")]
    TableMissing {
        /// The table.
        name: String,
        /// Microsoft's text.
        message: String,
        /// Microsoft's request id.
        request_id: Option<String>,
    },
    /// Microsoft has switched the call off.
    #[error("Microsoft has switched this call off: {message}")]
    Retired {
        /// HTTP status.
        status: u16,
        /// Microsoft's text.
        message: String,
        /// Microsoft's request id.
        request_id: Option<String>,
    },
    /// The budget is spent, Microsoft's or Oriel's own share of it.
    #[error("too many calls until {until}: {message}")]
    Throttled {
        /// When it may be tried again.
        until: Timestamp,
        /// What was counted.
        message: String,
    },
    /// No answer by the deadline.
    #[error("{host} did not answer in time")]
    TimedOut {
        /// Which host.
        host: String,
        /// How long was waited for the last try.
        waited: Duration,
    },
    /// No connection.
    #[error("{host} cannot be reached: {message}")]
    Unreachable {
        /// Which host.
        host: String,
        /// Why.
        cause: UnreachableCause,
        /// What was found, in words; names the proxy if one was used.
        message: String,
    },
    /// Microsoft answered with an error that has no name here, or with something that cannot be read.
    #[error("Microsoft answered with status {status}: {message}")]
    Failed {
        /// HTTP status.
        status: u16,
        /// Microsoft's code, the innermost one; empty if there is none.
        code: String,
        /// Microsoft's text; the beginning of the body if that is no JSON.
        message: String,
        /// Microsoft's request id.
        request_id: Option<String>,
    },
    /// The cloud does not have the interface.
    #[error("{interface} is not offered in the cloud {cloud}")]
    NotOffered {
        /// Name of the cloud.
        cloud: String,
        /// Name of the interface.
        interface: String,
    },
    /// The call is not one of the reads that may be sent. Nothing was sent.
    #[error("{method} {path} is not among the calls that Oriel may send")]
    NotAllowed {
        /// HTTP method.
        method: String,
        /// Path, relative to the interface's base.
        path: String,
    },
}

/// Why no connection came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnreachableCause {
    /// The host's name does not resolve.
    Dns,
    /// Nothing answers at its address.
    Connect,
    /// The certificate is not trusted, or TLS failed otherwise.
    Tls {
        /// Who issued the certificate, if one came: a proxy that opens TLS shows itself here.
        issuer: Option<String>,
    },
    /// A certificate came that is good, and for another name.
    TlsName,
    /// A certificate came that, by this machine's clock, has ended or not begun.
    TlsTime,
    /// The proxy asks for a user and a password, or takes other ones.
    ProxyAuthentication,
    /// The proxy cannot be reached, or does not let the connection through.
    Proxy,
    /// The connection broke off before the answer was complete.
    Broken,
}

impl UnreachableCause {
    /// A stable word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            UnreachableCause::Dns => "dns",
            UnreachableCause::Connect => "connect",
            UnreachableCause::Tls { .. } => "tls",
            UnreachableCause::TlsName => "tls_name",
            UnreachableCause::TlsTime => "tls_time",
            UnreachableCause::ProxyAuthentication => "proxy_authentication",
            UnreachableCause::Proxy => "proxy",
            UnreachableCause::Broken => "broken",
        }
    }
}

impl Error {
    /// Microsoft's code, request, trace and correlation ids, for a ticket: (name, value).
    pub fn evidence(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: Option<String>| value.map(|value| (name.to_owned(), value));
        match self {
            Error::Refused(refusal) => refusal.evidence(),
            Error::Unlicensed { evidence, .. } => evidence.clone(),
            Error::Denied { request_id, .. } | Error::TableMissing { request_id, .. } => {
                pair("request_id", request_id.clone()).into_iter().collect()
            }
            Error::Retired { status, request_id, .. } => {
                [pair("status", Some(status.to_string())), pair("request_id", request_id.clone())]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Error::Failed { status, code, request_id, .. } => [
                pair("status", Some(status.to_string())),
                pair("code", Some(code.clone()).filter(|code| !code.is_empty())),
                pair("request_id", request_id.clone()),
            ]
            .into_iter()
            .flatten()
            .collect(),
            Error::Throttled { .. }
            | Error::TimedOut { .. }
            | Error::Unreachable { .. }
            | Error::NotOffered { .. }
            | Error::NotAllowed { .. } => Vec::new(),
        }
    }
}
