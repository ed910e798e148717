//! One sub-command a file.

pub mod audit;
pub mod backup;
pub mod completions;
pub mod connection;
pub mod demo;
pub mod doctor;
pub mod forget;
mod granted;
pub mod key;
pub mod keyring;
pub mod restore;
pub mod search;
pub mod serve;
pub mod setup_script;
pub mod simulate;
pub mod user;
