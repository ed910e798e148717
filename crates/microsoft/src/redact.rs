//! Takes secrets out of texts that come from outside: an endpoint that echoes the request is not trusted to keep one.

/// `text` without any of the `secrets`, also in the spelling of a form.
pub(crate) fn redact(text: &str, secrets: &[&str]) -> String {
    let mut clean = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let percent = encoded.replace('+', "%20");
        for spelling in [*secret, encoded.as_str(), percent.as_str()] {
            if clean.contains(spelling) {
                clean = clean.replace(spelling, "[removed]");
            }
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_removed_in_every_spelling() {
        let text = "plain s3~cr t&, form s3%7Ecr+t%26, percent s3%7Ecr%20t%26";
        assert_eq!(redact(text, &["s3~cr t&", ""]), "plain [removed], form [removed], percent [removed]");
    }
}
