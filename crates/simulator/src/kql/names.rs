//! The names that Kusto gives to columns that were given none.

use super::{
    error::Error,
    syntax::{Expression, Step},
    value::Value,
};

/// Functions whose result is called as their argument is.
const AS_ARGUMENT: &[&str] = &[
    "tostring",
    "tolong",
    "toint",
    "toreal",
    "todouble",
    "tobool",
    "toboolean",
    "todatetime",
    "totimespan",
    "toguid",
    "parse_json",
    "todynamic",
    "toobject",
    "bin",
    "floor",
    "split",
];

/// The name that an expression brings along, if it does: a column's own, a path's with underscores.
pub(super) fn natural(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Name(name) => Some(name.clone()),
        Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
            ("strlen", [text, ..]) => natural(text).map(|name| format!("strlen_{name}")),
            ("column_ifexists", [Expression::Literal(Value::String(name), _), ..]) => Some(name.clone()),
            (function, [first, ..]) if AS_ARGUMENT.contains(&function) => natural(first),
            _ => None,
        },
        Expression::Path(base, steps) => {
            let mut parts: Vec<String> = natural(base).into_iter().collect();
            for step in steps {
                parts.push(match step {
                    Step::Member(name) => name.clone(),
                    Step::Index(Expression::Literal(value, _)) => value.text(),
                    Step::Index(_) => return None,
                });
            }
            Some(parts.join("_"))
        }
        _ => None,
    }
}

/// The names of a result, one after the other.
#[derive(Default)]
pub(super) struct Names {
    taken: Vec<String>,
    unnamed: usize,
}

impl Names {
    /// Names that stand already and are not to be given again.
    pub(super) fn after<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self { taken: names.map(str::to_owned).collect(), unnamed: 0 }
    }

    /// A name that was written: it must be free.
    pub(super) fn written(&mut self, name: &str, operator: &str) -> Result<String, Error> {
        if self.taken.iter().any(|taken| taken == name) {
            let message = format!("'{operator}' operator: A column named '{name}' already exists");
            return Err(Error::semantic("SEM0001", message));
        }
        self.taken.push(name.to_owned());
        Ok(name.to_owned())
    }

    /// A name that was derived: a number is put behind it if it is taken.
    pub(super) fn derived(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 0;
        while self.taken.contains(&free) {
            number += 1;
            free = format!("{name}{number}");
        }
        self.taken.push(free.clone());
        free
    }

    /// `Column1`, `Column2` … for what has no name at all.
    pub(super) fn invented(&mut self) -> String {
        self.unnamed += 1;
        let name = format!("Column{}", self.unnamed);
        self.derived(&name)
    }

    /// The name of an expression without a written one.
    pub(super) fn of(&mut self, expression: &Expression, operator: &str) -> Result<String, Error> {
        match (expression, natural(expression)) {
            (Expression::Name(name), _) => self.written(name, operator),
            (_, Some(name)) => Ok(self.derived(&name)),
            (_, None) => Ok(self.invented()),
        }
    }
}
