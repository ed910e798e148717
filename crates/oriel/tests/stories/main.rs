//! Stories of the command line: the real program, a simulated Microsoft beside it, and a folder that is thrown away.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a story that cannot go on stops; one that is left out says so"
)]

mod backing_up;
mod behind_a_proxy;
mod bench;
mod completions;
mod configuration;
mod connecting;
mod demonstration;
mod doctor;
mod documents;
mod first_start;
mod folders;
mod forgetting;
mod hidden;
mod keys;
mod logging;
mod nothing_chosen_is_asked;
mod package;
mod people;
mod private;
mod running;
mod searching;
mod secrets;
mod secrets_stay_secret;
mod setting_up;
mod several_instances;
mod simulating;
mod stopping;
mod transport_security;
mod turning_keys;
mod unit;
mod watching;
