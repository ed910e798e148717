//! The routes of 2020, and the permission for Defender's list of indicators.

use microsoft::{Error, defender, graph};
use search::{Check, Product};

use super::{Asker, found, not_held, unanswered};

pub(super) async fn ask(asker: &Asker<'_>, product: Product, tell: &mut impl FnMut(Check)) {
    let (microsoft, call) = (&asker.live.microsoft, asker.call());
    if product == Product::Defender {
        tell(indicators(asker).await);
        return;
    }
    let question = "The classic alerts (/security/alerts)";
    tell(if asker.holds("SecurityEvents.Read.All") {
        let filter = "networkConnections/any(a:a/destinationAddress eq '192.0.2.1')";
        classic("classic_alerts", question, graph::legacy_alerts(microsoft, &call, filter).await.map(|_| ()))
    } else {
        not_held(question, "SecurityEvents.Read.All")
    });
    let question = "The classic threat indicators (/beta/security/tiIndicators)";
    tell(if asker.holds("ThreatIndicators.Read.All") {
        let filter = "networkIPv4 eq '192.0.2.1'";
        classic("classic_threat_indicators", question, graph::ti_indicators(microsoft, &call, filter).await.map(|_| ()))
    } else {
        not_held(question, "ThreatIndicators.Read.All")
    });
}

fn classic(name: &str, question: &str, answer: Result<(), Error>) -> Check {
    match answer {
        Ok(()) => found(&format!("{name}_answer"), format!("{question}: they still answer.")),
        Err(Error::Retired { status, message, .. }) => {
            found(&format!("{name}_retired"), format!("{question}: switched off, with status {status}: {message}"))
        }
        Err(error) => unanswered(question, &error),
    }
}

/// Whether the permission to read is enough for the list. Asked only where the one to write is not held as well.
async fn indicators(asker: &Asker<'_>) -> Check {
    let question = "Ti.Read.All for Defender's list of indicators";
    let claims = asker.defender.as_ref();
    let holds = |permission: &str| claims.is_some_and(|claims| claims.holds(permission));
    if !holds("Ti.Read.All") {
        return not_held(question, "Ti.Read.All");
    }
    if holds("Ti.ReadWrite") || holds("Ti.ReadWrite.All") {
        return super::open(
            "more_is_held",
            format!("{question}: not found out, since the app may write the list too."),
        );
    }
    match defender::indicators_probe(&asker.live.microsoft, &asker.call()).await {
        Ok(_) => found("ti_read_all_suffices", format!("{question}: it is enough.")),
        Err(Error::Denied { message, .. }) => {
            found("ti_read_all_refused", format!("{question}: it is not enough: {message}"))
        }
        Err(error) => unanswered(question, &error),
    }
}
