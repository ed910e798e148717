//! Two clients of one Microsoft, as two instances have them.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use microsoft::{Call, Error, Pause, Priority, graph};
use serde_json::json;

use crate::fake::*;

fn rows() -> Answer {
    Answer::json(200, json!({"schema": [], "results": []}))
}

async fn hunts(desk: &Desk) -> Result<(), Error> {
    graph::hunt(&desk.microsoft, &desk.call(), "AlertInfo", None).await.map(drop)
}

async fn hunting_pauses_for(seconds: &'static str) -> Fake {
    Fake::start(move |seen, before| match before {
        _ if seen.is_token() => None,
        0 => Some(Answer::json(429, json!({"error": {"message": "45 a minute"}})).with("Retry-After", seconds)),
        _ => Some(rows()),
    })
    .await
}

#[tokio::test]
async fn a_pause_that_one_was_asked_for_is_told_and_holds_the_other() {
    let fake = hunting_pauses_for("120").await;
    let (one, two) = (Desk::new(&fake), Desk::new(&fake));
    let mut told = one.microsoft.pauses();
    let begun = Timestamp::now();
    assert!(matches!(hunts(&one).await.unwrap_err(), Error::Throttled { .. }));
    let pause = told.try_recv().unwrap();
    let left = pause.until.duration_since(begun).as_secs();
    assert!((120..=125).contains(&left) && pause.why == "45 a minute", "{pause:?}");
    assert!(told.try_recv().is_err(), "it is told once");

    two.microsoft.pause(&pause);
    let error = hunts(&two).await.unwrap_err();
    assert!(matches!(&error, Error::Throttled { message, .. } if message == "45 a minute"), "{error:?}");
    assert_eq!(fake.calls().len(), 1, "the other one asked nothing");
}

#[tokio::test]
async fn a_pause_that_is_over_or_is_not_understood_holds_nobody() {
    let fake = Fake::start(|seen, _| (!seen.is_token()).then(rows)).await;
    let desk = Desk::new(&fake);
    let of_another_oriel = "lakes 4711";
    let key = {
        let throttled = hunting_pauses_for("120").await;
        let other = Desk::new(&throttled);
        let mut told = other.microsoft.pauses();
        hunts(&other).await.unwrap_err();
        told.try_recv().unwrap().key
    };
    let minute = SignedDuration::from_mins(1);
    for (key, until) in [(key.as_str(), Timestamp::now() - minute), (of_another_oriel, Timestamp::now() + minute)] {
        desk.microsoft.pause(&Pause { key: key.into(), why: "over".into(), until });
        hunts(&desk).await.unwrap();
    }
}

#[tokio::test]
async fn two_instances_send_together_what_one_may() {
    let fake = Fake::start(|seen, _| (!seen.is_token()).then(rows)).await;
    let both = [Desk::with(&fake, stop_the_clock), Desk::with(&fake, stop_the_clock)];
    for desk in &both {
        desk.microsoft.share_budgets(2);
        let mut sent = 0;
        while hunts(desk).await.is_ok() {
            sent += 1;
        }
        // Half of the documented 45 is Oriel's, and half of that each instance's.
        assert_eq!(sent, 11);
    }
    assert_eq!(fake.calls().len(), 22);
    both[0].microsoft.share_budgets(1);
    hunts(&both[0]).await.unwrap();
}

#[tokio::test]
async fn who_is_asked_to_pause_sends_half_as_much_when_it_is_over() {
    let fake = hunting_pauses_for("120").await;
    let passed = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let (ticks, start) = (Arc::clone(&passed), std::time::Instant::now());
    let desk = Desk::with(&fake, |settings| {
        settings.ticks =
            Arc::new(move || start + Duration::from_secs(ticks.load(std::sync::atomic::Ordering::Relaxed)));
    });
    hunts(&desk).await.unwrap_err();
    passed.store(200, std::sync::atomic::Ordering::Relaxed);
    let background = Call { priority: Priority::Background, ..desk.call_within(Duration::from_secs(45)) };
    for _ in 0..6 {
        graph::hunt(&desk.microsoft, &background, "AlertInfo", None).await.unwrap();
    }
    graph::hunt(&desk.microsoft, &background, "AlertInfo", None).await.unwrap_err();
    for _ in 0..5 {
        hunts(&desk).await.unwrap();
    }
    hunts(&desk).await.unwrap_err();
}
