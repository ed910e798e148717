//! Literals that name their type: `long(5)`, `dynamic({"a": [1]})`.

use serde_json::{Map, Value as Json};

use super::{Kind, Parser};
use crate::kql::{
    error::Error,
    syntax::Expression,
    value::{Type, Value},
};

impl Parser<'_> {
    /// `long(5)`, `int(null)`, `real(-1.5)`, `bool(true)`.
    pub(super) fn typed_literal(&mut self, kind: Type) -> Result<Expression, Error> {
        let json = self.json()?;
        let value = match (kind, &json) {
            (_, Json::Null) => Some(Value::Null),
            (Type::Bool, Json::Number(number)) => Some(Value::Bool(number.as_i64() != Some(0))),
            _ => Value::from_json(&json, kind),
        };
        let value = value.ok_or_else(|| self.unexpected())?;
        self.expect(")")?;
        Ok(Expression::Literal(value, kind))
    }

    /// JSON as a `dynamic(…)` literal has it: strings in either quote.
    pub(super) fn json(&mut self) -> Result<Json, Error> {
        self.nested(|parser| match parser.peek().clone() {
            Kind::Literal(value, _) => {
                parser.step();
                Ok(value.to_json())
            }
            Kind::Word(word) if word == "null" => parser.json_word(Json::Null),
            Kind::Word(word) if word == "true" => parser.json_word(Json::Bool(true)),
            Kind::Word(word) if word == "false" => parser.json_word(Json::Bool(false)),
            Kind::Sign("-") => {
                parser.step();
                match parser.json()? {
                    Json::Number(number) => negative(&number).ok_or_else(|| parser.unexpected()),
                    _ => Err(parser.unexpected()),
                }
            }
            Kind::Sign("[") => parser.json_array(),
            Kind::Sign("{") => parser.json_object(),
            _ => Err(parser.unexpected()),
        })
    }

    fn json_word(&mut self, json: Json) -> Result<Json, Error> {
        self.step();
        Ok(json)
    }

    fn json_array(&mut self) -> Result<Json, Error> {
        self.step();
        let mut items = Vec::new();
        while !self.is_sign(0, "]") {
            items.push(self.json()?);
            if !self.take(",") {
                break;
            }
        }
        self.expect("]")?;
        Ok(Json::Array(items))
    }

    fn json_object(&mut self) -> Result<Json, Error> {
        self.step();
        let mut object = Map::new();
        while let Kind::Literal(Value::String(name), _) = self.peek().clone() {
            self.step();
            self.expect(":")?;
            let value = self.json()?;
            object.insert(name, value);
            if !self.take(",") {
                break;
            }
        }
        self.expect("}")?;
        Ok(Json::Object(object))
    }
}

fn negative(number: &serde_json::Number) -> Option<Json> {
    match number.as_i64() {
        Some(whole) => Some(whole.checked_neg()?.into()),
        None => Some((-number.as_f64()?).into()),
    }
}
