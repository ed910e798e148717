//! Through a body, member by member: what stays, and what a stand-in takes the place of.

use serde_json::{Map, Number, Value};

use super::{StandIns, keys, message, token};

/// Numbers of this size and above could be ids.
const ID_LIKE: f64 = 1e9;

/// What Log Analytics calls its one table of rows.
const PRIMARY: &str = "PrimaryResult";

/// A body that is being read.
pub(super) struct Walk<'a> {
    stand_ins: &'a mut StandIns,
    /// What the request said, in Oriel's words.
    ours: &'a str,
}

/// Where in a body a value stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// In an error, whose prose is Microsoft's.
    error: bool,
    /// In an object whose member names are the tenant's.
    dictionary: bool,
    /// In the list of an answer's columns.
    columns: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(stand_ins: &'a mut StandIns, ours: &'a str) -> Walk<'a> {
        Walk { stand_ins, ours }
    }

    /// A whole body.
    pub(super) fn all(&mut self, body: &Value, is_error: bool) -> Value {
        self.value("", body, Place { error: is_error, ..Place::default() })
    }

    fn value(&mut self, name: &str, value: &Value, place: Place) -> Value {
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(number) => Value::Number(self.number(name, number)),
            Value::String(text) => Value::from(self.text(name, text, place)),
            Value::Array(values) => values.iter().map(|value| self.value(name, value, place)).collect(),
            Value::Object(members) => self.object(members, place),
        }
    }

    fn object(&mut self, members: &Map<String, Value>, place: Place) -> Value {
        let columns = self.column_names(members);
        let mut kept = Map::new();
        for (name, value) in members {
            let lower = name.to_ascii_lowercase();
            let inner = Place {
                error: place.error || matches!(lower.as_str(), "error" | "innererror"),
                dictionary: keys::is_dictionary(name),
                columns: matches!(lower.as_str(), "columns" | "schema"),
            };
            let value = match (&columns, value) {
                (Some(columns), Value::Array(rows)) if lower == "rows" => {
                    rows.iter().map(|row| self.row(columns, row, inner)).collect()
                }
                // In a dictionary the name says nothing that could be relied on.
                _ if place.dictionary => self.value("", value, inner),
                _ => self.value(name, value, Place { columns: inner.columns || place.columns, ..inner }),
            };
            let open = !place.dictionary && keys::is_schema_name(name);
            let name = if open { name.clone() } else { self.stand_ins.field(name) };
            kept.insert(name, value);
        }
        Value::Object(kept)
    }

    /// The columns of one of Log Analytics' tables, by name.
    fn column_names(&self, members: &Map<String, Value>) -> Option<Vec<String>> {
        let columns = members.get("columns")?.as_array()?;
        members.get("rows")?.as_array()?;
        let name = |column: &Value| column.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(columns.iter().map(name).collect())
    }

    fn row(&mut self, columns: &[String], row: &Value, place: Place) -> Value {
        let cells = row.as_array().into_iter().flatten().enumerate();
        let cells = cells.map(|(number, cell)| {
            let name = columns.get(number).map_or("", String::as_str);
            self.value(name, cell, Place { dictionary: keys::is_dictionary(name), ..place })
        });
        cells.collect()
    }

    fn number(&mut self, name: &str, number: &Number) -> Number {
        const TIMES: [&str; 5] = ["exp", "iat", "nbf", "expires_in", "expires_on"];
        if keys::is_place(name) {
            return Number::from(0);
        }
        let small = number.as_f64().is_some_and(|number| number.abs() < ID_LIKE);
        if small || TIMES.contains(&name) {
            return number.clone();
        }
        Number::from(self.stand_ins.number(&number.to_string()))
    }

    fn text(&mut self, name: &str, text: &str, place: Place) -> String {
        if name == "access_token" {
            return token::replaced(text, self);
        }
        if text.starts_with(['{', '['])
            && let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str::<Value>(text)
        {
            return self.value("", &inner, place).to_string();
        }
        if place.error && keys::is_prose(name) {
            return message::replaced(text, self.ours, self.stand_ins);
        }
        let column = place.columns && matches!(name.to_ascii_lowercase().as_str(), "name" | "type");
        if column && keys::is_schema_name(text) {
            return text.to_owned();
        }
        if column {
            return self.stand_ins.field(text);
        }
        let ours = keys::is_microsofts(name, text) || !text.is_empty() && self.ours.contains(&format!("\"{text}\""));
        if ours || (keys::is_closed(name) && keys::is_word(text)) || keys::is_moment(text) || text == PRIMARY {
            return text.to_owned();
        }
        self.stand_ins.entity(text).unwrap_or_else(|| self.stand_ins.text(text))
    }
}
