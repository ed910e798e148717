//! Names to columns, calls to functions, and whether the types go together.

mod call;
mod compare;

use super::{
    arithmetic,
    error::Error,
    expression::{Node, Typed},
    pipeline,
    scope::{Bound, Scope},
    syntax::{Arithmetic, Expression, Step},
    table::Column,
    value::{Type, Value},
};

/// Resolves expressions against the columns of one table.
#[derive(Clone, Copy)]
pub(super) struct Resolver<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) columns: &'a [Column],
    /// The operator that messages name.
    pub(super) operator: &'static str,
}

impl Resolver<'_> {
    /// The expression, ready to be evaluated. What depends on no column is evaluated here.
    pub(super) fn resolve(self, expression: &Expression) -> Result<Typed, Error> {
        let typed = match expression {
            Expression::Literal(value, kind) => Typed::literal(value.clone(), *kind),
            Expression::Name(name) => self.name(name)?,
            Expression::Star => return Err(self.error("SEM0100", "'*' is not expected here")),
            Expression::Path(base, steps) => self.path(base, steps)?,
            Expression::Call(name, arguments) => self.call(name, arguments)?,
            Expression::Negative(inner) => self.negative(inner)?,
            Expression::All(terms) => Typed { node: Node::All(self.conditions(terms)?), kind: Type::Bool },
            Expression::Any(terms) => Typed { node: Node::Any(self.conditions(terms)?), kind: Type::Bool },
            Expression::Chain(first, rest) => self.chain(first, rest)?,
            Expression::Compare(comparison, left, right) => self.compare(*comparison, left, right)?,
            Expression::Text { test, case, negated, left, right } => {
                negated_if(*negated, self.text(*test, *case, left, right)?)
            }
            Expression::HasMany { all, left, words } => self.has_many(*all, left, words)?,
            Expression::In { case, negated, left, list } => negated_if(*negated, self.contained(*case, left, list)?),
            Expression::Between { negated, value, low, high } => negated_if(*negated, self.between(value, low, high)?),
            Expression::Query(query) => match pipeline::run(self.scope, query)? {
                Bound::Scalar(value, kind) => Typed::literal(value, kind),
                Bound::Table(_) => {
                    return Err(self.error("SEM0085", "A tabular expression is not expected in this context"));
                }
            },
        };
        Ok(folded(typed))
    }

    /// A condition: `where` and its like take nothing but a bool.
    pub(super) fn condition(self, expression: &Expression) -> Result<Typed, Error> {
        let typed = self.resolve(expression)?;
        match typed.kind {
            Type::Bool => Ok(typed),
            kind => Err(self.error("SEM0001", &format!("Expected an expression of type bool, not {kind}"))),
        }
    }

    /// A value that is the same for every row, such as the number of rows to take.
    pub(super) fn whole_number(self, expression: &Expression) -> Result<usize, Error> {
        let typed = self.resolve(expression)?;
        match typed.constant() {
            Some(Value::Int(number)) => usize::try_from(*number).ok(),
            Some(Value::Long(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
        .ok_or_else(|| self.error("SEM0001", "Expected a constant whole number that is not negative"))
    }

    pub(super) fn error(self, code: &'static str, message: &str) -> Error {
        Error::semantic(code, format!("'{}' operator: {message}", self.operator))
    }

    fn conditions(self, terms: &[Expression]) -> Result<Vec<Typed>, Error> {
        terms.iter().map(|term| self.condition(term)).collect()
    }

    fn name(self, name: &str) -> Result<Typed, Error> {
        if let Some(at) = self.columns.iter().position(|column| column.name == name) {
            return Ok(Typed { node: Node::Column(at), kind: self.columns[at].kind });
        }
        match self.scope.lets.get(name) {
            Some(Bound::Scalar(value, kind)) => Ok(Typed::literal(value.clone(), *kind)),
            Some(Bound::Table(_)) => Err(self.error("SEM0085", "A tabular expression is not expected in this context")),
            None => Err(self.error("SEM0100", &format!("Failed to resolve scalar expression named '{name}'"))),
        }
    }

    fn path(self, base: &Expression, steps: &[Step]) -> Result<Typed, Error> {
        let base = self.resolve(base)?;
        if base.kind != Type::Dynamic {
            let message = format!("A value of type {} has no members; use parse_json() first", base.kind);
            return Err(self.error("SEM0001", &message));
        }
        let steps = steps.iter().map(|step| match step {
            Step::Member(name) => Ok(Typed::literal(name.as_str().into(), Type::String)),
            Step::Index(index) => self.resolve(index),
        });
        let node = Node::Path(Box::new(base), steps.collect::<Result<_, _>>()?);
        Ok(Typed { node, kind: Type::Dynamic })
    }

    fn negative(self, inner: &Expression) -> Result<Typed, Error> {
        let inner = self.resolve(inner)?;
        let zero = match inner.kind {
            Type::TimeSpan => Typed::literal(Value::TimeSpan(0), Type::TimeSpan),
            _ => Typed::literal(Value::Long(0), Type::Long),
        };
        self.joined(zero, vec![(Arithmetic::Subtract, inner)])
    }

    fn chain(self, first: &Expression, rest: &[(Arithmetic, Expression)]) -> Result<Typed, Error> {
        let first = self.resolve(first)?;
        let rest = rest.iter().map(|(sign, operand)| Ok((*sign, self.resolve(operand)?)));
        self.joined(first, rest.collect::<Result<_, Error>>()?)
    }

    fn joined(self, first: Typed, rest: Vec<(Arithmetic, Typed)>) -> Result<Typed, Error> {
        let mut kind = first.kind;
        let mut steps = Vec::with_capacity(rest.len());
        for (sign, operand) in rest {
            let result = arithmetic::kind(sign, kind, operand.kind).ok_or_else(|| {
                let message =
                    format!("Arithmetic expression cannot be carried-out between {kind} and {}", operand.kind);
                self.error("SEM0001", &message)
            })?;
            kind = result;
            steps.push((sign, operand, kind));
        }
        Ok(Typed { node: Node::Chain(Box::new(first), steps), kind })
    }
}

/// The value as another type.
pub(super) fn convert(inner: Typed, kind: Type) -> Typed {
    if inner.kind == kind {
        return inner;
    }
    folded(Typed { node: Node::Convert(Box::new(inner)), kind })
}

fn negated_if(negated: bool, inner: Typed) -> Typed {
    if negated { Typed { node: Node::Not(Box::new(inner)), kind: Type::Bool } } else { inner }
}

/// What depends on no column, as its value.
fn folded(typed: Typed) -> Typed {
    let constant = |terms: &[Typed]| terms.iter().all(|term| term.constant().is_some());
    let foldable = match &typed.node {
        Node::Literal(_) | Node::Column(_) => false,
        Node::Path(base, steps) => base.constant().is_some() && constant(steps),
        Node::Call(_, terms)
        | Node::Pattern(_, _, terms)
        | Node::All(terms)
        | Node::Any(terms)
        | Node::Coalesce(terms) => constant(terms),
        Node::Convert(inner) | Node::Not(inner) | Node::HasMany(_, inner, _) | Node::In(inner, _, _) => {
            inner.constant().is_some()
        }
        Node::Choice(pairs, otherwise) => {
            otherwise.constant().is_some()
                && pairs.iter().all(|(condition, value)| condition.constant().is_some() && value.constant().is_some())
        }
        Node::Chain(first, rest) => {
            first.constant().is_some() && rest.iter().all(|(_, operand, _)| operand.constant().is_some())
        }
        Node::Compare(_, left, right) | Node::Text(_, _, left, right) => {
            left.constant().is_some() && right.constant().is_some()
        }
    };
    if !foldable {
        return typed;
    }
    let value = typed.value(&[]).into_owned();
    Typed::literal(value, typed.kind)
}
