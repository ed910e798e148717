//! Who may do what: every route with every role, with nobody, and from another site. A route that is added needs a line here,
//! or these tests fail.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::grants::Scope;
use store::people::Role;

use super::office::{Caller, Office, PASSWORD, Reply, cookie_of};
use super::routes::{self, Route};

mod reading;

/// For whom a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Also for those who are not signed in.
    Anybody,
    /// Whoever is signed in; in the API, whoever has a key.
    SignedIn,
    /// Those who search: all but auditors.
    Searchers,
    /// Those who read the audit.
    Auditors,
    Owners,
}
use Who::{Anybody, Auditors, Owners, Searchers, SignedIn};

const ROLES: [Role; 4] = [Role::Owner, Role::Analyst, Role::Viewer, Role::Auditor];

impl Who {
    fn admits(self, role: Role) -> bool {
        match self {
            Anybody | SignedIn => true,
            Searchers => role != Role::Auditor,
            Auditors => matches!(role, Role::Owner | Role::Auditor),
            Owners => role == Role::Owner,
        }
    }
}

/// Whoever adds a route says here for whom it is. What is for anybody says why.
const WHO: &[(&str, Who)] = &[
    ("GET /", Searchers),
    ("GET /search", Searchers),
    ("GET /search.csv", Searchers),
    ("GET /search.json", Searchers),
    ("GET /search/stream", Searchers),
    // And whom an owner has allowed it.
    ("POST /search/names", Owners),
    ("POST /search/names/end", Searchers),
    ("GET /api", SignedIn),
    ("GET /audit", Auditors),
    ("GET /audit/export", Auditors),
    ("GET /settings", SignedIn),
    ("POST /settings/password", SignedIn),
    ("POST /settings/second-factor", SignedIn),
    ("POST /settings/second-factor/begin", SignedIn),
    ("POST /settings/second-factor/codes", SignedIn),
    ("POST /settings/second-factor/remove", SignedIn),
    ("POST /settings/sessions/end-others", SignedIn),
    ("POST /settings/sessions/{id}/end", SignedIn),
    ("POST /settings/keys", SignedIn),
    ("POST /settings/keys/{id}/revoke", SignedIn),
    ("GET /settings/set-up", SignedIn),
    ("GET /settings/own-assets", Owners),
    ("POST /settings/own-assets", Owners),
    ("POST /settings/own-assets/offers", Owners),
    ("POST /settings/own-assets/take", Owners),
    ("POST /settings/own-assets/{id}/remove", Owners),
    ("GET /settings/set-up/script", Owners),
    ("GET /settings/consented", Owners),
    ("POST /settings/support-contact", Owners),
    ("GET /settings/support-bundle", Owners),
    ("POST /settings/connections", Owners),
    ("POST /settings/tenants/{id}", Owners),
    ("POST /settings/connections/validate", Owners),
    ("GET /settings/connections/checks", Owners),
    ("POST /settings/connections/{id}", Owners),
    ("POST /settings/connections/{id}/validate", Owners),
    ("POST /settings/connections/{id}/transcript", Owners),
    ("POST /settings/connections/{id}/remove", Owners),
    ("POST /settings/connections/{id}/credentials", Owners),
    ("POST /settings/connections/{id}/credentials/{credential}/validate", Owners),
    ("POST /settings/connections/{id}/credentials/{credential}/use", Owners),
    ("POST /settings/connections/{id}/credentials/{credential}/remove", Owners),
    ("GET /settings/connections/{id}/credentials/{credential}/certificate", Owners),
    ("GET /settings/connections/{id}/checks", Owners),
    ("GET /people", Owners),
    ("POST /people", Owners),
    ("POST /people/second-factor", Owners),
    ("POST /people/{id}", Owners),
    ("POST /people/{id}/password", Owners),
    ("POST /people/{id}/second-factor/remove", Owners),
    ("POST /people/{id}/disable", Owners),
    ("POST /people/{id}/enable", Owners),
    ("POST /people/{id}/sessions/end", Owners),
    ("POST /people/{id}/sessions/{session}/end", Owners),
    ("POST /people/{id}/keys/{key}/revoke", Owners),
    // Whoever is not signed in yet signs in.
    ("GET /sign-in", Anybody),
    ("POST /sign-in", Anybody),
    ("POST /sign-in/code", Anybody),
    ("POST /sign-in/password", Anybody),
    ("POST /sign-in/second-factor", Anybody),
    ("GET /sign-in/sso", Anybody),
    ("GET /sign-in/sso/callback", Anybody),
    ("GET /signed-out", Anybody),
    // A session that is over can be left as well.
    ("POST /sign-out", Anybody),
    ("POST /confirm", SignedIn),
    // The link itself is the key.
    ("GET /first-start/{token}", Anybody),
    ("POST /first-start/{token}", Anybody),
    // What the page to sign in is drawn with.
    ("GET /assets/{file}", Anybody),
    // The description of the API tells nothing of this server.
    ("GET /api/v1/openapi.json", Anybody),
    ("GET /api/v1/search", Searchers),
    ("GET /api/v1/own-assets", Owners),
    ("POST /api/v1/own-assets", Owners),
    ("DELETE /api/v1/own-assets/{id}", Owners),
    ("GET /api/v1/connections", Owners),
    ("POST /api/v1/connections", Owners),
    ("PATCH /api/v1/connections/{id}", Owners),
    ("DELETE /api/v1/connections/{id}", Owners),
    ("POST /api/v1/connections/{id}/validate", Owners),
    ("POST /api/v1/connections/validate", Owners),
    ("GET /api/v1/tenants", Owners),
    ("PATCH /api/v1/tenants/{id}", Owners),
    ("GET /api/v1/connections/{id}/credentials", Owners),
    ("POST /api/v1/connections/{id}/credentials", Owners),
    ("DELETE /api/v1/connections/{id}/credentials/{credential}", Owners),
    ("POST /api/v1/connections/{id}/credentials/{credential}/validate", Owners),
    ("POST /api/v1/connections/{id}/credentials/{credential}/use", Owners),
    ("GET /api/v1/connections/{id}/changes", Owners),
    ("GET /api/v1/connections/{id}/pulse", Owners),
    ("GET /api/v1/audit", Auditors),
    ("GET /api/v1/people", Owners),
    ("POST /api/v1/people", Owners),
    ("PATCH /api/v1/people/{id}", Owners),
    ("DELETE /api/v1/people/{id}", Owners),
    ("GET /api/v1/people/{id}/sessions", Owners),
    ("DELETE /api/v1/people/{id}/sessions", Owners),
    ("DELETE /api/v1/people/{id}/sessions/{session}", Owners),
    ("GET /api/v1/people/{id}/keys", Owners),
    ("DELETE /api/v1/people/{id}/keys/{key}", Owners),
    // There is nothing.
    ("GET /api/{*rest}", Anybody),
    ("POST /api/{*rest}", Anybody),
    // A word for those who run the server: it lives, it can answer.
    ("GET /healthz", Anybody),
    ("GET /readyz", Anybody),
    ("GET /metrics", SignedIn),
];

