//! How many things there are to do: one that is missing may fail ten checks.

use search::{Check, CheckState};

use crate::markup;

/// One thing to do, and the checks that it mends, by their places in the list.
#[derive(Debug, PartialEq, Eq)]
pub struct Thing {
    /// The check that says how.
    pub first: usize,
    /// All that fail of it.
    pub all: Vec<usize>,
}

/// What is to be done, in the order of the checks. Checks that fail of the same thing are one: the same remedy in the same
/// place, or a permission that the step on permissions has already named.
pub fn things(checks: &[Check]) -> Vec<Thing> {
    let mut things: Vec<Thing> = Vec::new();
    for (at, check) in checks.iter().enumerate().filter(|(_, check)| check.state == CheckState::Failed) {
        match things.iter_mut().find(|thing| is_same(&checks[thing.first], check)) {
            Some(thing) => thing.all.push(at),
            None => things.push(Thing { first: at, all: vec![at] }),
        }
    }
    things
}

fn is_same(first: &Check, check: &Check) -> bool {
    let same_remedy = first.remedy.is_some() && first.remedy == check.remedy && first.link == check.link;
    (same_remedy && first.code == check.code) || names(first, check)
}

/// Whether a failed probe lacks no permission but those that the token was found to lack.
fn names(roles: &Check, probe: &Check) -> bool {
    let lacks = |check: &Check| matches!(check.code.as_str(), "missing_permission" | "no_consent");
    if roles.check != "roles" || probe.check != "probe" || !lacks(roles) || !lacks(probe) {
        return false;
    }
    let (Some(missing), Some(needed)) = (&roles.permission, &probe.permission) else { return false };
    markup::permissions(needed).all(|one| markup::permissions(missing).any(|other| other == one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(step: &str, code: &str, permission: Option<&str>, remedy: &str) -> Check {
        Check {
            check: step.into(),
            capability: None,
            permission: permission.map(str::to_owned),
            state: CheckState::Failed,
            code: code.into(),
            title: step.into(),
            remedy: Some(remedy.into()),
            link: None,
            trace_id: None,
            correlation_id: None,
        }
    }

    fn firsts(checks: &[Check]) -> Vec<usize> {
        things(checks).iter().map(|thing| thing.first).collect()
    }

    #[test]
    fn a_permission_that_is_missing_is_one_thing_however_many_probes_need_it() {
        let checks = [
            check("roles", "missing_permission", Some("A.Read.All, B.Read.All"), "Add both."),
            check("probe", "missing_permission", Some("A.Read.All"), "Add A."),
            check("probe", "missing_permission", Some("B.Read.All"), "Add B."),
            check("probe", "missing_permission", Some("C.Read.All"), "Add C."),
        ];
        assert_eq!(things(&checks)[0].all, [0, 1, 2]);
        assert_eq!(firsts(&checks), [0, 3], "what the token was not known to lack is another thing");
    }

    #[test]
    fn the_same_refusal_of_three_interfaces_is_one_thing_and_of_two_causes_two() {
        let mut checks = vec![check("token", "secret_expired", None, "Make a new secret."); 3];
        assert_eq!(firsts(&checks), [0]);
        checks.push(check("token", "conditional_access", None, "Let the address in."));
        checks.push(Check { remedy: None, ..check("probe", "failed", None, "") });
        checks.push(Check { remedy: None, ..check("probe", "failed", None, "") });
        assert_eq!(firsts(&checks), [0, 3, 4, 5]);
    }
}
