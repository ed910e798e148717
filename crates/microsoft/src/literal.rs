//! The only values that may enter a query or a filter.

use std::net::IpAddr;

/// A value that is safe to quote: an address or its beginning, a name of `[a-z0-9_-]` labels and dots, or the same name as it
/// reads in other scripts. There is no further way to make one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Literal(String);

/// The text is no name: an empty label, or a character that is not a letter, a digit, `_` or `-`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value has characters that no domain name has, and is not put into a query")]
pub struct NotALiteral;

impl Literal {
    /// An address, in its canonical form.
    pub fn ip(address: IpAddr) -> Literal {
        Literal(address.to_string())
    }

    /// The spellings under which products write an address, its canonical form first: an IPv4 address also mapped into
    /// IPv6; an IPv6 address also with all eight groups, without and with their leading zeros.
    pub fn spellings(address: IpAddr) -> Vec<Literal> {
        let mut all = vec![Literal::ip(address)];
        let more = match address {
            IpAddr::V4(v4) => vec![v4.to_ipv6_mapped().to_string()],
            IpAddr::V6(v6) => {
                let groups = |write: fn(&u16) -> String| v6.segments().iter().map(write).collect::<Vec<_>>().join(":");
                vec![groups(|group| format!("{group:x}")), groups(|group| format!("{group:04x}"))]
            }
        };
        for spelling in more.into_iter().map(Literal) {
            if !all.contains(&spelling) {
                all.push(spelling);
            }
        }
        all
    }

    /// A name: lower-case labels of `[a-z0-9_-]`, separated by single dots, at most 253 bytes.
    pub fn name(name: &str) -> Result<Literal, NotALiteral> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        let fits = !name.is_empty() && name.len() <= 253;
        if fits && name.split('.').all(|label| !label.is_empty() && label.bytes().all(allowed)) {
            Ok(Literal(name.to_owned()))
        } else {
            Err(NotALiteral)
        }
    }

    /// How every network of the address's family that holds it begins, in each spelling: the first group and its
    /// separator, `203.` or `2001:`. True of prefixes from /8 (IPv4) and /16 (IPv6) on.
    pub fn beginnings(address: IpAddr) -> Vec<Literal> {
        match address {
            IpAddr::V4(v4) => vec![Literal(format!("{}.", v4.octets()[0]))],
            IpAddr::V6(v6) => {
                let first = v6.segments()[0];
                let mut all = vec![Literal(format!("{first:x}:")), Literal(format!("{first:04x}:"))];
                all.dedup();
                all
            }
        }
    }

    /// A name as it reads in Unicode, `bücher.example`: lower-case labels of letters, digits and the marks that belong to
    /// letters, `_` and `-`. No space, quotation mark, backslash or other punctuation passes, in whatever script.
    pub fn unicode_name(name: &str) -> Result<Literal, NotALiteral> {
        let allowed = |letter: char| match letter {
            '_' | '-' => true,
            _ if letter.is_ascii() => letter.is_ascii_lowercase() || letter.is_ascii_digit(),
            _ => letter.is_alphanumeric() || is_mark(letter),
        };
        let fits = !name.is_empty() && name.chars().count() <= 253;
        if fits && name.split('.').all(|label| !label.is_empty() && label.chars().all(allowed)) {
            Ok(Literal(name.to_owned()))
        } else {
            Err(NotALiteral)
        }
    }

    /// The bare value, for a path or a comparison.
    pub fn value(&self) -> &str {
        &self.0
    }

    /// The value as a quoted KQL string: `"` and `\` are escaped by a backslash.
    pub fn kql(&self) -> String {
        let mut text = String::with_capacity(self.0.len() + 2);
        text.push('"');
        for character in self.0.chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
        text
    }

    /// The value as a quoted OData string: `'` is doubled.
    pub fn odata(&self) -> String {
        format!("'{}'", self.0.replace('\'', "''"))
    }
}

