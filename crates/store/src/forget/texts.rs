//! The columns whose texts may name somebody: what Microsoft answered a validation, what an owner wrote.

use search::mask::Name;

/// A column of texts.
pub(super) struct Column {
    /// A row's key, and its text.
    pub select: &'static str,
    /// Sets the text of the row with this key.
    pub update: &'static str,
    /// Whether the text is JSON.
    json: bool,
}

/// Builds a column of a table that has one key.
macro_rules! column {
    ($table:literal, $key:literal, $column:literal, $json:literal) => {
        Column {
            select: concat!("SELECT ", $key, ", ", $column, " FROM ", $table, " WHERE ", $column, " IS NOT NULL"),
            update: concat!("UPDATE ", $table, " SET ", $column, " = $2 WHERE ", $key, " = $1"),
            json: $json,
        }
    };
}

pub(super) const COLUMNS: [Column; 10] = [
    column!("validations", "connection_id", "checks", true),
    column!("validations", "connection_id", "follows", true),
    column!("changes", "id", "title", false),
    column!("pulses", "connection_id || ' ' || place || ' ' || table_name", "trouble", false),
    column!("connections", "id", "label", false),
    column!("connections", "id", "workspaces", true),
    column!("keys", "id", "label", false),
    column!("own_assets", "id", "note", false),
    column!("tenants", "id", "name", false),
    column!("settings", "name", "value", false),
];

impl Column {
    /// The text without the name, if the name was in it.
    pub fn replaced(&self, name: &Name, text: &str) -> Option<String> {
        if !self.json {
            return name.replaced(text);
        }
        let mut value = serde_json::from_str(text).ok()?;
        name.replace_in(&mut value).then(|| serde_json::Value::to_string(&value))
    }
}
