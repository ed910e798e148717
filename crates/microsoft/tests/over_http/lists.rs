//! Lists over several pages.

use microsoft::{Error, defender, graph};
use serde_json::json;

use crate::fake::*;

#[tokio::test]
async fn pages_are_followed_with_the_filter_as_it_was_sent() {
    let fake = Fake::start(|seen, before| {
        let link =
            |token: &str| format!("http://{}/graph/v1.0/security/alerts?$skiptoken={token}", seen.header("host"));
        match before {
            _ if seen.is_token() => None,
            0 => Some(
                Answer::json(200, json!({"value": [{"id": "1"}], "@odata.nextLink": link("a")}))
                    .with("request-id", "r-1"),
            ),
            1 => Some(Answer::json(200, json!({"value": [], "@odata.nextLink": link("b")}))),
            _ => Some(Answer::json(200, json!({"value": [{"id": "2"}, {"id": "1"}]}))),
        }
    })
    .await;
    let desk = Desk::new(&fake);
    let filter = "networkConnections/any(a:a/destinationDomain eq 'bad.example')";
    let listing = graph::legacy_alerts(&desk.microsoft, &desk.call(), filter).await.unwrap();
    assert_eq!(listing.values, [json!({"id": "1"}), json!({"id": "2"})]);
    assert_eq!((listing.incomplete, listing.request_id.as_deref()), (None, Some("r-1")));
    let queries: Vec<String> = fake.calls().into_iter().map(|seen| seen.query).collect();
    let first = "$filter=networkConnections%2Fany%28a%3Aa%2FdestinationDomain%20eq%20%27bad.example%27%29&$top=100";
    assert_eq!(queries, [first, "$skiptoken=a", "$skiptoken=b"]);
}

#[tokio::test]
async fn what_came_before_a_page_that_fails_is_kept_and_the_failure_said() {
    let fake = Fake::start(|seen, before| match before {
        _ if seen.is_token() => None,
        0 => Some(Answer::json(
            200,
            json!({"value": [{"id": "1"}], "@odata.nextLink": "/graph/v1.0/security/alerts?$skiptoken=a"}),
        )),
        _ => Some(Answer::text(400, "")),
    })
    .await;
    let desk = Desk::new(&fake);
    let listing = graph::legacy_alerts(&desk.microsoft, &desk.call(), "a eq 'b'").await.unwrap();
    assert_eq!(listing.values.len(), 1);
    assert!(listing.incomplete.unwrap().contains("a further page did not come"));
}

