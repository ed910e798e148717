//! Simulator, store and server on free ports, for tests.
//!
//! [`House`] is a whole Oriel: a simulated Microsoft, a database that is lent for the test, and the real server, as
//! `oriel serve` would start it. It is gone when it is dropped.

pub mod house;
pub mod traveller;
pub mod visitor;

pub use house::{House, Plan};
pub use traveller::{Page, Traveller};
pub use visitor::Visitor;
