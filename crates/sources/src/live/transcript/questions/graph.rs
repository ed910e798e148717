//! Graph's lists: filters on evidence, links to the next page, how large a page may be.

use microsoft::Error;
use microsoft::graph::questions::{FirstPage, List, address_in_evidence, alerts_where, first_page};
use search::Check;

use crate::alerts::by_address;

use super::{Asker, found, not_held, open, unanswered};

/// Filters on what stands in an alert's evidence. Microsoft's guide to the new alerts shows the form for accounts and
/// devices, and the list's own page does not name it. The values are nobody's.
const EVIDENCE: [(&str, &str, &str); 3] = [
    ("ip", "an address", "evidence/any(e: e/microsoft.graph.security.ipEvidence/ipAddress eq '192.0.2.1')"),
    ("url", "a URL", "evidence/any(e: e/microsoft.graph.security.urlEvidence/url eq 'https://oriel-probe.example/')"),
    (
        "device",
        "a device",
        "evidence/any(e: e/microsoft.graph.security.deviceEvidence/deviceDnsName eq 'oriel-probe.example')",
    ),
];

/// A page of one more than is known to be given.
const LARGE: u32 = 1_001;

pub(super) async fn ask(asker: &Asker<'_>, tell: &mut impl FnMut(Check)) {
    let alerts = ["SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All", "SecurityIncident.Read.All"];
    let incidents = ["SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All"];
    if alerts.iter().any(|permission| asker.holds(permission)) {
        for (name, thing, filter) in EVIDENCE {
            let question = format!("Alerts by {thing} in their evidence");
            let answer = alerts_where(&asker.live.microsoft, &asker.call(), filter).await;
            let accepted = matches!(answer, Ok(FirstPage { items: 0, .. }));
            tell(by_evidence(name, &question, answer));
            if name == "ip" && accepted {
                tell(finds(asker).await);
            }
        }
        let large = first_page(&asker.live.microsoft, &asker.call(), List::Alerts, LARGE).await;
        tell(page_size(large));
        next_link(asker, List::Alerts, "alerts", tell).await;
    } else {
        tell(not_held("Alerts by what stands in their evidence", alerts[0]));
    }
    if incidents.iter().any(|permission| asker.holds(permission)) {
        next_link(asker, List::Incidents, "incidents", tell).await;
    } else {
        tell(not_held("A link to the next page of incidents", incidents[0]));
    }
}

fn by_evidence(name: &str, question: &str, answer: Result<FirstPage, Error>) -> Check {
    match answer {
        Ok(FirstPage { items: 0, .. }) => found(
            &format!("evidence_{name}_accepted"),
            format!("{question}: the filter is accepted, and finds nothing of nobody's."),
        ),
        Ok(_) => found(
            &format!("evidence_{name}_ignored"),
            format!("{question}: the filter is accepted and seems to be ignored: an alert came that it does not fit."),
        ),
        Err(Error::Failed { status: 400 | 501, message, .. }) => {
            found(&format!("evidence_{name}_refused"), format!("{question}: the filter is refused: {message}"))
        }
        Err(error) => unanswered(question, &error),
    }
}

/// A filter that is accepted could still find nothing, ever: whether it finds what is known to be there.
async fn finds(asker: &Asker<'_>) -> Check {
    let question = "An address that is known to stand in an alert's evidence";
    // With the very filter and period that a search would use.
    let since = by_address::period((asker.live.clock)()).from;
    let address = match address_in_evidence(&asker.live.microsoft, &asker.call(), since).await {
        Ok(Some(address)) => address,
        Ok(None) => return open("nothing_to_see", format!("{question}: not asked, the newest alerts hold none.")),
        Err(error) => return unanswered(question, &error),
    };
    let filter = microsoft::graph::by_address::filter(address, since);
    match alerts_where(&asker.live.microsoft, &asker.call(), &filter).await {
        Ok(FirstPage { items: 0, .. }) => found(
            "evidence_ip_misses",
            format!("{question}: the filter does not find the alert, so it must not be relied on."),
        ),
        Ok(_) => found(
            "evidence_ip_finds",
            format!("{question}: the filter finds an alert. It is used for addresses where hunting does not answer."),
        ),
        Err(error) => unanswered(question, &error),
    }
}

async fn next_link(asker: &Asker<'_>, list: List, name: &str, tell: &mut impl FnMut(Check)) {
    let question = format!("A link to the next page of {name}");
    tell(match first_page(&asker.live.microsoft, &asker.call(), list, 1).await {
        Ok(FirstPage { has_next: true, .. }) => {
            found(&format!("{name}_next_link"), format!("{question}: there is one after a page of one."))
        }
        Ok(FirstPage { items: 0, .. }) => open("nothing_to_see", format!("{question}: the list is empty.")),
        Ok(_) => found(&format!("{name}_no_next_link"), format!("{question}: there is none after a page of one.")),
        Err(error) => unanswered(&question, &error),
    });
}

fn page_size(answer: Result<FirstPage, Error>) -> Check {
    let question = "The largest page of alerts";
    match answer {
        Ok(FirstPage { items, .. }) if items >= LARGE as usize => {
            found("alerts_page_larger", format!("{question}: {items} came when {LARGE} were asked for."))
        }
        Ok(FirstPage { items, has_next }) if has_next || items == 1_000 => {
            found("alerts_page_cut", format!("{question}: {items} came when {LARGE} were asked for."))
        }
        Ok(FirstPage { items, .. }) => {
            open("nothing_to_see", format!("{question}: not found out, since {items} alerts came in all."))
        }
        Err(Error::Failed { status: 400, message, .. }) => {
            found("alerts_page_refused", format!("{question}: {LARGE} are refused: {message}"))
        }
        Err(error) => unanswered(question, &error),
    }
}