fn who(route: &Route) -> Who {
    let line = WHO.iter().find(|(name, _)| *name == route.name());
    line.unwrap_or_else(|| panic!("“{}” is new: say in tests/matrix.rs for whom it is", route.name())).1
}

/// A house with somebody of each role.
struct Crowd {
    office: Office,
    keys: BTreeMap<&'static str, Caller>,
    _lent: databases::Lent,
}

impl Crowd {
    async fn gather() -> Crowd {
        let lent = databases::sqlite();
        let office = Office::open(lent.url(), vec![]).await;
        let mut keys = BTreeMap::new();
        for role in ROLES {
            office.person(role.as_str(), role).await;
            keys.insert(role.as_str(), office.script(&format!("script of {}", role.as_str()), role).await);
        }
        Crowd { office, keys, _lent: lent }
    }

    /// Somebody with this role who has signed in just now, or a script of theirs.
    async fn somebody(&self, role: Role, route: &Route) -> Caller {
        if route.is_api() {
            return self.keys[role.as_str()].clone();
        }
        // Whoever signs in this often is slowed down.
        self.office.later(SignedDuration::from_mins(10));
        let reply = self.office.sign_in(role.as_str(), PASSWORD).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
        Caller::default().with("cookie", cookie_of(&reply))
    }

    async fn ask(&self, caller: &Caller, route: &Route) -> Reply {
        let body = match (route.method, route.is_api()) {
            ("GET" | "DELETE", _) => None,
            (_, true) => Some(("application/json", "{}".to_owned())),
            (_, false) => Some(("application/x-www-form-urlencoded", String::new())),
        };
        self.office.send(caller, route.method, &route.address(), body).await
    }
}

fn leads_to_sign_in(reply: &Reply) -> bool {
    reply.status == StatusCode::SEE_OTHER && reply.header("location").starts_with("/sign-in")
}

#[test]
fn each_line_of_the_table_is_a_route() {
    let routes: Vec<String> = routes::all().iter().map(Route::name).collect();
    for (name, _) in WHO {
        assert!(routes.contains(&(*name).to_owned()), "“{name}” is no route any more");
    }
}

#[tokio::test]
async fn nobody_comes_in_without_signing_in_or_a_key() {
    let crowd = Crowd::gather().await;
    for route in routes::all() {
        let may = who(&route);
        // What stands in for a key and a session, and is neither.
        let made_up = Caller::default()
            .with("cookie", format!("oriel={}", "0".repeat(64)))
            .with("authorization", format!("Bearer {}", "0".repeat(64)));
        for caller in [Caller::default(), made_up] {
            let reply = crowd.ask(&caller, &route).await;
            assert!(!reply.status.is_server_error(), "{}: {reply:?}", route.name());
            if may == Anybody {
                continue;
            }
            match route.is_api() {
                true => assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{}", route.name()),
                false => assert!(leads_to_sign_in(&reply), "{}: {reply:?}", route.name()),
            }
        }
    }
}

