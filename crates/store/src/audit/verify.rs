//! Whether the chain holds.

use super::chain::{BEFORE_THE_FIRST, Digest, content_hash, hash, hex};
use super::head;
use super::read::{Exported, after};
use crate::{Db, Error};

/// What was found of a chain that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holds {
    /// How many entries it has.
    pub entries: i64,
    /// Of how many the content is gone.
    pub without_content: i64,
    /// Number and hash of the newest entry.
    pub head: (i64, String),
}

/// Where and why a chain does not hold, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Broken {
    /// The number of the entry.
    pub number: i64,
    /// What is wrong there.
    pub words: String,
}

/// A point of the chain that was noted elsewhere: number and hash.
pub type Anchor = (i64, String);

/// Looks at entries one after the other.
pub struct Checker {
    number: i64,
    hash: Digest,
    without_content: i64,
    anchor: Option<Anchor>,
    met: bool,
}

impl Checker {
    /// Before the first entry. The anchor's entry has to be there and have the anchor's hash.
    pub fn new(anchor: Option<Anchor>) -> Checker {
        Checker { number: 0, hash: BEFORE_THE_FIRST, without_content: 0, met: anchor.is_none(), anchor }
    }

    /// The next entry.
    pub fn next(&mut self, entry: &Exported) -> Result<(), Broken> {
        let number = self.number + 1;
        let broken = |words: String| Err(Broken { number, words });
        if entry.number != number {
            return broken(format!("Entry {number} is missing: entry {} stands in its place.", entry.number));
        }
        if let Some(content) = &entry.content {
            let salt = entry.salt.as_deref().and_then(unhex).unwrap_or_default();
            if hex(&content_hash(&salt, content)) != entry.content_hash {
                return broken(format!("Entry {number} does not say what it said when it was written."));
            }
        } else {
            self.without_content += 1;
        }
        let Some(content_hash) = unhex(&entry.content_hash) else {
            return broken(format!("Entry {number} has no readable hash."));
        };
        let hash = hash(&self.hash, number, entry.happened_at_us, &content_hash);
        if hex(&hash) != entry.hash {
            return broken(format!("Entry {number} does not follow from the one before: one of the two was changed."));
        }
        if let Some((at, noted)) = &self.anchor
            && *at == number
        {
            if !noted.eq_ignore_ascii_case(&entry.hash) {
                return broken(format!("Entry {number} has another hash than was noted: the chain was written anew."));
            }
            self.met = true;
        }
        (self.number, self.hash) = (number, hash);
        Ok(())
    }

    /// After the last entry.
    pub fn end(self) -> Result<Holds, Broken> {
        match &self.anchor {
            Some((at, _)) if !self.met => Err(Broken {
                number: self.number,
                words: format!(
                    "Entry {at} was noted, and the chain ends with entry {}: its end was cut off.",
                    self.number
                ),
            }),
            _ => Ok(Holds {
                entries: self.number,
                without_content: self.without_content,
                head: (self.number, hex(&self.hash)),
            }),
        }
    }
}

/// Looks at the whole chain of a database, while others go on writing.
pub async fn chain(db: &Db, anchor: Option<Anchor>) -> Result<Result<Holds, Broken>, Error> {
    // What is written after this moment is not looked at.
    let (last, noted) = head(db).await?;
    let mut checker = Checker::new(anchor);
    'all: loop {
        let rows = after(db, checker.number).await?;
        let Some(newest) = rows.last().map(|row| row.number) else { break };
        for row in rows {
            if row.number > last {
                break 'all;
            }
            if let Err(broken) = checker.next(&Exported::from(row)) {
                return Ok(Err(broken));
            }
        }
        if newest >= last {
            break;
        }
    }
    let (number, hash) = (checker.number, hex(&checker.hash));
    if (number, &hash) != (last, &noted) {
        let words = format!("The chain ends with entry {number}, and its end was noted as entry {last}.");
        return Ok(Err(Broken { number, words }));
    }
    Ok(checker.end())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
