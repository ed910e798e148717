//! Alerts by an address in their evidence, from Graph's list: where hunting is closed to the app or its budget is spent, and
//! only for a connection of which a validation has found out that the list's filter finds what is there.

use std::net::IpAddr;
use std::sync::Arc;

use indicator::Indicator;
use jiff::Timestamp;
use microsoft::{Error, Listing, graph};
use search::{Covered, Limit, Product, Question};

use super::{complete, graph_alert, note_newest};
use crate::asking::Asking;
use crate::capability::Newest;
use crate::outcome::Reading;
use crate::query;
use crate::record::Record;

/// Asks the list in the place of hunting, which gave this error. `None` where it cannot stand in for it: then the error is
/// what there is to tell.
pub(crate) async fn ask(
    asking: &Asking,
    question: &Question,
    only: Option<&'static str>,
    error: &Error,
) -> Option<Reading> {
    let closed = matches!(error, Error::Denied { .. } | Error::Throttled { .. });
    let Indicator::Ip(address) = question.indicator else { return None };
    if !(closed && asking.finds_by_address) {
        return None;
    }
    match stand_in(asking, question, address, only, error).await {
        Ok(reading) => reading,
        Err(other) => {
            tracing::info!(source.name = %asking.asked.source, error = %other, "nor did the list of alerts answer by address");
            None
        }
    }
}

async fn stand_in(
    asking: &Asking,
    question: &Question,
    address: IpAddr,
    only: Option<&'static str>,
    error: &Error,
) -> Result<Option<Reading>, Error> {
    let mut covered = period(question.now);
    let listing = asking.shared.listed.get(question.deadline, "by address", async {
        let call = asking.call(question.deadline);
        graph::by_address::alerts(&asking.microsoft, &call, address, covered.from).await.map(Arc::new)
    });
    let listing = listing.await?;
    let mut reading = Reading::new();
    let named = "Hunting did not answer, so only alerts that name the address itself as a piece of evidence were looked for, \
                 spelled";
    let rest = "and none that have it in a URL, a connection or a device";
    reading.part_failed(&format!("{named} {address}, {rest}"), error, asking);
    reading.missing.extend(listing.incomplete.as_ref().map(|why| format!("Alerts may be missing: {why}.")));
    let mut fitting = 0;
    let mut findings = Vec::new();
    for alert in &listing.values {
        let Some(finding) = graph_alert::read(asking, &question.indicator, alert) else {
            reading.set_aside += 1;
            continue;
        };
        // The list may have been asked for all services.
        let is_its = only.is_none() || finding.product == Product::Sentinel;
        let fits = !finding.places.is_empty();
        fitting += usize::from(fits);
        if fits && is_its {
            findings.push(finding);
            reading.raw.push(alert.clone());
        }
    }
    // What came without the address in it was not found by it: the filter is no longer what it was.
    if fitting == 0 && !listing.values.is_empty() {
        return Ok(None);
    }
    covered.newest_row = listing.values.iter().filter_map(|alert| Record(alert).time("createdDateTime")).max();
    reading.covered = Some(covered);
    if findings.is_empty() {
        let newest = newest(asking, question, only.is_some()).await?;
        // An empty list that was never anything else says less than why hunting did not answer.
        if newest == Newest::Never {
            return Ok(None);
        }
        note_newest(&mut reading, Ok(newest), asking)?;
    }
    reading.findings = complete::with_incidents(asking, question, findings, &mut reading).await;
    Ok(Some(reading))
}

/// As far back as is asked: as far as hunting would go. How long the list keeps alerts is not told.
pub(crate) fn period(now: Timestamp) -> Covered {
    query::period(now, query::HUNTING_DAYS, Limit::Setting)
}

/// The newest alert of the list. Of Sentinel's part it matters only that there is one at all, as with hunting.
async fn newest(asking: &Asking, question: &Question, sentinels: bool) -> Result<Newest, Error> {
    let call = asking.call(question.deadline);
    let microsoft = &asking.microsoft;
    if sentinels {
        let since = period(question.now).from;
        let of_sentinel = graph::newest_sentinel_alert(microsoft, &call, since).await?;
        if of_sentinel.values.is_empty() {
            return Ok(Newest::Never);
        }
    }
    Ok(time_of(&graph::newest_alert(microsoft, &call).await?))
}

fn time_of(listing: &Listing) -> Newest {
    listing.values.iter().find_map(|alert| Record(alert).time("createdDateTime")).map_or(Newest::Never, Newest::At)
}

#[cfg(test)]
mod tests;
