//! Every query of the corpus gives the columns and rows that stand beside it.

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use simulator::kql::{self, Column, Row, Table, Type, Value};

use crate::{
    corpus,
    rows::{Rows, Surface},
};

pub fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn answer(query: &str) -> Table {
    kql::run(query, &Rows::of(Surface::Hunting), now(), None).unwrap()
}

#[track_caller]
fn check(query: &str, expected: Json) {
    let rows: Vec<Json> = corpus::rows(&answer(query)).iter().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert_eq!(Json::Array(rows), expected, "{query}");
}

#[test]
fn the_corpus_is_answered_as_written() {
    for surface in Surface::ALL {
        let rows = Rows::of(surface);
        for case in corpus::cases(surface) {
            let table =
                kql::run(&case.query, &rows, now(), None).unwrap_or_else(|error| panic!("{}: {error}", case.name));
            assert_eq!(corpus::columns(&table), case.columns, "{}", case.name);
            let parsed = |lines: &[String]| -> Vec<Json> {
                lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
            };
            assert_eq!(parsed(&corpus::rows(&table)), parsed(&case.rows), "{}", case.name);
        }
    }
}

#[test]
fn the_time_is_a_parameter() {
    check(
        "print now(), now(-1d), ago(1h)",
        json!([["2026-11-25T12:00:00.0000000Z", "2026-11-24T12:00:00.0000000Z", "2026-11-25T11:00:00.0000000Z"]]),
    );
    check("AlertInfo | where Timestamp > ago(7d) | distinct AlertId", json!([["da1"]]));
}

#[test]
fn the_period_of_a_request_hides_what_lies_outside_it() {
    let rows = Rows::of(Surface::Hunting);
    let period = Some(("2026-11-18T00:00:00Z".parse().unwrap(), "2026-11-20T08:00:00Z".parse().unwrap()));
    let count = |query: &str| corpus::rows(&kql::run(query, &rows, now(), period).unwrap());
    assert_eq!(count("AlertInfo | count"), ["[2]"], "both ends belong to the period");
    assert_eq!(count("ThreatIntelIndicators | count"), ["[1]"], "TimeGenerated counts where there is no Timestamp");
    assert_eq!(
        count("let t = AlertInfo; union t, (AlertInfo | where true) | count"),
        ["[4]"],
        "wherever a table is read"
    );
    assert_eq!(count("print 1 | count"), ["[1]"], "what has no time is not hidden");
}

#[test]
fn has_looks_for_whole_terms() {
    for (text, wanted, found) in [
        ("sub.evil.example", "evil.example", true),
        ("evil.example.org", "evil.example", true),
        ("notevil.example", "evil.example", false),
        ("evil.examples", "evil.example", false),
        ("evil-example", "evil.example", false),
        ("a_evil_b", "evil", true),
        ("EVIL", "evil", true),
        ("10.203.0.113.7", "203.0.113.7", true),
        ("203.0.113.70", "203.0.113.7", false),
        ("xevil evil", "evil", true),
        ("bücher.example", "BÜCHER", true),
        ("büchers", "bücher", false),
        ("", "evil", false),
    ] {
        check(&format!("print '{text}' has '{wanted}'"), json!([[found]]));
    }
}

#[test]
fn has_ipv4_looks_for_a_whole_address() {
    for (text, wanted, found) in [
        ("from 203.0.113.7, later", "203.0.113.7", true),
        ("203.0.113.7:443", "203.0.113.7", true),
        ("It was 203.0.113.7.", "203.0.113.7", true),
        ("203.0.113.70", "203.0.113.7", false),
        ("10.203.0.113.7", "203.0.113.7", false),
        ("203.0.113.7.1", "203.0.113.7", false),
        ("x203.0.113.7", "203.0.113.7", false),
        ("203.0.113.256", "203.0.113.256", false),
    ] {
        check(&format!("print has_ipv4('{text}', '{wanted}')"), json!([[found]]));
    }
}

#[test]
fn a_join_without_a_kind_keeps_one_left_row_a_key() {
    let left = "datatable(K: string, V: long) ['a', 1, 'a', 2, 'b', 3]";
    let right = "(datatable(K: string, W: long) ['a', 7, 'a', 8])";
    check(&format!("{left} | join {right} on K"), json!([["a", 1, "a", 7], ["a", 1, "a", 8]]));
    check(
        &format!("{left} | join kind=inner hint.strategy=shuffle {right} on K | project V, W"),
        json!([[1, 7], [1, 8], [2, 7], [2, 8]]),
    );
}

