//! The report through the router: at once, as a stream, complete, as a file.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use jiff::SignedDuration;
use rstest::rstest;
use search::{Outcome, Source};
use store::grants::Scope;
use store::people::Role;
use tower::ServiceExt;

use super::office::{Caller, Fake, Office, TENANT};
use crate::desk_search::Options;

async fn office(sources: &[&Arc<Fake>]) -> (databases::Lent, Office, Caller) {
    let database = databases::sqlite();
    let sources = sources.iter().map(|&source| Arc::clone(source) as Arc<dyn Source>).collect();
    let office = Office::open(database.url(), sources).await;
    let ada = office.browser("ada", Role::Analyst).await;
    (database, office, ada)
}

/// The events of a stream, one by one.
struct Events(axum::body::BodyDataStream, String);

impl Events {
    async fn open(office: &Office, caller: &Caller, path: &str) -> Events {
        let request = Request::get(path)
            .header("host", "127.0.0.1:8440")
            .header("cookie", &caller.headers["cookie"])
            .body(Body::empty())
            .unwrap();
        let response = office.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events(response.into_body().into_data_stream(), String::new())
    }

    /// The next event: its name and its data. `None` when the stream has ended.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let lines =
                    |field: &str| -> Vec<&str> { event.lines().filter_map(|line| line.strip_prefix(field)).collect() };
                let event = (lines("event: ").concat(), lines("data: ").join("\n"));
                self.1 = rest.to_owned();
                if event.0.is_empty() {
                    continue;
                }
                return Some(event);
            }
            let bytes = self.0.next().await?.unwrap();
            self.1.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

#[tokio::test]
async fn the_page_answers_before_any_source_has() {
    let slow = Fake::held("defender.alerts", Outcome::Nothing);
    let (_database, office, ada) = office(&[&slow]).await;
    let page = office.get(&ada, "/search?q=c2[.]example[.]net").await;
    assert_eq!(page.status, StatusCode::OK);
    page.has("asking Defender…").has("data-stream=\"/search/stream?q=").has("http-equiv=\"refresh\"");
    page.has("<span class=\"value\">c2.<wbr>example.<wbr>net</span>");
}

#[tokio::test]
async fn a_stream_fills_the_page_part_by_part_and_asks_each_source_once() {
    let first = Fake::held("sentinel.alerts", Outcome::Nothing);
    let second = Fake::held("defender.alerts", Outcome::Denied);
    let (_database, office, ada) = office(&[&first, &second]).await;
    office.get(&ada, "/search?q=c2.example.net").await;
    let mut events = Events::open(&office, &ada, "/search/stream?q=c2.example.net").await;
    let (name, all) = events.next().await.unwrap();
    assert_eq!(name, "part");
    for id in ["part-verdict", "part-tabs", "part-rail", "summary-alerts", "sentinel-alerts", "defender-quiet"] {
        assert!(all.contains(&format!(" id=\"{id}\"")), "no {id} in the first event:\n{all}");
    }

    first.may_answer.add_permits(1);
    let (_, changed) = events.next().await.unwrap();
    assert!(changed.contains("id=\"sentinel-alerts\"") && changed.contains("none known"), "{changed}");
    assert!(!changed.contains("id=\"defender-alerts\""), "what has not changed is not sent again");

    second.may_answer.add_permits(1);
    let mut last = events.next().await.unwrap();
    while let Some(event) = events.next().await {
        last = event;
    }
    assert_eq!(last.0, "done");
    assert!(last.1.starts_with("The report is complete."), "{}", last.1);
    assert_eq!((first.was_asked(), second.was_asked()), (1, 1));
}

#[tokio::test]
async fn a_throttled_source_is_asked_once_more_while_the_page_stands_open() {
    let throttled = Fake::held("defender.alerts", Outcome::Throttled);
    let (fine, failed) =
        (Fake::new("sentinel.alerts", Outcome::Nothing), Fake::new("defender.devices", Outcome::Failed));
    let (_database, office, ada) = office(&[&throttled, &fine, &failed]).await;
    throttled.is_throttled_until(office.desk.now());
    let mut events = Events::open(&office, &ada, "/search/stream?q=c2.example.net").await;
    let mut until = async |words: &str| {
        loop {
            let (name, data) = events.next().await.expect(words);
            if data.contains(words) {
                return name;
            }
        }
    };
    throttled.may_answer.add_permits(1);
    until("throttled, again <time").await;
    throttled.says(Outcome::Nothing);
    throttled.may_answer.add_permits(1);
    until("nothing known").await;
    assert_eq!(until("The report is complete.").await, "done");
    assert_eq!((throttled.was_asked(), fine.was_asked(), failed.was_asked()), (2, 1, 1));
}

