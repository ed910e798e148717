//! Who runs a command, for the audit.

use store::audit::{Actor, Entry};

use crate::instance::Instance;

/// The account on this machine, as the environment names it; with sudo, both. Whoever may run Oriel's commands may write
/// what they like there: this tells helpful people apart and keeps nobody out.
pub fn actor() -> Actor {
    let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let account = named("LOGNAME").or_else(|| named("USER")).unwrap_or_else(|| "unknown".to_owned());
    match named("SUDO_USER") {
        Some(before) if before != account => Actor::command_line(&format!("{account} ({before})")),
        _ => Actor::command_line(&account),
    }
}

/// Writes down what somebody does with a command that changes nothing in the database: before it is done or shown, so that it
/// is neither where that fails.
pub async fn note(instance: &Instance, entries: &[Entry]) -> Result<(), store::Error> {
    store::audit::append(&instance.db, &actor(), entries, instance.now()).await
}
