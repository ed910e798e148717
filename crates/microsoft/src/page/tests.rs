//! Links that lose the filter, repeat, or lead elsewhere.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

use super::*;
use crate::Resource;
use crate::budget::Interface;

fn ask(url: &str) -> Ask {
    Ask {
        resource: Resource::Graph,
        interface: Interface::Graph,
        base: Url::parse("https://graph.example").unwrap(),
        method: Method::GET,
        url: Url::parse(url).unwrap(),
        headers: Vec::new(),
        body: None,
        classic: false,
    }
}

const LIST: &str = "https://graph.example/v1.0/security/alerts";

fn answer(body: Value) -> Answered {
    Answered { status: 200, headers: HeaderMap::new(), body: Some(body), request_id: None }
}

/// Reads a page and says which link is followed, and what is missing.
fn step(walk: &mut Walk, body: Value) -> (usize, Option<String>, Vec<String>) {
    let (page, link) = walk.read(answer(body)).unwrap();
    (page.values.len(), link.map(|link| link.to_string()), page.incomplete)
}

#[test]
fn a_link_that_loses_the_filter_is_not_followed() {
    let mut walk = Walk::new(&ask(&format!("{LIST}?$filter=x%20eq%20'y'&$top=2")));
    let (_, link, missing) =
        step(&mut walk, json!({"value": [{"id": 1}], "@odata.nextLink": format!("{LIST}?$filter=x eq 'y'&$skip=2")}));
    assert!(link.is_some() && missing.is_empty());
    let (_, link, missing) =
        step(&mut walk, json!({"value": [{"id": 2}], "@odata.nextLink": format!("{LIST}?=x eq 'y'&=2&$skip=2")}));
    assert_eq!(
        (link, missing),
        (None, vec!["the link to the next page has lost the filter, and was not followed".to_owned()])
    );
    let mut walk = Walk::new(&ask(&format!("{LIST}?$filter=a")));
    assert!(
        step(&mut walk, json!({"value": [{"id": 1}], "@odata.nextLink": format!("{LIST}?$skipToken=K")})).1.is_some()
    );
}

#[test]
fn a_link_that_was_followed_before_ends_the_list_as_incomplete() {
    let mut walk = Walk::new(&ask(LIST));
    let next = json!({"value": [{"id": "1"}], "@odata.nextLink": format!("{LIST}?$skiptoken=K")});
    assert!(step(&mut walk, next).1.is_some());
    let (count, link, missing) =
        step(&mut walk, json!({"value": [], "@odata.nextLink": format!("{LIST}?$skiptoken=K")}));
    assert_eq!((count, link), (0, None));
    assert_eq!(missing, ["the link to the next page is one that was followed before"]);
    let mut walk = Walk::new(&ask(LIST));
    assert!(
        !step(&mut walk, json!({"value": [{"id": "1"}], "nextLink": LIST})).2.is_empty(),
        "a link to the first page"
    );
}

#[test]
fn pages_that_bring_nothing_new_end_the_list_and_an_empty_one_does_not() {
    let mut walk = Walk::new(&ask(LIST));
    let page =
        |items: Value, token: u32| json!({"value": items, "@odata.nextLink": format!("{LIST}?$skiptoken={token}")});
    assert!(step(&mut walk, page(json!([{"id": "a"}, {"id": "b"}]), 1)).1.is_some());
    assert_eq!(
        step(&mut walk, page(json!([]), 2)).1.as_deref(),
        Some("https://graph.example/v1.0/security/alerts?$skiptoken=2")
    );
    let (count, link, _) = step(&mut walk, page(json!([{"id": "b"}, {"id": "c"}]), 3));
    assert_eq!((count, link.is_some()), (1, true), "only what is new is kept");
    let (count, link, missing) = step(&mut walk, page(json!([{"id": "a"}]), 4));
    assert_eq!((count, link, missing), (0, None, vec!["the pages repeat themselves".to_owned()]));
}

#[test]
fn a_link_never_leads_off_the_host_or_to_another_call() {
    for link in [
        "https://evil.example/v1.0/security/alerts?$skiptoken=1",
        "http://graph.example/v1.0/security/alerts?$skiptoken=1",
        "https://graph.example:444/v1.0/security/alerts?$skiptoken=1",
        "https://graph.example@evil.example/v1.0/security/alerts?$skiptoken=1",
        "https://graph.example/v1.0/users?$skiptoken=1",
        "//evil.example/v1.0/security/alerts",
        "file:///etc/passwd",
        "https://",
    ] {
        let mut walk = Walk::new(&ask(LIST));
        let (count, followed, missing) = step(&mut walk, json!({"value": [{"id": 1}], "@odata.nextLink": link}));
        assert_eq!((count, followed, missing.len()), (1, None, 1), "{link}");
    }
}

#[test]
fn a_list_that_never_ends_is_left_after_fifty_pages() {
    let mut walk = Walk::new(&ask(LIST));
    let page =
        |number: usize| json!({"value": [{"id": number}], "@odata.nextLink": format!("{LIST}?$skiptoken={number}")});
    let followed = (0..1000).take_while(|&number| step(&mut walk, page(number)).1.is_some()).count();
    assert_eq!(followed, MOST_PAGES - 1);
}

#[test]
fn null_is_an_empty_list_and_a_bad_item_is_counted() {
    let mut walk = Walk::new(&ask(LIST));
    assert_eq!(step(&mut walk, json!({"value": null})), (0, None, vec![]));
    let (count, _, missing) = step(&mut walk, json!({"value": [null, 7, {"id": null, "a": 1}, {"a": 2}, {"id": "x"}]}));
    assert_eq!((count, missing), (3, vec!["2 items could not be read".to_owned()]));
    assert!(Walk::new(&ask(LIST)).read(answer(json!({"items": []}))).is_err());
    assert!(Walk::new(&ask(LIST)).read(answer(json!([]))).is_err());
}

#[test]
fn a_page_size_that_is_refused_is_lowered_to_what_the_refusal_names() {
    let error =
        |message: &str| Error::Failed { status: 400, code: String::new(), message: message.into(), request_id: None };
    let refused = error(
        "The query specified in the URI is not valid. The limit of '50' for Top query has been exceeded. The value from the incoming request is '100'.",
    );
    let smaller_ask = smaller(&ask(&format!("{LIST}?$filter=a%20eq%20%27b%27&$top=100")), &refused).unwrap();
    assert_eq!(smaller_ask.url.query(), Some("$filter=a%20eq%20%27b%27&$top=50"));
    assert!(smaller(&ask(&format!("{LIST}?$top=50")), &refused).is_none());
    assert!(smaller(&ask(LIST), &refused).is_none());
    assert!(smaller(&ask(&format!("{LIST}?$top=100")), &error("no")).is_none());
}
