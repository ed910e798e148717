use super::*;
use crate::finding::IncidentReference;
use crate::made::{TENANT, alert, device, identity, listing, place, time};
use crate::{Link, Product, Scheme, Severity};

fn with(id: &str, identities: &[(Scheme, &str)]) -> Finding {
    Finding { identities: identities.iter().map(|(scheme, id)| identity(*scheme, id)).collect(), ..alert(id) }
}

fn ids(merged: &[Finding]) -> Vec<&str> {
    merged.iter().map(|finding| finding.id.as_str()).collect()
}

#[test]
fn an_alert_that_came_by_three_routes_is_one_alert_with_three_links() {
    let graph = Finding {
        routes: vec!["defender.alerts".into()],
        links: vec![Link { label: "Alert".into(), url: "https://security.microsoft.com/alerts/a1".into() }],
        places: vec![place("urlEvidence.url", Some("command_and_control"), Some("malicious"))],
        ..with("a1", &[(Scheme::Graph, "a1"), (Scheme::Provider, "p1")])
    };
    let endpoint = Finding {
        routes: vec!["defender.endpoint_alerts".into()],
        links: vec![Link { label: "Alert".into(), url: "https://security.microsoft.com/alerts/p1".into() }],
        ..with("p1", &[(Scheme::Provider, "p1")])
    };
    let workspace = Finding {
        routes: vec!["sentinel.workspace_alerts".into()],
        links: vec![Link { label: "Sentinel".into(), url: "https://portal.azure.com/s1".into() }],
        ..with("s1", &[(Scheme::Provider, "p1"), (Scheme::Sentinel, "s1")])
    };
    let merged = merge([&graph, &endpoint, &workspace]);
    assert_eq!(merged.len(), 1);
    let one = &merged[0];
    assert_eq!(one.id, "a1");
    assert_eq!(one.routes, ["defender.alerts", "defender.endpoint_alerts", "sentinel.workspace_alerts"]);
    assert_eq!(one.links.len(), 3);
    assert_eq!(one.places.len(), 2, "the same place twice is one: {:?}", one.places);
    assert_eq!(one.identities.len(), 3);
}

#[test]
fn two_links_that_differ_in_the_tenant_alone_are_one() {
    let links = |url: &str| vec![Link { label: "Alert".into(), url: url.into() }];
    let portal = "https://security.microsoft.com/alerts/a1";
    let graph = Finding { links: links(portal), ..with("a1", &[(Scheme::Graph, "a1")]) };
    let tenant = Finding { links: links(&format!("{portal}?tid=t1")), ..with("a1", &[(Scheme::Graph, "a1")]) };
    let other = Finding { links: links(&format!("{portal}?view=2")), ..with("a1", &[(Scheme::Graph, "a1")]) };
    let merged = merge([&graph, &tenant, &other]);
    let urls: Vec<&str> = merged[0].links.iter().map(|link| link.url.as_str()).collect();
    assert_eq!(urls, [format!("{portal}?tid=t1"), format!("{portal}?view=2")]);
}

#[test]
fn identities_join_transitively_whatever_the_order() {
    let one = with("g", &[(Scheme::Graph, "g")]);
    let two = with("s", &[(Scheme::Sentinel, "s")]);
    let both = with("b", &[(Scheme::Graph, "g"), (Scheme::Sentinel, "s")]);
    for order in [[&one, &two, &both], [&both, &one, &two], [&two, &both, &one]] {
        assert_eq!(ids(&merge(order)), ["g"]);
    }
}

#[test]
fn what_only_looks_alike_stays_apart() {
    let other_tenant = Finding { tenant: Some("22222222-2222-4222-8222-222222222222".into()), ..alert("a") };
    let no_tenant = Finding { tenant: None, ..alert("a") };
    let other_scheme = with("a", &[(Scheme::Sentinel, "a")]);
    let other_kind = listing("a", Some("block"), "active", "exact", None);
    let nameless = Finding { identities: vec![identity(Scheme::Graph, "")], ..alert("") };
    let all = [&alert("a"), &other_tenant, &no_tenant, &no_tenant, &other_scheme, &other_kind, &nameless, &nameless];
    assert_eq!(merge(all).len(), all.len());
}

#[test]
fn the_same_directory_in_another_cloud_is_another_tenant() {
    let other = Finding { cloud: Some("china".into()), ..alert("a") };
    assert_eq!(merge([&alert("a"), &other, &alert("a")]).len(), 2);
}

