//! The question, the sources, the answers, the report.
//!
//! This crate has the words of a search and no way to carry one out by itself: it knows no vendor, no database and no
//! page. [`Source`] is what is asked, [`run`](run::run) asks all of them at once, and [`Report`](report::Report) is what
//! their answers come to.

pub mod answer;
pub mod assessment;
pub mod coverage;
pub mod csv;
pub mod document;
pub mod finding;
pub mod mask;
pub mod merge;
pub mod outcome;
pub mod own;
pub mod product;
pub mod question;
pub mod rank;
pub mod report;
pub mod run;
pub mod set_up;
pub mod source;
pub mod standing;
pub mod validation;

pub use answer::{Answer, Asked, Covered, Limit};
pub use finding::{Details, Field, Finding, FindingKind, Identity, Link, Place, Scheme, Severity};
pub use outcome::Outcome;
pub use product::Product;
pub use question::Question;
pub use report::Report;
pub use source::{Source, Sources, chosen};
pub use validation::{Attempt, Attempted, Check, CheckState, Follow, Status, Validation, Validator, Verdict};

#[cfg(test)]
mod made;
