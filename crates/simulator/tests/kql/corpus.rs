//! Queries with their answers, in `corpus/*.txt`: `== name`, the query, `--`, the columns, a JSON array a row.
//! After `--` may stand why the other engine cannot be asked.

use std::fs;

use simulator::kql::{Column, Table};

use crate::rows::Surface;

/// A query and what it must give.
pub struct Case {
    pub name: String,
    pub query: String,
    /// `Name:type` of each column.
    pub columns: String,
    /// A JSON array a row.
    pub rows: Vec<String>,
    /// Why the other engine is not asked, if so.
    pub no_engine: Option<String>,
}

impl Case {
    /// Whether the query says in which order its rows come.
    pub fn is_sorted(&self) -> bool {
        ["sort by", "order by", "top "].iter().any(|word| self.query.contains(word))
    }
}

/// The cases of a surface.
pub fn cases(surface: Surface) -> Vec<Case> {
    let file = format!("{}/tests/kql/corpus/{}.txt", env!("CARGO_MANIFEST_DIR"), surface.name());
    let text = fs::read_to_string(file).unwrap();
    let text = format!("\n{text}");
    let cases: Vec<Case> = text.split("\n== ").skip(1).map(read).collect();
    assert!(cases.len() >= 5, "the corpus is read");
    cases
}

fn read(part: &str) -> Case {
    let (name, rest) = part.split_once('\n').unwrap();
    let (query, answer) = rest.split_once("\n--").unwrap();
    let mut lines = answer.lines();
    let reason = lines.next().unwrap_or_default().trim();
    Case {
        name: name.to_owned(),
        query: query.to_owned(),
        columns: lines.next().unwrap_or_default().to_owned(),
        rows: lines.filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        no_engine: (!reason.is_empty()).then(|| reason.to_owned()),
    }
}

/// Columns as a case writes them.
pub fn columns(table: &Table) -> String {
    let written = |column: &Column| format!("{}:{}", column.name, column.kind);
    table.columns.iter().map(written).collect::<Vec<_>>().join(", ")
}

/// Rows as a case writes them.
pub fn rows(table: &Table) -> Vec<String> {
    let written = |cells: &simulator::kql::Row| {
        serde_json::Value::Array(cells.iter().map(|cell| cell.to_json()).collect()).to_string()
    };
    table.rows.iter().map(written).collect()
}
