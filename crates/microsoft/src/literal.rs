//! The only values that may enter a query or a filter.

use std::net::IpAddr;

/// A value that is safe to quote: an address, or a name of `[a-z0-9_-]` labels and dots. There is no third way to make one.
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
    fn quoting_would_hold_even_for_what_cannot_be_constructed() {
        let hostile = Literal(r#"o'b"r\n"#.to_owned());
        assert_eq!(hostile.kql(), r#""o'b\"r\\n""#);
        assert_eq!(hostile.odata(), r#"'o''b"r\n'"#);
    }
}
