use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::*;
use crate::made;

type Ask = Box<dyn Fn(Asked) -> BoxFuture<'static, Answer> + Send + Sync>;

struct Made {
    asked: Asked,
    ask: Ask,
}

impl Source for Made {
    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn ask<'a>(&'a self, _: &'a Question) -> BoxFuture<'a, Answer> {
        (self.ask)(self.asked.clone())
    }
}

fn source(name: &str, ask: impl Fn(Asked) -> BoxFuture<'static, Answer> + Send + Sync + 'static) -> Arc<dyn Source> {
    Arc::new(Made { asked: made::asked(name), ask: Box::new(ask) })
}

fn at_once(name: &str) -> Arc<dyn Source> {
    source(name, |asked| Box::pin(async { Answer::new(asked, Outcome::Nothing, made::now()) }))
}

fn question(patience: Duration) -> Arc<Question> {
    let indicator = made::indicator("evil.example");
    Arc::new(Question { indicator, now: made::now(), deadline: Instant::now() + patience, raw: false })
}

async fn outcomes(sources: Vec<Arc<dyn Source>>, patience: Duration) -> Vec<(String, Outcome)> {
    let answers: Vec<Answer> = run(sources.into(), question(patience)).collect().await;
    answers.into_iter().map(|answer| (answer.asked.source, answer.outcome)).collect()
}

#[tokio::test]
async fn answers_come_in_the_order_in_which_they_arrive() {
    let gate = Arc::new(Notify::new());
    let (waits, opens) = (Arc::clone(&gate), gate);
    let slow = source("defender.alerts", move |asked| {
        let gate = Arc::clone(&waits);
        Box::pin(async move {
            gate.notified().await;
            Answer::new(asked, Outcome::Nothing, made::now())
        })
    });
    let mut answers = Box::pin(run(vec![slow, at_once("sentinel.alerts")].into(), question(Question::PATIENCE)));
    assert_eq!(answers.next().await.unwrap().asked.source, "sentinel.alerts");
    opens.notify_one();
    assert_eq!(answers.next().await.unwrap().asked.source, "defender.alerts");
    assert!(answers.next().await.is_none());
}

#[tokio::test]
async fn all_sources_are_asked_before_the_first_has_answered() {
    // Each waits for all: it ends only if they run at the same time.
    let barrier = Arc::new(tokio::sync::Barrier::new(4));
    let sources = (0..4).map(|at| {
        let barrier = Arc::clone(&barrier);
        source(&format!("defender.s{at}"), move |asked| {
            let barrier = Arc::clone(&barrier);
            Box::pin(async move {
                barrier.wait().await;
                Answer::new(asked, Outcome::Nothing, made::now())
            })
        })
    });
    assert_eq!(outcomes(sources.collect(), Question::PATIENCE).await.len(), 4);
}

#[tokio::test]
async fn at_the_deadline_the_rest_answers_timed_out_and_says_so() {
    let never = source("defender.alerts", |_| Box::pin(std::future::pending()));
    // What can be answered at once is, also by a machine that comes to it after the deadline.
    let patience = Duration::from_millis(20);
    let answers: Vec<Answer> = run(vec![never, at_once("sentinel.alerts")].into(), question(patience)).collect().await;
    let late = answers.iter().find(|answer| answer.outcome == Outcome::TimedOut).unwrap();
    assert_eq!(late.asked.source, "defender.alerts");
    assert!(late.reason.is_some() && late.remedy.is_some());
    assert!(answers.iter().any(|answer| answer.outcome == Outcome::Nothing));
}

#[tokio::test]
async fn a_source_that_panics_answers_failed_and_harms_no_other() {
    let early = source("defender.alerts", |_| panic!("before the first await"));
    let later = source("defender.devices", |_| {
        Box::pin(async {
            tokio::task::yield_now().await;
            panic!("after it")
        })
    });
    let mut outcomes = outcomes(vec![early, later, at_once("sentinel.alerts")], Question::PATIENCE).await;
    outcomes.sort();
    let expected = [
        ("defender.alerts", Outcome::Failed),
        ("defender.devices", Outcome::Failed),
        ("sentinel.alerts", Outcome::Nothing),
    ];
    assert_eq!(outcomes, expected.map(|(name, outcome)| (name.to_owned(), outcome)));
}

#[tokio::test]
async fn dropping_the_stream_stops_what_is_under_way() {
    struct Tells(Arc<Notify>);
    impl Drop for Tells {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let dropped = Arc::new(Notify::new());
    let tells = Arc::clone(&dropped);
    let never = source("defender.alerts", move |_| {
        let tells = Tells(Arc::clone(&tells));
        Box::pin(async move {
            let _tells = tells;
            std::future::pending().await
        })
    });
    let mut answers = Box::pin(run(vec![never, at_once("sentinel.alerts")].into(), question(Question::PATIENCE)));
    answers.next().await.unwrap();
    drop(answers);
    tokio::time::timeout(Duration::from_secs(60), dropped.notified()).await.expect("the source was stopped");
}

#[tokio::test]
async fn without_sources_there_are_no_answers() {
    assert!(outcomes(Vec::new(), Question::PATIENCE).await.is_empty());
}
