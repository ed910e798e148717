//! The queries of the open questions: what hunting sees, and how it reads a period.

use super::union;

/// Sentinel's tables and one of Defender's, beside a table that nobody has.
pub(crate) fn tables() -> String {
    one_row_of(&["AlertInfo", "SecurityAlert", "SecurityIncident", NOBODYS])
}

/// A workspace's alerts beside a table that nobody has.
pub(crate) fn workspace_tables() -> String {
    one_row_of(&["SecurityAlert", NOBODYS])
}

/// An entry of Sentinel's list of threat indicators, with a column that has an inside.
pub(crate) const ENTRY: &str =
    "ThreatIntelIndicators\n| where TimeGenerated > ago(30d)\n| take 1\n| project TimeGenerated, Data";

/// Alerts of the last weeks, and those that are older than the period that goes beside the query.
pub(crate) const OLDER: &str =
    "AlertInfo\n| where Timestamp > ago(28d)\n| summarize Older = countif(Timestamp < ago(8d)), All = count()";

const NOBODYS: &str = "OrielHasNoSuchTable";

fn one_row_of(tables: &[&'static str]) -> String {
    union(tables.iter().map(|table| (*table, format!("{table}\n| take 1\n| project Known = 1"))))
}