#[tokio::test]
async fn what_stays_throttled_is_asked_no_third_time() {
    let throttled = Fake::new("defender.alerts", Outcome::Throttled);
    let (_database, office, ada) = office(&[&throttled]).await;
    throttled.is_throttled_until(office.desk.now());
    let mut events = Events::open(&office, &ada, "/search/stream?q=c2.example.net").await;
    let mut problems = String::new();
    while let Some((_, data)) = events.next().await {
        problems = data.split_once("id=\"summary-problems\"").map_or(problems, |(_, rest)| rest.to_owned());
    }
    assert!(problems.contains("It can be asked again <time"), "{problems}");
    assert_eq!(throttled.was_asked(), 2);
    office.get(&ada, "/search?q=c2.example.net&wait=true").await.has("throttled").has_not("by itself, ");
    assert_eq!(throttled.was_asked(), 3, "a page that does not stay open asks once");
}

#[tokio::test]
async fn nobody_waits_longer_than_two_minutes_for_a_throttled_source() {
    let throttled = Fake::new("defender.alerts", Outcome::Throttled);
    let (_database, office, ada) = office(&[&throttled]).await;
    throttled.is_throttled_until(office.desk.now() + SignedDuration::from_secs(121));
    let mut events = Events::open(&office, &ada, "/search/stream?q=c2.example.net").await;
    while let Some((_, data)) = events.next().await {
        assert!(!data.contains("throttled, again"), "{data}");
    }
    assert_eq!(throttled.was_asked(), 1);
}

#[tokio::test]
async fn without_script_the_page_that_waits_is_complete() {
    let source = Fake::new("defender.alerts", Outcome::Refused);
    let (_database, office, ada) = office(&[&source]).await;
    let page = office.get(&ada, "/search?q=c2.example.net&tab=defender&wait=true").await;
    page.has("could not be asked").has("sign-in refused").has_not("http-equiv=\"refresh\"").has_not("data-stream=");
    page.has("<div id=\"tab-summary\" data-tab-panel hidden>").has("<div id=\"tab-defender\" data-tab-panel>");
}

#[tokio::test]
async fn asking_again_shows_nothing_old_and_asks_once() {
    let source = Fake::new("defender.alerts", Outcome::Nothing);
    let (_database, office, ada) = office(&[&source]).await;
    office.get(&ada, "/search?q=c2.example.net&wait=true").await.has("none known");
    office.get(&ada, "/search?q=c2.example.net").await.has("none known").has_not("data-stream=");
    assert_eq!(source.was_asked(), 1, "the second page shows the answer at hand");

    let again = office.get(&ada, "/search?q=c2.example.net&fresh=true").await;
    again.has("asking Defender…").has("/search/stream?q=c2.example.net&#38;fresh=true");
    assert_eq!(source.was_asked(), 1, "the stream asks, or the page that waits");
    let mut events = Events::open(&office, &ada, "/search/stream?q=c2.example.net&fresh=true").await;
    while events.next().await.is_some() {}
    assert_eq!(source.was_asked(), 2);
}

#[tokio::test]
async fn a_search_is_remembered_for_the_one_who_made_it() {
    let source = Fake::new("defender.alerts", Outcome::Nothing);
    let (_database, office, ada) = office(&[&source]).await;
    office.get(&ada, "/").await.has("What you search appears here.");
    office.get(&ada, "/search?q=hxxp://c2[.]example[.]net/x&wait=true").await;
    office.get(&ada, "/").await.has("href=\"/search?q=c2.example.net\"").has("nothing known");
    let bob = office.browser("bob", Role::Analyst).await;
    office.get(&bob, "/").await.has_not("c2.example.net");
}

#[tokio::test]
async fn a_search_by_stream_is_remembered_when_it_is_complete() {
    let source = Fake::new("defender.alerts", Outcome::Nothing);
    let (_database, office, ada) = office(&[&source]).await;
    let mut events = Events::open(&office, &ada, "/search/stream?q=203.0.113.7").await;
    while events.next().await.is_some() {}
    office.get(&ada, "/").await.has("href=\"/search?q=203.0.113.7\"");
}

