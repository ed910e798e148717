//! Why a query gives no rows, in Kusto's words.

/// What is wrong with a query. `Display` is the engine's message: what Log Analytics has as the innermost `message`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is no KQL, or KQL outside the subset's grammar. Log Analytics: `BadArgumentError` > `SyntaxError` > `SYN0002`.
    #[error("Query could not be parsed at '{token}' on line [{line},{position}]")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The character in the line, from 1.
        position: usize,
        /// What stands there; empty at the end.
        token: String,
    },
    /// The query is well-formed, but names something that is not there or mixes types.
    /// Log Analytics: `BadArgumentError` > `SemanticError` > the code.
    #[error("{message}")]
    Semantic {
        /// Kusto's code, such as `SEM0100` for a table or column that is not there.
        code: &'static str,
        /// Kusto's message.
        message: String,
    },
    /// The query would need more than the engine allows: nesting too deep, a result too large.
    #[error("{0}")]
    Limit(String),
}

impl Error {
    /// Kusto's code: `SYN0002`, `SEM0100` …
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "SYN0002",
            Self::Semantic { code, .. } => code,
            Self::Limit(_) => "E_QUERY_RESULT_SET_TOO_LARGE",
        }
    }

    /// The message as Graph's `runHuntingQuery` has it, under the code `BadRequest`.
    pub fn hunting_message(&self) -> String {
        match self {
            Self::Syntax { .. } => format!("{self}. Fix syntax errors in your query."),
            Self::Semantic { message, .. } => {
                format!("{}. Fix semantic errors in your query.", message.trim_end_matches('.'))
            }
            Self::Limit(message) => message.clone(),
        }
    }

    pub(super) fn semantic(code: &'static str, message: impl Into<String>) -> Self {
        Self::Semantic { code, message: message.into() }
    }
}
