//! Tokens into a [`Script`]: statements and sources; operators and expressions stand beside.

mod expression;
mod literal;
mod operator;

use super::{
    error::Error,
    lexer::{self, Kind, Token},
    syntax::{Expression, Named, Query, Script, Source},
    value::Type,
};

/// How deep expressions and pipelines may nest; a call or a pair of parentheses is two levels, as a pipeline may stand
/// in it. Each level costs stack in the parser and in the evaluation; no query of a person comes near it.
const DEEPEST: usize = 80;

/// A query's text into what it says.
pub(super) fn parse(text: &str) -> Result<Script, Error> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser { text, tokens, at: 0, depth: 0 };
    let mut lets = Vec::new();
    while parser.take_word("let") {
        let name = parser.name()?;
        parser.expect("=")?;
        lets.push((name, parser.query()?));
        parser.expect(";")?;
    }
    let answer = parser.query()?;
    parser.take(";");
    match parser.peek() {
        Kind::End => Ok(Script { lets, answer }),
        _ => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    text: &'a str,
    /// Never empty: the last is [`Kind::End`], and `at` does not go past it.
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> &Kind {
        self.ahead(0)
    }

    fn ahead(&self, distance: usize) -> &Kind {
        self.tokens.get(self.at + distance).map_or(&Kind::End, |token| &token.kind)
    }

    fn unexpected(&self) -> Error {
        let token = self.tokens.get(self.at);
        let (start, end) = token.map_or((0, 0), |token| (token.start, token.end));
        lexer::error_at(self.text, start, end)
    }

    fn is_word(&self, wanted: &str) -> bool {
        matches!(self.peek(), Kind::Word(word) if word == wanted)
    }

    fn is_sign(&self, distance: usize, wanted: &str) -> bool {
        matches!(self.ahead(distance), Kind::Sign(sign) if *sign == wanted)
    }

    fn step(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len().saturating_sub(1));
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let found = self.is_word(wanted);
        if found {
            self.step();
        }
        found
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.is_sign(0, sign);
        if found {
            self.step();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Error> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), Error> {
        if self.take_word(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// A name, bare or as `['any text']`.
    fn name(&mut self) -> Result<String, Error> {
        if let Kind::Word(word) = self.peek()
            && word.starts_with(|c: char| c.is_alphabetic() || c == '_')
        {
            let name = word.clone();
            self.step();
            return Ok(name);
        }
        if let Some(name) = self.bracketed_name() {
            self.at += 3;
            return Ok(name);
        }
        Err(self.unexpected())
    }

    fn bracketed_name(&self) -> Option<String> {
        match (self.peek(), self.ahead(1), self.ahead(2)) {
            (Kind::Sign("["), Kind::Literal(super::value::Value::String(name), _), Kind::Sign("]")) => {
                Some(name.clone())
            }
            _ => None,
        }
    }

    fn type_name(&mut self) -> Result<Type, Error> {
        let kind = match self.peek() {
            Kind::Word(word) => Type::by_name(word),
            _ => None,
        };
        let kind = kind.ok_or_else(|| self.unexpected())?;
        self.step();
        Ok(kind)
    }

    /// Runs what may contain itself, one level deeper.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth >= DEEPEST {
            return Err(Error::Limit(format!(
                "Query is too complex: expressions are nested more than {DEEPEST} levels deep"
            )));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let mut items = vec![item(self)?];
        while self.take(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn query(&mut self) -> Result<Query, Error> {
        self.nested(|parser| {
            let source = parser.source()?;
            let mut operators = Vec::new();
            while parser.take("|") {
                operators.push(parser.operator()?);
            }
            Ok(Query { source, operators })
        })
    }

    fn source(&mut self) -> Result<Source, Error> {
        if self.take_word("union") {
            return Ok(Source::Union(self.union()?));
        }
        if self.take_word("print") {
            return Ok(Source::Print(self.list(Self::named)?));
        }
        if self.is_word("datatable") {
            self.step();
            return self.data_table();
        }
        Ok(Source::Expression(self.expression()?))
    }

    fn data_table(&mut self) -> Result<Source, Error> {
        self.expect("(")?;
        let columns = self.list(|parser| {
            let name = parser.name()?;
            parser.expect(":")?;
            Ok((name, parser.type_name()?))
        })?;
        self.expect(")")?;
        self.expect("[")?;
        let mut cells = Vec::new();
        while !self.is_sign(0, "]") {
            cells.push(self.expression()?);
            if !self.take(",") {
                break;
            }
        }
        self.expect("]")?;
        Ok(Source::DataTable(columns, cells))
    }

    /// What stands between parentheses or as an argument: an expression, or a pipeline.
    fn query_or_expression(&mut self) -> Result<Expression, Error> {
        Ok(match self.query()? {
            Query { source: Source::Expression(expression), operators } if operators.is_empty() => expression,
            query => Expression::Query(Box::new(query)),
        })
    }

    fn named(&mut self) -> Result<Named, Error> {
        let names = self.names_before_assignment()?;
        Ok(Named { names, expression: self.expression()? })
    }

    /// `name =` or `(a, b) =`, if that is what stands here.
    fn names_before_assignment(&mut self) -> Result<Vec<String>, Error> {
        let single = match self.peek() {
            Kind::Word(_) => self.is_sign(1, "="),
            Kind::Sign("[") => self.bracketed_name().is_some() && self.is_sign(3, "="),
            _ => false,
        };
        if single {
            let name = self.name()?;
            self.step();
            return Ok(vec![name]);
        }
        if !self.is_sign(0, "(") {
            return Ok(Vec::new());
        }
        let mut distance = 1;
        while matches!(self.ahead(distance), Kind::Word(_)) && self.is_sign(distance + 1, ",") {
            distance += 2;
        }
        let tuple = matches!(self.ahead(distance), Kind::Word(_))
            && self.is_sign(distance + 1, ")")
            && self.is_sign(distance + 2, "=");
        if !tuple {
            return Ok(Vec::new());
        }
        self.step();
        let names = self.list(Self::name)?;
        self.expect(")")?;
        self.expect("=")?;
        Ok(names)
    }
}
