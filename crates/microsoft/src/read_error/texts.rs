//! Phrases by which Microsoft says things that have no code of their own.

/// The two lists of "Missing application roles. API required roles: A, B, application roles: C.": what would do, and what the
/// token has.
pub(super) fn roles(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (_, rest) = text.split_once("API required roles:")?;
    let (required, held) = match rest.split_once("application roles:") {
        Some((required, held)) => (required, held.lines().next().unwrap_or_default()),
        None => (rest.lines().next().unwrap_or_default(), ""),
    };
    let list = |text: &str| -> Vec<String> {
        text.split(',')
            .map(|role| role.trim().trim_end_matches('.').trim())
            .filter(|role| !role.is_empty())
            .map(str::to_owned)
            .collect()
    };
    Some((list(required), list(held)))
}

/// The table in "Failed to resolve table or column expression named 'X'". The operator named before it varies, and so does the
/// wording; a scalar that does not resolve is another fault.
pub(super) fn missing_table(text: &str) -> Option<String> {
    const WORDINGS: [&str; 3] = [
        "resolve table or column expression named '",
        "resolve table expression named '",
        "resolve tabular function named '",
    ];
    let rest = WORDINGS.iter().find_map(|wording| Some(text.split_once(wording)?.1))?;
    let name = rest.split('\'').next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// Whether the tenant lacks the licence, or the product is not set up. `text` is in lower case.
pub(super) fn says_unlicensed(text: &str, code: &str) -> bool {
    const PHRASES: [&str; 8] = [
        "reason of failure:",
        "account is not provisioned",
        "account mode is inactive",
        "no tvm license",
        "license is required",
        "does not have a valid license",
        "not licensed",
        "not subscribed to the service",
    ];
    code == "DisabledFeature" || PHRASES.iter().any(|phrase| text.contains(phrase))
}

/// Whether the call was switched off. `text` is in lower case.
pub(super) fn says_retired(text: &str) -> bool {
    const PHRASES: [&str; 5] =
        ["has been retired", "is retired", "no longer supported", "has been discontinued", "has been decommissioned"];
    PHRASES.iter().any(|phrase| text.contains(phrase))
}
