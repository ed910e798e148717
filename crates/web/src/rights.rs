//! What each role may do: the one table that the guards follow and the page about people shows.

use store::people::Role;
use store::people::Role::{Analyst, Auditor, Owner, Viewer};

/// Something that not everybody may do.
#[derive(Debug, PartialEq, Eq)]
pub struct Right {
    /// In a few words, for the page.
    pub what: &'static str,
    /// Who may. As the sentence of a refusal has it: "an owner".
    pub who: &'static str,
    /// Those who may.
    pub roles: &'static [Role],
}

/// Search, and see what was found.
pub const SEARCH: Right = Right {
    what: "Search and see what is known",
    who: "people who search: owners, analysts and viewers",
    roles: &[Owner, Analyst, Viewer],
};
/// See people in findings by their names.
pub const SEE_NAMES: Right = Right {
    what: "See the people in findings by their names, and say why (others where an owner has allowed it)",
    who: "an owner, or somebody whom an owner has allowed it",
    roles: &[Owner],
};
/// Read the audit.
pub const READ_AUDIT: Right = Right { what: "Read the audit", who: "auditors and owners", roles: &[Owner, Auditor] };
/// Connect Microsoft.
pub const CONNECT: Right =
    Right { what: "Add, change and remove connections, and see how they are tried", who: "an owner", roles: &[Owner] };
/// Manage people.
pub const MANAGE_PEOPLE: Right = Right { what: "Manage people, roles and tenants", who: "an owner", roles: &[Owner] };
/// Have an account of one's own.
pub const OWN_ACCOUNT: Right = Right {
    what: "Have a password, a second factor, sessions and API keys of one's own",
    who: "anybody who is signed in",
    roles: &Role::ALL,
};

/// All of them, in the order of the page.
pub const RIGHTS: [&Right; 6] = [&SEARCH, &SEE_NAMES, &CONNECT, &MANAGE_PEOPLE, &READ_AUDIT, &OWN_ACCOUNT];

impl Right {
    /// Whether somebody of this role may.
    pub fn is_of(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_everything_and_an_auditor_reads_the_audit_alone() {
        assert!(RIGHTS.iter().all(|right| right.is_of(Owner)));
        let of = |role: Role| -> Vec<&str> {
            RIGHTS.iter().filter(|right| right.is_of(role)).map(|right| right.what).collect()
        };
        assert_eq!(of(Auditor), [READ_AUDIT.what, OWN_ACCOUNT.what]);
        assert_eq!(of(Viewer), [SEARCH.what, OWN_ACCOUNT.what]);
        assert_eq!(of(Analyst), [SEARCH.what, OWN_ACCOUNT.what]);
    }
}
