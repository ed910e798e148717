//! The texts that are sent as queries. A value enters one only as a [`Literal`].

use indicator::Indicator;
use jiff::{SignedDuration, Timestamp};
use microsoft::{Literal, NotALiteral};
use search::{Covered, Limit};

use table::Table;

pub(crate) mod connector;
pub(crate) mod open;
pub(crate) mod table;

/// What hunting keeps.
pub(crate) const HUNTING_SPAN: &str = "P30D";
/// As far back as a workspace is asked. Many keep longer; the query's cost grows with the period.
pub(crate) const WORKSPACE_SPAN: &str = "P90D";

pub(crate) const HUNTING_DAYS: i64 = 30;
pub(crate) const WORKSPACE_DAYS: i64 = 90;

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

/// Whether a column is this address and nothing else, in any spelling that occurs.
pub(crate) fn is_address(column: &str, address: std::net::IpAddr) -> String {
    format!("{column} in~ {}", list(&Literal::spellings(address)))
}

/// Whether a column that holds a name is the indicator's, in whichever letter case and spelling.
pub(crate) fn is_name(column: &str, indicator: &Indicator) -> Result<String, NotALiteral> {
    let mut spellings = vec![literal(indicator)?];
    if let Some(Ok(read)) = unicode(indicator) {
        spellings.push(read);
    }
    // Kusto ignores letter case in ASCII only.
    Ok(format!("tolower({column}) in {}", list(&spellings)))
}

/// Whether the indicator occurs in the text of a column. `has` finds whole terms, so an IPv4 address also where it is mapped
/// into IPv6, but an IPv6 address only as it is spelled. An international name is looked for as it reads in Unicode too; Kusto
/// ignores letter case in ASCII only, so the column is lowered for that.
pub(crate) fn has(column: &str, indicator: &Indicator) -> Result<String, NotALiteral> {
    if let Some(Ok(read)) = unicode(indicator) {
        return Ok(format!("({column} has {} or tolower({column}) has {})", literal(indicator)?.kql(), read.kql()));
    }
    Ok(match indicator {
        Indicator::Ip(address @ std::net::IpAddr::V6(_)) => {
            format!("{column} has_any {}", list(&Literal::spellings(*address)))
        }
        _ => format!("{column} has {}", literal(indicator)?.kql()),
    })
}

/// The name as it reads in Unicode, where that is another spelling than the canonical one.
pub(crate) fn unicode(indicator: &Indicator) -> Option<Result<Literal, NotALiteral>> {
    let Indicator::Domain(domain) = indicator else { return None };
    let read = domain.unicode();
    (read != domain.as_str()).then(|| Literal::unicode_name(&read))
}

/// Whether the column holds a network that may hold the address, so that it has to be looked at: one of its family with the
/// same beginning.
pub(crate) fn may_hold(column: &str, address: std::net::IpAddr) -> String {
    let begins: Vec<String> = Literal::beginnings(address)
        .iter()
        .map(|beginning| format!("{column} startswith {}", beginning.kql()))
        .collect();
    format!("(({}) and {column} contains \"/\")", begins.join(" or "))
}

fn list(literals: &[Literal]) -> String {
    let quoted: Vec<String> = literals.iter().map(Literal::kql).collect();
    format!("({})", quoted.join(", "))
}

/// Several queries in one call, each row marked with its part. A table that is not there leaves the others out of it.
pub(crate) fn union<'a>(parts: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let legs: Vec<String> = parts
        .into_iter()
        .map(|(part, query)| {
            let query = query.replace('\n', "\n    ");
            format!("    ({query}\n    | extend {PART} = \"{part}\")")
        })
        .collect();
    format!("union isfuzzy=true\n{}", legs.join(",\n"))
}

/// The column that tells of which part of a union a row is.
pub(crate) const PART: &str = "Part";

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

/// The newest row of each of these tables in one call, a row a table: a table without rows has a row without a time, one that
/// is not there has none.
pub(crate) fn newest(tables: &[Table], days: i64) -> String {
    union(tables.iter().map(|table| {
        let (name, time) = (table.name, table.time);
        let only = table.only.map(|only| format!("\n| where {only}")).unwrap_or_default();
        let query = format!("{name}\n| where {time} > ago({days}d){only}\n| summarize Newest = max({time})");
        (table.label, query)
    }))
}

