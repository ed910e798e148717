//! What is written about a package: the bill of materials, and the notices of the libraries in it.
//!
//! [`Shipped::read`] finds out which crates are in the binary, from `cargo metadata` and the lock file as they stand;
//! [`bill`] and [`notices`] write it down. `scripts/dist` puts both into the package.

mod bill;
mod notices;
mod shipped;

pub use bill::bill;
pub use notices::notices;
pub use shipped::{Error, Shipped};
