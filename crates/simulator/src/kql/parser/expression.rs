//! Expressions, from the loosest binding (`or`) to the tightest (a path into JSON).

use super::{Kind, Parser};
use crate::kql::{
    error::Error,
    syntax::{Arithmetic, Comparison, Expression, Step, TextTest},
    value::{Type, Value},
};

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<Expression, Error> {
        self.nested(|parser| {
            let mut terms = vec![parser.conjunction()?];
            while parser.take_word("or") {
                terms.push(parser.conjunction()?);
            }
            Ok(single_or(terms, Expression::Any))
        })
    }

    fn conjunction(&mut self) -> Result<Expression, Error> {
        let mut terms = vec![self.comparison()?];
        while self.take_word("and") {
            terms.push(self.comparison()?);
        }
        Ok(single_or(terms, Expression::All))
    }

    fn comparison(&mut self) -> Result<Expression, Error> {
        let left = self.sum()?;
        match self.peek().clone() {
            Kind::Sign(sign) => self.compared_by_sign(left, sign),
            Kind::Word(word) => self.compared_by_word(left, &word),
            _ => Ok(left),
        }
    }

    fn compared_by_sign(&mut self, left: Expression, sign: &str) -> Result<Expression, Error> {
        let comparison = match sign {
            "==" => Comparison::Equal,
            "!=" | "<>" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            "=~" | "!~" => {
                self.step();
                let right = Box::new(self.sum()?);
                let test = TextTest::EqualIgnoringCase;
                let negated = sign == "!~";
                return Ok(Expression::Text { test, case: false, negated, left: Box::new(left), right });
            }
            _ => return Ok(left),
        };
        self.step();
        Ok(Expression::Compare(comparison, Box::new(left), Box::new(self.sum()?)))
    }

    fn compared_by_word(&mut self, left: Expression, word: &str) -> Result<Expression, Error> {
        let (negated, plain) = match word.strip_prefix('!') {
            Some(plain) => (true, plain),
            None => (false, word),
        };
        let left = Box::new(left);
        if let "in" | "in~" = plain {
            self.step();
            let list = self.arguments()?;
            return Ok(Expression::In { case: plain == "in", negated, left, list });
        }
        if plain == "between" {
            self.step();
            self.expect("(")?;
            let low = Box::new(self.sum()?);
            self.expect("..")?;
            let high = Box::new(self.sum()?);
            self.expect(")")?;
            return Ok(Expression::Between { negated, value: left, low, high });
        }
        if let "has_any" | "has_all" = plain {
            self.step();
            let words = self.arguments()?;
            return Ok(Expression::HasMany { all: plain == "has_all", left, words });
        }
        let (case, stem) = match plain.strip_suffix("_cs") {
            Some(stem) => (true, stem),
            None => (false, plain),
        };
        let test = match stem {
            "has" => TextTest::Has,
            "hasprefix" => TextTest::HasPrefix,
            "hassuffix" => TextTest::HasSuffix,
            "contains" => TextTest::Contains,
            "startswith" => TextTest::StartsWith,
            "endswith" => TextTest::EndsWith,
            _ => return Ok(*left),
        };
        self.step();
        let right = Box::new(self.sum()?);
        Ok(Expression::Text { test, case, negated, left, right })
    }

    fn sum(&mut self) -> Result<Expression, Error> {
        self.chain(Self::product, &[("+", Arithmetic::Add), ("-", Arithmetic::Subtract)])
    }

    fn product(&mut self) -> Result<Expression, Error> {
        let signs = [("*", Arithmetic::Multiply), ("/", Arithmetic::Divide), ("%", Arithmetic::Remainder)];
        self.chain(Self::unary, &signs)
    }

    fn chain(
        &mut self,
        operand: impl Fn(&mut Self) -> Result<Expression, Error>,
        signs: &[(&str, Arithmetic)],
    ) -> Result<Expression, Error> {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some((_, arithmetic)) = signs.iter().find(|(sign, _)| self.is_sign(0, sign)) {
            self.step();
            rest.push((*arithmetic, operand(self)?));
        }
        Ok(if rest.is_empty() { first } else { Expression::Chain(Box::new(first), rest) })
    }

    fn unary(&mut self) -> Result<Expression, Error> {
        if self.take("-") {
            return self.nested(|parser| Ok(Expression::Negative(Box::new(parser.unary()?))));
        }
        let base = self.primary()?;
        let mut steps = Vec::new();
        loop {
            if self.take(".") {
                steps.push(Step::Member(self.name()?));
            } else if self.take("[") {
                steps.push(Step::Index(self.expression()?));
                self.expect("]")?;
            } else {
                break;
            }
        }
        Ok(if steps.is_empty() { base } else { Expression::Path(Box::new(base), steps) })
    }

    fn primary(&mut self) -> Result<Expression, Error> {
        match self.peek().clone() {
            Kind::Literal(value, kind) => {
                self.step();
                Ok(Expression::Literal(value, kind))
            }
            Kind::Sign("(") => {
                self.step();
                let inner = self.query_or_expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Kind::Sign("[") => Ok(Expression::Name(self.name()?)),
            Kind::Word(word) if self.is_sign(1, "(") => self.call(&word),
            Kind::Word(word) if word == "true" || word == "false" => {
                self.step();
                Ok(Expression::Literal(Value::Bool(word == "true"), Type::Bool))
            }
            _ => Ok(Expression::Name(self.name()?)),
        }
    }

    fn call(&mut self, word: &str) -> Result<Expression, Error> {
        match Type::by_name(word) {
            Some(Type::Dynamic) => {
                self.at += 2;
                let json = self.json()?;
                self.expect(")")?;
                Ok(Expression::Literal(Value::dynamic(json), Type::Dynamic))
            }
            Some(kind @ (Type::Bool | Type::Int | Type::Long | Type::Real)) => {
                self.at += 2;
                self.typed_literal(kind)
            }
            _ => {
                let name = self.name()?;
                Ok(Expression::Call(name, self.arguments()?))
            }
        }
    }

    fn arguments(&mut self) -> Result<Vec<Expression>, Error> {
        self.expect("(")?;
        if self.take(")") {
            return Ok(Vec::new());
        }
        let arguments =
            self.list(|parser| if parser.take("*") { Ok(Expression::Star) } else { parser.query_or_expression() })?;
        self.expect(")")?;
        Ok(arguments)
    }
}

fn single_or(mut terms: Vec<Expression>, many: impl FnOnce(Vec<Expression>) -> Expression) -> Expression {
    match terms.pop() {
        Some(only) if terms.is_empty() => only,
        Some(last) => {
            terms.push(last);
            many(terms)
        }
        None => many(terms),
    }
}
