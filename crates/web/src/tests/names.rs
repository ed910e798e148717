//! Who sees names of people, and who sees stand-ins: on the page, in its stream, in files and by the API.

use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use search::{Answer, Asked, Details, Finding, FindingKind, Outcome, Place, Product, Question, Severity, Source};
use store::audit::Actor;
use store::audit::read::{self, Said, Wanted};
use store::grants::Scope;
use store::people::Role;

use super::office::{Caller, Office, TENANT};

const NAME: &str = "anna.berg";

/// A source that tells of somebody.
struct Telling(Asked);

impl Source for Telling {
    fn asked(&self) -> &Asked {
        &self.0
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Answer> {
        let mut answer = Answer::new(self.0.clone(), Outcome::Found, question.now);
        answer.findings = vec![finding()];
        answer.raw = vec![serde_json::json!({ "AccountUpn": "anna.berg@northwind.example" })];
        Box::pin(std::future::ready(answer))
    }
}

fn finding() -> Finding {
    Finding {
        kind: FindingKind::Alert,
        id: "a".into(),
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
            accounts: vec!["NORTHWIND\\anna.berg".into()],
            pivots: Vec::new(),
        },
    }
}

async fn office() -> (databases::Lent, Office) {
    let database = databases::sqlite();
    let asked = Asked {
        source: "defender.alerts".into(),
        product: Product::Defender,
        connection: Some("made-up".into()),
        label: Some("Contoso".into()),
        tenant: Some(TENANT.into()),
        cloud: Some("global".into()),
        permission: None,
        title: "Alerts".into(),
    };
    let office = Office::open(database.url(), vec![Arc::new(Telling(asked))]).await;
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
    assert_eq!(entries[0].details, serde_json::json!({ "reason": "Incident 4711", "indicator": "evil.example" }));
    assert_eq!(entries[0].by.name, "vera");

    let elsewhere = office.sign_in("vera", super::office::PASSWORD).await;
    let elsewhere = Caller::default().with("cookie", super::office::cookie_of(&elsewhere));
    assert_eq!(shown(&office, &elsewhere).await, [false; 4], "another session");
    office.later(SignedDuration::from_hours(1));
    assert_eq!(shown(&office, &vera).await, [false; 4], "an hour is over");
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
