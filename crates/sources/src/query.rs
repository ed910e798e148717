//! The texts that are sent as queries. A value enters one only as a [`Literal`].

use indicator::Indicator;
use jiff::{SignedDuration, Timestamp};
use microsoft::{Literal, NotALiteral};
use search::{Covered, Limit};

/// What hunting keeps.
pub(crate) const HUNTING_SPAN: &str = "P30D";
/// As far back as a workspace is asked. Many keep longer; the query's cost grows with the period.
pub(crate) const WORKSPACE_SPAN: &str = "P90D";

const HUNTING_DAYS: i64 = 30;
const WORKSPACE_DAYS: i64 = 90;

/// One query, for the checks that need no tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// `hunting` or `workspace`.
    pub surface: &'static str,
    /// The source that sends it, and for which kind of indicator.
    pub name: String,
    /// Its text.
    pub query: String,
}

/// The indicator as a literal. An underscore label or any other name that DNS allows passes; what does not is never sent.
pub(crate) fn literal(indicator: &Indicator) -> Result<Literal, NotALiteral> {
    match indicator {
        Indicator::Domain(domain) => Literal::name(domain.as_str()),
        Indicator::Ip(address) => Ok(Literal::ip(*address)),
    }
}

/// All spellings under which an address stands in tables: itself, and mapped into IPv6, as a `("…","…")` list.
pub(crate) fn addresses(address: std::net::IpAddr) -> String {
    let own = Literal::ip(address).kql();
    match address {
        std::net::IpAddr::V4(v4) => format!("({own}, {})", Literal::ip(v4.to_ipv6_mapped().into()).kql()),
        std::net::IpAddr::V6(_) => format!("({own})"),
    }
}

/// The period of a hunting query that was asked at `now`.
pub(crate) fn hunting_period(now: Timestamp) -> Covered {
    period(now, HUNTING_DAYS, Limit::Retention)
}

/// The period of a workspace query that was asked at `now`.
pub(crate) fn workspace_period(now: Timestamp) -> Covered {
    period(now, WORKSPACE_DAYS, Limit::Setting)
}

/// A list that tells only the present state.
pub(crate) fn at_present(now: Timestamp) -> Covered {
    Covered { from: now, to: now, limited_by: Limit::Setting, newest_row: None }
}

pub(crate) fn period(now: Timestamp, days: i64, limited_by: Limit) -> Covered {
    let from = now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now);
    Covered { from, to: now, limited_by, newest_row: None }
}

/// Sentinel's part of `AlertInfo`, whose newest row is asked for like a table's: it is empty as long as no workspace is
/// connected to the Defender portal.
pub(crate) const SENTINELS_ALERTS: &str = "AlertInfo\n| where ServiceSource == \"Microsoft Sentinel\"";

/// The newest row of a table in hunting. Sentinel's tables have their own name for the time.
pub(crate) fn newest_in_hunting(table: &'static str) -> String {
    let time = if table == "ThreatIntelIndicators" { "TimeGenerated" } else { "Timestamp" };
    format!("{table}\n| where {time} > ago({HUNTING_DAYS}d)\n| summarize Newest = max({time})")
}

/// The newest row of a table in a workspace.
pub(crate) fn newest_in_workspace(table: &'static str) -> String {
    format!("{table}\n| where TimeGenerated > ago({WORKSPACE_DAYS}d)\n| summarize Newest = max(TimeGenerated)")
}

/// Every query that Oriel sends, for a domain, an IPv4 and an IPv6 address.
pub fn queries() -> Vec<Query> {
    let mut all = Vec::new();
    for table in ["AlertInfo", "DeviceNetworkEvents", "ThreatIntelIndicators"] {
        all.push(Query { surface: "hunting", name: format!("newest.{table}"), query: newest_in_hunting(table) });
    }
    let query = newest_in_hunting(SENTINELS_ALERTS);
    all.push(Query { surface: "hunting", name: "newest.AlertInfo.Sentinel".into(), query });
    for table in ["SecurityAlert", "SecurityIncident", "ThreatIntelIndicators"] {
        all.push(Query { surface: "workspace", name: format!("newest.{table}"), query: newest_in_workspace(table) });
    }
    for (kind, example) in [("domain", "login.evil.example"), ("ipv4", "203.0.113.7"), ("ipv6", "2001:db8::7")] {
        let Ok(parsed) = indicator::parse(example) else { continue };
        let indicator = parsed.indicator;
        let sent: [(&'static str, &str, Result<String, NotALiteral>); 7] = [
            ("hunting", "defender.alerts", crate::alerts::query(&indicator, None)),
            ("hunting", "sentinel.alerts", crate::alerts::query(&indicator, Some(crate::sentinel::alerts::SERVICE))),
            ("hunting", "defender.devices", crate::defender::devices::query(&indicator)),
            ("hunting", "sentinel.threat_indicators", crate::threat_indicators::query(&indicator, HUNTING_DAYS)),
            ("workspace", "sentinel.workspace_alerts", crate::sentinel::workspace_alerts::query(&indicator)),
            ("workspace", "sentinel.workspace_incidents", crate::sentinel::workspace_incidents::query(&indicator)),
            (
                "workspace",
                "sentinel.workspace_threat_indicators",
                crate::threat_indicators::query(&indicator, WORKSPACE_DAYS),
            ),
        ];
        for (surface, name, query) in sent {
            if let Ok(query) = query {
                all.push(Query { surface, name: format!("{name}.{kind}"), query });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests;
