//! Where the indicator stood, when several records of one thing say it differently well.

use crate::{Finding, Place};

/// The places of all records of one thing, each once.
///
/// Graph tells the role of a piece of evidence; hunting and a workspace have the same piece and mostly tell none. Where a
/// record says that the indicator is mere context, a copy that is silent does not make a hit of it again.
pub(super) fn of(records: &[&Finding]) -> Vec<Place> {
    let says_context = |record: &Finding| record.places.iter().any(is_told_as_context);
    let context_is_told = records.iter().any(|record| says_context(record));
    let mut all = Vec::new();
    for record in records {
        let silent = context_is_told && !says_context(record);
        all.extend(record.places.iter().filter(|place| !silent || place.role.is_some()).cloned());
    }
    once(&mut all);
    all
}

/// Drops exact repetitions, and the word of a source that does not know the place where another does.
pub(super) fn once(places: &mut Vec<Place>) {
    let mut kept: Vec<Place> = Vec::with_capacity(places.len());
    for place in places.drain(..) {
        if !kept.contains(&place) {
            kept.push(place);
        }
    }
    if !kept.iter().all(Place::is_unplaced) {
        kept.retain(|place| !place.is_unplaced());
    }
    *places = kept;
}

/// Whether the record knows what the indicator was in it, and that it was no more than near. A mention or a link in a mail
/// does not say that: the same name may be evidence of its own beside it.
fn is_told_as_context(place: &Place) -> bool {
    place.is_context() && !matches!(place.role.as_deref(), Some("mentioned" | "link_in_message"))
}

#[cfg(test)]
mod tests {
    use crate::Finding;
    use crate::made::{alert, place};
    use crate::merge::merge;

    fn of(roles: &[Option<&str>]) -> Finding {
        let places = roles.iter().map(|role| place(role.unwrap_or("RemoteIP"), *role, Some("malicious"))).collect();
        Finding { places, ..alert("a") }
    }

    fn merged(one: &Finding, two: &Finding) -> Finding {
        let (there, back) = (merge([one, two]).remove(0), merge([two, one]).remove(0));
        assert_eq!(there.weighs(), back.weighs(), "whatever the order");
        there
    }

    #[test]
    fn a_place_stands_once() {
        assert_eq!(merge([&of(&[None, None])]).remove(0).places.len(), 1);
    }

    #[test]
    fn a_source_that_knows_the_place_speaks_for_one_that_does_not() {
        let (related, context) = (of(&[Some("related")]), of(&[Some("mentioned")]));
        let both = merged(&related, &context);
        assert_eq!(both.places, context.places);
        assert!(!both.weighs(), "what stands there as context is no hit because another source relates it");
        let alone = merged(&related, &related);
        assert_eq!(alone.places, related.places);
        assert!(alone.weighs(), "then it is all that is known");
    }

    #[test]
    fn a_copy_without_a_role_makes_no_hit_of_what_is_context() {
        for role in ["contextual", "resolved", "resolver", "recipient", "attacked"] {
            assert!(!merged(&of(&[Some(role)]), &of(&[None])).weighs(), "{role}");
            assert!(merged(&of(&[Some(role), None]), &of(&[None])).weighs(), "{role} and evidence of its own");
            assert!(merged(&of(&[Some(role)]), &of(&[Some("attacker")])).weighs(), "{role}, and another names a role");
        }
        for role in ["mentioned", "link_in_message"] {
            assert!(merged(&of(&[Some(role)]), &of(&[None])).weighs(), "{role} does not say what it was");
        }
    }
}