/// Rows of the last day and the newest of them in one call, a row a table. Cheap enough for every hour.
pub(crate) fn pulse(tables: &[Table]) -> String {
    union(tables.iter().map(|table| {
        let (name, time) = (table.name, table.time);
        let only = table.only.map(|only| format!("\n| where {only}")).unwrap_or_default();
        let query = format!("{name}\n| where {time} > ago(1d){only}\n| summarize Newest = max({time}), Rows = count()");
        (table.label, query)
    }))
}

/// A row of a table that no source reads, and that every workspace has: who sees one has a role without a condition on tables.
pub(crate) const ANOTHER_TABLE: &str = "Usage\n| where TimeGenerated > ago(1d)\n| take 1\n| project TimeGenerated";

/// Every query that Oriel sends, for a domain, an international one, an IPv4 and an IPv6 address, each for an app that has all capabilities and as
/// it is asked where it stands alone.
pub fn queries() -> Vec<Query> {
    let mut all = vec![
        Query { surface: "hunting", name: "newest".into(), query: newest(&table::HUNTING, HUNTING_DAYS) },
        Query { surface: "workspace", name: "newest".into(), query: newest(&table::WORKSPACE, WORKSPACE_DAYS) },
    ];
    all.push(Query { surface: "hunting", name: "pulse".into(), query: pulse(&table::HUNTING) });
    all.push(Query { surface: "workspace", name: "pulse".into(), query: pulse(&table::WORKSPACE) });
    all.push(Query { surface: "workspace", name: "another_table".into(), query: ANOTHER_TABLE.into() });
    // Two more name a table that nobody has, to see what becomes of it; no check could pass them.
    all.push(Query { surface: "hunting", name: "question.entry".into(), query: open::ENTRY.into() });
    all.push(Query { surface: "hunting", name: "question.older".into(), query: open::OLDER.into() });
    all.push(Query { surface: "hunting", name: "own_assets".into(), query: crate::live::own::question() });
    for table in table::HUNTING {
        let query = newest(&[table], HUNTING_DAYS);
        all.push(Query { surface: "hunting", name: format!("newest.{}", table.label), query });
    }
    for table in table::WORKSPACE {
        let query = newest(&[table], WORKSPACE_DAYS);
        all.push(Query { surface: "workspace", name: format!("newest.{}", table.label), query });
    }
    for (kind, example) in [
        ("domain", "login.evil.example"),
        ("ipv4", "203.0.113.7"),
        ("ipv6", "2001:db8::7"),
        ("idn", "login.bücher.example"),
    ] {
        let Ok(parsed) = indicator::parse(example) else { continue };
        let indicator = parsed.indicator;
        let sentinels = Some(crate::sentinel::alerts::SERVICE);
        for (name, query) in crate::hunting::common(&indicator, None) {
            all.push(Query { surface: "hunting", name: format!("{name}.{kind}"), query });
        }
        for (name, query) in crate::hunting::common(&indicator, sentinels).into_iter().take(1) {
            all.push(Query { surface: "hunting", name: format!("sentinel.{name}.{kind}"), query });
        }
        let sent: [(&'static str, &str, Option<String>); 10] = [
            ("hunting", "defender.alerts", crate::alerts::query(&indicator, None).ok()),
            ("hunting", "sentinel.alerts", crate::alerts::query(&indicator, sentinels).ok()),
            ("hunting", "defender.devices", crate::defender::devices::query(&indicator).ok()),
            ("hunting", "defender.mail", crate::defender::mail::query(&indicator).ok()),
            ("hunting", "defender.clicks", crate::defender::clicks::query(&indicator).ok()),
            ("hunting", "defender.sign_ins", crate::defender::sign_ins::query(&indicator)),
            ("hunting", "sentinel.threat_indicators", crate::threat_indicators::query(&indicator, HUNTING_DAYS).ok()),
            ("workspace", "sentinel.workspace_alerts", crate::sentinel::workspace_alerts::query(&indicator).ok()),
            ("workspace", "sentinel.workspace_incidents", crate::sentinel::workspace_incidents::query(&indicator).ok()),
            (
                "workspace",
                "sentinel.workspace_threat_indicators",
                crate::threat_indicators::query(&indicator, WORKSPACE_DAYS).ok(),
            ),
        ];
        for (surface, name, query) in sent {
            if let Some(query) = query {
                all.push(Query { surface, name: format!("{name}.{kind}"), query });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests;