#[test]
fn the_letter_case_of_a_tenant_does_not_part_its_findings() {
    let upper = Finding { tenant: Some(TENANT.to_uppercase()), ..alert("a") };
    assert_eq!(merge([&alert("a"), &upper]).len(), 1);
}

#[test]
fn the_newest_record_wins_each_field_that_it_has() {
    let old = Finding {
        severity: Some(Severity::Low),
        status: Some("new".into()),
        service: Some("Microsoft Sentinel".into()),
        product: Product::Sentinel,
        first_seen: Some(time("2026-11-01T00:00:00Z")),
        updated: Some(time("2026-11-20T00:00:00.1Z")),
        ..alert("a")
    };
    let new = Finding {
        severity: None,
        status: Some("resolved".into()),
        title: "Newer title".into(),
        last_seen: Some(time("2026-11-24T00:00:00Z")),
        updated: Some(time("2026-11-20T00:00:00.2Z")),
        ..alert("a")
    };
    let undated = Finding { status: Some("in_progress".into()), updated: None, ..alert("a") };
    for order in [[&undated, &old, &new], [&new, &old, &undated]] {
        let merged = merge(order).remove(0);
        assert_eq!(merged.status.as_deref(), Some("resolved"));
        assert_eq!(merged.title, "Newer title");
        assert_ne!(merged.severity, None, "an empty field does not erase what an older record knows");
        assert_eq!(merged.first_seen, old.first_seen, "the period is the span of all");
        assert_eq!(merged.last_seen, new.last_seen);
        assert_eq!(merged.product, Product::Sentinel, "the product goes with the service that is named");
    }
}

#[test]
fn an_incident_with_a_title_beats_a_newer_one_with_a_number_only() {
    let tell = |mut alert: Finding, title: Option<&str>, updated: &str| {
        if let Details::Alert { incident, devices, .. } = &mut alert.details {
            *incident = Some(IncidentReference { id: "47".into(), title: title.map(Into::into), url: None });
            devices.push(updated.into());
        }
        Finding { updated: Some(time(updated)), ..alert }
    };
    let old = tell(alert("a"), Some("Beacon"), "2026-11-20T00:00:00Z");
    let new = tell(alert("a"), None, "2026-11-21T00:00:00Z");
    let merged = merge([&old, &new]).remove(0);
    let Details::Alert { incident, devices, .. } = merged.details else { panic!("an alert") };
    assert_eq!(incident.unwrap().title.as_deref(), Some("Beacon"));
    assert_eq!(devices.len(), 2);
}

#[test]
fn a_device_seen_by_hunting_and_by_the_classic_list_is_one_and_nothing_is_added_up() {
    let hunting = device("d1", "defender.devices", TENANT, 7, 2);
    let mut classic = device("d1", "defender.machines", TENANT, 0, 0);
    classic.details = Details::Device {
        connected: None,
        blocked: None,
        processes: Vec::new(),
        accounts: Vec::new(),
        os: Some("Windows11".into()),
        risk: Some("high".into()),
    };
    let merged = merge([&classic, &hunting]).remove(0);
    let Details::Device { connected, blocked, os, .. } = merged.details else { panic!("a device") };
    assert_eq!((connected, blocked, os.as_deref()), (Some(7), Some(2), Some("Windows11")));
}

#[test]
fn the_end_of_a_listing_is_the_newest_records_even_if_it_has_none() {
    let mut old = listing("t", None, "active", "exact", Some(80));
    if let Details::ThreatIndicator { valid_until, .. } = &mut old.details {
        *valid_until = Some(time("2026-12-01T00:00:00Z"));
    }
    let new = Finding { updated: Some(time("2026-11-25T00:00:00Z")), ..listing("t", None, "active", "exact", None) };
    let Details::ThreatIndicator { valid_until, confidence, .. } = merge([&old, &new]).remove(0).details else {
        panic!("a threat indicator")
    };
    assert_eq!(valid_until, None);
    assert_eq!(confidence, Some(80));
}

#[test]
fn what_threat_intelligence_says_is_one_whichever_tenant_asked() {
    use crate::made::intelligence;
    let of = |route: &str| Finding {
        routes: vec![route.into()],
        ..intelligence(FindingKind::Resolution, "198.51.100.9", None)
    };
    let merged = merge([&of("first"), &of("second")]);
    assert_eq!(merged.len(), 1);
    assert_eq!(merged[0].routes, ["first", "second"]);
}
