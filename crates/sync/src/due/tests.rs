use super::*;

fn at(minutes: i64) -> Timestamp {
    "2026-11-25T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

const ID: &str = "01900000-0000-7000-8000-000000000001";

fn known() -> Times<'static> {
    Times { id: ID, updated: at(-1000), validated: Some(at(0)), failed: false, tried: None, asked: None }
}

#[test]
fn a_validation_holds_for_four_hours_and_a_little() {
    assert!(!validation(known(), at(0)) && !validation(known(), at(239)));
    assert!(validation(known(), at(270)));
}

#[test]
fn a_connection_that_did_not_work_is_tried_again_every_half_hour() {
    let failed = Times { failed: true, ..known() };
    assert!(!validation(failed, at(29)) && validation(failed, at(30)));
    let tried = Times { tried: Some(at(30)), ..failed };
    assert!(!validation(tried, at(31)), "also if that try came to nothing");
}

#[test]
fn thirty_connections_are_not_due_in_the_same_minute() {
    let mut minutes = std::collections::BTreeMap::<i64, usize>::new();
    for number in 0..30 {
        let id = format!("01900000-0000-7000-8000-{number:012}");
        let due = (240..=270).find(|minute| validation(Times { id: &id, ..known() }, at(*minute)));
        *minutes.entry(due.expect("due within the half hour")).or_default() += 1;
    }
    assert!(minutes.len() >= 10, "{minutes:?}");
    assert!(minutes.values().all(|together| *together <= 6), "{minutes:?}");
}

#[test]
fn a_refusal_is_looked_at_soon_but_not_again_and_again() {
    let refused = Times { asked: Some(at(20)), ..known() };
    assert!(validation(refused, at(20)));
    let tried = Times { validated: Some(at(21)), tried: Some(at(21)), ..refused };
    assert!(!validation(tried, at(22)) && !waits(tried), "it was answered");
    let again = Times { asked: Some(at(23)), ..tried };
    assert!(!validation(again, at(23)) && !validation(again, at(30)) && waits(again));
    assert!(validation(again, at(31)));
}

#[test]
fn a_try_that_came_to_nothing_is_not_repeated_every_minute() {
    let failed = Times { validated: Some(at(-300)), tried: Some(at(0)), ..known() };
    assert!(!validation(failed, at(1)) && validation(failed, at(10)));
    let never = Times { validated: None, tried: Some(at(0)), ..known() };
    assert!(!validation(never, at(1)) && validation(never, at(10)));
}

#[test]
fn who_saves_a_connection_has_time_to_try_it_himself() {
    let saved = Times { updated: at(0), validated: None, ..known() };
    assert!(!validation(saved, at(1)) && validation(saved, at(2)));
    let changed = Times { updated: at(5), ..known() };
    assert!(!validation(changed, at(6)) && validation(changed, at(7)), "also shortly after another validation");
    let tried = Times { tried: Some(at(7)), ..changed };
    assert!(!validation(tried, at(8)));
}

#[test]
fn tables_are_looked_at_every_hour() {
    assert!(pulse(None, at(0)) && !pulse(Some(at(0)), at(59)) && pulse(Some(at(0)), at(60)));
}
