//! Calls counted over windows.

use futures_util::FutureExt;

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
    budgets.pause(&key, until, "429", now);
    budgets.pause(&key, now + Duration::from_secs(5), "429", now);
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

#[test]
fn each_of_several_instances_has_an_equal_part_and_at_least_one_call() {
    let (budgets, now) = (Budgets::new(0.5), Instant::now());
    let (hunting, graph) = (key(Interface::Hunting), key(Interface::Graph));
    budgets.share(2);
    assert_eq!(spend(&budgets, &hunting, Priority::People, now), 11);
    assert_eq!(spend(&budgets, &graph, Priority::Background, now), 45);
    assert_eq!(spend(&budgets, &graph, Priority::People, now), 30);
    budgets.share(1000);
    let a_minute_later = now + Duration::from_secs(60);
    assert_eq!(spend(&budgets, &hunting, Priority::People, a_minute_later), 1);
}

#[test]
fn when_the_number_of_instances_changes_what_was_sent_stays_counted() {
    let (budgets, key, now) = (Budgets::new(0.5), key(Interface::Hunting), Instant::now());
    assert_eq!(spend(&budgets, &key, Priority::People, now), 22);
    budgets.share(2);
    let later = now + Duration::from_secs(30);
    let wait = budgets.take(&key, Priority::People, later).unwrap_err();
    assert_eq!(wait.until, now + Duration::from_secs(60));
    budgets.share(1);
    assert_eq!(spend(&budgets, &key, Priority::People, later), 0, "coming back gives nothing twice");
    assert_eq!(spend(&budgets, &key, Priority::People, wait.until), 22);
    budgets.share(0);
    assert_eq!(budgets.instances(), 1, "this one is there");
}

#[test]
fn after_a_429_less_is_sent_and_the_old_pace_comes_back_step_by_step() {
    let (budgets, key, start) = (Budgets::new(0.5), key(Interface::Graph), Instant::now());
    let minutes = |minutes: u64| start + Duration::from_secs(60 * minutes);
    budgets.pause(&key, minutes(1), "429", start);
    // Calls that were under way meet the same: that is one sign and not three.
    budgets.pause(&key, minutes(2), "429", start);
    budgets.pause(&key, minutes(2), "429", minutes(1));
    assert_eq!(spend(&budgets, &key, Priority::People, minutes(2)), 75);
    budgets.pause(&key, minutes(4), "429", minutes(3));
    assert_eq!(spend(&budgets, &key, Priority::People, minutes(4)), 37);
    for minute in [5, 6, 7, 8] {
        budgets.pause(&key, minutes(minute + 1), "429", minutes(minute));
    }
    assert_eq!(spend(&budgets, &key, Priority::People, minutes(9)), 18, "never less than an eighth");
    assert_eq!(spend(&budgets, &key, Priority::People, minutes(14)), 37);
    assert_eq!(spend(&budgets, &key, Priority::People, minutes(19)), 75);
    assert_eq!(spend(&budgets, &key, Priority::People, minutes(24)), 150);
}

#[test]
fn a_pause_that_is_told_again_and_again_lowers_the_pace_once() {
    let (budgets, key, start) = (Budgets::new(0.5), key(Interface::Graph), Instant::now());
    let until = start + Duration::from_secs(60);
    for second in 0..60 {
        budgets.pause(&key, until, "429", start + Duration::from_secs(second));
    }
    budgets.pause(&key, until, "429", until);
    assert_eq!(spend(&budgets, &key, Priority::People, until), 75);
}

#[test]
fn a_key_is_read_as_it_was_written_and_a_foreign_one_not_at_all() {
    for interface in [Interface::Graph, Interface::Hunting, Interface::Defender, Interface::LogAnalytics] {
        let plain = key(interface);
        let odd = Key { cloud: "a cloud of ours".into(), client: String::new(), ..plain.clone() };
        assert_eq!(Key::read(&plain.text()), Some(plain));
        assert_eq!(Key::read(&odd.text()), Some(odd));
    }
    for foreign in ["", "graph", "graph t c", "lakes t c global"] {
        assert_eq!(Key::read(foreign), None, "{foreign}");
    }
}

#[tokio::test]
async fn two_instances_have_two_seats_each() {
    let (budgets, key) = (Budgets::new(0.5), key(Interface::LogAnalytics));
    budgets.share(2);
    let _one = budgets.seat(&key, Priority::Background).await;
    let _two = budgets.seat(&key, Priority::People).await;
    assert!(budgets.seat(&key, Priority::People).now_or_never().is_none());
    budgets.share(1);
    assert!(budgets.seat(&key, Priority::People).now_or_never().is_some());
}
