//! Hunting: which tables it sees, what its period is, and in what form it gives cells with an inside. Four calls at most.

use microsoft::{Error, Row, Rows, graph};
use search::Check;
use serde_json::Value;

use super::{Asker, found, not_held, open, unanswered};
use crate::query;

const PERMISSION: &str = "ThreatHunting.Read.All";

pub(super) async fn ask(asker: &Asker<'_>, tell: &mut impl FnMut(Check)) {
    if !asker.holds(PERMISSION) && !asker.holds("ThreatHunting.ReadWrite.All") {
        tell(not_held("What hunting sees", PERMISSION));
        return;
    }
    let hunt =
        async |query: &str, span: &str| graph::hunt(&asker.live.microsoft, &asker.call(), query, Some(span)).await;
    for check in seen(hunt(&query::open::tables(), "P30D").await) {
        tell(check);
    }
    for check in entry(hunt(query::open::ENTRY, "P30D").await) {
        tell(check);
    }
    let question = "The period beside a query against a time in it";
    let whole = match hunt(query::open::OLDER, "P30D").await {
        Ok(rows) => number(&rows, "Older"),
        Err(error) => return tell(unanswered(question, &error)),
    };
    if whole == 0 {
        return tell(open(
            "nothing_to_see",
            format!("{question}: not found out, since no alert is older than 8 days."),
        ));
    }
    tell(match hunt(query::open::OLDER, "P7D").await {
        Ok(rows) if number(&rows, "Older") == 0 => {
            found("timespan_narrows", format!("{question}: the period narrows what the query asks for."))
        }
        Ok(_) => found(
            "timespan_gives_way",
            format!("{question}: the query's own time holds, the period does not narrow it."),
        ),
        Err(error) => unanswered(question, &error),
    });
}

fn number(rows: &Rows, column: &str) -> i64 {
    rows.rows.first().and_then(|row: &Row| row.to_value().get(column)?.as_i64()).unwrap_or_default()
}

/// Two answers in one: whether a fuzzy union bears a missing table, and which tables there are.
fn seen(answer: Result<Rows, Error>) -> Vec<Check> {
    let (fuzzy, sentinel) =
        ("A fuzzy union over a table that is not there", "Sentinel's alerts and incidents in hunting");
    let rows = match answer {
        Ok(rows) => rows,
        Err(Error::TableMissing { name, .. }) => {
            return vec![found("fuzzy_union_refused", format!("{fuzzy}: hunting refuses it, naming {name}."))];
        }
        Err(error) => return vec![unanswered(fuzzy, &error)],
    };
    let borne = match &rows.incomplete {
        None => found("fuzzy_union_plain", format!("{fuzzy}: hunting leaves the table out and says nothing.")),
        Some(why) => found("fuzzy_union_partial", format!("{fuzzy}: hunting leaves the table out and says: {why}")),
    };
    let has = |table: &str| rows.rows.iter().any(|row| row.str(query::PART) == Some(table));
    let tables: Vec<&str> = ["SecurityAlert", "SecurityIncident"].into_iter().filter(|table| has(table)).collect();
    let seen = match tables.as_slice() {
        [] => open("sentinel_tables_not_seen", format!("{sentinel}: neither gives a row.")),
        tables => found("sentinel_tables_seen", format!("{sentinel}: there are rows of {}.", tables.join(" and "))),
    };
    vec![borne, seen]
}

fn entry(answer: Result<Rows, Error>) -> Vec<Check> {
    let (list, cells) = ("Sentinel's threat indicators in hunting", "Cells with an inside in hunting");
    match answer {
        Ok(rows) => match rows.rows.first().map(|row| row.to_value()["Data"].clone()) {
            None => vec![open("nothing_to_see", format!("{list}: the table is there and empty."))],
            Some(data) => {
                let seen = found("threat_indicators_seen", format!("{list}: the table gives rows."));
                let form = match data {
                    Value::Object(_) | Value::Array(_) => {
                        found("dynamic_as_object", format!("{cells}: they come as JSON."))
                    }
                    Value::String(_) => {
                        found("dynamic_as_text", format!("{cells}: they come as text that holds JSON."))
                    }
                    _ => open("nothing_to_see", format!("{cells}: the one that came is empty.")),
                };
                vec![seen, form]
            }
        },
        Err(Error::TableMissing { .. }) => {
            vec![found("threat_indicators_not_seen", format!("{list}: there is no such table."))]
        }
        Err(error) => vec![unanswered(list, &error)],
    }
}
