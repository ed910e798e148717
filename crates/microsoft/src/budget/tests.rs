//! Calls counted over windows.

use super::*;

fn key(interface: Interface) -> Key {
    Key { interface, cloud: "global".into(), tenant: "t".into(), client: "c".into() }
}

fn spend(budgets: &Budgets, key: &Key, priority: Priority, now: Instant) -> usize {
    (0..10_000).take_while(|_| budgets.take(key, priority, now).is_ok()).count()
}

#[test]
fn no_window_ever_holds_more_calls_than_microsoft_allows() {
    let (budgets, key, start) = (Budgets::new(0.5), key(Interface::Hunting), Instant::now());
    assert_eq!(spend(&budgets, &key, Priority::People, start), 22);
    assert_eq!(spend(&budgets, &key, Priority::People, start + Duration::from_secs(59)), 0);
    assert_eq!(budgets.take(&key, Priority::People, start).unwrap_err().until, start + Duration::from_secs(60));
    assert_eq!(spend(&budgets, &key, Priority::People, start + Duration::from_secs(60)), 22);
}

#[test]
fn the_hour_of_defender_counts_as_well_as_its_minute() {
    let (budgets, key, start) = (Budgets::new(0.5), key(Interface::Defender), Instant::now());
    let sent: usize =
        (0..20).map(|minute| spend(&budgets, &key, Priority::People, start + Duration::from_secs(60 * minute))).sum();
    assert_eq!(sent, 1500);
    let wait = budgets.take(&key, Priority::People, start + Duration::from_secs(1200)).unwrap_err();
    assert_eq!(wait.until, start + Duration::from_secs(3600));
}

#[test]
fn background_work_leaves_a_share_to_people() {
    let (budgets, key, now) = (Budgets::new(0.5), key(Interface::Graph), Instant::now());
    assert_eq!(spend(&budgets, &key, Priority::Background, now), 90);
    assert_eq!(spend(&budgets, &key, Priority::People, now), 60);
    assert!(budgets.take(&key, Priority::Background, now).is_err());
}

#[test]
fn a_small_share_still_lets_one_call_through() {
    let (budgets, key, now) = (Budgets::new(0.001), key(Interface::Hunting), Instant::now());
    assert_eq!(spend(&budgets, &key, Priority::Background, now), 1);
}

#[test]
fn a_pause_holds_for_its_whole_length_and_a_shorter_one_does_not_end_it() {
    let (budgets, key, now) = (Budgets::new(0.5), key(Interface::Graph), Instant::now());
    let until = now + Duration::from_secs(120);
    budgets.pause(&key, until, "429");
    budgets.pause(&key, now + Duration::from_secs(5), "429");
    let just_before = until - Duration::from_millis(1);
    for _ in 0..2 {
        assert_eq!(budgets.take(&key, Priority::People, just_before), Err(Wait { until, why: "429".into() }));
    }
    assert_eq!(budgets.take(&key, Priority::People, until), Ok(()));
}

#[tokio::test]
async fn log_analytics_runs_four_queries_at_a_time_and_two_in_the_background() {
    let (budgets, key) = (Budgets::new(0.5), key(Interface::LogAnalytics));
    let free = |priority| {
        std::future::poll_fn({
            let mut seat = Box::pin(budgets.seat(&key, priority));
            move |context| {
                std::task::Poll::Ready(match seat.as_mut().poll(context) {
                    std::task::Poll::Ready(seat) => Some(seat),
                    std::task::Poll::Pending => None,
                })
            }
        })
    };
    let background = [free(Priority::Background).await, free(Priority::Background).await];
    assert!(background.iter().all(Option::is_some));
    assert!(free(Priority::Background).await.is_none());
    let people = [free(Priority::People).await, free(Priority::People).await];
    assert!(people.iter().all(Option::is_some));
    assert!(free(Priority::People).await.is_none());
    drop(people);
    assert!(free(Priority::People).await.is_some());
}
