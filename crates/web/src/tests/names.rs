//! Who sees names of people, and who sees stand-ins: on the page, in its stream, in files and by the API.

use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use search::{Answer, Asked, Details, Finding, FindingKind, Outcome, Place, Product, Question, Severity, Source};
use serde_json::{Value, json};
use store::audit::Actor;
use store::audit::read::{self, Said, Wanted};
use store::grants::Scope;
use store::people::Role;
use tokio::sync::Semaphore;

use super::office::{Caller, Office, TENANT};

const NAME: &str = "anna.berg";

/// A source that tells of somebody, when it is let.
struct Telling {
    asked: Asked,
    finding: Finding,
    record: Value,
    may_answer: Semaphore,
}

impl Telling {
    fn new(source: &str, finding: Finding, record: Value) -> Arc<Telling> {
        let asked = Asked {
            source: source.into(),
            product: Product::Defender,
            connection: Some("made-up".into()),
            label: Some("Contoso".into()),
            tenant: Some(TENANT.into()),
            cloud: Some("global".into()),
            permission: None,
            title: "Alerts".into(),
        };
        Arc::new(Telling { asked, finding, record, may_answer: Semaphore::new(0) })
    }
}

impl Source for Telling {
    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            self.may_answer.acquire().await.unwrap().forget();
            let mut answer = Answer::new(self.asked.clone(), Outcome::Found, question.now);
            answer.findings = vec![self.finding.clone()];
            answer.raw = vec![self.record.clone()];
            answer
        })
    }
}

fn finding(id: &str, accounts: &[&str]) -> Finding {
    Finding {
        kind: FindingKind::Alert,
        id: id.into(),
        identities: Vec::new(),
        tenant: Some(TENANT.into()),
        cloud: Some("global".into()),
        title: "Anna Berg opened a link".into(),
        severity: Some(Severity::High),
        status: Some("new".into()),
        first_seen: None,
        last_seen: None,
        updated: None,
        product: Product::Defender,
        service: None,
        routes: vec!["defender.alerts".into()],
        links: Vec::new(),
        places: vec![Place { place: "RemoteUrl".into(), role: None, verdict: None }],
        details: Details::Alert {
            category: None,
            description: None,
            classification: None,
            incident: None,
            techniques: Vec::new(),
            devices: vec!["ANNABERG-PC".into()],
            accounts: accounts.iter().map(|&name| name.to_owned()).collect(),
            pivots: Vec::new(),
        },
    }
}

async fn office() -> (databases::Lent, Office) {
    let database = databases::sqlite();
    let record = json!({ "AccountUpn": "anna.berg@northwind.example" });
    let alerts = Telling::new("defender.alerts", finding("a", &["NORTHWIND\\anna.berg"]), record);
    alerts.may_answer.add_permits(1000);
    let office = Office::open(database.url(), vec![alerts]).await;
    (database, office)
}

/// Every way in which a browser is shown a report.
const WAYS: [&str; 4] = [
    "/search?q=evil.example&wait=true",
    "/search/stream?q=evil.example",
    "/search.csv?q=evil.example",
    "/search.json?q=evil.example",
];

/// Which of the ways show the name.
async fn shown(office: &Office, caller: &Caller) -> [bool; 4] {
    let mut shown = [false; 4];
    for (way, shown) in WAYS.iter().zip(&mut shown) {
        let reply = office.get(caller, way).await;
        assert_eq!(reply.status, StatusCode::OK, "{way}");
        // Pages break long names after a dot.
        let plain = reply.body.replace("<wbr>", "").to_lowercase();
        let known = ["anna.berg", "anna berg", "annaberg"].iter().any(|form| plain.contains(form));
        assert!(known || plain.contains("person-"), "{way} shows neither name nor stand-in: {}", reply.body);
        *shown = known;
    }
    shown
}

async fn said(office: &Office, action: &str) -> Vec<Said> {
    let all = read::list(&office.desk.db, &Scope::All, &Wanted::default(), 100).await.unwrap();
    all.into_iter().filter_map(|written| written.said).filter(|said| said.action == action).collect()
}

#[tokio::test]
async fn viewers_see_stand_ins_everywhere_others_see_names_on_pages_and_nobody_in_files() {
    let (_database, office) = office().await;
    for (name, role, expected) in [
        ("vera", Role::Viewer, [false; 4]),
        ("ada", Role::Analyst, [true, true, false, false]),
        ("olga", Role::Owner, [true, true, false, false]),
    ] {
        let caller = office.browser(name, role).await;
        assert_eq!(shown(&office, &caller).await, expected, "{name}");
    }
}

