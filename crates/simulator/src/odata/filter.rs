//! `$filter`: comparisons, `and`, `or`, `not`, and `any` over a list inside a record.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::tokens::{Token, tokens};

/// No filter of a client is nested deeper.
const DEEPEST: usize = 40;

/// A filter that was read.
#[derive(Debug)]
pub(crate) struct Filter {
    expression: Expression,
    case_counts: bool,
}

#[derive(Debug)]
enum Expression {
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Compare { path: Vec<String>, operator: Operator, literal: Value },
    Any { list: String, inner: Box<Expression> },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Filter {
    /// Reads a filter that may name these properties. The error is a message as OData services word it.
    pub(crate) fn parse(text: &str, properties: &[&str], case_counts: bool) -> Result<Filter, String> {
        let tokens = tokens(text)?;
        let mut reader = Reader { tokens: &tokens, at: 0, properties, case_counts, depth: 0, text };
        let expression = reader.or()?;
        if reader.at < tokens.len() {
            return Err(reader.wrong());
        }
        Ok(Filter { expression, case_counts })
    }

    /// Whether it holds for a record.
    pub(crate) fn holds(&self, record: &Value) -> bool {
        self.expression.holds(record, self.case_counts)
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    properties: &'a [&'a str],
    case_counts: bool,
    depth: usize,
    text: &'a str,
}

impl Reader<'_> {
    fn wrong(&self) -> String {
        format!("Invalid filter clause: Syntax error at position {} in '{}'.", self.at, self.text)
    }

