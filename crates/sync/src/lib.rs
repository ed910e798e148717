//! Work in the background: connections are tried again, and the pulse of their tables is taken.
//!
//! [`Background::tick`] does what is due now and says what it did; whoever runs the server calls it every minute. Of
//! several instances over one database one works, the one that holds the lease. [`Together`] has them share Microsoft's
//! budgets.

mod background;
mod due;
mod look;
mod tidy;
mod together;

pub use background::{Background, Done, Error, Lease};
pub use look::Look;
pub use tidy::Tidied;
pub use together::{LIVES, Together};

/// The time of day, as a parameter.
pub type Clock = std::sync::Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>;
