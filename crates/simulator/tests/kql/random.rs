//! Whatever the text is, there is an answer or an error, never a panic.

use std::sync::LazyLock;

use proptest::prelude::*;
use simulator::kql;

use crate::{
    answers::now,
    corpus,
    rows::{Rows, Surface},
};

static ROWS: LazyLock<Rows> = LazyLock::new(|| Rows::of(Surface::Hunting));

static QUERIES: LazyLock<Vec<String>> =
    LazyLock::new(|| corpus::cases(Surface::Hunting).into_iter().map(|case| case.query).collect());

/// Words and signs of the language, so that random queries get beyond the parser.
const PIECES: &[&str] = &[
    "AlertEvidence",
    "AlertInfo",
    "AlertId",
    "Timestamp",
    "RemoteIP",
    "FileSize",
    "AdditionalFields",
    "| where",
    "| project",
    "| extend A =",
    "| summarize",
    "| join kind=inner",
    "| mv-expand",
    "| take 3",
    "| top 2 by",
    "| sort by",
    "| union",
    "| distinct",
    "| count",
    "| project-away",
    "on",
    "by",
    "count()",
    "arg_max(Timestamp, *)",
    "make_set(",
    "parse_json(",
    "tostring(",
    "parse_url(",
    ".Host",
    "[0]",
    "[-1]",
    "==",
    "!=",
    "=~",
    "has",
    "in (",
    "between (",
    "..",
    "and",
    "or",
    "not(",
    "(",
    ")",
    ",",
    ";",
    "let x =",
    "x",
    "=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "1",
    "0",
    "9223372036854775807",
    "1.5",
    "1e308",
    "30d",
    "999999999d",
    "datetime(2026-11-20)",
    "datetime(9999-12-31)",
    "now()",
    "ago(",
    "'evil.example'",
    "\"",
    "'",
    "\\",
    "@'",
    "dynamic([1,'a'])",
    "dynamic({",
    "null",
    "long(null)",
    "bin(",
    "substring(",
    "split(",
    "strcat(",
    "case(",
    "iff(",
    "ä",
    "\n",
    "datatable(A:long)[1,2]",
    "print",
    "toscalar(",
    "isfuzzy=true",
    "nulls first",
    "asc",
    "*",
    "$left",
    "trim('a*',",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,200}") {
        let _ = kql::run(&text, &*ROWS, now(), None);
    }

    #[test]
    fn any_words_are_read_without_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24)) {
        let query = pieces.join(" ");
        for query in [query.clone(), format!("AlertEvidence | where {query}"), format!("print {query}")] {
            if let Ok(table) = kql::run(&query, &*ROWS, now(), None) {
                prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", query);
            }
        }
    }

    #[test]
    fn a_query_with_some_words_changed_is_read_without_panic(
        case in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(PIECES)), 1..4),
    ) {
        let cases = &*QUERIES;
        let mut words: Vec<&str> = cases[case.index(cases.len())].split(' ').collect();
        for (at, piece) in changes {
            let at = at.index(words.len());
            words[at] = piece;
        }
        let query = words.join(" ");
        if let Ok(table) = kql::run(&query, &*ROWS, now(), None) {
            prop_assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", query);
        }
    }

    #[test]
    fn has_agrees_with_a_regular_expression(text in "[a-c. ]{0,12}", wanted in "[a-c][a-c.]{0,3}[a-c]") {
        let found = kql::run(&format!("print '{text}' has '{wanted}'"), &*ROWS, now(), None).unwrap();
        let pattern = format!("(^|[^a-c]){}($|[^a-c])", wanted.replace('.', "[.]"));
        let expected = regex::Regex::new(&pattern).unwrap().is_match(&text);
        prop_assert_eq!(&found.rows[0][0], &kql::Value::Bool(expected));
    }
}
