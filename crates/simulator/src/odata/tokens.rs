//! The words of a `$filter`.

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A property's path, an operator, or a literal without quotes: `lastUpdateDateTime`, `ge`, `2026-11-25T02:00:00Z`.
    Word(String),
    /// Text in single quotes, in which a quote is written twice.
    Text(String),
    Open,
    Close,
    Colon,
    Comma,
}

/// Cuts a filter into words.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        tokens.push(match letter {
            ' ' | '\t' => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            ':' => Token::Colon,
            '\'' => {
                let mut held = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.peek() == Some(&'\'') => {
                            letters.next();
                            held.push('\'');
                        }
                        Some('\'') => break,
                        Some(letter) => held.push(letter),
                        None => {
                            return Err(format!(
                                "There is an unterminated string literal at position {} in '{text}'.",
                                text.len()
                            ));
                        }
                    }
                }
                Token::Text(held)
            }
            first if first.is_ascii_alphanumeric() || "_@-+".contains(first) => {
                let mut word = String::from(first);
                // A date holds colons; a name ends at one (`any(a:a/…)`).
                let in_date = first.is_ascii_digit();
                while let Some(next) = letters.peek() {
                    let part = next.is_ascii_alphanumeric() || "_@-+./".contains(*next) || (in_date && *next == ':');
                    if !part {
                        break;
                    }
                    word.push(*next);
                    letters.next();
                }
                Token::Word(word)
            }
            other => return Err(format!("Syntax error: character '{other}' is not valid at this place in '{text}'.")),
        });
    }
    Ok(tokens)
}
