//! What is refused, with which code and in which words.

use simulator::kql::{self, Error};

use crate::{
    answers::{NoTables, now},
    rows::{Rows, Surface},
};

fn refusal(query: &str) -> Error {
    match kql::run(query, &Rows::of(Surface::Hunting), now(), None) {
        Err(error) => error,
        Ok(table) => panic!("{query} is answered: {table:?}"),
    }
}

#[track_caller]
fn check(query: &str, code: &str, message: &str) {
    let error = refusal(query);
    assert_eq!((error.code(), error.to_string().as_str()), (code, message), "{query}");
}

#[test]
fn a_table_that_is_not_there_is_named_as_microsoft_names_it() {
    check(
        "IdentityQueryEvents | where Timestamp > ago(1d)",
        "SEM0100",
        "'where' operator: Failed to resolve table or column expression named 'IdentityQueryEvents'",
    );
    check("Nope", "SEM0100", "'' operator: Failed to resolve table or column expression named 'Nope'");
    check("union AlertInfo, Nope", "SEM0100", "'' operator: Failed to resolve table or column expression named 'Nope'");
    assert_eq!(
        refusal("IdentityQueryEvents | where true").hunting_message(),
        "'where' operator: Failed to resolve table or column expression named 'IdentityQueryEvents'. Fix semantic errors in your query."
    );
    assert!(
        matches!(kql::run("AlertInfo | take 1", &NoTables, now(), None), Err(Error::Semantic { code: "SEM0100", .. })),
        "a tenant without Defender has no such table"
    );
}

#[test]
fn a_union_forgives_missing_tables_only() {
    check(
        "union isfuzzy=true NoA, NoB",
        "SEM0100",
        "'' operator: Failed to resolve table or column expression named 'NoB'",
    );
    check(
        "union isfuzzy=true AlertInfo, (AlertInfo | where Nope == 1)",
        "SEM0100",
        "'where' operator: Failed to resolve scalar expression named 'Nope'",
    );
}

#[test]
fn a_column_that_is_not_there_is_named() {
    for (step, operator) in [
        ("where remoteip == 'x'", "where"),
        ("extend A = remoteip", "extend"),
        ("project remoteip", "project"),
        ("summarize count() by remoteip", "summarize"),
        ("summarize max(remoteip)", "summarize"),
        ("sort by remoteip", "sort"),
        ("top 1 by remoteip", "top"),
        ("distinct remoteip", "distinct"),
        ("mv-expand remoteip", "mv-expand"),
        ("project-rename A = remoteip", "project-rename"),
        ("join kind=inner AlertInfo on remoteip", "join"),
    ] {
        check(
            &format!("AlertEvidence | {step}"),
            "SEM0100",
            &format!("'{operator}' operator: Failed to resolve scalar expression named 'remoteip'"),
        );
    }
}

#[test]
fn types_that_do_not_go_together_are_refused() {
    for (query, code, part) in [
        ("AlertInfo | where Timestamp > '2026-01-01'", "SEM0064", "datetime and string. Try adding explicit casts"),
        ("DeviceInfo | where OSBuild == '1'", "SEM0064", "long and string"),
        ("DeviceInfo | where OSBuild in ('1', '2')", "SEM0064", "long and string"),
        ("AlertInfo | where Title < 'x'", "SEM0064", "string and string"),
        ("DeviceInfo | where OSBuild has '1'", "SEM0001", "tostring()"),
        ("DeviceInfo | where OSBuild", "SEM0001", "type bool"),
        ("ThreatIntelIndicators | where Data == AdditionalFields", "SEM0064", "dynamic and dynamic"),
        ("ThreatIntelIndicators | summarize count() by Data", "SEM0001", "is of a 'dynamic' type"),
        ("ThreatIntelIndicators | distinct Data", "SEM0001", "is of a 'dynamic' type"),
        ("ThreatIntelIndicators | sort by Data", "SEM0480", "key can't be of dynamic type"),
        ("ThreatIntelIndicators | join kind=inner ThreatIntelIndicators on Data", "SEM0001", "join key 'Data'"),
        ("DeviceInfo | join kind=inner AlertInfo on $left.OSBuild == $right.AlertId", "SEM0064", "long and string"),
        ("AlertInfo | mv-expand Title", "SEM0001", "dynamic"),
        ("AlertEvidence | extend A = AdditionalFields.Verdict", "SEM0001", "parse_json()"),
        ("AlertInfo | extend A = Timestamp + Timestamp", "SEM0001", "between datetime and datetime"),
        ("print iff(true, 1, 'x')", "SEM0525", "must match"),
        ("print tolower(1)", "SEM0008", "string expression"),
        ("AlertInfo | summarize sum(Title)", "SEM0008", "argument 1"),
        ("AlertInfo | take -1", "SEM0001", "not negative"),
        ("AlertInfo | take Title", "SEM0100", "named 'Title'"),
    ] {
        let error = refusal(query);
        assert_eq!(error.code(), code, "{query}: {error}");
        assert!(error.to_string().contains(part), "{query}: {error}");
    }
}