    fn peek_word(&self) -> Option<&str> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn takes(&mut self, wanted: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn takes_word(&mut self, wanted: &str) -> bool {
        let found = self.peek_word() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Expression, String> {
        let mut left = self.and()?;
        while self.takes_word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expression, String> {
        let mut left = self.one()?;
        while self.takes_word("and") {
            left = Expression::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("The filter is nested too deep.".into());
        }
        let expression = if self.takes_word("not") {
            Expression::Not(Box::new(self.one()?))
        } else if self.takes(&Token::Open) {
            let inner = self.or()?;
            if !self.takes(&Token::Close) {
                return Err(self.wrong());
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn comparison(&mut self) -> Result<Expression, String> {
        let path = self.peek_word().ok_or_else(|| self.wrong())?.to_owned();
        self.at += 1;
        if let Some(list) = path.strip_suffix("/any")
            && self.takes(&Token::Open)
        {
            return self.any(list);
        }
        let path = self.named(&path)?;
        let operator = match self.peek_word() {
            Some("eq") => Operator::Eq,
            Some("ne") => Operator::Ne,
            Some("gt") => Operator::Gt,
            Some("ge") => Operator::Ge,
            Some("lt") => Operator::Lt,
            Some("le") => Operator::Le,
            _ => return Err(self.wrong()),
        };
        self.at += 1;
        let literal = match self.tokens.get(self.at) {
            Some(Token::Text(text)) => Value::String(text.clone()),
            Some(Token::Word(word)) => literal(word),
            _ => return Err(self.wrong()),
        };
        self.at += 1;
        Ok(Expression::Compare { path, operator, literal })
    }

    /// `networkConnections/any(a:a/destinationDomain eq 'x')`, after the bracket.
    fn any(&mut self, list: &str) -> Result<Expression, String> {
        let list = self.known(list)?;
        let variable = self.peek_word().ok_or_else(|| self.wrong())?.to_owned();
        self.at += 1;
        if !self.takes(&Token::Colon) {
            return Err(self.wrong());
        }
        // Inside, every path begins with the variable, and the list's own members are not checked.
        let inner = {
            let mut reader = Reader {
                tokens: self.tokens,
                at: self.at,
                properties: &[],
                case_counts: self.case_counts,
                depth: self.depth,
                text: self.text,
            };
            let inner = reader.within(&variable)?;
            self.at = reader.at;
            inner
        };
        if !self.takes(&Token::Close) {
            return Err(self.wrong());
        }
        Ok(Expression::Any { list, inner: Box::new(inner) })
    }

    fn within(&mut self, variable: &str) -> Result<Expression, String> {
        let prefix = format!("{variable}/");
        let mut inner = self.or()?;
        inner.strip(&prefix)?;
        Ok(inner)
    }

    fn named(&self, path: &str) -> Result<Vec<String>, String> {
        if self.properties.is_empty() {
            return Ok(vec![path.to_owned()]);
        }
        let mut parts = path.split('/').map(str::to_owned);
        let first = self.known(&parts.next().unwrap_or_default())?;
        Ok(std::iter::once(first).chain(parts).collect())
    }

    fn known(&self, name: &str) -> Result<String, String> {
        self.properties
            .iter()
            .find(|known| **known == name || (!self.case_counts && known.eq_ignore_ascii_case(name)))
            .map(|known| (*known).to_owned())
            .ok_or_else(|| {
                format!("Invalid filter clause: Could not find a property named '{name}' that can be filtered by.")
            })
    }
}

fn literal(word: &str) -> Value {
    match word {
        "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => word.parse::<i64>().map_or_else(|_| Value::String(word.to_owned()), Value::from),
    }
}

impl Expression {
    /// Takes the variable of an `any` from the paths inside it.
    fn strip(&mut self, prefix: &str) -> Result<(), String> {
        match self {
            Expression::And(left, right) | Expression::Or(left, right) => {
                left.strip(prefix)?;
                right.strip(prefix)
            }
            Expression::Not(inner) => inner.strip(prefix),
            Expression::Any { .. } => Err("An any within an any is not supported.".into()),
            Expression::Compare { path, .. } => {
                let whole = path.join("/");
                let rest =
                    whole.strip_prefix(prefix).ok_or_else(|| format!("Could not find a property named '{whole}'."))?;
                *path = rest.split('/').map(str::to_owned).collect();
                Ok(())
            }
        }
    }

    fn holds(&self, record: &Value, case_counts: bool) -> bool {
        match self {
            Expression::And(left, right) => left.holds(record, case_counts) && right.holds(record, case_counts),
            Expression::Or(left, right) => left.holds(record, case_counts) || right.holds(record, case_counts),
            Expression::Not(inner) => !inner.holds(record, case_counts),
            Expression::Any { list, inner } => record[list.as_str()]
                .as_array()
                .is_some_and(|items| items.iter().any(|item| inner.holds(item, case_counts))),
            Expression::Compare { path, operator, literal } => {
                let held = path.iter().fold(record, |value, part| step(value, part));
                let same = match (held, literal) {
                    (Value::String(held), Value::String(literal)) if !case_counts => held.eq_ignore_ascii_case(literal),
                    _ => compared(held, literal) == Some(Ordering::Equal),
                };
                match operator {
                    Operator::Eq => same,
                    Operator::Ne => !same,
                    Operator::Gt => compared(held, literal) == Some(Ordering::Greater),
                    Operator::Ge => compared(held, literal).is_some_and(Ordering::is_ge),
                    Operator::Lt => compared(held, literal) == Some(Ordering::Less),
                    Operator::Le => compared(held, literal).is_some_and(Ordering::is_le),
                }
            }
        }
    }
}

/// A member, or the value itself where the path names its type: `microsoft.graph.security.ipEvidence` is no member. Of
/// another type there is nothing.
fn step<'a>(value: &'a Value, part: &str) -> &'a Value {
    let kind = value["@odata.type"].as_str().map(|kind| kind.trim_start_matches('#'));
    if part.contains('.') && kind == Some(part) { value } else { &value[part] }
}

/// How two values compare: instants as instants, whatever the number of their digits.
pub(super) fn compared(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => left.as_f64().partial_cmp(&right.as_f64()),
        (Value::String(left), Value::String(right)) => match (left.parse::<Timestamp>(), right.parse::<Timestamp>()) {
            (Ok(left), Ok(right)) => Some(left.cmp(&right)),
            _ => Some(left.cmp(right)),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PROPERTIES: [&str; 5] = ["severity", "lastUpdateDateTime", "assignedTo", "networkConnections", "number"];

    #[test]
    fn a_filter_holds_for_what_it_names() {
        let record = json!({
            "severity": "high", "lastUpdateDateTime": "2026-11-20T10:00:00.1234567Z", "assignedTo": null, "number": 7,
            "networkConnections": [{"destinationDomain": "a.example"}, {"destinationDomain": "o'b.example", "port": 1}],
        });
        let check = |text: &str, expected: bool| {
            let filter = Filter::parse(text, &PROPERTIES, true).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(filter.holds(&record), expected, "{text}");
        };
        check("severity eq 'high'", true);
        check("severity eq 'High'", false);
        check("severity ne 'low' and number gt 6", true);
        check("not (severity eq 'high') or number le 6", false);
        check("lastUpdateDateTime ge 2026-11-20T10:00:00Z", true);
        check("lastUpdateDateTime lt 2026-11-20T10:00:00.1234567Z", false);
        check("lastUpdateDateTime ge 2026-11-20T10:00:00.12345670Z", true);
        check("assignedTo eq null", true);
        check("networkConnections/any(a:a/destinationDomain eq 'a.example')", true);
        check("networkConnections/any(a:a/destinationDomain eq 'o''b.example' and a/port eq 1)", true);
        check("networkConnections/any(a:a/destinationDomain eq 'b.example')", false);
    }

    #[test]
    fn a_path_through_a_type_leads_to_the_records_of_that_type_alone() {
        let of =
            |kind: &str| json!({"@odata.type": format!("#microsoft.graph.security.{kind}"), "ipAddress": "192.0.2.1"});
        let filter = "evidence/any(e: e/microsoft.graph.security.ipEvidence/ipAddress eq '192.0.2.1')";
        let filter = Filter::parse(filter, &["evidence"], true).unwrap();
        assert!(filter.holds(&json!({"evidence": [of("urlEvidence"), of("ipEvidence")]})));
        assert!(!filter.holds(&json!({"evidence": [of("nicEvidence"), {"ipAddress": "192.0.2.1"}]})));
    }

    #[test]
    fn a_filter_that_is_none_says_so() {
        for wrong in [
            "",
            "severity",
            "severity eq",
            "severity like 'high'",
            "evidence/any(e:e/ipAddress eq '192.0.2.1')",
            "severity eq 'high' or startswith(title,'x')",
            "severity eq 'high",
            "severity eq 'high')",
            "networkConnections/any(a:b/x eq 1)",
            &"(".repeat(100),
            "severity eq \"high\"",
        ] {
            assert!(Filter::parse(wrong, &PROPERTIES, true).is_err(), "{wrong}");
        }
        assert!(Filter::parse("SEVERITY eq 'high'", &PROPERTIES, false).is_ok());
        assert!(Filter::parse("SEVERITY eq 'high'", &PROPERTIES, true).is_err());
    }
}
