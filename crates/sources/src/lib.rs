//! One capability a file: its row of the table, its question to Microsoft, its probe, and how a record becomes a finding.
//!
//! [`capabilities`] is the table. [`Live`] makes a source of each row and each saved connection, and tries connections.
//! The only crate that knows both Microsoft's records and Oriel's findings.
//!
//! **What counts as the indicator.** The very name or address, in a field that holds one; the host of a URL counts as its
//! name. A sub-domain is another name, and so is a parent. `has` in a query finds more than that and is only a prefilter:
//! every record is read again here and dropped if the indicator itself does not stand in it. In lists, an entry
//! `*.bad.example` covers every name below `bad.example` and not `bad.example` itself.

mod alerts;
mod asking;
mod capability;
mod defender;
mod entities;
mod evidence;
mod freshness;
mod hunting;
mod identity;
mod live;
mod once;
mod outcome;
mod query;
mod record;
mod sentinel;
mod service;
mod set_up;
mod sighting;
mod threat_indicators;

#[cfg(test)]
mod could_not_have_known;
#[cfg(test)]
mod exactness;
#[cfg(test)]
mod made;
#[cfg(test)]
mod samples;

pub use capability::{Capability, Retirement, capabilities};
pub use live::{Live, PATIENCE, Taken, keep_pauses};
pub use query::{Query, queries};
pub use set_up::SetUpScripts;

/// The time of day, as a parameter.
pub type Clock = std::sync::Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>;
