//! How a statement keeps to a scope: one text for both engines, which neither have a list as a parameter alike.

use crate::grants::Scope;

/// A condition that the scope holds the tenant of a row. Its two parameters are bound to [`everything`] and [`listed`].
/// Ids are UUIDs of one length, so that one stands in the list or does not.
macro_rules! within {
    ($everything:literal, $listed:literal, $tenant:literal) => {
        concat!("(", $everything, " OR ", $listed, " LIKE '%' || ", $tenant, " || '%')")
    };
}
pub(crate) use within;

/// Whether the scope holds every tenant.
pub(crate) fn everything(scope: &Scope) -> bool {
    matches!(scope, Scope::All)
}

/// The ids of the tenants that it holds otherwise.
pub(crate) fn listed(scope: &Scope) -> String {
    match scope {
        Scope::All => String::new(),
        Scope::Only(tenants) => tenants.iter().map(|tenant| tenant.as_str()).collect::<Vec<_>>().join(" "),
    }
}
