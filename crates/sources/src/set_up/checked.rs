//! What may stand in a script at all. Each check answers with the value in its one form, or with a sentence.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

/// The longest name that Entra takes.
const LONGEST_NAME: usize = 120;
/// Nothing outlives two years: Entra's own pages offer no more.
const LONGEST_LIFE: u32 = 730;
/// Far more than any certificate for signing has.
const LARGEST_CERTIFICATE: usize = 16 * 1024;

/// An ID of Entra's, in lower case.
pub(super) fn guid(text: &str, what: &str) -> Result<String, String> {
    Uuid::try_parse(text.trim())
        .map(|id| id.hyphenated().to_string())
        .map_err(|_| format!("{what} has the form 00000000-0000-0000-0000-000000000000."))
}

/// The name of an app: letters, digits, spaces and what names are written with.
pub(super) fn name(text: &str) -> Result<&str, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_NAME {
        return Err(format!("The app’s name has 1 to {LONGEST_NAME} characters."));
    }
    let plain = |c: char| c.is_alphanumeric() || " -_.,:()[]&+/@'".contains(c);
    if text.chars().all(plain) {
        return Ok(text);
    }
    Err("The app’s name is made of letters, digits, spaces and - _ . , : ( ) [ ] & + / @ '.".to_owned())
}

/// For how long a secret may be good.
pub(super) fn days(days: u32) -> Result<u32, String> {
    if (1..=LONGEST_LIFE).contains(&days) {
        return Ok(days);
    }
    Err(format!("A secret is good for 1 to {LONGEST_LIFE} days; 180 are a good choice."))
}

/// A workspace: its ID, its name, or its Azure resource ID.
pub(super) fn workspace(text: &str) -> Result<String, String> {
    let text = text.trim();
    if let Ok(id) = guid(text, "") {
        return Ok(id);
    }
    let wrong = || {
        "A workspace is named by its workspace ID (00000000-0000-0000-0000-000000000000), its name (letters, digits and hyphens), or \
         its Azure resource ID (/subscriptions/…/workspaces/NAME)."
            .to_owned()
    };
    if is_workspace_name(text) {
        return Ok(text.to_owned());
    }
    let parts: Vec<&str> = text.strip_prefix('/').ok_or_else(wrong)?.split('/').collect();
    let [subscriptions, subscription, groups, group, providers, provider, workspaces, name] = parts[..] else {
        return Err(wrong());
    };
    let words = [
        (subscriptions, "subscriptions"),
        (groups, "resourceGroups"),
        (providers, "providers"),
        (provider, "Microsoft.OperationalInsights"),
        (workspaces, "workspaces"),
    ];
    let right = words.iter().all(|(found, word)| found.eq_ignore_ascii_case(word))
        && Uuid::try_parse(subscription).is_ok()
        && is_group_name(group)
        && is_workspace_name(name);
    if right { Ok(text.to_owned()) } else { Err(wrong()) }
}

fn is_workspace_name(text: &str) -> bool {
    (4..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Azure's rule for resource groups, without the letters of other scripts.
fn is_group_name(text: &str) -> bool {
    (1..=90).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.()".contains(&byte))
        && !text.ends_with('.')
}

/// A certificate's public part: the Base64 between the lines of its PEM, without line ends.
pub(super) fn certificate(pem: &str) -> Result<String, String> {
    const WRONG: &str = "The certificate is a PEM file with one “BEGIN CERTIFICATE” part. Oriel offers it for download where it \
                         made the key pair.";
    if pem.contains("PRIVATE KEY") {
        return Err("This file holds a private key, which must not leave Oriel’s machine. The script takes the public part alone: \
                    the part between BEGIN CERTIFICATE and END CERTIFICATE."
            .to_owned());
    }
    let mut parts = pem.split("-----BEGIN CERTIFICATE-----");
    let (_, Some(part), None) = (parts.next(), parts.next(), parts.next()) else { return Err(WRONG.to_owned()) };
    let Some((body, _)) = part.split_once("-----END CERTIFICATE-----") else { return Err(WRONG.to_owned()) };
    let body: String = body.split_ascii_whitespace().collect();
    match STANDARD.decode(&body) {
        // A DER certificate is a sequence.
        Ok(der) if der.first() == Some(&0x30) && der.len() <= LARGEST_CERTIFICATE => Ok(body),
        _ => Err(WRONG.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Oriel (read only)")]
    #[case("O'Brien & Söhne: Oriel")]
    fn a_name_may_be_a_name(#[case] text: &str) {
        assert_eq!(name(text), Ok(text));
    }

    #[rstest]
    #[case("")]
    #[case("a\nb")]
    #[case("$(reboot)")]
    #[case("a`b")]
    #[case("a\"b")]
    #[case("a\\b")]
    #[case("a;b")]
    #[case("a!b")]
    #[case("a\u{2019}b")]
    #[case("a\u{202e}b")]
    #[case("{0}")]
    fn a_name_is_nothing_else(#[case] text: &str) {
        assert!(name(text).is_err(), "{text:?}");
    }

    #[rstest]
    #[case("SOC-EU")]
    #[case("9b9b5a0c-3c1d-4e5f-8a9b-0c1d2e3f4a5b")]
    #[case(
        "/subscriptions/9b9b5a0c-3c1d-4e5f-8a9b-0c1d2e3f4a5b/resourceGroups/rg_soc.(1)/providers/Microsoft.OperationalInsights/workspaces/SOC-EU"
    )]
    fn a_workspace_has_three_names(#[case] text: &str) {
        assert_eq!(workspace(text).as_deref(), Ok(text));
    }

    #[rstest]
    #[case("")]
    #[case("a b c d")]
    #[case("$(reboot)")]
    #[case("-SOC")]
    #[case("/subscriptions/x/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/SOC-EU")]
    #[case(
        "/subscriptions/9b9b5a0c-3c1d-4e5f-8a9b-0c1d2e3f4a5b/resourceGroups/r'g/providers/Microsoft.OperationalInsights/workspaces/SOC-EU"
    )]
    #[case(
        "/subscriptions/9b9b5a0c-3c1d-4e5f-8a9b-0c1d2e3f4a5b/resourceGroups/rg/providers/Microsoft.Storage/workspaces/SOC-EU"
    )]
    #[case("SOC-EU\nSOC-US")]
    fn a_workspace_has_no_other(#[case] text: &str) {
        assert!(workspace(text).is_err(), "{text:?}");
    }

    #[test]
    fn of_a_certificate_only_the_public_part_is_taken() {
        let pem = "-----BEGIN CERTIFICATE-----\r\nMAMC\r\nAQE=\r\n-----END CERTIFICATE-----\r\n";
        assert_eq!(certificate(pem).as_deref(), Ok("MAMCAQE="));
        let both = format!("{pem}-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n");
        assert!(certificate(&both).unwrap_err().contains("private key"));
        for wrong in ["", "MAMCAQE=", &pem.replace("MAMC", "';x"), &pem.replace("MAMC", "AAAA"), &format!("{pem}{pem}")]
        {
            assert!(certificate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_secret_lives_for_a_day_at_least_and_for_two_years_at_most() {
        assert!(days(0).is_err() && days(731).is_err() && days(180).is_ok());
    }
}
