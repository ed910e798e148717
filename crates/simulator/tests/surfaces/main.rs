//! The surfaces as a client meets them: over a socket, from the documents' side.

mod asking;
mod defender;
mod faults;
mod graph;
mod log_analytics;
mod login;
mod replay;
mod samples;
mod story;
mod walls;
