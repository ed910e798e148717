//! What headers say about a list: that it is partial, and that the call is about to go.

use reqwest::header::HeaderMap;

/// Why a list is partial: status 206, or a `Warning` with code 199. The classic alerts name there each provider that did not
/// answer, as `199 - "Vendor/Provider/Status/Milliseconds"`.
pub(super) fn partial(status: u16, headers: &HeaderMap) -> Vec<String> {
    let warnings = headers.get_all("warning").iter().filter_map(|value| value.to_str().ok());
    let mut reasons: Vec<String> = warnings.flat_map(warning_texts).collect();
    if reasons.is_empty() && status == 206 {
        reasons.push("Microsoft says that the answer is partial".to_owned());
    }
    reasons
}

/// The quoted texts of a header that may hold several warnings.
fn warning_texts(value: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.find("199 ") {
        rest = rest.get(start + 4..).unwrap_or_default();
        let quoted = rest.split_once('"').and_then(|(_, rest)| rest.split_once('"'));
        let (text, after) = quoted.unwrap_or_else(|| rest.split_once(',').unwrap_or((rest, "")));
        texts.push(warning_words(text.trim().trim_start_matches("- ")));
        rest = after;
    }
    texts
}

fn warning_words(text: &str) -> String {
    match text.split('/').collect::<Vec<_>>().as_slice() {
        [vendor, provider, "504", _] => format!("the provider {vendor} {provider} did not answer in time"),
        [vendor, provider, status, _] => format!("the provider {vendor} {provider} answered with status {status}"),
        _ => format!("Microsoft warns: {text}"),
    }
}

/// The announcement in `Deprecation` and `Sunset`, if there is one.
pub(super) fn deprecated(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    match (text("sunset"), text("deprecation")) {
        (Some(date), _) => Some(format!("Microsoft announces that this call ends on {date}")),
        (None, Some(since)) if since != "?0" => Some("Microsoft announces that this call will end".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_warning_names_each_provider_that_did_not_answer() {
        let check = |status, value: &[(&'static str, &'static str)], expected: &[&str]| {
            assert_eq!(partial(status, &headers(value)), expected, "{value:?}");
        };
        check(
            206,
            &[("warning", r#"199 - "Microsoft/WDATP/401/228""#)],
            &["the provider Microsoft WDATP answered with status 401"],
        );
        check(
            200,
            &[("warning", r#"199 - "Microsoft/WDATP/401/228", 199 - "Microsoft/ASC/504/10000""#)],
            &[
                "the provider Microsoft WDATP answered with status 401",
                "the provider Microsoft ASC did not answer in time",
            ],
        );
        check(200, &[("warning", "199 - something")], &["Microsoft warns: something"]);
        check(200, &[("warning", r#"110 - "stale""#)], &[]);
        check(206, &[], &["Microsoft says that the answer is partial"]);
        check(200, &[], &[]);
    }

    #[test]
    fn an_announced_end_is_read() {
        assert_eq!(deprecated(&headers(&[])), None);
        assert!(deprecated(&headers(&[("deprecation", "@1700000000")])).is_some());
        let sunset = deprecated(&headers(&[("sunset", "Mon, 01 Feb 2027 00:00:00 GMT"), ("deprecation", "true")]));
        assert!(sunset.unwrap().contains("Mon, 01 Feb 2027"));
    }
}
