//! Every kind of value goes out and comes back.

use super::*;

fn table() -> Table {
    let column = |name: &str, kind| Column { name: name.to_owned(), kind };
    Table {
        name: "t".to_owned(),
        columns: vec![
            column("a", Kind::Text),
            column("b", Kind::Number),
            column("c", Kind::Boolean),
            column("d", Kind::Fraction),
            column("e", Kind::Bytes),
        ],
    }
}

#[test]
fn every_value_comes_back_as_it_was() {
    let rows = [
        [Cell::Text(None), Cell::Number(None), Cell::Boolean(None), Cell::Fraction(None), Cell::Bytes(None)],
        [
            Cell::Text(Some("a\"\\\n\u{2028}ü\u{1f511}".to_owned())),
            Cell::Number(Some(i64::MIN)),
            Cell::Boolean(Some(false)),
            Cell::Fraction(Some(0.1 + 0.2)),
            Cell::Bytes(Some((0..=255).collect())),
        ],
        [
            Cell::Text(Some(String::new())),
            Cell::Number(Some(i64::MAX)),
            Cell::Boolean(Some(true)),
            Cell::Fraction(Some(f64::MIN_POSITIVE)),
            Cell::Bytes(Some(Vec::new())),
        ],
    ];
    for cells in rows {
        let line = to_line(&cells);
        assert!(!line.contains('\n'), "a row is one line: {line}");
        assert_eq!(from_line(&table(), &line).unwrap(), cells);
    }
    assert_eq!(to_line(&[Cell::Bytes(Some(vec![0, 255])), Cell::Fraction(Some(1.5))]), r#"["AP8=","1.5"]"#);
}

#[test]
fn a_row_that_does_not_fit_is_told_without_what_it_holds() {
    for line in [
        "topsecret",
        r#"{"topsecret":1}"#,
        r#"["topsecret"]"#,
        r#"[1,2,true,"1.5","AP8="]"#,
        r#"["topsecret",1.5,true,"1.5","AP8="]"#,
        r#"["topsecret",1,0,"1.5","AP8="]"#,
        r#"["topsecret",1,true,"much","AP8="]"#,
        r#"["topsecret",1,true,"1.5","***"]"#,
    ] {
        let error = from_line(&table(), line).unwrap_err();
        assert!(matches!(error, Error::Copy(_)) && !error.to_string().contains("topsecret"), "{line}: {error}");
    }
}

#[test]
fn the_types_of_the_schema_have_a_kind_on_both_engines_and_others_have_none() {
    for (sqlite, postgres) in [("TEXT", "text"), ("BIGINT", "bigint"), ("BOOLEAN", "boolean"), ("BYTEA", "bytea")] {
        assert!(Kind::of(sqlite).is_some() && Kind::of(sqlite) == Kind::of(postgres), "{sqlite}");
    }
    assert_eq!(Kind::of("timestamp with time zone"), None);
}
