//! Every route, read from the router's own text: one that is added is in here before anybody thinks of it.

/// One way to ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub method: &'static str,
    /// As it is written: `/settings/keys/{id}/revoke`.
    pub path: String,
}

impl Route {
    /// `POST /settings/keys/{id}/revoke`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// An address that leads there, of something that does not exist.
    pub fn address(&self) -> String {
        let part = |part: &str| match part {
            "{token}" => "0".repeat(64),
            "{file}" | "{*rest}" => "x".to_owned(),
            part if part.starts_with('{') => "00000000-0000-7000-8000-000000000000".to_owned(),
            part => part.to_owned(),
        };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/") || self.path == "/metrics"
    }
}

const ROUTER: &str = include_str!("../router.rs");

/// The routes of `router.rs`, in its order.
pub fn all() -> Vec<Route> {
    let mut routes = Vec::new();
    for call in ROUTER.split(".route(").skip(1) {
        let path = call.split('"').nth(1).unwrap().to_owned();
        let methods = until_closed(call);
        let named = [("GET", "get("), ("POST", "post("), ("PATCH", "patch("), ("PUT", "put("), ("DELETE", "delete(")];
        let before = routes.len();
        for (method, written) in named {
            // A handler may have such a name as well, `credentials::delete`, but it is not called there.
            if methods.contains(written) {
                routes.push(Route { method, path: path.clone() });
            }
        }
        if methods.contains("any(") {
            routes.push(Route { method: "GET", path: path.clone() });
            routes.push(Route { method: "POST", path: path.clone() });
        }
        assert!(routes.len() > before, "a method that is not known here: {path} {methods}");
    }
    routes
}

/// The text up to the bracket that closes the call.
fn until_closed(call: &str) -> &str {
    let mut open = 1;
    let end = call.find(|c: char| {
        open += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        open == 0
    });
    &call[..end.unwrap()]
}

#[test]
fn the_table_is_read_as_it_is_written() {
    let routes = all();
    let has = |method: &str, path: &str| routes.iter().any(|route| route.method == method && route.path == path);
    assert!(routes.len() > 50, "{}", routes.len());
    assert!(
        has("GET", "/")
            && has("GET", "/sign-in")
            && has("POST", "/sign-in")
            && has("DELETE", "/api/v1/connections/{id}")
    );
    assert!(!has("POST", "/") && !has("GET", "/settings/keys/{id}/revoke"));
}

/// The tests of who may come in read `router.rs`; a route that stood elsewhere would escape them.
#[test]
fn routes_stand_in_the_router_alone() {
    fn look(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
                continue;
            }
            let own = path.ends_with("router.rs") || path.ends_with("tests/routes.rs");
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if !own && [".route(", ".route_service(", ".nest("].iter().any(|call| text.contains(call)) {
                found.push(path.display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    look(concat!(env!("CARGO_MANIFEST_DIR"), "/src").as_ref(), &mut found);
    assert_eq!(found, Vec::<String>::new());
}
