//! Expressions whose names and types are resolved, and their value for a row.

use std::{borrow::Cow, collections::HashSet};

use serde_json::Value as Json;

use super::{
    arithmetic, convert,
    order::{self, Key},
    syntax::{Arithmetic, Comparison, TextTest},
    text,
    value::{Type, Value},
};

/// An expression and the type of its value.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) node: Node,
    pub(super) kind: Type,
}

/// What a function is handed and gives back.
pub(super) type Apply = fn(&[Cow<'_, Value>]) -> Value;

/// The same, with one argument compiled as a regular expression.
pub(super) type ApplyPattern = fn(&regex::Regex, &[Cow<'_, Value>]) -> Value;

/// Chains are flat: a tree is as deep as its query's parentheses.
pub(super) enum Node {
    Literal(Value),
    Column(usize),
    Path(Box<Typed>, Vec<Typed>),
    Call(Apply, Vec<Typed>),
    /// A regular expression that was compiled once, for the function that uses it.
    Pattern(Box<regex::Regex>, ApplyPattern, Vec<Typed>),
    Convert(Box<Typed>),
    All(Vec<Typed>),
    Any(Vec<Typed>),
    Not(Box<Typed>),
    /// Pairs of condition and value, then the value for all else.
    Choice(Vec<(Typed, Typed)>, Box<Typed>),
    Coalesce(Vec<Typed>),
    Chain(Box<Typed>, Vec<(Arithmetic, Typed, Type)>),
    Compare(Comparison, Box<Typed>, Box<Typed>),
    Text(TextTest, bool, Box<Typed>, Box<Typed>),
    HasMany(bool, Box<Typed>, Vec<String>),
    In(Box<Typed>, HashSet<Key>, bool),
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Literal(value) => write!(f, "Literal({value:?})"),
            Self::Column(at) => write!(f, "Column({at})"),
            _ => f.write_str("Expression"),
        }
    }
}

impl Typed {
    pub(super) fn literal(value: Value, kind: Type) -> Self {
        Self { node: Node::Literal(value), kind }
    }

    /// The value, if it is the same for every row.
    pub(super) fn constant(&self) -> Option<&Value> {
        match &self.node {
            Node::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// Whether a condition holds; null does not.
    pub(super) fn is_true(&self, row: &[Value]) -> bool {
        matches!(*self.value(row), Value::Bool(true))
    }

    /// The value for a row of the table that the expression was resolved against.
    pub(super) fn value<'a>(&'a self, row: &'a [Value]) -> Cow<'a, Value> {
        let value = match &self.node {
            Node::Literal(value) => return Cow::Borrowed(value),
            Node::Column(at) => return row.get(*at).map_or(Cow::Owned(Value::Null), Cow::Borrowed),
            Node::Convert(inner) => convert::to(self.kind, &inner.value(row)),
            Node::Path(base, steps) => path(&base.value(row), steps, row),
            Node::Call(apply, arguments) => apply(&values(arguments, row)),
            Node::Pattern(pattern, apply, arguments) => apply(pattern, &values(arguments, row)),
            Node::All(terms) => all(terms, row),
            Node::Any(terms) => any(terms, row),
            Node::Not(inner) => match *inner.value(row) {
                Value::Bool(flag) => Value::Bool(!flag),
                _ => Value::Null,
            },
            Node::Choice(pairs, otherwise) => {
                let chosen = pairs.iter().find(|(condition, _)| condition.is_true(row));
                return chosen.map_or(otherwise.as_ref(), |(_, value)| value).value(row);
            }
            Node::Coalesce(candidates) => {
                let found = candidates.iter().map(|candidate| candidate.value(row)).find(|value| is_there(value));
                return found.unwrap_or_else(|| Cow::Owned(self.kind.missing()));
            }
            Node::Chain(first, rest) => {
                let mut sum = first.value(row).into_owned();
                for (sign, operand, kind) in rest {
                    sum = arithmetic::apply(*sign, &sum, &operand.value(row), *kind);
                }
                sum
            }
            Node::Compare(comparison, left, right) => order::holds(*comparison, &left.value(row), &right.value(row)),
            Node::Text(test, case, left, right) => {
                let (left, right) = (left.value(row), right.value(row));
                Value::Bool(text::passes(*test, *case, &as_text(&left), &as_text(&right)))
            }
            Node::HasMany(all, left, words) => {
                let left = left.value(row);
                let left = as_text(&left);
                let has = |word: &String| text::passes(TextTest::Has, false, &left, word);
                Value::Bool(if *all { words.iter().all(has) } else { words.iter().any(has) })
            }
            Node::In(left, set, case) => Value::Bool(contained(&left.value(row), set, *case)),
        };
        Cow::Owned(value)
    }
}

fn values<'a>(arguments: &'a [Typed], row: &'a [Value]) -> Vec<Cow<'a, Value>> {
    arguments.iter().map(|argument| argument.value(row)).collect()
}

/// The text of a value without copying it where it is text.
pub(super) fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) | Value::Dynamic(Json::String(text)) => Cow::Borrowed(text),
        value => Cow::Owned(value.text()),
    }
}

/// For `coalesce`: neither null nor, for text, empty.
fn is_there(value: &Value) -> bool {
    !matches!(value, Value::Null) && !matches!(value, Value::String(text) if text.is_empty())
}

/// False wins over null.
fn all(terms: &[Typed], row: &[Value]) -> Value {
    let mut unknown = false;
    for term in terms {
        match *term.value(row) {
            Value::Bool(true) => {}
            Value::Bool(false) => return Value::Bool(false),
            _ => unknown = true,
        }
    }
    if unknown { Value::Null } else { Value::Bool(true) }
}

/// True wins over null.
fn any(terms: &[Typed], row: &[Value]) -> Value {
    let mut unknown = false;
    for term in terms {
        match *term.value(row) {
            Value::Bool(true) => return Value::Bool(true),
            Value::Bool(false) => {}
            _ => unknown = true,
        }
    }
    if unknown { Value::Null } else { Value::Bool(false) }
}

/// Null is in no list.
fn contained(value: &Value, set: &HashSet<Key>, case: bool) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) if !case => set.contains(&Key::Text(text.to_ascii_lowercase())),
        value => set.contains(&Key::from(value)),
    }
}

fn path(base: &Value, steps: &[Typed], row: &[Value]) -> Value {
    let Value::Dynamic(json) = base else {
        return Value::Null;
    };
    let mut json = json;
    for step in steps {
        let next = match (&*step.value(row), json) {
            (Value::String(name), Json::Object(object)) => object.get(name),
            (Value::Long(at), Json::Array(items)) => item(items, *at),
            (Value::Int(at), Json::Array(items)) => item(items, i64::from(*at)),
            _ => None,
        };
        let Some(next) = next else {
            return Value::Null;
        };
        json = next;
    }
    Value::dynamic(json.clone())
}

/// Negative positions count from the end.
fn item(items: &[Json], at: i64) -> Option<&Json> {
    let from_start = if at < 0 { at.checked_add(i64::try_from(items.len()).ok()?)? } else { at };
    items.get(usize::try_from(from_start).ok()?)
}
