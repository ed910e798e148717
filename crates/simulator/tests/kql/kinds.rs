//! Every pair of types under every operator: what we accept, Microsoft's language service accepts with the same result.
//! We may refuse more: the service lets pass what the engine then refuses.

use simulator::kql;

use crate::{
    answers::{NoTables, now},
    corpus,
    others::{checks, columns},
    rows::Surface,
};

/// A column of each type, named by it.
const TABLE: &str = "datatable(string_: string, int_: int, long_: long, real_: real, datetime_: datetime, \
    timespan_: timespan, bool_: bool, dynamic_: dynamic, guid_: guid) \
    ['', 1, 1, 1.0, datetime(2026-01-01), 1h, true, dynamic({}), guid(null)]";

const COLUMNS: &[&str] = &["string_", "int_", "long_", "real_", "datetime_", "timespan_", "bool_", "dynamic_", "guid_"];

/// `A` and `B` stand for two columns.
const OF_TWO: &[&str] = &[
    "project X = A == B",
    "project X = A < B",
    "project X = A + B",
    "project X = A - B",
    "project X = A * B",
    "project X = A / B",
    "project X = A % B",
    "project X = A =~ B",
    "project X = A has B",
    "project X = A between (B .. B)",
    "project X = iff(bool_, A, B)",
    "project X = coalesce(A, B)",
    "project X = bin(A, B)",
    "project X = has_ipv4(A, B)",
    "summarize X = arg_max(A, B)",
    "summarize X = count() by A, B",
];

const OF_ONE: &[&str] = &[
    "project X = tostring(A)",
    "project X = tolong(A)",
    "project X = toint(A)",
    "project X = toreal(A)",
    "project X = tobool(A)",
    "project X = todatetime(A)",
    "project X = totimespan(A)",
    "project X = toguid(A)",
    "project X = parse_json(A)",
    "project X = parse_url(A)",
    "project X = array_length(A)",
    "project X = isnull(A)",
    "project X = isempty(A)",
    "project X = tolower(A)",
    "project X = strlen(A)",
    "project X = strcat(A, 'x')",
    "project X = strcat_delim('-', A, A)",
    "project X = substring(A, 1)",
    "project X = split(A, ',')",
    "project X = replace_string(A, 'a', 'b')",
    "project X = trim('a', A)",
    "project X = extract('a', 0, A)",
    "project X = base64_decode_tostring(A)",
    "project X = not(A)",
    "project X = -A",
    "project X = A.b",
    "project X = A[0]",
    "project X = ago(A)",
    "project X = A in ('')",
    "project X = A in (1)",
    "project X = A in (dynamic(['a']))",
    "summarize X = dcount(A)",
    "summarize X = sum(A)",
    "summarize X = avg(A)",
    "summarize X = min(A)",
    "summarize X = make_set(A)",
    "summarize X = make_list(A)",
    "summarize X = take_any(A)",
    "summarize X = countif(A)",
    "distinct A",
    "sort by A",
    "top 1 by A",
    "where A",
    "where A has_any ('a')",
    "mv-expand A",
];

#[test]
fn what_is_accepted_microsofts_language_service_accepts_with_the_same_columns() {
    let Some(folder) = checks() else {
        return;
    };
    let mut queries = Vec::new();
    for a in COLUMNS {
        queries.extend(OF_ONE.iter().map(|step| format!("{TABLE} | {}", with(step, a, a))));
        for b in COLUMNS {
            queries.extend(OF_TWO.iter().map(|step| format!("{TABLE} | {}", with(step, a, b))));
            queries.push(format!("{TABLE} | join kind=inner ({TABLE}) on $left.{a} == $right.{b} | project X = {a}"));
        }
    }
    let accepted: Vec<(String, String)> = queries
        .into_iter()
        .filter_map(|query| {
            let table = kql::run(&query, &NoTables, now(), None).ok()?;
            Some((query, corpus::columns(&table)))
        })
        .collect();
    assert!(accepted.len() > 400, "{} are accepted", accepted.len());
    let texts: Vec<&str> = accepted.iter().map(|(query, _)| query.as_str()).collect();
    let theirs = columns(&folder, Surface::Hunting, &texts);
    let differences: Vec<String> = accepted
        .iter()
        .zip(theirs)
        .filter(|((_, ours), theirs)| theirs.as_ref() != Ok(ours))
        .map(|((query, ours), theirs)| format!("{}: {ours}, theirs {theirs:?}", &query[TABLE.len()..]))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn with(step: &str, a: &str, b: &str) -> String {
    let stand_in = |word: &str| match word {
        "A" => Some(a.to_owned()),
        "B" => Some(b.to_owned()),
        _ => None,
    };
    let mut text = String::new();
    for part in step.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_') {
        let (word, sign) = match part.char_indices().next_back() {
            Some((at, c)) if !c.is_alphanumeric() && c != '_' => part.split_at(at),
            _ => (part, ""),
        };
        text.push_str(&stand_in(word).unwrap_or_else(|| word.to_owned()));
        text.push_str(sign);
    }
    text
}
