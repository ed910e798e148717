//! What an entry says, in words.

use serde_json::Value;
use store::audit::read::Said;

/// What was done, for each action that is written down.
const WORDS: [(&str, &str); 53] = [
    ("access.refused", "was refused something that is not theirs to do"),
    ("audit.expired", "deleted what old entries say"),
    ("audit.exported", "exported the audit"),
    ("audit.missed", "could not write entries"),
    ("backup.made", "made a backup"),
    ("connection.changed", "changed the connection"),
    ("connection.created", "added the connection"),
    ("connection.removed", "removed the connection"),
    ("connection.seen", "looked at the connection"),
    ("connection.validated", "validated the connection"),
    ("connections.listed", "listed the connections"),
    ("credential.added", "added a credential to the connection"),
    ("credential.removed", "removed a credential of the connection"),
    ("credential.switched", "switched to another credential of the connection"),
    ("grant.changed", "changed which tenants may be seen by"),
    ("key.created", "made the API key"),
    ("key.revoked", "revoked the API key"),
    ("keyring.reduced", "took keys that seal nothing off the keyring"),
    ("keyring.rotated", "rotated the keyring"),
    ("local_sign_in.used", "signed in by password in an emergency:"),
    ("own_asset.added", "added an own asset"),
    ("own_asset.removed", "removed an own asset"),
    ("password.changed", "set the password of"),
    ("password.given", "gave another password to"),
    ("person.added", "added"),
    ("person.added_first", "became the first owner:"),
    ("person.disabled", "disabled"),
    ("person.enabled", "enabled"),
    ("person.forgotten", "had somebody forgotten"),
    ("person.masked_again", "had stand-ins shown again"),
    ("person.role_changed", "changed the role of"),
    ("person.shut_out", "was shut out by the groups of single sign-on:"),
    ("person.unmasked", "unmasked people"),
    ("proof.refused", "could not prove who they are"),
    ("recovery_code.used", "used a recovery code"),
    ("recovery_codes.renewed", "made new recovery codes for"),
    ("report.exported", "exported the report on"),
    ("restore.done", "restored a backup"),
    ("search.made", "searched"),
    ("second_factor.enabled", "set up a second factor for"),
    ("second_factor.removed", "took off the second factor of"),
    ("session.ended", "signed out"),
    ("session.opened", "signed in"),
    ("session.proven", "proved again who they are"),
    ("session.refused", "was refused"),
    ("sessions.ended", "ended all sessions of"),
    ("setting.changed", "changed the setting"),
    ("setting.cleared", "cleared the setting"),
    ("support_bundle.made", "made a support bundle"),
    ("tenant.renamed", "renamed the tenant"),
    ("transcript.made", "made a transcript of the connection"),
    ("unmasking.granted", "gave the right to see names to"),
    ("unmasking.withdrawn", "took the right to see names from"),
];

/// "searched login.example.com", "added the connection Sales".
pub fn sentence(said: &Said) -> String {
    let known = WORDS.iter().find(|(action, _)| *action == said.action).map(|(_, words)| *words);
    // An action that has no words here tells more under its own name than not at all.
    let words = known.map_or_else(|| said.action.replace(['.', '_'], " "), str::to_owned);
    let value = said.details.get("value").and_then(Value::as_str).filter(|_| said.subject.is_none());
    // A session has no name, and its id tells nothing.
    let named = said
        .subject
        .as_ref()
        .filter(|subject| subject.kind != "session")
        .map(|subject| if subject.name.is_empty() { &subject.id } else { &subject.name });
    match named.map(String::as_str).or(value) {
        Some(named) => format!("{words} {named}"),
        None => words,
    }
}

/// What else was written down: name and value, each thing a line.
pub fn details(said: &Said) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    if let Value::Object(details) = &said.details {
        for (name, value) in details {
            flatten(&name.replace('_', " "), value, &mut lines);
        }
    }
    if let Some(request) = &said.by.request {
        lines.push(("request".to_owned(), request.clone()));
    }
    lines
}

fn flatten(name: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (member, value) in members {
                flatten(&format!("{name}: {}", member.replace('_', " ")), value, lines);
            }
        }
        Value::Array(values) => {
            let each = values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            let each: Vec<_> = each.collect();
            if !each.is_empty() {
                lines.push((name.to_owned(), each.join(", ")));
            }
        }
        Value::String(text) => lines.push((name.to_owned(), text.clone())),
        other => lines.push((name.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(entry: Value) -> Said {
        serde_json::from_value(entry).unwrap()
    }

    #[test]
    fn an_entry_reads_as_a_sentence() {
        let by = json!({ "kind": "person", "name": "Ada" });
        let search =
            json!({ "by": by, "action": "search.made", "details": { "value": "login.example.com", "quiet": true } });
        assert_eq!(sentence(&said(search.clone())), "searched login.example.com");
        let mut told = details(&said(search));
        told.sort();
        assert_eq!(
            told,
            [("quiet".to_owned(), "true".to_owned()), ("value".to_owned(), "login.example.com".to_owned())]
        );
        let subject = json!({ "kind": "connection", "id": "1", "name": "Sales" });
        let change = json!({ "by": by, "action": "connection.changed", "subject": subject,
            "details": { "after": { "label": "Sales", "workspaces": ["a", "b"], "credential_ends": null } } });
        assert_eq!(sentence(&said(change.clone())), "changed the connection Sales");
        assert_eq!(
            details(&said(change)),
            [("after: label".to_owned(), "Sales".to_owned()), ("after: workspaces".to_owned(), "a, b".to_owned())]
        );
        assert_eq!(sentence(&said(json!({ "by": by, "action": "a_thing.was_done" }))), "a thing was done");
    }

    /// The text of every source file beside this one, but for tests.
    fn sources(folder: &std::path::Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_string_lossy().into_owned();
            match entry.is_dir() {
                true if name == "tests" => {}
                true => sources(&entry, text),
                false if name.ends_with(".rs") && name != "words.rs" && name != "tests.rs" => {
                    text.push_str(&std::fs::read_to_string(&entry).unwrap());
                }
                false => {}
            }
        }
    }

    #[test]
    fn each_action_that_is_written_down_has_words_and_no_other_has() {
        let mut text = String::new();
        for name in ["backup", "oriel", "store", "sync", "web"] {
            sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src"), &mut text);
        }
        let written = actions(&text);
        assert!(written.len() > 30, "{written:?}");
        let wordless: Vec<_> =
            written.iter().filter(|action| WORDS.iter().all(|(known, _)| known != *action)).collect();
        assert!(wordless.is_empty(), "without words: {wordless:?}");
        let unused: Vec<_> = WORDS.iter().filter(|(action, _)| !text.contains(&format!("\"{action}\""))).collect();
        assert!(unused.is_empty(), "words for nothing: {unused:?}");
    }

    /// What stands first between quotes behind each `Entry::new(`, `.entry(` and `entry!(`.
    fn actions(text: &str) -> Vec<&str> {
        let behind = ["Entry::new(", ".entry(", "entry!("].into_iter().flat_map(|opening| text.split(opening).skip(1));
        let quoted = behind.filter_map(|rest| rest.split(')').next()?.split('"').nth(1));
        quoted.filter(|action| action.contains('.') && !action.contains(' ')).collect()
    }

    #[test]
    fn the_words_stand_in_order_once_each() {
        assert!(WORDS.is_sorted_by(|one, next| one.0 < next.0));
    }
}