#[tokio::test]
async fn a_link_that_is_the_same_for_ever_ends_as_incomplete() {
    let fake = Fake::start(|seen, _| {
        (!seen.is_token()).then(|| {
            Answer::json(200, json!({"value": [], "@odata.nextLink": "/graph/v1.0/security/alerts?$skiptoken=K"}))
        })
    })
    .await;
    let desk = Desk::new(&fake);
    let listing = graph::legacy_alerts(&desk.microsoft, &desk.call(), "a eq 'b'").await.unwrap();
    assert!(listing.incomplete.is_some());
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test]
async fn a_206_keeps_what_came_and_names_the_provider_that_did_not_answer() {
    let fake = Fake::start(|seen, _| {
        let body = json!({"value": [{"id": "1"}]});
        (!seen.is_token()).then(|| Answer::json(206, body).with("Warning", r#"199 - "Microsoft/WDATP/401/228""#))
    })
    .await;
    let desk = Desk::new(&fake);
    let listing = graph::legacy_alerts(&desk.microsoft, &desk.call(), "a eq 'b'").await.unwrap();
    assert_eq!(listing.values.len(), 1);
    assert_eq!(listing.incomplete.as_deref(), Some("the provider Microsoft WDATP answered with status 401"));
}

#[tokio::test]
async fn a_206_without_a_body_is_incomplete_and_not_empty() {
    let fake = Fake::start(|seen, _| (!seen.is_token()).then(|| Answer::text(206, ""))).await;
    let desk = Desk::new(&fake);
    let listing = graph::legacy_alerts(&desk.microsoft, &desk.call(), "a eq 'b'").await.unwrap();
    assert!(listing.values.is_empty() && listing.incomplete.is_some());
}

#[tokio::test]
async fn a_page_size_that_is_refused_is_lowered() {
    let fake = Fake::start(|seen, before| match before {
        _ if seen.is_token() => None,
        0 => {
            let message =
                "The limit of '50' for Top query has been exceeded. The value from the incoming request is '100'.";
            Some(Answer::json(400, json!({"error": {"code": "", "message": message, "details": []}})))
        }
        _ => Some(Answer::list(json!([{"id": "1"}]))),
    })
    .await;
    let desk = Desk::new(&fake);
    let listing = graph::ti_indicators(&desk.microsoft, &desk.call(), "domainName eq 'bad.example'").await.unwrap();
    assert_eq!((listing.values.len(), listing.incomplete), (1, None));
    let queries: Vec<String> = fake.calls().into_iter().map(|seen| seen.query).collect();
    assert!(queries[0].ends_with("$top=100") && queries[1].ends_with("$top=50"), "{queries:?}");
    assert!(queries[1].starts_with("$filter=domainName%20eq%20%27bad.example%27"), "{queries:?}");
}

#[tokio::test]
async fn the_classic_routes_are_retired_when_they_are_gone() {
    let fake = Fake::start(|seen, _| match seen.path.as_str() {
        "/graph/beta/security/tiIndicators" => {
            Some(Answer::json(410, json!({"error": {"code": "Gone", "message": "This API has been retired."}})))
        }
        _ => None,
    })
    .await;
    let desk = Desk::new(&fake);
    for error in [
        graph::legacy_alerts(&desk.microsoft, &desk.call(), "a eq 'b'").await.unwrap_err(),
        graph::ti_indicators(&desk.microsoft, &desk.call(), "a eq 'b'").await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::Retired { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn the_whole_list_of_indicators_is_read_by_skipping_until_nothing_new_comes() {
    let entries = |from: usize, to: usize| (from..to).map(|id| json!({"id": id.to_string()})).collect::<Vec<_>>();
    let fake = Fake::start(move |seen, before| match before {
        _ if seen.is_token() => None,
        0 => Some(Answer::json(200, json!({"value": entries(0, 150)}))),
        1 => Some(Answer::json(200, json!({"value": entries(140, 290)}))),
        2 => Some(Answer::json(200, json!({"value": entries(0, 150)}))),
        _ => Some(Answer::text(400, "asked too often")),
    })
    .await;
    let desk = Desk::new(&fake);
    let listing = defender::all_indicators(&desk.microsoft, &desk.call()).await.unwrap();
    assert_eq!((listing.values.len(), listing.incomplete), (290, None));
    let queries: Vec<String> = fake.calls().into_iter().map(|seen| seen.query).collect();
    assert_eq!(queries, ["$top=5000", "$top=5000&$skip=150", "$top=5000&$skip=290"]);
}

#[tokio::test]
async fn a_list_of_indicators_whose_second_page_fails_keeps_the_first_and_says_so() {
    let fake = Fake::start(|seen, before| match before {
        _ if seen.is_token() => None,
        0 => Some(Answer::json(200, json!({"value": (0..150).map(|id| json!({"id": id})).collect::<Vec<_>>()}))),
        _ => Some(Answer::text(400, "")),
    })
    .await;
    let desk = Desk::new(&fake);
    let listing = defender::all_indicators(&desk.microsoft, &desk.call()).await.unwrap();
    assert_eq!(listing.values.len(), 150);
    assert!(listing.incomplete.unwrap().contains("a further page did not come"));
}

#[tokio::test]
async fn a_list_of_alerts_by_address_that_may_go_on_says_so() {
    let check = async |pages: usize, last: usize, calls: usize, incomplete: Option<&str>| {
        let fake = Fake::start(move |seen, before| {
            let items = if before + 1 < pages { 200 } else { last };
            let value: Vec<_> = (0..items).map(|number| json!({"id": format!("{before}-{number}")})).collect();
            let mut body = json!({ "value": value });
            if before + 1 < pages {
                body["@odata.nextLink"] = json!(format!("/graph/v1.0/security/alerts_v2?$skiptoken={before}"));
            }
            (!seen.is_token()).then(|| Answer::json(200, body))
        })
        .await;
        let desk = Desk::new(&fake);
        let (address, since) = ("203.0.113.66".parse().unwrap(), "2026-10-26T00:00:00Z".parse().unwrap());
        let listing = graph::by_address::alerts(&desk.microsoft, &desk.call(), address, since).await.unwrap();
        assert_eq!((listing.incomplete.as_deref(), fake.calls().len()), (incomplete, calls), "{pages} {last}");
        assert!(fake.calls()[0].query.contains("203.0.113.66"));
    };
    check(1, 0, 1, None).await;
    check(1, 7, 1, None).await;
    check(1, 200, 1, Some("the list ends with a full page, after 200 alerts")).await;
    check(1, 50, 1, Some("the list ends with a full page, after 50 alerts")).await;
    check(3, 7, 3, None).await;
    check(9, 7, 5, Some("no more than 5 pages were read")).await;
}