#[tokio::test]
async fn each_role_does_what_it_is_for_and_nothing_else() {
    let crowd = Crowd::gather().await;
    let mut refusals = 0;
    for route in routes::all() {
        let may = who(&route);
        for role in ROLES {
            let caller = crowd.somebody(role, &route).await;
            let reply = crowd.ask(&caller, &route).await;
            let (name, role_name) = (route.name(), role.as_str());
            assert!(!reply.status.is_server_error(), "{name} as {role_name}: {reply:?}");
            refusals += usize::from(reply.status == StatusCode::FORBIDDEN);
            if !may.admits(role) {
                assert_eq!(reply.status, StatusCode::FORBIDDEN, "{name} as {role_name}: {reply:?}");
            } else if may != Anybody {
                let refused = matches!(reply.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
                assert!(!refused && !leads_to_sign_in(&reply), "{name} as {role_name}: {reply:?}");
            }
        }
    }
    let text = Some("access.refused".to_owned());
    let wanted = store::audit::read::Wanted { text, ..store::audit::read::Wanted::default() };
    let written = store::audit::read::list(&crowd.office.desk.db, &Scope::All, &wanted, 10_000).await.unwrap();
    assert!(refusals > 100, "{refusals} refusals");
    assert_eq!(written.len(), refusals, "each stands in the audit");
}

#[tokio::test]
async fn a_cookie_opens_no_api_and_a_key_no_page() {
    let crowd = Crowd::gather().await;
    let page = Route { method: "GET", path: "/settings".to_owned() };
    for route in routes::all().into_iter().filter(|route| who(route) != Anybody) {
        let caller = match route.is_api() {
            true => crowd.somebody(Role::Owner, &page).await,
            false => crowd.keys["owner"].clone(),
        };
        let reply = crowd.ask(&caller, &route).await;
        match route.is_api() {
            true => assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{}", route.name()),
            false => assert!(leads_to_sign_in(&reply), "{}: {reply:?}", route.name()),
        }
    }
}

#[tokio::test]
async fn no_page_takes_a_post_from_another_site() {
    let crowd = Crowd::gather().await;
    let posts: Vec<Route> =
        routes::all().into_iter().filter(|route| route.method != "GET" && !route.is_api()).collect();
    assert!(posts.len() > 15, "{posts:?}");
    for route in posts {
        let owner = crowd.somebody(Role::Owner, &route).await;
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            // The right name by another door.
            ("origin", "http://127.0.0.1:9999"),
        ] {
            let reply = crowd.ask(&owner.clone().with(name, value), &route).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{} with {name}: {value}", route.name());
            reply.has("Sent from another site");
        }
    }
}

#[tokio::test]
async fn every_answer_of_every_route_has_its_headers_and_leads_nowhere_else() {
    let crowd = Crowd::gather().await;
    for route in routes::all() {
        let owner = crowd.somebody(Role::Owner, &route).await;
        for caller in
            [Caller::default(), owner.with("x-forwarded-host", "evil.example").with("forwarded", "host=evil.example")]
        {
            let reply = crowd.ask(&caller, &route).await;
            let name = route.name();
            assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{name}");
            assert_eq!(reply.header("x-frame-options"), "DENY", "{name}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{name}");
            assert_eq!(reply.header("referrer-policy"), "same-origin", "{name}");
            assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{name}");
            assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin", "{name}");
            assert!(reply.header("permissions-policy").contains("camera=()"), "{name}");
            assert!(reply.header("cache-control").starts_with("no-store"), "{name}: {}", reply.header("cache-control"));
            assert_eq!(reply.header("access-control-allow-origin"), "", "{name}");
            assert_eq!(reply.header("server"), "", "{name}");
            let to = reply.header("location");
            assert!(to.is_empty() || (to.starts_with('/') && !to.starts_with("//")), "{name} leads to {to}");
            reply.has_not("evil.example");
            if !reply.body.is_empty() {
                assert!(!reply.header("content-type").is_empty(), "{name} has a body of no kind");
            }
        }
    }
}

#[tokio::test]
async fn no_route_takes_trace_or_what_it_does_not_know() {
    let crowd = Crowd::gather().await;
    for route in routes::all().into_iter().filter(|route| route.path != "/api/{*rest}") {
        for method in ["TRACE", "PUT", "CONNECT", "PROPFIND"] {
            let reply = crowd.office.send(&Caller::default(), method, &route.address(), None).await;
            assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {}: {reply:?}", route.path);
        }
    }
}
