//! What must stay hidden, and whether it did.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Shorter pieces would be found by chance.
const SHORTEST: usize = 8;

/// Secrets by name, in every form in which one could be written down.
#[derive(Default)]
pub struct Hidden {
    /// A form's first letters, then the forms that begin so.
    forms: HashMap<[u8; SHORTEST], Vec<(String, Vec<u8>)>>,
    names: Vec<String>,
}

impl Hidden {
    /// A text: `name` is what a failure says.
    pub fn text(&mut self, name: &str, secret: &str) {
        self.bytes(name, secret.as_bytes());
        // A backslash and a quote are written in two letters in JSON, and in Rust's `Debug`.
        let json = serde_json::to_string(secret).unwrap();
        self.form(name, "JSON", json.trim_matches('"').as_bytes());
        self.form(
            name,
            "a form",
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>().as_bytes(),
        );
        let every = |case: fn(u8) -> String| secret.bytes().map(case).collect::<String>();
        self.form(name, "an address", every(|byte| format!("%{byte:02X}")).as_bytes());
        let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.form(name, "HTML", html.replace('"', "&quot;").replace('\'', "&#39;").as_bytes());
        self.form(name, "UTF-16", &secret.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    }

    /// Bytes, such as a key.
    pub fn bytes(&mut self, name: &str, secret: &[u8]) {
        assert!(secret.len() >= SHORTEST, "{name} is too short to be looked for");
        self.names.push(name.to_owned());
        self.form(name, "itself", secret);
        self.form(name, "hex", secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>().as_bytes());
        self.form(name, "hex", secret.iter().map(|byte| format!("{byte:02X}")).collect::<String>().as_bytes());
        self.form(name, "a list", format!("{secret:?}").trim_matches(['[', ']']).as_bytes());
        // Behind one or two other bytes, Base64 of the same text looks otherwise; only its first and last letter depend on what
        // stands beside it.
        for skipped in 0..3 {
            let from = &secret[skipped..];
            let whole = &from[..from.len() / 3 * 3];
            self.form(name, "Base64", STANDARD_NO_PAD.encode(whole).as_bytes());
            self.form(name, "Base64 for addresses", URL_SAFE_NO_PAD.encode(whole).as_bytes());
        }
    }

    fn form(&mut self, name: &str, how: &str, form: &[u8]) {
        let Some(first) = form.first_chunk::<SHORTEST>() else { return };
        let forms = self.forms.entry(*first).or_default();
        if !forms.iter().any(|(_, known)| known == form) {
            forms.push((format!("{name}, as {how}"), form.to_vec()));
        }
    }

    /// How many secrets there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Fails if one of them is in there.
    #[track_caller]
    pub fn are_not_in(&self, place: &str, bytes: &[u8]) {
        let mut may_begin = vec![false; 1 << 16];
        let pair = |bytes: &[u8]| usize::from(bytes[0]) << 8 | usize::from(bytes[1]);
        self.forms.keys().for_each(|first| may_begin[pair(first)] = true);
        for (at, window) in bytes.windows(SHORTEST).enumerate() {
            if !may_begin[pair(window)] {
                continue;
            }
            let first: &[u8; SHORTEST] = window.try_into().unwrap();
            for (name, form) in self.forms.get(first).into_iter().flatten() {
                if bytes[at..].starts_with(form) {
                    let around = &bytes[at.saturating_sub(120)..(at + form.len() + 40).min(bytes.len())];
                    panic!("{place} holds {name}: …{}…", String::from_utf8_lossy(around));
                }
            }
        }
    }
}

#[test]
fn a_secret_is_found_in_each_of_its_forms() {
    let secret = "s3cr3t \"quoted\" & ümlaut~0001";
    let mut hidden = Hidden::default();
    hidden.text("it", secret);
    let within = |text: &str| format!("before {text} after");
    let base64 = |before: &str| STANDARD_NO_PAD.encode(format!("{before}{secret} and more"));
    for leak in [
        within(secret),
        within(&serde_json::to_string(secret).unwrap()),
        within(&url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>()),
        within(&secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()),
        within("s3cr3t &quot;quoted&quot; &amp; ümlaut~0001"),
        base64(""),
        base64("a"),
        base64("ab"),
        format!("{:?}", secret.as_bytes()),
    ] {
        let found = std::panic::catch_unwind(|| hidden.are_not_in("a leak", leak.as_bytes()));
        assert!(found.is_err(), "not found in {leak}");
    }
    hidden.are_not_in("a harmless text", b"s3cr3t \"quoted\" & nothing more");
}
