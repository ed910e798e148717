//! Who runs a command, for the audit.

use store::audit::Actor;

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
