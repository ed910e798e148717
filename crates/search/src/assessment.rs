//! One sentence on an indicator, from findings only.

/// How bad. There is no level that says good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Somebody named says malicious.
    Malicious,
    /// Somebody named says suspicious.
    Suspicious,
    /// Seen, and nobody judged it.
    Seen,
    /// Everything that weighs was asked and knows nothing.
    NothingKnown,
    /// Something that weighs was not answered.
    CannotSay,
}

/// Oriel's sentence and the rules that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// How bad.
    pub level: Level,
    /// The sentence, naming who says so.
    pub sentence: String,
    /// Every rule, whether it spoke, and what it said: the page's "why?".
    pub reasons: Vec<Reason>,
}

/// One rule of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule in words: "An open alert of high severity names it as attacker".
    pub rule: String,
    /// Whether it spoke.
    pub spoke: bool,
    /// What it found, where it spoke.
    pub detail: Option<String>,
}
