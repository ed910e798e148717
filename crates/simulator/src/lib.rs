//! The Microsoft side as a server, written from the documents: for tests, for trying things out.
//!
//! It is a second reading of the same specification that Oriel's own client was written from, so it uses nothing of the
//! client: what the two disagree about is a fault in one of them.

pub mod demo;
pub mod faults;
pub mod kql;
pub mod scenario;
pub mod schema;
pub mod situations;

mod access;
mod defender;
mod exchange;
mod graph;
mod identity;
mod ids;
mod jwt;
mod log_analytics;
mod login;
mod microsoft;
mod odata;
mod quota;
mod recorded;
mod records;
mod replay;
mod server;
mod simulator;
mod timespan;
mod world;

pub use exchange::Surface;
pub use faults::Faults;
pub use recorded::Recorded;
pub use replay::Replay;
pub use scenario::Scenario;
pub use simulator::{Clock, Options, Simulator};

use std::path::PathBuf;

/// Why the simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A scenario or replay file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A scenario file says something that a scenario cannot say.
    #[error("{file}: {message}")]
    Scenario {
        /// The file.
        file: String,
        /// What is wrong with it, with its line.
        message: String,
    },
    /// A line of a replay file is no exchange.
    #[error("{}, line {line}: {message}", path.display())]
    Replay {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        /// The address that was asked for.
        address: std::net::SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}