#[test]
fn null_joins_nothing() {
    let table = "(datatable(K: long) [long(null), 1])";
    check(&format!("{table} | join kind=inner {table} on K"), json!([[1, 1]]));
}

#[test]
fn a_union_of_columns_with_one_name_and_two_types_shows_both() {
    let table = answer("print A = 1 | union (print A = 'x', B = 2)");
    assert_eq!(corpus::columns(&table), "A_long:long, A_string:string, B:long");
    assert_eq!(corpus::rows(&table), ["[1,\"\",null]", "[null,\"x\",2]"]);
}

#[test]
fn a_union_says_where_a_row_is_from() {
    check(
        "union withsource=From AlertInfo, (DeviceInfo | take 1) | summarize count() by From | sort by From asc",
        json!([["AlertInfo", 4], ["union_arg1", 1]]),
    );
    check("print A = 1, B = 2 | union kind=inner (print B = 3, C = 4)", json!([[2], [3]]));
}

#[test]
fn mv_expand_pads_the_shorter_of_two_and_obeys_a_limit() {
    let arrays = "print A = dynamic([1, 2, 3]), B = dynamic(['x'])";
    check(&format!("{arrays} | mv-expand A, B"), json!([[1, "x"], [2, null], [3, null]]));
    check(&format!("{arrays} | mv-expand A limit 2 | project A"), json!([[1], [2]]));
}

#[test]
fn nesting_up_to_the_limit_is_evaluated() {
    let queries: Vec<String> = [
        ("print ", "tostring(", "1", ")"),
        ("", "(", "print 1", ")"),
        ("print ", "toscalar(print ", "1", ")"),
        ("", "union (", "print 1", ")"),
        ("print ", "1 in (", "1", ")"),
        ("print ", "iff(true, 1, ", "1", ")"),
        ("print ", "-", "1", ""),
    ]
    .map(|(before, open, middle, close)| format!("{before}{}{middle}{}", open.repeat(37), close.repeat(37)))
    .into();
    // Room enough for a build without optimisation: a stack that ends takes the whole program with it.
    let evaluated = std::thread::Builder::new().stack_size(4 << 20).spawn(move || {
        let too_deep =
            queries.iter().filter(|query| matches!(kql::run(query, &NoTables, now(), None), Err(kql::Error::Limit(_))));
        too_deep.cloned().collect::<Vec<_>>()
    });
    assert_eq!(evaluated.unwrap().join().unwrap(), [] as [String; 0]);
}

#[test]
fn a_thousand_alternatives_are_no_depth() {
    let wanted = (0..1000).map(|n| format!("RemoteUrl has 'x{n}.example'")).collect::<Vec<_>>().join(" or ");
    check(&format!("AlertEvidence | where {wanted} or AlertId == 'da3' | distinct AlertId"), json!([["da3"]]));
    let sum = vec!["1"; 1000].join(" + ");
    check(&format!("print {sum}"), json!([[1000]]));
}

#[test]
fn types_have_the_names_of_both_surfaces() {
    for (kind, name, hunting) in [
        (Type::Bool, "bool", "SByte"),
        (Type::Int, "int", "Int32"),
        (Type::Long, "long", "Int64"),
        (Type::Real, "real", "Double"),
        (Type::String, "string", "String"),
        (Type::DateTime, "datetime", "DateTime"),
        (Type::Dynamic, "dynamic", "Object"),
    ] {
        assert_eq!((kind.name(), kind.hunting_name()), (name, hunting));
        assert_eq!(Type::by_name(name), Some(kind));
    }
}

#[test]
fn a_row_is_refused_if_it_does_not_fit_its_table() {
    let mut table = Table::new(vec![Column::new("A", Type::Long), Column::new("B", Type::String)]);
    let push = |table: &mut Table, row: Json| table.push_object(row.as_object().unwrap());
    push(&mut table, json!({"A": 1})).unwrap();
    assert_eq!(table.rows, [Row::from([Value::Long(1), Value::from("")])]);
    assert!(push(&mut table, json!({"A": "x"})).unwrap_err().to_string().contains("'A' is of type long"));
    assert!(push(&mut table, json!({"C": 1})).unwrap_err().to_string().contains("no column 'C'"));
    assert_eq!(table.rows.len(), 1);
}

pub struct NoTables;

impl kql::Tables for NoTables {
    fn table(&self, _: &str) -> Option<&Table> {
        None
    }
}