/// Accents and the signs of Indic, Thai, Lao, Burmese, Khmer and Japanese writing that count as no letters by themselves.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17d3}')
        || matches!(letter, '\u{900}'..='\u{963}' | '\u{971}'..='\u{df3}' | '\u{e01}'..='\u{e4e}' | '\u{e81}'..='\u{ece}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_a_name_are_quoted_for_both_languages() {
        let name = Literal::name("_dmarc.bad-1.example").unwrap();
        assert_eq!(
            (name.kql().as_str(), name.odata().as_str()),
            ("\"_dmarc.bad-1.example\"", "'_dmarc.bad-1.example'")
        );
        let address = Literal::ip("2001:DB8:0::1".parse().unwrap());
        assert_eq!((address.kql().as_str(), address.odata().as_str()), ("\"2001:db8::1\"", "'2001:db8::1'"));
    }

    #[test]
    fn an_address_is_spelled_in_each_way_that_occurs_and_each_once() {
        let spelled = |address: &str| -> Vec<String> {
            Literal::spellings(address.parse().unwrap()).iter().map(|literal| literal.value().to_owned()).collect()
        };
        assert_eq!(spelled("203.0.113.7"), ["203.0.113.7", "::ffff:203.0.113.7"]);
        let full = ["2001:db8::7", "2001:db8:0:0:0:0:0:7", "2001:0db8:0000:0000:0000:0000:0000:0007"];
        assert_eq!(spelled("2001:DB8:0::7"), full);
        assert_eq!(spelled("1111:2222:3333:4444:5555:6666:7777:8888").len(), 1);
    }

    #[test]
    fn what_is_no_name_never_becomes_a_literal() {
        for text in [
            "",
            ".",
            "a..example",
            "a.example.",
            ".example",
            "o'brien.example",
            "x' or startswith(title,'",
            "a\".example",
            "a\\.example",
            "A.example",
            "bücher.example",
            "a b.example",
            "a\n.example",
            "*.example",
            "a/b",
            "a|take 1",
        ] {
            assert_eq!(Literal::name(text), Err(NotALiteral), "{text:?}");
        }
        assert!(Literal::name(&format!("{}.example", "a".repeat(250))).is_err());
    }

    #[test]
    fn a_name_in_another_script_is_letters_and_nothing_that_could_end_a_literal() {
        for name in ["bücher.example", "日本語.example", "हिन्दी.example", "_dmarc.пример.example"]
        {
            assert_eq!(Literal::unicode_name(name).unwrap().kql(), format!("\"{name}\""));
        }
        for text in [
            "",
            "bü..example",
            "bü\".example",
            "bü\\.example",
            "bü'.example",
            "bü’.example",
            "bü”.example",
            "bü＂.example",
        ]
        .into_iter()
        .chain([
            "bü cher.example",
            "bü\u{a0}.example",
            "bü\n.example",
            "bü\u{202e}.example",
            "bü/.example",
            "Bü.example",
        ]) {
            assert_eq!(Literal::unicode_name(text), Err(NotALiteral), "{text:?}");
        }
    }

    #[test]
    fn a_network_begins_as_its_addresses_do() {
        let begins = |address: &str| -> Vec<String> {
            Literal::beginnings(address.parse().unwrap()).iter().map(|literal| literal.value().to_owned()).collect()
        };
        assert_eq!(begins("203.0.113.9"), ["203."]);
        assert_eq!(begins("2001:db8::7"), ["2001:"]);
        assert_eq!(begins("64:ff9b::1"), ["64:", "0064:"]);
    }

    #[test]
    fn quoting_would_hold_even_for_what_cannot_be_constructed() {
        let hostile = Literal(r#"o'b"r\n"#.to_owned());
        assert_eq!(hostile.kql(), r#""o'b\"r\\n""#);
        assert_eq!(hostile.odata(), r#"'o''b"r\n'"#);
    }
}
