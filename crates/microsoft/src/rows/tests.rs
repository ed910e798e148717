//! Rows in every dress that they come in.

use serde_json::json;

use super::*;

fn hunting(body: Value) -> Rows {
    from_hunting(&body).unwrap()
}

#[test]
fn hunting_rows_are_read_in_both_spellings_of_the_schema() {
    for (schema, name, kind, results) in [("schema", "name", "type", "results"), ("Schema", "Name", "Type", "Results")]
    {
        let rows = hunting(json!({
            schema: [{name: "Timestamp", kind: "DateTime"}, {name: "RemoteUrl", kind: "String"}],
            results: [{"Timestamp": "2026-11-25T10:00:00.1234567Z", "RemoteUrl": "c2.example"}],
        }));
        assert_eq!(rows.columns[0], Column { name: "Timestamp".into(), kind: "datetime".into() });
        assert_eq!(rows.rows[0].str("remoteURL"), Some("c2.example"));
        assert_eq!(rows.rows[0].time("Timestamp"), "2026-11-25T10:00:00.1234567Z".parse().ok());
    }
}

#[test]
fn columns_that_the_schema_forgot_are_read_all_the_same() {
    let rows = hunting(json!({"results": [{"A": 1}, {"B": "x", "a": 2}]}));
    assert_eq!(rows.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!((rows.rows[0].i64("a"), rows.rows[0].str("b")), (Some(1), None));
    assert_eq!((rows.rows[1].i64("A"), rows.rows[1].str("B")), (Some(2), Some("x")));
}

#[test]
fn tables_are_read_by_column_and_the_primary_one_is_the_answer() {
    let body = json!({"tables": [
        {"name": "Statistics", "columns": [{"name": "X", "type": "long"}], "rows": [[1], [2]]},
        {"name": "PrimaryResult", "columns": [{"name": "Type", "type": "string"}, {"name": "count_", "type": "long"}],
         "rows": [["Usage", "10"], ["Short"], null, ["Long", 7, "beyond"]]},
    ]});
    let rows = from_tables(&body).unwrap();
    assert_eq!(rows.rows.len(), 3);
    assert_eq!(rows.incomplete.as_deref(), Some("1 rows could not be read"));
    assert_eq!((rows.rows[0].str("type"), rows.rows[0].i64("Count_")), (Some("Usage"), Some(10)));
    assert_eq!((rows.rows[1].str("Type"), rows.rows[1].i64("count_")), (Some("Short"), None));
    assert_eq!(rows.rows[2].to_value(), json!({"Type": "Long", "count_": 7}));
}

#[test]
fn what_is_no_table_is_none_and_an_empty_one_is_empty() {
    for body in [json!([]), json!({}), json!({"error": {}}), json!({"results": 3}), json!("x")] {
        assert_eq!(from_hunting(&body), None, "{body}");
        assert_eq!(from_tables(&body), None, "{body}");
    }
    assert!(hunting(json!({"schema": [], "results": null})).rows.is_empty());
    assert_eq!(from_tables(&json!({"tables": []})), Some(Rows::default()));
}

#[test]
fn cells_are_read_whatever_dress_they_come_in() {
    let rows = hunting(json!({"results": [{
        "Text": "x", "Blank": "  ", "Null": null, "Number": 3, "Real": 2.5, "LongText": "9007199254740993", "Half": "2.5",
        "Yes": "True", "One": 1, "No": false, "Data": "{\"a\":[1]}", "Object": {"a": 1}, "NoJson": "{a", "Never": "0001-01-01T00:00:00Z",
    }]}));
    let row = &rows.rows[0];
    assert_eq!(
        (row.str("Text"), row.str("Blank"), row.str("Null"), row.str("Number"), row.str("Absent")),
        (Some("x"), None, None, None, None)
    );
    assert_eq!(
        (row.text("Number").as_deref(), row.text("Blank"), row.text("Text").as_deref()),
        (Some("3"), None, Some("x"))
    );
    assert_eq!(
        (row.i64("Number"), row.i64("LongText"), row.i64("Half"), row.i64("Text")),
        (Some(3), Some(9007199254740993), None, None)
    );
    assert_eq!(
        (row.f64("Real"), row.f64("Half"), row.f64("Text"), row.f64("Null")),
        (Some(2.5), Some(2.5), None, None)
    );
    assert_eq!(
        (row.bool("Yes"), row.bool("One"), row.bool("No"), row.bool("Text")),
        (Some(true), Some(true), Some(false), None)
    );
    assert_eq!((row.json("Data"), row.json("Object")), (json!({"a": [1]}), json!({"a": 1})));
    assert_eq!((row.json("NoJson"), row.json("Null"), row.json("Absent")), (json!("{a"), Value::Null, Value::Null));
    assert_eq!(row.time("Never"), None);
}
