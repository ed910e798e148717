//! Work in the background: connections are tried again, and the pulse of their tables is taken.
//!
//! [`Background::tick`] does what is due now and says what it did; whoever runs the server calls it every minute. Of
//! several instances over one database one works, the one that holds the lease.

mod background;
mod due;
mod look;

pub use background::{Background, Done, Error};
pub use look::Look;

/// The time of day, as a parameter.
pub type Clock = std::sync::Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>;
