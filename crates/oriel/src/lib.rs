//! The binary: command line, configuration, wiring.
//!
//! Start reading at [`command::run`], which leads to one file a sub-command; [`instance::Instance`] puts the crates
//! together.

pub mod account;
pub mod background;
mod certificates;
pub mod command;
pub mod commands;
pub mod config;
mod counted;
pub mod instance;
pub mod logs;
pub mod output;
pub mod owners_file;
pub mod serving;
pub mod sign_on;
mod signals;
mod systemd;
pub mod tls;
pub mod together;
pub mod wiring;
