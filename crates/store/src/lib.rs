//! SQLite and PostgreSQL: the only SQL.
//!
//! [`Db`] is either of them, and every statement is one text for both; `migrations/README.md` says how that is kept
//! possible. One table, one module. A function takes the time from its caller and answers with what is stored; what a
//! person may do is decided above.

pub mod audit;
pub mod backup;
pub mod changes;
mod columns;
pub mod condition;
pub mod connections;
pub mod counts;
pub mod credentials;
mod db;
mod error;
pub mod failures;
pub mod first_start;
pub mod forget;
pub mod grants;
mod ids;
pub mod instances;
pub mod jobs;
pub mod keys;
pub mod learned;
pub mod local_sign_ins;
pub mod meta;
pub mod own_assets;
pub mod people;
mod portable;
pub mod pulses;
pub mod restore;
pub mod sealed;
pub mod searches;
pub mod second_factors;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod tenants;
pub mod unmasking;
pub mod validations;
mod within;

pub use db::Db;
pub use error::Error;
pub use portable::{Column, Kind, Table};

/// What is kept of a token that is handed out once (a session, an API key, the one-time link): its SHA-256.
pub type Hash = [u8; 32];
