//! Pages and API: the only templates and status codes.
//!
//! [`router`] is the way in, and `router.rs` the table of contents. Who may come in is written in the signature of each
//! handler (`guard.rs`), what a search is for pages, API and event stream alike in `desk_search.rs`, and how an error
//! turns into a page or into problem+json in `error.rs`. This crate knows no source: it is handed
//! [`search::Sources`] and [`search::Validator`].

mod api;
mod assets;
mod attempts;
pub mod audit;
mod base32;
pub mod certificates;
mod client_address;
pub mod connection_form;
pub mod connections;
pub mod countdown;
pub mod desk_search;
mod error;
pub mod first_start;
mod frame;
#[cfg(test)]
mod gallery;
mod guard;
pub mod guide;
mod hosts;
mod limits;
mod markup;
mod memory;
pub mod metrics;
pub mod names;
mod observe;
mod operations;
mod own_assets;
mod pages;
pub mod passwords;
mod people;
mod proof;
mod responses;
mod rights;
mod router;
mod sealed_text;
mod second_factor;
mod secret_text;
mod security_headers;
mod sessions;
mod sign_in_limit;
pub mod sign_on;
mod state;
pub mod support;
pub mod tenants;
#[cfg(test)]
mod tests;
mod tokens;
mod validating;
mod when;

pub use client_address::{Proxies, network};
pub use error::{Error, FieldError};
pub use hosts::Hosts;
pub use limits::Limits;
pub use memory::Memory;
pub use metrics::Metrics;
pub use people::{unfit_label, unfit_name};
pub use router::router;
pub use state::{CapabilityRow, Clock, Desk, Random, Settings};
pub use tokens::new as new_token;
pub use validating::End;
