//! What a query is made of, as it was written: names are not yet resolved.

use super::value::{Type, Value};

/// `let name = …;`, then the pipeline that gives the answer.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) lets: Vec<(String, Query)>,
    pub(super) answer: Query,
}

/// A source and what is done to it.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) source: Source,
    pub(super) operators: Vec<Operator>,
}

/// Where rows come from. A lone expression is also how a scalar is written.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Expression(Expression),
    Union(Union),
    Print(Vec<Named>),
    DataTable(Vec<(String, Type)>, Vec<Expression>),
}

/// One step of a pipeline.
#[derive(Debug, Clone)]
pub(super) enum Operator {
    Where(Expression),
    Extend(Vec<Named>),
    Project(Vec<Named>),
    ProjectAway(Vec<String>),
    ProjectKeep(Vec<String>),
    ProjectRename(Vec<(String, String)>),
    Summarize { aggregates: Vec<Named>, keys: Vec<Named> },
    Distinct(Option<Vec<Named>>),
    Sort(Vec<Order>),
    Top(Expression, Order),
    Take(Expression),
    Count,
    Join(Join),
    MvExpand { columns: Vec<Expansion>, limit: Option<Expression> },
    Union(Union),
}

impl Operator {
    /// The word that messages name it by.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Where(_) => "where",
            Self::Extend(_) => "extend",
            Self::Project(_) => "project",
            Self::ProjectAway(_) => "project-away",
            Self::ProjectKeep(_) => "project-keep",
            Self::ProjectRename(_) => "project-rename",
            Self::Summarize { .. } => "summarize",
            Self::Distinct(_) => "distinct",
            Self::Sort(_) => "sort",
            Self::Top(..) => "top",
            Self::Take(_) => "take",
            Self::Count => "count",
            Self::Join(_) => "join",
            Self::MvExpand { .. } => "mv-expand",
            Self::Union(_) => "union",
        }
    }
}

/// `union [isfuzzy=true] [kind=inner] [withsource=Name] T, (…)`.
#[derive(Debug, Clone)]
pub(super) struct Union {
    pub(super) legs: Vec<Query>,
    pub(super) fuzzy: bool,
    pub(super) inner: bool,
    pub(super) source_column: Option<String>,
}

/// How unmatched rows are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JoinKind {
    /// The default when none is named: one row of the left side a key.
    InnerUnique,
    Inner,
    LeftOuter,
    LeftSemi,
    LeftAnti,
}

/// `join kind=… (right) on …`.
#[derive(Debug, Clone)]
pub(super) struct Join {
    pub(super) kind: JoinKind,
    pub(super) right: Query,
    /// Column of the left side, column of the right side.
    pub(super) on: Vec<(String, String)>,
}

/// One column of `mv-expand`.
#[derive(Debug, Clone)]
pub(super) struct Expansion {
    pub(super) named: Named,
    /// `to typeof(…)`.
    pub(super) kind: Option<Type>,
}

/// `expression [asc|desc] [nulls first|last]`.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) by: Expression,
    pub(super) descending: bool,
    pub(super) nulls_first: bool,
}

/// `name = expression`, `(a, b) = expression`, or an expression alone.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) names: Vec<String>,
    pub(super) expression: Expression,
}

/// A sign between two numbers, instants or lengths of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// A comparison by order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A comparison of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextTest {
    EqualIgnoringCase,
    Has,
    HasPrefix,
    HasSuffix,
    Contains,
    StartsWith,
    EndsWith,
}

/// Chains are flat, so that a tree is never deeper than the parser went.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    Literal(Value, Type),
    Name(String),
    Star,
    /// `base.name[0].name`.
    Path(Box<Expression>, Vec<Step>),
    Call(String, Vec<Expression>),
    Negative(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Chain(Box<Expression>, Vec<(Arithmetic, Expression)>),
    Compare(Comparison, Box<Expression>, Box<Expression>),
    Text {
        test: TextTest,
        case: bool,
        negated: bool,
        left: Box<Expression>,
        right: Box<Expression>,
    },
    /// `has_any` and `has_all`.
    HasMany {
        all: bool,
        left: Box<Expression>,
        words: Vec<Expression>,
    },
    In {
        case: bool,
        negated: bool,
        left: Box<Expression>,
        list: Vec<Expression>,
    },
    Between {
        negated: bool,
        value: Box<Expression>,
        low: Box<Expression>,
        high: Box<Expression>,
    },
    /// A pipeline inside parentheses.
    Query(Box<Query>),
}

/// One step into a dynamic value.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Member(String),
    Index(Expression),
}
