//! The steps of a pipeline.

use super::{Kind, Parser};
use crate::kql::{
    error::Error,
    syntax::{Expansion, Expression, Join, JoinKind, Operator, Order, Query, Source, Union},
};

impl Parser<'_> {
    pub(super) fn operator(&mut self) -> Result<Operator, Error> {
        let (word, length) = self.operator_word();
        let start = self.at;
        self.at += length;
        match word.as_str() {
            "where" | "filter" => Ok(Operator::Where(self.expression()?)),
            "extend" => Ok(Operator::Extend(self.list(Self::named)?)),
            "project" => Ok(Operator::Project(self.list(Self::named)?)),
            "project-away" => Ok(Operator::ProjectAway(self.list(Self::pattern)?)),
            "project-keep" => Ok(Operator::ProjectKeep(self.list(Self::pattern)?)),
            "project-rename" => self.rename(),
            "summarize" => self.summarize(),
            "distinct" if self.take("*") => Ok(Operator::Distinct(None)),
            "distinct" => Ok(Operator::Distinct(Some(self.list(Self::named)?))),
            "sort" | "order" => {
                self.expect_word("by")?;
                Ok(Operator::Sort(self.list(Self::order)?))
            }
            "top" => {
                let rows = self.expression()?;
                self.expect_word("by")?;
                Ok(Operator::Top(rows, self.order()?))
            }
            "take" | "limit" => Ok(Operator::Take(self.expression()?)),
            "count" => Ok(Operator::Count),
            "join" => self.join(),
            "mv-expand" | "mvexpand" => self.mv_expand(),
            "union" => Ok(Operator::Union(self.union()?)),
            _ => {
                self.at = start;
                Err(self.unexpected())
            }
        }
    }

    /// The operator's word and how many tokens it is made of: `project-away` is three that touch each other.
    fn operator_word(&self) -> (String, usize) {
        let Kind::Word(first) = self.peek() else {
            return (String::new(), 0);
        };
        let touching = |offset: usize| {
            matches!((self.tokens.get(self.at + offset), self.tokens.get(self.at + offset + 1)),
                (Some(a), Some(b)) if a.end == b.start)
        };
        if let Kind::Word(second) = self.ahead(2)
            && self.is_sign(1, "-")
            && touching(0)
            && touching(1)
        {
            return (format!("{first}-{second}"), 3);
        }
        (first.clone(), 1)
    }

    /// A column's name that may hold `*`.
    fn pattern(&mut self) -> Result<String, Error> {
        let mut pattern = String::new();
        loop {
            if self.take("*") {
                pattern.push('*');
            } else if matches!(self.peek(), Kind::Word(_) | Kind::Sign("[")) {
                pattern.push_str(&self.name()?);
            } else if pattern.is_empty() {
                return Err(self.unexpected());
            } else {
                return Ok(pattern);
            }
        }
    }

    fn rename(&mut self) -> Result<Operator, Error> {
        let pairs = self.list(|parser| {
            let new = parser.name()?;
            parser.expect("=")?;
            Ok((new, parser.name()?))
        })?;
        Ok(Operator::ProjectRename(pairs))
    }

    fn summarize(&mut self) -> Result<Operator, Error> {
        self.skip_hints();
        let aggregates = if self.is_word("by") { Vec::new() } else { self.list(Self::named)? };
        let keys = if self.take_word("by") { self.list(Self::named)? } else { Vec::new() };
        Ok(Operator::Summarize { aggregates, keys })
    }

    fn order(&mut self) -> Result<Order, Error> {
        let by = self.expression()?;
        let descending = !self.take_word("asc");
        if descending {
            self.take_word("desc");
        }
        // Nulls count as the smallest unless said otherwise.
        let mut nulls_first = !descending;
        if self.take_word("nulls") {
            nulls_first = self.take_word("first");
            if !nulls_first {
                self.expect_word("last")?;
            }
        }
        Ok(Order { by, descending, nulls_first })
    }

    /// `hint.strategy=shuffle` and its like say how to work, not what to answer.
    fn skip_hints(&mut self) {
        while self.is_word("hint") && self.is_sign(1, ".") && self.is_sign(3, "=") {
            self.at = (self.at + 5).min(self.tokens.len() - 1);
        }
    }

    fn join(&mut self) -> Result<Operator, Error> {
        let mut kind = JoinKind::InnerUnique;
        self.skip_hints();
        if self.is_word("kind") && self.is_sign(1, "=") {
            self.at += 2;
            kind = match self.peek() {
                Kind::Word(word) if word == "innerunique" => JoinKind::InnerUnique,
                Kind::Word(word) if word == "inner" => JoinKind::Inner,
                Kind::Word(word) if word == "leftouter" => JoinKind::LeftOuter,
                Kind::Word(word) if word == "leftsemi" => JoinKind::LeftSemi,
                Kind::Word(word) if matches!(word.as_str(), "leftanti" | "anti" | "leftantisemi") => JoinKind::LeftAnti,
                _ => return Err(self.unexpected()),
            };
            self.step();
        }
        self.skip_hints();
        let right = self.leg()?;
        self.expect_word("on")?;
        let mut on = self.join_condition()?;
        while self.take(",") || self.take_word("and") {
            on.extend(self.join_condition()?);
        }
        Ok(Operator::Join(Join { kind, right, on }))
    }

    fn join_condition(&mut self) -> Result<Vec<(String, String)>, Error> {
        let sided = |word: &Kind| matches!(word, Kind::Word(word) if word == "$left" || word == "$right");
        if !sided(self.peek()) {
            let name = self.name()?;
            return Ok(vec![(name.clone(), name)]);
        }
        let left_first = self.is_word("$left");
        self.step();
        self.expect(".")?;
        let first = self.name()?;
        self.expect("==")?;
        self.expect_word(if left_first { "$right" } else { "$left" })?;
        self.expect(".")?;
        let second = self.name()?;
        Ok(vec![if left_first { (first, second) } else { (second, first) }])
    }

    fn mv_expand(&mut self) -> Result<Operator, Error> {
        let columns = self.list(|parser| {
            let named = parser.named()?;
            let kind = if parser.take_word("to") {
                parser.expect_word("typeof")?;
                parser.expect("(")?;
                let kind = parser.type_name()?;
                parser.expect(")")?;
                Some(kind)
            } else {
                None
            };
            Ok(Expansion { named, kind })
        })?;
        let limit = if self.take_word("limit") { Some(self.expression()?) } else { None };
        Ok(Operator::MvExpand { columns, limit })
    }

    pub(super) fn union(&mut self) -> Result<Union, Error> {
        let (mut fuzzy, mut inner, mut source_column) = (false, false, None);
        while let Kind::Word(word) = self.peek()
            && self.is_sign(1, "=")
        {
            let option = word.clone();
            self.at += 2;
            let value = self.name()?;
            match (option.as_str(), value.as_str()) {
                ("isfuzzy", "true" | "false") => fuzzy = value == "true",
                ("kind", "inner" | "outer") => inner = value == "inner",
                ("withsource", _) => source_column = Some(value),
                _ => return Err(self.unexpected()),
            }
        }
        let legs = self.list(Self::leg)?;
        Ok(Union { legs, fuzzy, inner, source_column })
    }

    /// A table's name, or a pipeline in parentheses.
    fn leg(&mut self) -> Result<Query, Error> {
        if self.take("(") {
            let query = self.query()?;
            self.expect(")")?;
            return Ok(query);
        }
        let name = self.name()?;
        Ok(Query { source: Source::Expression(Expression::Name(name)), operators: Vec::new() })
    }
}
