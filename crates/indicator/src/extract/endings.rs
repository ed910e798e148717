//! Top-level domains that are also ends of file names or of fields: which name in plain text is a domain.

use crate::Domain;

/// Ends of file names that are top-level domains. A list cannot be right for all: `.pl`, `.cc`, `.in`, `.me`, `.app` are
/// left out, for more people mean the domain.
const FILES: [&str; 9] = ["cab", "md", "mov", "ps", "py", "rs", "sh", "so", "zip"];

/// Ends of fields in logs and code, and what stands before them: `user.name`, `event.id`.
const FIELD_ENDS: [&str; 8] = ["email", "group", "host", "id", "link", "name", "network", "data"];
const FIELD_STARTS: [&str; 36] = [
    "account",
    "agent",
    "alert",
    "app",
    "client",
    "cloud",
    "container",
    "destination",
    "device",
    "dns",
    "email",
    "error",
    "event",
    "file",
    "group",
    "host",
    "incident",
    "log",
    "obj",
    "object",
    "orchestrator",
    "organization",
    "os",
    "parent",
    "process",
    "rule",
    "request",
    "response",
    "self",
    "server",
    "service",
    "source",
    "this",
    "threat",
    "url",
    "user",
];

/// Programs of Windows whose names end in `.com`.
const PROGRAMS: [&str; 6] = ["chcp.com", "command.com", "diskcomp.com", "diskcopy.com", "graftabl.com", "loadfix.com"];

/// First labels that only hosts have.
const HOSTS: [&str; 13] =
    ["api", "cdn", "ftp", "login", "mail", "mx", "ns1", "ns2", "portal", "smtp", "vpn", "webmail", "www"];

/// Whether the name, found in plain text, is a domain. `says_host` looks at its neighbours, and is asked only in doubt.
pub(super) fn is_a_name(domain: &Domain, says_host: impl Fn() -> bool) -> bool {
    let name = domain.as_str();
    let first = name.split('.').next().unwrap_or(name);
    let is_registrable = domain.registrable().is_none_or(|registrable| registrable == name);
    // The names of Microsoft's own types: `#microsoft.graph.security.host`.
    if name.starts_with("microsoft.graph.") {
        return false;
    }
    // `id_rsa.pub`, `my_module.name`: no registry gives out a name with an underscore.
    if domain.registrable().unwrap_or(name).contains('_') {
        return false;
    }
    if is_registrable && FIELD_ENDS.contains(&domain.top()) && FIELD_STARTS.contains(&first) {
        return false;
    }
    if (FILES.contains(&domain.top()) && !is_below_a_registry(domain) && !HOSTS.contains(&first))
        || PROGRAMS.contains(&name)
    {
        return says_host();
    }
    true
}

/// Whether the name's last label ends file names as well, so that a reader should be told how it was read.
pub(crate) fn is_file_like(domain: &Domain) -> bool {
    FILES.contains(&domain.top()) && domain.as_str().matches('.').count() == 1
}

/// `www.example.com.py` stands below `com.py`, and no file is called so.
fn is_below_a_registry(domain: &Domain) -> bool {
    let suffix = psl::suffix_str(domain.as_str()).unwrap_or_default();
    suffix.contains('.') && suffix.len() < domain.as_str().len()
}

/// Whether a label is a top-level domain, in any letter case.
pub(super) fn is_known(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    psl::suffix(label.as_bytes()).is_some_and(|suffix| suffix.is_known())
}
