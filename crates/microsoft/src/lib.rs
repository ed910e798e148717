//! Clients for Entra, Microsoft Graph, Defender for Endpoint and Log Analytics. Knows no indicator.
//!
//! [`Microsoft`] is made once a process: one HTTP client, one token cache, one set of budgets. The interfaces are the
//! modules [`graph`], [`defender`] and [`log_analytics`]; each function is one read. What may be sent at all stands in
//! [`allow`], and nothing else can be. Whatever goes wrong is one [`Error`], whose variants are what a caller can do
//! about it.
//!
//! No crypto provider is installed here: TLS is built on `ring` explicitly, so a process may install what it likes.

pub mod allow;
mod budget;
pub mod certificate;
pub mod claims;
pub mod cloud;
pub mod credential;
pub mod defender;
mod discovery;
pub mod error;
pub mod graph;
mod identity;
pub mod literal;
pub mod log_analytics;
mod microsoft;
pub mod page;
mod pause;
pub mod proof;
mod proxy;
pub mod reach;
mod read_error;
mod redact;
pub mod refusal;
pub mod retry_after;
pub mod rows;
pub mod settings;
mod skew;
mod tally;
pub mod time;
mod tls;
pub mod token;
mod transport;

pub use certificate::{Certificate, CertificateError};
pub use claims::Claims;
pub use cloud::{Cloud, EntraPage, in_tenant};
pub use credential::{Call, Credential, Priority, Resource};
pub use discovery::Discovery;
pub use error::{Error, UnreachableCause};
pub use literal::{Literal, NotALiteral};
pub use microsoft::Microsoft;
pub use page::Listing;
pub use pause::Pause;
pub use proof::Proof;
pub use reach::Reached;
pub use refusal::{Refusal, RefusalCause};
pub use rows::{Column, Row, Rows};
pub use settings::{Clock, Proxy, Random, Settings, SettingsError, Ticks};
pub use tally::Calls;
pub use token::{Fresh, Token};
pub use transport::recorder::{Exchange, Transcript};
