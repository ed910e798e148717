//! A name as it is looked for in a text.

/// One folded letter of a text, and the bytes of the text that it stands for.
#[derive(Clone, Copy, Debug)]
pub(in crate::mask) struct Letter {
    /// The letter in lower case.
    pub folded: char,
    /// Where in the text the letter begins that it was folded from.
    pub begin: usize,
    /// Where that ends.
    pub end: usize,
}

/// A text as folded letters.
pub(in crate::mask) fn letters(text: &str) -> Vec<Letter> {
    let each = |(begin, letter): (usize, char)| {
        let end = begin + letter.len_utf8();
        letter.to_lowercase().map(move |folded| Letter { folded, begin, end })
    };
    text.char_indices().flat_map(each).collect()
}

/// Whether a word ends before or after this letter.
fn is_edge(letter: Option<&Letter>) -> bool {
    letter.is_none_or(|letter| !letter.folded.is_alphanumeric())
}

/// A name, and what stands in for it.
pub(in crate::mask) struct Pattern {
    /// The words of the name, folded.
    words: Vec<Vec<char>>,
    /// What stands in for it.
    pub stand_in: String,
    /// Whether it is replaced inside of longer words too.
    anywhere: bool,
}

impl Pattern {
    /// The very name, also with what separates its words.
    pub fn exactly(name: &str, stand_in: String, anywhere: bool) -> Pattern {
        Pattern { words: vec![name.chars().collect()], stand_in, anywhere }
    }

    /// The words of a name, whatever separates them: "anna.berg", "Anna Berg", "annaberg".
    pub fn loosely(words: &[String], stand_in: String) -> Pattern {
        Pattern { words: words.iter().map(|word| word.chars().collect()).collect(), stand_in, anywhere: true }
    }

    /// The letter it begins with.
    pub fn first(&self) -> Option<char> {
        self.words.first()?.first().copied()
    }

    /// Where the name ends, if it begins at this letter.
    pub fn ends(&self, text: &[Letter], at: usize) -> Option<usize> {
        if !self.anywhere && at > 0 && !is_edge(text.get(at - 1)) {
            return None;
        }
        let mut here = at;
        for (number, word) in self.words.iter().enumerate() {
            if number > 0 {
                let between = |letter: &&Letter| matches!(letter.folded, '.' | '_' | '-' | ' ' | ',' | '+' | '\'');
                here += text[here..].iter().take(2).take_while(between).count();
            }
            let there = text.get(here..here + word.len())?;
            if there.iter().map(|letter| &letter.folded).ne(word) {
                return None;
            }
            here += word.len();
        }
        (self.anywhere || is_edge(text.get(here))).then_some(here)
    }
}
