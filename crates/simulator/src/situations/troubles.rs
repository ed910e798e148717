//! Troubles on the way, and Microsoft's own.

use super::{Situation, defender, sentinel};
use crate::exchange::Surface;
use crate::faults::{Action, Rule};

pub(super) fn all() -> Vec<Situation> {
    let throttled = || Action::Throttle { retry_after: Some("120".into()) };
    vec![
        Situation::new("clock-behind", "The machine's clock is ten minutes behind", sentinel())
            .faults([Rule::new(Action::Clock { seconds: 600 })]),
        Situation::new("token-host-blocked", "A proxy's page comes in the place of the token", defender())
            .faults([Rule::new(Action::Html { status: 403 }).on(Surface::Login).path("/token")]),
        Situation::new("graph-throttled", "Microsoft Graph takes no more calls", sentinel())
            .faults([Rule::new(throttled()).on(Surface::Graph)]),
        Situation::new("hunting-throttled", "Hunting's budget is spent", defender())
            .faults([Rule::new(throttled()).on(Surface::Graph).path("runHuntingQuery")]),
        Situation::new("defender-throttled", "Defender for Endpoint takes no more calls", defender())
            .faults([Rule::new(throttled()).on(Surface::Defender)]),
        Situation::new("log-analytics-throttled", "Log Analytics takes no more calls", sentinel())
            .faults([Rule::new(throttled()).on(Surface::LogAnalytics)]),
        Situation::new("graph-unavailable", "Microsoft Graph answers 503", defender())
            .faults([Rule::new(Action::Fail { status: 503, body: None }).on(Surface::Graph)]),
        Situation::new("entra-unavailable", "Entra answers 503", defender()).faults([Rule::new(Action::Fail {
            status: 503,
            body: None,
        })
        .on(Surface::Login)
        .path("/token")]),
        Situation::new("entra-silent", "Entra never answers", defender())
            .faults([Rule::new(Action::Delay { ms: 60_000 }).on(Surface::Login)]),
        Situation::new("token-host-silent", "Entra knows the tenant, and never answers the sign-in", defender())
            .faults([Rule::new(Action::Delay { ms: 60_000 }).on(Surface::Login).path("/token")]),
        Situation::new("html-answer", "A page of HTML comes in the place of an answer", defender())
            .faults([Rule::new(Action::Html { status: 200 }).on(Surface::Defender)]),
        Situation::new("graph-silent", "Microsoft Graph never answers", defender())
            .faults([Rule::new(Action::Delay { ms: 60_000 }).on(Surface::Graph)]),
        Situation::new("all-silent", "Only Entra answers", sentinel()).faults(
            [Surface::Graph, Surface::Defender, Surface::LogAnalytics]
                .map(|surface| Rule::new(Action::Delay { ms: 60_000 }).on(surface)),
        ),
    ]
}