#[tokio::test]
async fn the_same_person_is_the_same_stand_in_on_each_page_and_for_each_reader() {
    let (_database, office) = office().await;
    let vera = office.browser("vera", Role::Viewer).await;
    let kate = office.script("kate", Role::Owner).await;
    let stand_in = office.desk.masker().await.unwrap().person(NAME);
    for way in WAYS {
        assert!(office.get(&vera, way).await.body.replace("<wbr>", "").contains(&stand_in), "{way}");
    }
    let document = office.get(&kate, "/api/v1/search?q=evil.example&raw=true").await.json();
    assert_eq!(document["masked"], true);
    assert_eq!(document["findings"][0]["title"], format!("{stand_in} opened a link"));
    assert_eq!(document["findings"][0]["details"]["accounts"][0], stand_in);
    assert_eq!(document["answers"][0]["raw"][0]["AccountUpn"], stand_in);
    let device = document["findings"][0]["details"]["devices"][0].as_str().unwrap();
    assert!(device.starts_with("device-"), "{device}");
    // Another process over the same database makes the same ones.
    let desk = crate::Desk { memory: Arc::default(), ..office.desk.clone() };
    assert_eq!(desk.masker().await.unwrap().person("ANNA.BERG@northwind.example"), stand_in);
}

#[tokio::test]
async fn whoever_has_the_right_sees_names_for_an_hour_after_saying_why() {
    let (_database, office) = office().await;
    let vera = office.browser("vera", Role::Viewer).await;
    let form = [("reason", " Incident 4711 "), ("indicator", "evil[.]example"), ("back", "/search?q=evil.example")];
    assert_eq!(office.post(&vera, "/search/names", &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(shown(&office, &vera).await, [false; 4]);
    office.get(&vera, WAYS[0]).await.has_not("Why the names are needed");

    let (person, _) = store::people::by_name(&office.desk.db, "vera").await.unwrap().unwrap();
    store::unmasking::set(&office.desk.db, &Actor::oriel(), &person, true, office.desk.now()).await.unwrap();
    assert_eq!(shown(&office, &vera).await, [false; 4], "the right alone shows nothing");
    let page = office.get(&vera, WAYS[0]).await;
    page.has("Why the names are needed");
    crate::gallery::keep("report-masked", &page.body);
    for reason in ["", "  ", &"x".repeat(501)] {
        let reply = office.post(&vera, "/search/names", &[("reason", reason)]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
    }
    assert_eq!(said(&office, "person.unmasked").await, []);

    let reply = office.post(&vera, "/search/names", &form).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/search?q=evil.example"));
    assert_eq!(shown(&office, &vera).await, [true; 4]);
    let entries = said(&office, "person.unmasked").await;
    assert_eq!(entries[0].details, json!({ "reason": "Incident 4711", "indicator": "evil.example" }));
    assert_eq!(entries[0].by.name, "vera");

    let elsewhere = office.sign_in("vera", super::office::PASSWORD).await;
    let elsewhere = Caller::default().with("cookie", super::office::cookie_of(&elsewhere));
    assert_eq!(shown(&office, &elsewhere).await, [false; 4], "another session");
    office.later(SignedDuration::from_hours(1));
    assert_eq!(shown(&office, &vera).await, [false; 4], "an hour is over");
}

#[tokio::test]
async fn the_audit_says_which_reports_showed_names_and_names_go_out_only_if_that_is_written_down() {
    let (_database, office) = office().await;
    let vera = office.browser("vera", Role::Viewer).await;
    let olga = office.browser("olga", Role::Owner).await;
    let script = office.script("kate", Role::Owner).await;
    for caller in [&vera, &olga] {
        for way in WAYS {
            office.get(caller, way).await;
        }
    }
    office.post(&olga, "/search/names", &[("reason", "For the police")]).await;
    for way in [WAYS[0], WAYS[2]] {
        office.get(&olga, way).await;
    }
    for unmask in ["", "&unmask=Case+7"] {
        office.get(&script, &format!("/api/v1/search?q=evil.example{unmask}")).await;
    }
    let told = |said: Vec<Said>| {
        let told = |said: &Said| format!("{} {} {}", said.by.name, said.details["way"], said.details["names"]);
        said.iter().rev().map(told).collect::<Vec<_>>()
    };
    let searches = told(said(&office, "search.made").await);
    assert_eq!(
        searches,
        ["vera \"page\" false", "olga \"page\" true", "kate \"api\" false", "kate \"api\" true"],
        "one page in one minute is one search"
    );
    let exports = told(said(&office, "report.exported").await);
    let names = |name: &str, form: &str, names: bool| format!("{name} \"{form}\" {names}");
    let (vera, olga) = (|form| names("vera", form, false), |form| names("olga", form, false));
    assert_eq!(exports, [vera("csv"), vera("json"), olga("csv"), olga("json"), names("olga", "csv", true)]);

    // With a database that is away, stand-ins go out and names do not.
    let another = databases::sqlite();
    let broken = Office::open(another.url(), vec![]).await;
    broken.desk.db.close().await;
    let (person, _) = store::people::by_name(&office.desk.db, "olga").await.unwrap().unwrap();
    let away = crate::Desk { db: broken.desk.db.clone(), ..office.desk.clone() };
    let (scope, actor) = (Scope::All, Actor::person(&person));
    let caller = crate::guard::Caller { person, scope, actor, session: None, key: None, changes_people: false };
    let indicator = indicator::parse("evil.example").unwrap().indicator;
    let csv = crate::audit::Seen::Export("csv");
    assert!(away.note_search(&caller, &indicator, csv, false, false).await.is_ok());
    assert!(away.note_search(&caller, &indicator, csv, true, false).await.is_err());
}

#[tokio::test]
async fn names_in_files_are_asked_for_by_analysts_too_and_given_back() {
    let (_database, office) = office().await;
    let olga = office.browser("olga", Role::Owner).await;
    office.get(&olga, WAYS[0]).await.has("Files have stand-ins").has("Names in files");
    let form = [("reason", "For the police"), ("back", "//elsewhere.example")];
    let reply = office.post(&olga, "/search/names", &form).await;
    assert_eq!(reply.header("location"), "/", "never another host");
    assert_eq!(shown(&office, &olga).await, [true; 4]);
    let page = office.get(&olga, WAYS[0]).await;
    page.has("by their names, in files too");
    crate::gallery::keep("report-names", &page.body);
    office.post(&olga, "/search/names/end", &[("back", "/")]).await;
    assert_eq!(shown(&office, &olga).await, [true, true, false, false]);
    assert_eq!(said(&office, "person.masked_again").await.len(), 1);
}

#[tokio::test]
async fn the_api_shows_names_only_to_a_key_with_the_right_that_says_why() {
    let (_database, office) = office().await;
    let kate = office.script("kate", Role::Viewer).await;
    let olga = office.script("olga", Role::Owner).await;
    let refused = office.get(&kate, "/api/v1/search?q=evil.example&unmask=Incident+4711").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.has("right to see names").has_not(NAME);
    let refused = office.get(&olga, "/api/v1/search?q=evil.example&unmask=").await;
    assert_eq!(
        (refused.status, &refused.json()["errors"][0]["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &"unmask".into())
    );
    assert_eq!(said(&office, "person.unmasked").await, []);
    let reply = office.get(&olga, "/api/v1/search?q=evil.example&unmask=Incident+4711").await;
    assert_eq!(reply.json()["masked"], false);
    reply.has(NAME);
    let entries = said(&office, "person.unmasked").await;
    assert_eq!(entries[0].details["reason"], "Incident 4711");
    assert!(entries[0].by.key.is_some());
    office.get(&olga, "/api/v1/search?q=evil.example").await.has_not(NAME).has("\"masked\":true");
}

/// A source whose title has a name that only the other one knows to be one.
async fn office_of_two() -> (databases::Lent, Office, Arc<Telling>) {
    let database = databases::sqlite();
    let alerts = Telling::new("defender.alerts", finding("a", &[]), Value::Null);
    alerts.may_answer.add_permits(1000);
    let devices = Telling::new("defender.devices", finding("b", &["anna.berg@northwind.example"]), Value::Null);
    let office = Office::open(database.url(), vec![alerts, Arc::clone(&devices) as Arc<dyn Source>]).await;
    (database, office, devices)
}

#[tokio::test]
async fn whoever_sees_stand_ins_sees_nothing_before_every_source_has_answered() {
    let (_database, office, devices) = office_of_two().await;
    let vera = office.browser("vera", Role::Viewer).await;
    let kate = office.browser("kate", Role::Analyst).await;
    let begun = tokio::time::Instant::now();
    while !office.get(&kate, "/search?q=evil.example").await.body.contains("opened a link") {
        assert!(begun.elapsed().as_secs() < 60, "the first source has not answered");
        tokio::task::yield_now().await;
    }
    office.get(&vera, "/search?q=evil.example").await.has_not("opened a link").has_not("Anna");
    let release = async { devices.may_answer.add_permits(1000) };
    let (streamed, ()) = tokio::join!(office.get(&vera, "/search/stream?q=evil.example"), release);
    for reply in [streamed, office.get(&vera, "/search?q=evil.example&wait=true").await] {
        reply.has("opened a link").has("person-").has_not("Anna");
    }
}

#[tokio::test]
async fn asking_for_less_shows_no_name_that_another_answer_at_hand_tells() {
    let (_database, office, devices) = office_of_two().await;
    devices.may_answer.add_permits(1000);
    let script = office.script("kate", Role::Owner).await;
    office.get(&script, "/api/v1/search?q=evil.example").await.has_not("Anna");
    for less in ["", "&fresh=true", "&raw=true"] {
        let reply = office.get(&script, &format!("/api/v1/search?q=evil.example&sources=defender.alerts{less}")).await;
        assert_eq!(reply.json()["answers"].as_array().unwrap().len(), 1, "{less}");
        reply.has("opened a link").has_not("Anna");
    }
}
