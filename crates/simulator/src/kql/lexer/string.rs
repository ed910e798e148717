//! Strings in quotes.

use super::{Kind, Lexer};
use crate::kql::{
    error::Error,
    value::{Type, Value},
};

impl Lexer<'_> {
    /// From one quote to the other; a verbatim string knows no escapes but the doubled quote.
    pub(super) fn string(&mut self, verbatim: bool) -> Result<Kind, Error> {
        let start = self.at;
        let mut characters = self.rest().char_indices();
        let Some((_, quote)) = characters.next() else {
            return Err(self.error(start));
        };
        let mut text = String::new();
        while let Some((at, c)) = characters.next() {
            if c == quote {
                if verbatim && characters.as_str().starts_with(quote) {
                    characters.next();
                    text.push(quote);
                    continue;
                }
                self.at = start + at + quote.len_utf8();
                return Ok(Kind::Literal(Value::String(text), Type::String));
            }
            match c {
                '\n' | '\r' => break,
                '\\' if !verbatim => {
                    let escaped = characters.next().and_then(|(_, c)| unescape(c, &mut characters));
                    text.push(escaped.ok_or_else(|| self.error(start))?);
                }
                c => text.push(c),
            }
        }
        Err(self.error(start))
    }
}

fn unescape(c: char, rest: &mut std::str::CharIndices<'_>) -> Option<char> {
    Some(match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        'a' => '\u{7}',
        '0' => '\0',
        '\\' | '"' | '\'' | '/' => c,
        'u' | 'x' => {
            let length = if c == 'u' { 4 } else { 2 };
            let mut code = 0;
            for _ in 0..length {
                code = code * 16 + rest.next()?.1.to_digit(16)?;
            }
            char::from_u32(code)?
        }
        _ => return None,
    })
}
