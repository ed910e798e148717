//! What of an input the canonical form does not show.

use std::fmt;
use std::net::Ipv6Addr;

/// Something about the input that the canonical form does not show. Its text is a clause for the page and the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It was written so that no program makes a link of it.
    Defanged,
    /// Characters that show nothing stood in it.
    Invisible,
    /// It is the host of a link; path and query are not searched.
    HostOfLink,
    /// A port, left aside.
    Port(String),
    /// A user's name, perhaps with a password, stood before the host.
    Userinfo,
    /// A backslash ends the host for browsers; other programs may go elsewhere.
    Decoy,
    /// The IPv6 form of an IPv4 address.
    Mapped(Ipv6Addr),
    /// An IPv4 address in a spelling that only browsers read.
    Disguised(String),
    /// The zone of a link-local address, cut off.
    Zone(String),
    /// A mail filter had wrapped the link.
    Wrapped(&'static str),
    /// A dot stood before the name, which elsewhere means "and everything below".
    LeadingDot,
    /// It was the only indicator in a longer text.
    InText,
    /// Anyone may register names below it.
    PublicSuffix(String),
    /// Its last label is no top-level domain that is known.
    UnknownEnd(String),
    /// Its last label is a top-level domain and an end of file names.
    AlsoFile(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Defanged => f.write_str("read from a defanged spelling"),
            Note::Invisible => f.write_str("invisible characters left aside"),
            Note::HostOfLink => f.write_str("the host of a link; path and query left aside"),
            Note::Port(port) => write!(f, "port {port} left aside"),
            Note::Userinfo => f.write_str("userinfo present before the host, any password masked"),
            Note::Decoy => {
                f.write_str("a backslash ends the host for browsers; other programs may open the name after it")
            }
            Note::Mapped(form) => write!(f, "mapped form {form}"),
            Note::Disguised(written) => write!(f, "written as {written}, which browsers read as this address"),
            Note::Zone(zone) => write!(f, "zone {zone} cut off"),
            Note::Wrapped(by) => write!(f, "wrapped by {by}"),
            Note::LeadingDot => f.write_str("the dot before the name left aside; names below it are not searched"),
            Note::InText => f.write_str("the only indicator in the text"),
            Note::PublicSuffix(name) => {
                write!(f, "{name} is a public suffix, below which anyone may register; searched as typed")
            }
            Note::UnknownEnd(end) => {
                write!(f, "“.{end}” is not on the list of public top-level domains; searched as typed")
            }
            Note::AlsoFile(end) => write!(f, "“.{end}” also ends file names; read as a domain"),
        }
    }
}
