//! Consent and permissions.

use serde_json::json;

use super::{Situation, defender, id, sentinel, with_app};
use crate::demo;
use crate::exchange::Surface;
use crate::faults::{Action, Rule};

/// Today's permissions on Microsoft Graph.
const GRAPH: [&str; 3] = ["SecurityAlert.Read.All", "SecurityIncident.Read.All", "ThreatHunting.Read.All"];

pub(super) fn all() -> Vec<Situation> {
    let mut all = vec![
        Situation::new("no-consent", "Nobody granted admin consent", with_app(defender(), demo::BARE_CLIENT)),
        // Both look alike from outside: a token for an app never holds what was granted for a person.
        Situation::new(
            "delegated-permissions",
            "The permissions were added as delegated ones",
            with_app(sentinel(), demo::BARE_CLIENT),
        ),
        Situation::new(
            "guide-of-2020-defender",
            "The permissions of the 2020 guide for Defender, and nothing else",
            with_app(defender(), demo::CLASSIC_CLIENT),
        )
        .app(|app| app.graph.clear()),
        Situation::new(
            "guide-of-2020-sentinel",
            "The permissions of the 2020 guide for Sentinel, and nothing else",
            with_app(sentinel(), demo::CLASSIC_CLIENT),
        )
        .app(|app| app.defender.clear()),
        Situation::new("write-permission", "The app may write", with_app(defender(), demo::WRITER_CLIENT)),
        Situation::new("more-than-needed", "The app may read mail too", defender())
            .app(|app| app.graph.push("Mail.Read".into())),
        Situation::new(
            "permission-not-yet-effective",
            "Microsoft does not yet accept a permission that was just granted",
            defender(),
        )
        .faults([not_yet("ThreatHunting.Read.All", &GRAPH)]),
    ];
    for permission in GRAPH {
        let name = format!("missing-{}", permission.to_lowercase().replace('.', "-"));
        let title = format!("{permission} was not granted");
        all.push(Situation::new(&name, &title, sentinel()).app(|app| app.graph.retain(|held| held != permission)));
    }
    all.push(
        Situation::new("missing-ti-read-all", "Ti.Read.All was not granted", defender())
            .app(|app| app.defender.retain(|held| held != "Ti.Read.All")),
    );
    all.push(
        Situation::new("ti-read-all-does-not-suffice", "Ti.Read.All does not let the app list indicators", defender())
            .tenant(|tenant| tenant.ti_read_lists_indicators = false),
    );
    all
}

/// What an interface says of a permission that stands in the token.
fn not_yet(permission: &str, held: &[&str]) -> Rule {
    let message =
        format!("Missing application roles. API required roles: {permission}, application roles: {}.", held.join(","));
    let body = json!({"error": {"code": "Forbidden", "message": message, "innerError": {"request-id": id("not yet")}}});
    Rule::new(Action::Fail { status: 403, body: Some(body.to_string()) }).on(Surface::Graph).path("runHuntingQuery")
}