#[rstest]
#[case::mail("ada%40mail.example.com", "is a mail address", Some("/search?q=mail.example.com"))]
#[case::hash("d41d8cd98f00b204e9800998ecf8427e", "Oriel searches domains and IP addresses", None)]
#[case::password("https://ada:hunter22@", "", None)]
#[tokio::test]
async fn what_cannot_be_searched_is_said_with_what_to_do(
    #[case] typed: &str,
    #[case] sentence: &str,
    #[case] offer: Option<&str>,
) {
    let source = Fake::new("defender.alerts", Outcome::Nothing);
    let (_database, office, ada) = office(&[&source]).await;
    let page = office.get(&ada, &format!("/search?q={typed}")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has(sentence).has_not("hunter22");
    if let Some(offer) = offer {
        page.has(&format!("href=\"{offer}\""));
    }
    assert_eq!(source.was_asked(), 0, "nothing is sent anywhere");
}

#[tokio::test]
async fn an_empty_search_leads_home() {
    let (_database, office, ada) = office(&[]).await;
    let reply = office.get(&ada, "/search?q=%20").await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/"));
}

#[tokio::test]
async fn the_report_can_be_taken_away_as_a_table_and_as_json() {
    let source = Fake::new("defender.alerts", Outcome::Nothing);
    let (_database, office, ada) = office(&[&source]).await;
    let table = office.get(&ada, "/search.csv?q=2001:db8::1").await;
    assert_eq!(table.header("content-disposition"), "attachment; filename=\"2001-db8--1.csv\"");
    table.has("defender.alerts");
    let json = office.get(&ada, "/search.json?q=2001:db8::1").await;
    assert_eq!(json.json()["indicator"]["value"], "2001:db8::1");
}

#[tokio::test]
async fn nobody_reads_a_report_without_signing_in() {
    let (_database, office, _) = office(&[]).await;
    for path in ["/", "/search?q=example.com", "/search/stream?q=example.com", "/search.csv?q=example.com"] {
        let reply = office.get(&Caller::default(), path).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}");
    }
}

#[tokio::test]
async fn nobody_notices_a_quiet_search_and_it_is_carried_out_once() {
    let alerts = Fake::new("defender.alerts", Outcome::Nothing);
    let (_database, office, ada) = office(&[&alerts]).await;
    for path in ["/search?q=bad.example&wait=true", "/search/stream?q=bad.example", "/search.csv?q=bad.example"] {
        office.get(&ada, &format!("{path}&quiet=true")).await;
    }
    assert_eq!(alerts.was_asked(), 1, "its page, stream and file are one search");
    office.later(SignedDuration::from_secs(60));
    let kate = office.browser("kate", Role::Analyst).await;
    let age = async |caller: &Caller, quiet: bool| {
        let document = office.get(caller, &format!("/search.json?q=bad.example&quiet={quiet}")).await.json();
        document["answers"][0]["age_s"].as_i64().unwrap()
    };
    assert_eq!((age(&kate, false).await, alerts.was_asked()), (0, 2), "as if nobody had asked");
    office.later(SignedDuration::from_secs(60));
    assert_eq!(
        (age(&kate, true).await, alerts.was_asked()),
        (60, 2),
        "what is at hand for all is for quiet searches too"
    );
    assert_eq!((age(&ada, false).await, age(&ada, true).await, alerts.was_asked()), (60, 120, 2));
}

#[tokio::test]
async fn nobody_joins_a_quiet_search_under_way() {
    let alerts = Fake::held("defender.alerts", Outcome::Nothing);
    let (_database, office, _ada) = office(&[&alerts]).await;
    let bad = indicator::parse("bad.example").unwrap().indicator;
    let person = |name: &'static str| office.person(name, Role::Analyst);
    let mut searches = Vec::new();
    for quiet in [Some(person("one").await.id), Some(person("two").await.id), None, None] {
        let options = Options { quiet, ..Options::default() };
        searches.push(office.desk.search(&Scope::All, &bad, options).await.unwrap());
    }
    alerts.may_answer.add_permits(4);
    for search in searches {
        search.finished().await;
    }
    assert_eq!(alerts.was_asked(), 3, "only the last two are one search");
}

#[tokio::test]
async fn the_age_of_an_answer_does_not_tell_that_somebody_with_other_tenants_has_asked() {
    let alerts = Fake::new("defender.alerts", Outcome::Nothing);
    let (_database, office, _ada) = office(&[&alerts]).await;
    let tenant = store::tenants::ensure(&office.desk.db, "global", TENANT, office.desk.now()).await.unwrap();
    let bad = indicator::parse("bad.example").unwrap().indicator;
    for scope in [Scope::All, Scope::Only([tenant.id].into())] {
        let report = office.desk.search(&scope, &bad, Options::default()).await.unwrap().finished().await;
        assert_eq!(report.answers[0].asked_at, office.desk.now(), "{scope:?}");
        office.later(SignedDuration::from_secs(60));
    }
    assert_eq!(alerts.was_asked(), 2);
}
