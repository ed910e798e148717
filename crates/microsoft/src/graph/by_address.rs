//! Alerts by an address that stands in their evidence. Microsoft's guide to the new alerts shows filters on evidence, for
//! accounts and devices; the list's own page does not name them. So this is for tenants of which it was found out that they
//! work, with this very filter.

use std::net::IpAddr;

use jiff::Timestamp;

use super::ALL_MEMBERS;
use crate::page::{self, Listing};
use crate::transport::ask::Ask;
use crate::{Call, Error, Literal, Microsoft, Resource};

/// Alerts a page. Evidence is long, and as observed the list cuts at 1,000 only.
const PAGE: &str = "200";
/// Pages that one call reads.
const MOST_PAGES: usize = 5;
/// Page sizes at which Graph's security lists are known to cut are multiples of this.
const SMALLEST_PAGE: usize = 50;

/// The `$filter` for alerts, made since a time, in whose evidence of the type `ipEvidence` an address stands as
/// [`Literal::ip`] spells it. Other types of evidence hold addresses too; they are not asked about.
pub fn filter(address: IpAddr, since: Timestamp) -> String {
    let (address, since) = (Literal::ip(address).odata(), since.strftime("%Y-%m-%dT%H:%M:%SZ"));
    format!(
        "evidence/any(e: e/microsoft.graph.security.ipEvidence/ipAddress eq {address}) and createdDateTime ge {since}"
    )
}

/// `GET /v1.0/security/alerts_v2?$filter=…`: the alerts that the [`filter`] finds, whole, five pages at most. A list that may
/// go on says so: as observed, this one has no link to the next page, so that a full page looks like the last.
pub async fn alerts(
    microsoft: &Microsoft,
    call: &Call<'_>,
    address: IpAddr,
    since: Timestamp,
) -> Result<Listing, Error> {
    let ask = Ask::get(call, Resource::Graph, &["v1.0", "security", "alerts_v2"])?.preferring(ALL_MEMBERS);
    let ask = ask.with("$filter", &filter(address, since)).with("$top", PAGE);
    let mut listing = page::list_at_most(microsoft, call, ask, MOST_PAGES).await?;
    let number = listing.values.len();
    if number > 0 && number.is_multiple_of(SMALLEST_PAGE) {
        listing.incomplete.get_or_insert_with(|| format!("the list ends with a full page, after {number} alerts"));
    }
    Ok(listing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_holds_the_address_as_a_literal_and_the_time_without_quotes() {
        let since = "2026-10-26T12:00:00.5Z".parse().unwrap();
        let check = |address: &str, spelled: &str| {
            let expected = format!(
                "evidence/any(e: e/microsoft.graph.security.ipEvidence/ipAddress eq '{spelled}') \
                 and createdDateTime ge 2026-10-26T12:00:00Z"
            );
            assert_eq!(filter(address.parse().unwrap(), since), expected);
        };
        check("203.0.113.66", "203.0.113.66");
        check("2001:DB8:0:0::1", "2001:db8::1");
    }
}
