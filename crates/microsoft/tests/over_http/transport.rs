//! What happens around a call: tries, limits, deadlines, and faults by name.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use microsoft::{Call, Error, Fresh, Priority, RefusalCause, Resource, UnreachableCause, defender, graph};
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use crate::fake::*;

/// A server that answers every call as `answer` says, by how many came before; tokens are issued.
async fn serving(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Fake {
    Fake::start(move |seen, before| (!seen.is_token()).then(|| answer(before))).await
}

fn forbidden(code: &str, message: &str) -> Answer {
    Answer::json(401, json!({"error": {"code": code, "message": message}}))
}

#[tokio::test]
async fn a_401_drops_the_token_and_is_tried_once_more() {
    let fake = serving(|before| match before {
        0 => forbidden("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
        _ => Answer::list(json!([])),
    })
    .await;
    let desk = Desk::new(&fake);
    graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap();
    let bearers: Vec<String> = fake.calls().iter().map(|seen| seen.header("authorization").to_owned()).collect();
    assert_eq!((bearers.len(), fake.tokens().len()), (2, 2));
    assert_ne!(bearers[0], bearers[1]);
}

#[tokio::test]
async fn a_second_401_is_the_answer() {
    let fake = serving(|_| forbidden("InvalidAuthenticationToken", "no").with("request-id", "r-1")).await;
    let desk = Desk::new(&fake);
    match graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err() {
        Error::Refused(refusal) => {
            assert_eq!((refusal.cause, refusal.request_id.as_deref()), (RefusalCause::TokenRejected, Some("r-1")));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!((fake.calls().len(), fake.tokens().len()), (2, 2));
}

#[tokio::test]
async fn a_401_about_a_licence_is_not_tried_again() {
    let fake = serving(|_| forbidden("Unauthorized", "Unauthorized request - reason of failure: No Tvm license")).await;
    let desk = Desk::new(&fake);
    let error = defender::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err();
    assert!(matches!(error, Error::Unlicensed { .. }), "{error:?}");
    assert_eq!((fake.calls().len(), fake.tokens().len()), (1, 1));
}

#[tokio::test]
async fn a_throttled_call_is_not_sent_again_before_its_time_nor_is_any_other_of_that_budget() {
    let fake =
        serving(|_| Answer::json(429, json!({"error": {"code": "TooManyRequests"}})).with("Retry-After", "120")).await;
    let (passed, start) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let ticks = Arc::clone(&passed);
    let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
    let desk = Desk::with(&fake, |settings| {
        settings.clock = Arc::new(move || now);
        settings.ticks = Arc::new(move || start + Duration::from_secs(ticks.load(Ordering::Relaxed)));
        settings.random = Arc::new(|bytes| bytes.fill(0));
    });
    for (after, sent) in [(0, 1), (60, 1), (109, 1), (120, 2)] {
        passed.store(after, Ordering::Relaxed);
        let error = graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err();
        assert!(matches!(error, Error::Throttled { until, .. } if until > now), "{error:?}");
        assert_eq!(fake.calls().len(), sent, "after {after} s");
    }
    // Another interface has a budget of its own.
    defender::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err();
    assert_eq!(fake.calls().len(), 3);
}

#[tokio::test]
async fn a_short_throttle_is_waited_out() {
    let fake = serving(|before| match before {
        0 => Answer::text(429, "").with("Retry-After", "0"),
        1 => Answer::text(429, "<html>slow down</html>"),
        _ => Answer::list(json!([{"id": "a"}])),
    })
    .await;
    let desk = Desk::new(&fake);
    assert_eq!(graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap().values.len(), 1);
    assert_eq!(fake.calls().len(), 3);
}

#[tokio::test]
async fn a_busy_server_is_asked_four_times_and_what_it_said_is_shown() {
    let fake = serving(|_| Answer::text(502, "<html><body>Bad Gateway</body></html>")).await;
    let desk = Desk::new(&fake);
    match graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err() {
        Error::Failed { status: 502, message, .. } => assert!(message.contains("Bad Gateway"), "{message}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(fake.calls().len(), 4);
}

#[tokio::test]
async fn a_server_that_asks_for_a_long_pause_is_throttling() {
    let fake = serving(|_| Answer::text(503, "").with("Retry-After", "3600")).await;
    let desk = Desk::new(&fake);
    let error = graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err();
    assert!(matches!(error, Error::Throttled { .. }), "{error:?}");
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn the_share_of_hunting_is_kept_and_background_work_ends_before_it() {
    let fake = serving(|_| Answer::json(200, json!({"schema": [], "results": []}))).await;
    let desk = Desk::with(&fake, |settings| {
        settings.hunting_share = 0.2;
        stop_the_clock(settings);
    });
    // Less than the minute, for which the background would wait.
    let background = Call { priority: Priority::Background, ..desk.call_within(Duration::from_secs(45)) };
    let people = desk.call();
    for _ in 0..5 {
        graph::hunt(&desk.microsoft, &background, "AlertInfo", None).await.unwrap();
    }
    let error = graph::hunt(&desk.microsoft, &background, "AlertInfo", None).await.unwrap_err();
    assert!(matches!(error, Error::Throttled { .. }), "{error:?}");
    for _ in 0..4 {
        graph::hunt(&desk.microsoft, &people, "AlertInfo", None).await.unwrap();
    }
    let error = graph::hunt(&desk.microsoft, &people, "AlertInfo", None).await.unwrap_err();
    assert!(
        matches!(&error, Error::Throttled { message, .. } if message.contains("9 calls in 60 seconds")),
        "{error:?}"
    );
    assert_eq!(fake.calls().len(), 9);
}

#[tokio::test]
async fn no_answer_by_the_deadline_is_a_time_out_and_nothing_is_sent_after_it() {
    let fake = serving(|_| Answer::never()).await;
    let desk = Desk::new(&fake);
    desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap();
    let error = graph::alerts_probe(&desk.microsoft, &desk.call_within(Duration::from_millis(300))).await.unwrap_err();
    assert!(matches!(&error, Error::TimedOut { host, .. } if host == "127.0.0.1"), "{error:?}");
    let error = graph::alerts_probe(&desk.microsoft, &desk.call_within(Duration::ZERO)).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    assert!(fake.calls().len() <= 1, "the first, if the machine was quick enough to send it");
}

#[tokio::test]
async fn empty_broken_huge_and_unreadable_answers_are_failures_with_names() {
    let check = async |answer: fn() -> Answer, expected: fn(&Error) -> bool| {
        let fake = serving(move |_| answer()).await;
        let desk = Desk::new(&fake);
        let error = graph::alert(&desk.microsoft, &desk.call(), "a1").await.unwrap_err();
        assert!(expected(&error), "{error:?}");
    };
    let says = |error: &Error, text: &str| matches!(error, Error::Failed { status: 200, message, .. } if message.contains(text));
    check(
        || Answer::text(200, ""),
        move |error| matches!(error, Error::Failed { message, .. } if message.contains("no record")),
    )
    .await;
    check(
        || Answer::text(200, "<html>sign in</html>"),
        |error| matches!(error, Error::Failed { message, .. } if message.contains("a web page came")),
    )
    .await;
    check(
        || Answer::text(200, r#"{"id":"a1","#),
        |error| matches!(error, Error::Failed { message, .. } if message.contains("cannot be read")),
    )
    .await;
    check(|| Answer::json(200, json!(["x"])), |error| matches!(error, Error::Failed { .. })).await;
    check(
        || Answer::broken(r#"{"id":"#),
        |error| matches!(error, Error::Unreachable { cause: UnreachableCause::Broken, .. }),
    )
    .await;
    let fake = serving(|_| Answer::blanks(65 << 20)).await;
    let desk = Desk::new(&fake);
    let error = graph::alert(&desk.microsoft, &desk.call(), "a1").await.unwrap_err();
    assert!(says(&error, "larger than 64 MiB"), "{error:?}");
}

#[tokio::test]
async fn a_compressed_answer_is_read_and_one_that_is_not_what_it_says_is_no_empty_one() {
    // `{"value":[{"id":"1"}]}`, compressed.
    const COMPRESSED: [u8; 42] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 42, 75, 204, 41, 77, 85, 178, 138, 174, 86, 202, 76, 81, 178, 82, 50,
        84, 170, 141, 173, 5, 0, 227, 151, 229, 105, 22, 0, 0, 0,
    ];
    let fake = serving(|before| {
        let body: &[u8] = if before == 0 { &COMPRESSED } else { b"{\"value\":[]}" };
        Answer::text(200, body).with("content-encoding", "gzip")
    })
    .await;
    let desk = Desk::new(&fake);
    assert_eq!(graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap().values, [json!({"id": "1"})]);
    let error = graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { cause: UnreachableCause::Broken, .. }), "{error:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let fake = serving(|_| Answer::text(302, "").with("location", "/graph/v1.0/security/incidents")).await;
    let desk = Desk::new(&fake);
    let error = graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err();
    assert!(matches!(error, Error::Failed { status: 302, .. }), "{error:?}");
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn an_id_that_is_none_is_not_sent() {
    let fake = serving(|_| Answer::json(200, json!({}))).await;
    let desk = Desk::new(&fake);
    for id in ["", "..", ".", "a/b", "a/../../../users", "a\\b", "a%2fb", "a?b", "a#b"] {
        let error = graph::alert(&desk.microsoft, &desk.call(), id).await.unwrap_err();
        assert!(matches!(error, Error::NotAllowed { .. }), "{id:?}: {error:?}");
    }
    assert!(fake.calls().is_empty());
    graph::alert(&desk.microsoft, &desk.call(), "da637551227677560813_-961444813").await.unwrap();
}

#[tokio::test]
async fn every_request_has_an_id_of_its_own_and_names_its_sender() {
    let fake = serving(|_| Answer::list(json!([]))).await;
    let desk = Desk::with(&fake, |settings| settings.user_agent = "Oriel/test".into());
    for _ in 0..2 {
        graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap();
    }
    let calls = fake.calls();
    let ids: Vec<&str> = calls.iter().map(|seen| seen.header("client-request-id")).collect();
    assert!(ids.iter().all(|id| uuid::Uuid::try_parse(id).is_ok()) && ids[0] != ids[1], "{ids:?}");
    assert_eq!((calls[0].header("user-agent"), calls[0].header("accept")), ("Oriel/test", "application/json"));
    assert_eq!(calls[0].header("accept-encoding"), "gzip");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_noticed_and_does_not_matter() {
    let fake = serving(|_| Answer::list(json!([]))).await;
    for minutes in [-10, 10] {
        let desk = Desk::with(&fake, |settings| {
            settings.clock = Arc::new(move || Timestamp::now() + SignedDuration::from_mins(minutes));
        });
        assert_eq!(desk.microsoft.clock_skew(), None);
        graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap();
        let skew = desk.microsoft.clock_skew().unwrap();
        assert!((skew - SignedDuration::from_mins(minutes)).abs() < SignedDuration::from_secs(5), "{skew}");
    }
}

#[tokio::test]
async fn a_name_that_does_not_resolve_and_a_port_where_nobody_listens_have_names() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    for (base, expected) in [
        ("https://login.invalid".to_owned(), UnreachableCause::Dns),
        (format!("http://127.0.0.1:{port}"), UnreachableCause::Connect),
    ] {
        let base = Url::parse(&base).unwrap();
        let cloud = microsoft::Cloud::named("nowhere", base.clone(), base.clone(), None, base, None);
        let desk = Desk::of(settings(vec![cloud]));
        match graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err() {
            Error::Unreachable { cause, message, .. } => assert_eq!(cause, expected, "{message}"),
            other => panic!("{other:?}"),
        }
    }
}
