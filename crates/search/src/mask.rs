//! People in a report, replaced by stand-ins: the same person is the same stand-in everywhere, and no name is left.
//!
//! A stand-in is `person-` and eight hex digits of a keyed digest, so that nobody without the key can try names. What is
//! keyed is the name's letters and digits alone, without domain and case: `NORTHWIND\anna.berg`, `Anna.Berg@northwind.example`
//! and "Anna Berg" are one person. Two people whose names are the same before the `@` are one stand-in; that tells
//! less, and never more.
//!
//! Names are known from the fields that hold them (accounts, whom an incident is assigned to, who listed an entry, and
//! in raw records the members that Microsoft names so), and from the way they are written in a text (mail addresses,
//! `DOMAIN\user`, folders of users). Each is then replaced wherever it occurs: in titles, descriptions, labels, links,
//! reasons and raw records. Devices that carry an account's name have a stand-in of their own, `device-…`. What is left
//! alone is the indicator itself, and words that Microsoft chooses from a list.

use std::sync::Arc;

use crate::{Answer, Report};

mod finding;
mod names;
mod one;
mod raw;
mod system;
mod text;

use names::Names;
pub use one::Name;

/// Makes stand-ins.
#[derive(Clone)]
pub struct Masker {
    /// At least eight hex digits that the same text always has, and that nobody without the key can compute.
    digest: Arc<dyn Fn(&str) -> String + Send + Sync>,
}

impl std::fmt::Debug for Masker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Masker").finish_non_exhaustive()
    }
}

impl Masker {
    /// A masker over a keyed digest, such as HMAC-SHA256 in hex.
    pub fn new(digest: impl Fn(&str) -> String + Send + Sync + 'static) -> Masker {
        Masker { digest: Arc::new(digest) }
    }

    /// The stand-in of a person, by any form of the name. White space and letter case make no other person.
    pub fn person(&self, name: &str) -> String {
        self.stand_in("person", &names::key(name))
    }

    /// A keyed digest of any text, in full: by it something is known again that is kept nowhere.
    pub fn mark(&self, text: &str) -> String {
        (self.digest)(&format!("mark\0{text}"))
    }

    fn device(&self, label: &str) -> String {
        self.stand_in("device", &names::folded(label))
    }

    fn stand_in(&self, kind: &str, key: &str) -> String {
        let digest = (self.digest)(&format!("{kind}\0{key}"));
        let digits: String = digest.chars().take(8).collect();
        format!("{kind}-{digits}")
    }

    /// The same report without a name of a person. It says so itself: [`Report::masked`]. `beside` are answers on the same
    /// value that are not in the report: a name that one of them tells is replaced too.
    pub fn report(&self, report: &Report, beside: &[Answer]) -> Report {
        let names = Names::of(report, beside, self);
        let mut masked = report.clone();
        masked.masked = true;
        for finding in &mut masked.findings {
            finding::mask(finding, &names);
        }
        for answer in &mut masked.answers {
            for finding in &mut answer.findings {
                finding::mask(finding, &names);
            }
            for text in answer.reason.iter_mut().chain(&mut answer.remedy).chain(&mut answer.remedy_link) {
                names.mask(text);
            }
            for (_, value) in &mut answer.evidence {
                names.mask(value);
            }
            for record in &mut answer.raw {
                raw::mask(record, &names);
            }
        }
        names.mask(&mut masked.assessment.sentence);
        for detail in masked.assessment.reasons.iter_mut().filter_map(|reason| reason.detail.as_mut()) {
            names.mask(detail);
        }
        masked
    }
}

#[cfg(test)]
mod tests;
