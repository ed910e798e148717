use super::*;
use crate::made::{asking, indicator, now};

#[tokio::test]
async fn without_a_workspace_the_answer_is_at_best_partial_and_says_what_to_add() {
    let asking = asking("sentinel.workspace_alerts");
    let question = Question { indicator: indicator("evil.example"), now: now(), deadline: Instant::now(), raw: false };
    let reading = (asking.capability.ask)(&asking, &question).await;
    let answer = outcome::answer(&asking, &question, reading);
    assert_eq!(answer.outcome, search::Outcome::Partial);
    assert!(answer.reason.unwrap().contains("names no workspace"));
    assert!(answer.remedy.unwrap().contains("workspace ID"));
    assert_eq!(answer.covered, None, "nothing was covered");
}

#[test]
fn of_several_tables_the_one_that_could_have_known_least_decides() {
    let at = |text: &str| Newest::At(text.parse().unwrap());
    let (old, new) = (at("2026-11-01T00:00:00Z"), at("2026-11-25T00:00:00Z"));
    assert_eq!(weaker(None, new), new);
    assert_eq!(weaker(Some(new), old), old);
    assert_eq!(weaker(Some(old), new), old);
    assert_eq!(weaker(Some(old), Newest::Never), Newest::Never);
    assert_eq!(weaker(Some(Newest::Never), new), Newest::Never);
}
