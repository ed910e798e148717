//! One name in a text of Oriel's own: found, and replaced.

use super::names::pattern::{Letter, Pattern, letters};
use super::names::{ITS_OWN, folded, short, words};

/// The ways in which one person is written.
pub struct Name(Vec<Pattern>);

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Name").finish_non_exhaustive()
    }
}

impl Name {
    /// Reads a name as it is known: a UPN, a mail address, `DOMAIN\user`, the name of an account. Only the whole of it
    /// counts, and the part without its domain where that has six letters or more: a shorter one is other people's too.
    pub fn new(name: &str, stand_in: &str) -> Name {
        let mut patterns = vec![Pattern::exactly(&folded(name), stand_in.to_owned(), false)];
        let words = words(&folded(short(name)));
        if words.iter().map(|word| word.chars().count()).sum::<usize>() >= ITS_OWN {
            patterns.push(Pattern::loosely(&words, stand_in.to_owned()));
        }
        Name(patterns.into_iter().filter(|pattern| pattern.first().is_some()).collect())
    }

    /// Whether the person is named in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let all = letters(text);
        (0..all.len()).any(|at| self.ends(&all, at).is_some())
    }

    /// The text with the stand-in in the place of the name; nothing if the name is not in it.
    pub fn replaced(&self, text: &str) -> Option<String> {
        let all = letters(text);
        let (mut out, mut open, mut at, mut any) = (String::with_capacity(text.len()), 0, 0, false);
        while at < all.len() {
            match self.ends(&all, at).filter(|_| all[at].begin >= open) {
                Some((end, stand_in)) => {
                    out.push_str(&text[open..all[at].begin]);
                    out.push_str(stand_in);
                    (open, at, any) = (all[end - 1].end, end, true);
                }
                None => at += 1,
            }
        }
        out.push_str(&text[open..]);
        any.then_some(out)
    }

    /// The same in every text of a JSON value. Whether there was one.
    pub fn replace_in(&self, value: &mut serde_json::Value) -> bool {
        match value {
            serde_json::Value::String(text) => match self.replaced(text) {
                Some(replaced) => {
                    *text = replaced;
                    true
                }
                None => false,
            },
            serde_json::Value::Array(items) => {
                items.iter_mut().map(|item| self.replace_in(item)).filter(|replaced| *replaced).count() > 0
            }
            serde_json::Value::Object(members) => {
                members.values_mut().map(|value| self.replace_in(value)).filter(|replaced| *replaced).count() > 0
            }
            _ => false,
        }
    }

    /// Where the longest form that begins here ends.
    fn ends<'n>(&'n self, all: &[Letter], at: usize) -> Option<(usize, &'n str)> {
        let found = self.0.iter().filter_map(|pattern| Some((pattern.ends(all, at)?, pattern.stand_in.as_str())));
        found.max_by_key(|(end, _)| *end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_name_is_found_and_a_short_part_of_it_is_not() {
        let berg = Name::new("Anna.Berg@northwind.example", "X");
        assert_eq!(berg.replaced("By anna.berg@NORTHWIND.example, Anna Berg").as_deref(), Some("By X, X"));
        assert_eq!(berg.replaced("annabel@northwind.example"), None);
        let al = Name::new("al@northwind.example", "X");
        assert!(
            al.is_in("al@northwind.example")
                && !al.is_in("al, total, val@northwind.example.net and sal@northwind.example")
        );
        let plain = Name::new("al", "X");
        assert_eq!(plain.replaced("Al saw a total for al").as_deref(), Some("X saw a total for X"));
        assert!(!Name::new("", "X").is_in("anything"));
    }

    #[test]
    fn every_text_of_a_value_is_looked_through() {
        let mut value = serde_json::json!({"by": {"name": "anna.berg"}, "list": ["x", "ANNA.BERG"], "n": 1});
        assert!(Name::new("anna.berg", "X").replace_in(&mut value));
        assert_eq!(value, serde_json::json!({"by": {"name": "X"}, "list": ["x", "X"], "n": 1}));
        assert!(!Name::new("otto.wald", "X").replace_in(&mut value));
    }
}
