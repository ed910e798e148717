//! Text into tokens.

mod string;

use uuid::Uuid;

use super::{
    error::Error,
    time,
    value::{Type, Value},
};

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A name or a word of the language, also `$left`, `in~`, `!has` and the like.
    Word(String),
    /// A string, number, length of time, instant or GUID.
    Literal(Value, Type),
    /// A sign: `|`, `==`, `(` …
    Sign(&'static str),
    /// Where the text ends.
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// The first byte in the text.
    pub(super) start: usize,
    /// The byte after the last.
    pub(super) end: usize,
}

/// Longest first, so that `==` is not read as `=` twice.
const SIGNS: &[&str] = &[
    "..", "==", "=~", "=>", "!=", "!~", "<=", "<>", ">=", "<", ">", "=", "|", "(", ")", "[", "]", "{", "}", ",", ";",
    ":", ".", "+", "-", "*", "/", "%",
];

/// Words that take `!` before them.
const NEGATABLE: &[&str] = &[
    "in",
    "has",
    "has_cs",
    "contains",
    "contains_cs",
    "startswith",
    "startswith_cs",
    "endswith",
    "endswith_cs",
    "hasprefix",
    "hasprefix_cs",
    "hassuffix",
    "hassuffix_cs",
    "between",
];

/// All tokens of a query; the last is [`Kind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blank();
        let start = lexer.at;
        let kind = lexer.next()?;
        let done = kind == Kind::End;
        tokens.push(Token { kind, start, end: lexer.at });
        if done {
            return Ok(tokens);
        }
    }
}

/// The error for what stands at a byte of the text.
pub(super) fn error_at(text: &str, start: usize, end: usize) -> Error {
    let before = text.get(..start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Error::Syntax {
        line: before.matches('\n').count() + 1,
        position: before[line_start..].chars().count() + 1,
        token: text.get(start..end).unwrap_or_default().chars().take(40).collect(),
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn skip_blank(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if !self.rest().starts_with("//") {
                return;
            }
            self.take_while(|c| c != '\n');
        }
    }

    fn error(&self, start: usize) -> Error {
        let width = self.text[start..].chars().next().map_or(0, char::len_utf8);
        error_at(self.text, start, self.at.max(start + width))
    }

    fn next(&mut self) -> Result<Kind, Error> {
        let start = self.at;
        let Some(first) = self.peek() else {
            return Ok(Kind::End);
        };
        if first.is_ascii_digit() {
            return self.number();
        }
        if matches!(first, '"' | '\'') {
            return self.string(false);
        }
        if first == '@' && self.rest()[1..].starts_with(['"', '\'']) {
            self.at += 1;
            return self.string(true);
        }
        if first.is_alphabetic() || matches!(first, '_' | '$') {
            return self.word();
        }
        if let Some(word) = self.negated_word() {
            return Ok(Kind::Word(word));
        }
        match SIGNS.iter().find(|sign| self.rest().starts_with(**sign)) {
            Some(sign) => {
                self.at += sign.len();
                Ok(Kind::Sign(sign))
            }
            None => Err(self.error(start)),
        }
    }

    fn negated_word(&mut self) -> Option<String> {
        let word = self.rest().strip_prefix('!')?;
        let length = word.find(|c| !is_word(c)).unwrap_or(word.len());
        if !NEGATABLE.contains(&&word[..length]) {
            return None;
        }
        let tilde = usize::from(word[length..].starts_with('~') && &word[..length] == "in");
        let found = self.rest()[..1 + length + tilde].to_owned();
        self.at += found.len();
        Some(found)
    }

    fn word(&mut self) -> Result<Kind, Error> {
        let start = self.at;
        self.at += self.peek().map_or(0, char::len_utf8);
        self.take_while(is_word);
        let word = &self.text[start..self.at];
        if word == "in" && self.rest().starts_with('~') {
            self.at += 1;
            return Ok(Kind::Word("in~".to_owned()));
        }
        let kind = match Type::by_name(word) {
            Some(kind @ (Type::DateTime | Type::TimeSpan | Type::Guid)) if self.rest().starts_with('(') => kind,
            _ => return Ok(Kind::Word(word.to_owned())),
        };
        // What stands between the parentheses is no expression: datetime(2026-11-01) is not a subtraction.
        self.at += 1;
        let inner = self.take_while(|c| c != ')').trim();
        if self.peek().is_none() {
            return Err(self.error(self.text.len()));
        }
        self.at += 1;
        if inner == "null" {
            return Ok(Kind::Literal(Value::Null, kind));
        }
        let inner = inner.trim_matches(['"', '\'']);
        let value = match kind {
            Type::DateTime => time::read_instant(inner).map(Value::DateTime),
            Type::TimeSpan => time::read_span(inner).map(Value::TimeSpan),
            _ => Uuid::parse_str(inner).ok().map(Value::Guid),
        };
        value.map(|value| Kind::Literal(value, kind)).ok_or_else(|| error_at(self.text, start, self.at))
    }

    fn number(&mut self) -> Result<Kind, Error> {
        let start = self.at;
        if let Some(hex) = self.rest().strip_prefix("0x").or_else(|| self.rest().strip_prefix("0X")) {
            let length = hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len());
            self.at += 2 + length;
            let number = i64::from_str_radix(&hex[..length], 16).map_err(|_| self.error(start))?;
            return Ok(Kind::Literal(Value::Long(number), Type::Long));
        }
        self.take_while(|c| c.is_ascii_digit());
        let mut real = false;
        // `1..5` in a range is a number and two dots.
        if self.rest().starts_with('.') && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
            real = true;
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        let digits = &self.text[start..self.at];
        let unit_at = self.at;
        let unit = self.take_while(is_word);
        if unit.is_empty() {
            return self.plain_number(digits, real, start);
        }
        if let Some(exponent) = unit.strip_prefix(['e', 'E']) {
            self.at = unit_at + 1;
            if exponent.is_empty() && self.rest().starts_with(['+', '-']) {
                self.at += 1;
            }
            self.take_while(|c| c.is_ascii_digit());
            return self.plain_number(&self.text[start..self.at], true, start);
        }
        time::read_span(&self.text[start..self.at])
            .map(|ticks| Kind::Literal(Value::TimeSpan(ticks), Type::TimeSpan))
            .ok_or_else(|| self.error(start))
    }

    fn plain_number(&self, digits: &str, real: bool, start: usize) -> Result<Kind, Error> {
        if real {
            let number = digits.parse().map_err(|_| self.error(start))?;
            return Ok(Kind::Literal(Value::Real(number), Type::Real));
        }
        let number = digits.parse().map_err(|_| self.error(start))?;
        Ok(Kind::Literal(Value::Long(number), Type::Long))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
