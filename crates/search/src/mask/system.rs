//! Accounts that are nobody: the systems' own.

/// Names of accounts that a system makes for itself, folded.
const SYSTEM: &[&str] = &[
    "anonymous logon",
    "daemon",
    "defaultaccount",
    "iusr",
    "local service",
    "local system",
    "localservice",
    "localsystem",
    "network service",
    "networkservice",
    "nobody",
    "root",
    "system",
    "wdagutilityaccount",
    "www-data",
];

/// Whether a folded name, without its domain, is that of a system's own account: it names no person, and masking it
/// would spoil every text that has the word. An account of a machine (`FIN-014$`) is its device's name.
pub(super) fn is_system(name: &str) -> bool {
    let numbered = |begin: &str| {
        name.strip_prefix(begin).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // The numbers of the three services of Windows.
    let service = matches!(name, "s-1-5-18" | "s-1-5-19" | "s-1-5-20");
    SYSTEM.binary_search(&name).is_ok() || service || numbered("dwm-") || numbered("umfd-") || name.ends_with('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_for_the_binary_search() {
        assert!(SYSTEM.is_sorted());
    }

    #[test]
    fn a_system_is_nobody_and_an_administrator_is_somebody() {
        for nobody in ["system", "network service", "dwm-3", "umfd-0", "fin-014$", "root"] {
            assert!(is_system(nobody), "{nobody}");
        }
        for somebody in ["anna.berg", "administrator", "admin", "dwm-anna", "guest"] {
            assert!(!is_system(somebody), "{somebody}");
        }
    }
}
