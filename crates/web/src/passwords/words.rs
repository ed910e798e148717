//! Words that somebody who guesses a password of this installation begins with.

use url::{Host, Url};

/// What is called so here: the product, the organisation's host, the person.
const PRODUCT: [&str; 4] = ["oriel", "sentinel", "defender", "microsoft"];

/// A shorter word is in many a good password by chance.
const SHORTEST: usize = 4;

/// Words that a password must not live on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// Those for a person of this name, where people reach the server at this address.
    pub fn of(name: &str, public_url: Option<&Url>) -> Words {
        let mut words = Words::default();
        for word in PRODUCT {
            words.add(word);
        }
        if let Some(Host::Domain(host)) = public_url.and_then(Url::host) {
            words.add(host);
        }
        words.and(name)
    }

    /// Another one: a name of the organisation.
    #[must_use]
    pub fn and(mut self, text: &str) -> Words {
        self.add(text);
        self
    }

    /// A text and the words that it is made of.
    fn add(&mut self, text: &str) {
        let text = text.trim().to_lowercase();
        let parts = text.split(|letter: char| !letter.is_alphanumeric());
        for word in std::iter::once(text.as_str()).chain(parts) {
            if word.chars().count() >= SHORTEST && !self.0.iter().any(|known| known == word) {
                self.0.push(word.to_owned());
            }
        }
        // The longest first: taking “kate” out of “kate.mulligan” would leave something that is not looked for.
        self.0.sort_by_key(|word| std::cmp::Reverse(word.len()));
    }

    /// Whether a password, in lower case, is little more than such words with digits and signs around.
    pub fn are_most_of(&self, lower: &str) -> bool {
        let rest = self.0.iter().fold(lower.to_owned(), |rest, word| rest.replace(word, ""));
        let letters = rest.chars().filter(|letter| letter.is_alphabetic()).count();
        rest.len() < lower.len() && (letters < SHORTEST || rest.chars().count() < 8)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("kate.mulligan", true)]
    #[case("kate.mulligan12", true)]
    #[case("mulligan-mulligan-2026", true)]
    #[case("kate.mulligan rides a bicycle", false)]
    #[case("oriel-2026-november!", false)]
    #[case("oriel2026!!!!", true)]
    #[case("contoso-contoso-1", true)]
    #[case("contoso and the sea", false)]
    #[case("fabrikam ag 2026", true)]
    #[case("a bicycle in the rain", false)]
    fn a_password_that_lives_on_names_of_this_place_is_seen(#[case] lower: &str, #[case] seen: bool) {
        let url: Url = "https://oriel.contoso.example/".parse().unwrap();
        let words = Words::of("Kate.Mulligan", Some(&url)).and("Fabrikam AG");
        assert_eq!(words.are_most_of(lower), seen, "{words:?}");
    }
}