#[test]
fn functions_outside_the_subset_are_unknown() {
    check("AlertInfo | extend A = geo_distance(1)", "SEM0260", "Unknown function: 'geo_distance'.");
    check("AlertInfo | where ToLower(Title) == ''", "SEM0260", "Unknown function: 'ToLower'.");
    check("print strlen()", "SEM0219", "strlen(): function expects 1 argument(s)");
    check("print count()", "SEM0260", "Unknown function: 'count'.");
    assert_eq!(refusal("print extract('(', 0, 'x')").code(), "SEM0420");
}

#[test]
fn an_answer_must_be_a_table() {
    let hint = "Top-level expressions must return tabular results. \
        (Hint: If you're trying to output a scalar value, use the 'print' operator.)";
    check("1 + 1", "SEM0003", hint);
    check("let a = 5; a", "SEM0003", hint);
    assert_eq!(refusal("5 | take 1").code(), "SEM0139");
    assert_eq!(refusal("AlertInfo | where AlertInfo == 1").code(), "SEM0100");
    assert_eq!(refusal("let t = AlertInfo; print t").code(), "SEM0085");
}

#[test]
fn names_are_given_once() {
    for query in [
        "AlertInfo | project Title, Title",
        "AlertInfo | extend A = 1, A = 2",
        "AlertInfo | summarize A = count(), A = count()",
        "AlertInfo | project-rename Title = Severity",
    ] {
        assert!(refusal(query).to_string().contains("already exists"), "{query}");
    }
}

#[test]
fn text_that_is_no_query_is_shown_where_it_ends_to_be_one() {
    for (query, line, position, token) in [
        ("", 1, 1, ""),
        ("// nothing", 1, 11, ""),
        ("AlertInfo | where", 1, 18, ""),
        ("AlertInfo\n| whore Title == 'x'", 2, 3, "whore"),
        ("AlertInfo | where Title == 'x", 1, 28, "'"),
        ("AlertInfo | where (Title == 'x'", 1, 32, ""),
        ("AlertInfo | where Title AND true", 1, 25, "AND"),
        ("AlertInfo | take 5 5", 1, 20, "5"),
        ("search *", 1, 9, ""),
        (".show tables", 1, 1, "."),
        ("AlertInfo | evaluate bag_unpack(X)", 1, 13, "evaluate"),
        ("AlertInfo | render timechart", 1, 13, "render"),
        ("AlertInfo | join kind=fullouter DeviceInfo on DeviceId", 1, 23, "fullouter"),
        ("print datetime(yesterday)", 1, 7, "datetime(yesterday)"),
        ("print 5parsecs", 1, 7, "5parsecs"),
        ("print 'a\\qb'", 1, 7, "'"),
        ("print 1 ? 2", 1, 9, "?"),
        ("ä | where ß ¶", 1, 13, "¶"),
    ] {
        let expected = Error::Syntax { line, position, token: token.to_owned() };
        assert_eq!(refusal(query), expected, "{query}");
    }
    let error = refusal("AlertInfo | whore x");
    assert_eq!(error.code(), "SYN0002");
    assert_eq!(error.to_string(), "Query could not be parsed at 'whore' on line [1,13]");
    assert_eq!(
        error.hunting_message(),
        "Query could not be parsed at 'whore' on line [1,13]. Fix syntax errors in your query."
    );
}

#[test]
fn nesting_has_an_end_before_the_stack_has() {
    // Twice as large as usual: what is tested is the number, and a stack that ends takes the whole program with it.
    let deep = std::thread::Builder::new().stack_size(4 << 20).spawn(nesting_has_an_end);
    deep.unwrap().join().unwrap();
}

fn nesting_has_an_end() {
    for (open, close) in [("(", ")"), ("tostring(", ")")] {
        let is_refused = |levels: &usize| {
            let query = format!("print {}1{}", open.repeat(*levels), close.repeat(*levels));
            matches!(kql::run(&query, &NoTables, now(), None), Err(Error::Limit(_)))
        };
        let first = (1..100).find(is_refused);
        assert!(first.is_some_and(|first| (38..=40).contains(&first)), "{open}: {first:?}");
    }
    for (open, close) in
        [("(", ")"), ("tostring(", ")"), ("-", ""), ("dynamic([", "])"), ("f[", "]"), ("toscalar(print ", ")")]
    {
        for levels in [100, 20_000] {
            let query = format!("print {}1{}", open.repeat(levels), close.repeat(levels));
            let error = kql::run(&query, &NoTables, now(), None).unwrap_err();
            assert!(matches!(error, Error::Limit(_) | Error::Syntax { .. }), "{open}: {error}");
        }
    }
    let query = format!("print {}1{}", "not(".repeat(100), ")".repeat(100));
    assert!(refusal(&query).to_string().contains("nested"));
}

#[test]
fn a_join_of_everything_with_everything_ends() {
    let rows = vec!["1"; 1000].join(",");
    let table = format!("(datatable(K: long) [{rows}])");
    let error = refusal(&format!("{table} | join kind=inner {table} on K | count"));
    assert!(matches!(&error, Error::Limit(message) if message.contains("500000")), "{error}");
}
