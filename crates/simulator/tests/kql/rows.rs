//! The rows that the corpus is about: a small tenant, a file a table.

use std::{collections::HashMap, fs, path::PathBuf};

use simulator::{
    kql::{Table, Tables},
    schema::{self, TableSchema},
};

/// Which of Microsoft's two query interfaces a query is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    Hunting,
    Workspace,
}

impl Surface {
    pub const ALL: [Self; 2] = [Self::Hunting, Self::Workspace];

    /// The name that files, folders and the checkers use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hunting => "hunting",
            Self::Workspace => "workspace",
        }
    }

    pub fn schemas(self) -> &'static [TableSchema] {
        match self {
            Self::Hunting => schema::HUNTING,
            Self::Workspace => schema::WORKSPACE,
        }
    }

    /// The folder of this surface's rows.
    pub fn folder(self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/kql/rows").join(self.name())
    }
}

/// The tables of one surface with their rows.
pub struct Rows(HashMap<&'static str, Table>);

impl Rows {
    pub fn of(surface: Surface) -> Self {
        let tables = surface.schemas().iter().map(|schema| {
            let mut table = schema.table();
            let file = surface.folder().join(format!("{}.ndjson", schema.name));
            for line in fs::read_to_string(file).unwrap_or_default().lines() {
                table.push_object(&serde_json::from_str(line).unwrap()).unwrap();
            }
            (schema.name, table)
        });
        Self(tables.collect())
    }
}

impl Tables for Rows {
    fn table(&self, name: &str) -> Option<&Table> {
        self.0.get(name)
    }
}
