//! What may stay in a transcript: members whose texts come from lists of Microsoft's, and texts that are times or numbers.

use jiff::Timestamp;

/// Media types that say how an answer is to be read.
pub(super) const MEDIA_TYPES: [&str; 4] = ["application/json", "application/problem+json", "text/html", "text/plain"];

/// Members (in lower case) whose texts come from a closed list of Microsoft's: enumerations, error codes, names of products,
/// and what discovery says of a cloud. Vendors, products, categories, roles and states of places are none: whoever makes an
/// alert of their own writes what they like there.
const CLOSED: [&str; 62] = [
    "@odata.type",
    "action",
    "actiontype",
    "appidacr",
    "azpacr",
    "claims_supported",
    "classification",
    "client_assertion_type",
    "cloud_graph_host_name",
    "cloud_instance_name",
    "code",
    "confidence",
    "confidencelevel",
    "datatype",
    "detailedroles",
    "detectionsource",
    "detectionstatus",
    "determination",
    "direction",
    "entitytype",
    "error",
    "evidencedirection",
    "evidencerole",
    "grant_type",
    "healthstatus",
    "id_token_signing_alg_values_supported",
    "idtyp",
    "investigationstate",
    "kind",
    "mitretechniques",
    "msgraph_host",
    "osplatform",
    "part",
    "prevalencestate",
    "rbac_url",
    "remediationstatus",
    "request_uri_parameter_supported",
    "response_modes_supported",
    "response_types_supported",
    "riskscore",
    "roles",
    "scopes_supported",
    "scp",
    "serviceproduct",
    "servicesource",
    "severity",
    "severityname",
    "sourcesystem",
    "status",
    "subject_types_supported",
    "suberror",
    "tactics",
    "techniques",
    "tenant_region_scope",
    "tenant_region_sub_scope",
    "tlplevel",
    "token_endpoint_auth_methods_supported",
    "token_type",
    "type",
    "ver",
    "verdict",
    "$table",
];

/// Whether a vendor, product or provider is one of Microsoft's own names; any other is somebody's own word.
pub(super) fn is_microsofts(name: &str, text: &str) -> bool {
    const MEMBERS: [&str; 6] =
        ["vendor", "vendorname", "provider", "providername", "productname", "productcomponentname"];
    const NAMES: [&str; 14] = [
        "Microsoft",
        "Microsoft Sentinel",
        "Azure Sentinel",
        "Scheduled Alerts",
        "ASI Scheduled Alerts",
        "NRT Alerts",
        "MDATP",
        "Microsoft Defender for Endpoint",
        "Microsoft Defender for Office 365",
        "Microsoft Defender for Identity",
        "Microsoft Defender for Cloud Apps",
        "Microsoft Defender Advanced Threat Protection",
        "Microsoft Defender XDR",
        "Microsoft 365 Defender",
    ];
    MEMBERS.contains(&name.to_ascii_lowercase().as_str()) && NAMES.contains(&text)
}

/// Whether this member says where on earth something is, or whose network it is in.
pub(super) fn is_place(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "latitude" | "longitude" | "altitude" | "postalcode" | "asn")
}

/// Whether the texts of this member come from a closed list.
pub(super) fn is_closed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    CLOSED.contains(&name.as_str())
}

/// Members in whose value the tenant chooses the names.
pub(super) fn is_dictionary(name: &str) -> bool {
    const DICTIONARIES: [&str; 8] = [
        "additionaldata",
        "additionalproperties",
        "customdetails",
        "customproperties",
        "dictionary",
        "extendedlinks",
        "extendedproperties",
        "properties",
    ];
    DICTIONARIES.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a member of an error is prose.
pub(super) fn is_prose(name: &str) -> bool {
    const PROSE: [&str; 7] = ["message", "error_description", "description", "detail", "details", "reason", "title"];
    PROSE.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a member's name is one that a schema of Microsoft's could hold. Columns that a tenant adds end in `_CF`, `_s` and
/// the like.
pub(super) fn is_schema_name(name: &str) -> bool {
    let annotation = name.strip_prefix("@odata.").or_else(|| name.strip_prefix("odata.")).unwrap_or(name);
    let annotation = annotation.strip_prefix('$').unwrap_or(annotation);
    let custom = ["_CF", "_s", "_d", "_b", "_g", "_t", "_l"].iter().any(|end| annotation.ends_with(end));
    let letters = annotation.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    let digits = annotation.bytes().filter(u8::is_ascii_digit).count();
    letters
        && !custom
        && annotation.len() <= 48
        && digits <= 4
        && annotation.starts_with(|one: char| one.is_ascii_alphabetic())
}

/// Whether a text could be a member of a list of words: no name with a dot but a permission or a type, no address, no
/// sentence.
pub(super) fn is_word(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-/:#.()".contains(&byte));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let dotted = !text.contains('.') || is_permission(text) || is_type(text) || is_number(text);
    plain && dotted && digits <= 8 && text.len() <= 64 && text.split(' ').count() <= 6
}

/// `#microsoft.graph.security.ipEvidence`, `Microsoft.OperationalInsights`.
pub(super) fn is_type(text: &str) -> bool {
    const ROOTS: [&str; 7] = [
        "microsoft.graph",
        "Collection(microsoft.graph",
        "Microsoft.OperationalInsights",
        "Microsoft.SecurityInsights",
        "Microsoft.Insights",
        "Microsoft.Security",
        "System.",
    ];
    let text = text.trim_start_matches('#');
    ROOTS.iter().any(|root| text.starts_with(root))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./()_".contains(&byte))
}

/// `SecurityAlert.Read.All`: a permission by its verb, so that `Contoso.Com` is none.
pub(super) fn is_permission(text: &str) -> bool {
    const VERBS: [&str; 13] = [
        "Read",
        "ReadBasic",
        "ReadWrite",
        "Write",
        "Create",
        "Manage",
        "Send",
        "Scan",
        "Isolate",
        "Offboard",
        "LiveResponse",
        "CollectForensics",
        "StopAndQuarantine",
    ];
    let parts: Vec<&str> = text.split('.').collect();
    let words = parts
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    let ends = parts.get(2).is_none_or(|end| ["All", "Group", "OwnedBy", "Selected", "Shared"].contains(end));
    let verb = parts.get(1).is_some_and(|verb| VERBS.contains(verb) || *verb == "RestrictExecution");
    words && verb && ends && parts.len() <= 3 && text.len() <= 80
}

/// A time, a period, a number, or nothing.
pub(super) fn is_moment(text: &str) -> bool {
    let text = text.trim();
    let is_time = || {
        let bytes = text.as_bytes();
        bytes.len() >= 10
            && bytes.iter().take(4).all(u8::is_ascii_digit)
            && (text.parse::<Timestamp>().is_ok()
                || text.parse::<jiff::civil::DateTime>().is_ok()
                || text.parse::<jiff::civil::Date>().is_ok())
    };
    let is_period = || {
        text.starts_with('P')
            && text.len() <= 24
            && text.bytes().all(|byte| byte.is_ascii_digit() || b"PTYMWDHS.".contains(&byte))
    };
    let is_http_date = || jiff::fmt::rfc2822::parse(&text.replace("GMT", "+0000")).is_ok();
    text.is_empty() || text == "?1" || is_number(text) || is_time() || is_period() || is_http_date()
}

/// At most nine digits: more could be a phone, an account or an id.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.bytes().filter(|byte| !byte.is_ascii_digit()).count();
    (1..=9).contains(&digits) && (rest == 0 || (rest == 1 && text.contains(['.', '-', '%'])))
}
