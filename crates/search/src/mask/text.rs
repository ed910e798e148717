//! Names in a text that somebody wrote.

use super::names::pattern::{Letter, letters};
use super::names::{Names, folded, short};
use super::system::is_system;

mod written;

/// A piece of a text: still to be looked through, or as it is to stand.
pub(super) enum Piece {
    /// To be looked through.
    Open(String),
    /// A stand-in, or what is never masked.
    Done(String),
}

impl Names<'_> {
    /// Replaces every name in a text.
    pub fn mask(&self, text: &mut String) {
        type Step = fn(&Names<'_>, &str) -> Vec<Piece>;
        const STEPS: [Step; 5] = [
            |n, text| n.mailboxes(text),
            |n, text| n.folders(text),
            |n, text| n.logons(text),
            |n, text| n.spare(text),
            |n, text| n.known(text),
        ];
        let mut pieces = vec![Piece::Open(std::mem::take(text))];
        for step in STEPS {
            let looked = pieces.into_iter().flat_map(|piece| match piece {
                Piece::Open(open) => step(self, &open),
                done => vec![done],
            });
            pieces = looked.collect();
        }
        for piece in pieces {
            let (Piece::Open(piece) | Piece::Done(piece)) = piece;
            text.push_str(&piece);
        }
    }

    /// Sets aside what was searched, so that a name in it does not spoil it.
    fn spare(&self, text: &str) -> Vec<Piece> {
        let all = letters(text);
        let kept = |at: usize| {
            let is_whole = |letter: Option<&Letter>| {
                letter.is_none_or(|letter| !letter.folded.is_alphanumeric() && letter.folded != '-')
            };
            let form = self.kept.iter().find(|form| {
                let there = all.get(at..at + form.len());
                there.is_some_and(|there| there.iter().map(|letter| &letter.folded).eq(form.iter()))
            })?;
            let end = at + form.len();
            let before = at.checked_sub(1).and_then(|before| all.get(before));
            (is_whole(before) && is_whole(all.get(end))).then_some((end, None))
        };
        divide(text, &all, kept)
    }

    /// Replaces the names that are known.
    fn known(&self, text: &str) -> Vec<Piece> {
        let all = letters(text);
        divide(text, &all, |at| self.at(&all, at).map(|(end, stand_in)| (end, Some(stand_in.to_owned()))))
    }

    /// The stand-in of a name that is written in a text, unless it is a system's own.
    fn written(&self, name: &str) -> Option<String> {
        let short = folded(short(name));
        (!short.is_empty() && !is_system(&short)).then(|| self.masker.person(name))
    }
}

/// Divides a text at what `found` finds: it is given the place of a letter, and says at which letter the find ends and what
/// stands in for it; nothing, if it is to stay as it is.
fn divide(text: &str, all: &[Letter], found: impl Fn(usize) -> Option<(usize, Option<String>)>) -> Vec<Piece> {
    let (mut pieces, mut open, mut at) = (Vec::new(), 0, 0);
    while at < all.len() {
        let Some((end, stand_in)) = found(at).filter(|(end, _)| *end > at) else {
            at += 1;
            continue;
        };
        let (begin, finish) = (all[at].begin, all[end - 1].end);
        if begin > open {
            pieces.push(Piece::Open(text[open..begin].to_owned()));
        }
        pieces.push(Piece::Done(stand_in.unwrap_or_else(|| text[begin..finish].to_owned())));
        (open, at) = (finish, end);
        // A letter that folds to several stands for the same bytes.
        while all.get(at).is_some_and(|letter| letter.begin < open) {
            at += 1;
        }
    }
    if open < text.len() {
        pieces.push(Piece::Open(text[open..].to_owned()));
    }
    pieces
}
