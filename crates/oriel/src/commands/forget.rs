//! `oriel forget`: what Oriel itself keeps about a person, taken out.

use std::process::ExitCode;

use anyhow::bail;
use store::forget::{self, Forgotten};

use crate::account;
use crate::config::{Config, Overrides};
use crate::instance::Instance;
use crate::{output, wiring};

/// What it says below the options.
const AFTER: &str = "\
Taken out: an account of this name with its searches, sessions, keys, second factor and emergency sign-ins (single sign-on \
does not let the same person in until an owner enables the closed account); the name in what validations \
found, in changes, notes, labels and settings; what the audit says in entries that name the person (their seals stay, \
and `oriel audit verify` still holds); answers that servers have at hand.

Not taken out, because it is not Oriel's or not in reach: what Microsoft keeps; backups, exports, transcripts and \
support bundles that were made before; log files. docs/privacy.md says more.";

/// Fewer letters are other people's names too.
const FEWEST: usize = 3;

/// Whom to forget.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// The person: a UPN or mail address as Microsoft writes it, or the name of an account here. Letter case does not matter.
    #[arg(long, value_name = "UPN")]
    person: String,
}

/// Forgets, and says what was taken out, a line each.
pub async fn run(arguments: Arguments, over: &Overrides) -> anyhow::Result<ExitCode> {
    let name = arguments.person.trim();
    if name.chars().filter(|letter| letter.is_alphanumeric()).count() < FEWEST {
        bail!(
            "“{}” is too short to be one person's name: others would be forgotten too. Nothing was changed.",
            output::plain(name)
        );
    }
    let instance = Instance::open(Config::read(over)?).await?;
    let now = instance.now();
    let masker = web::names::masker(&instance.db, &instance.vault, &wiring::random(), now).await?;
    let forgotten = forget::person(&instance.db, &account::actor(), name, &masker, now).await?;
    let others = store::people::list(&instance.db).await?;
    instance.db.close().await;
    for line in lines(forgotten) {
        output::line(line)?;
    }
    for other in others.iter().filter(|other| may_be_of(&other.name, name)) {
        let other = output::plain(&other.name);
        output::talk(format!(
            "There is an account called {other}. If it is the same person's: oriel forget --person '{other}'"
        ));
    }
    if forgotten.left_in_log {
        output::talk(
            "The file that ends in -wal beside the database may still have the name, since a server reads all the while. It is \
             written over after the next start of the server, or by this command once more.",
        );
    }
    output::talk(
        "What Microsoft keeps, and backups, exports and log files that were made before, still name the person.",
    );
    Ok(ExitCode::SUCCESS)
}

/// Whether an account's name may be another one of the same person: the name without its domain, or the one with a number
/// that somebody gets who comes by single sign-on while the name is taken.
fn may_be_of(account: &str, name: &str) -> bool {
    let (account, name) = (account.to_lowercase(), name.to_lowercase());
    let numbered = account.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    let numbered = numbered.filter(|(_, number)| number.bytes().all(|digit| digit.is_ascii_digit()));
    let bare = numbered.map_or(account.as_str(), |(bare, _)| bare);
    bare == name || name.split_once('@').is_some_and(|(local, _)| local == bare)
}

/// What was taken out, in words; a name that was nowhere is told too.
fn lines(forgotten: Forgotten) -> Vec<String> {
    let Forgotten { account, searches, sessions, keys, texts, audit, .. } = forgotten;
    if !account && texts == 0 && audit == 0 {
        return vec!["Oriel kept nothing that names the person.".to_owned()];
    }
    let mut lines = Vec::new();
    if account {
        lines.push(format!(
            "account: closed and without a name, with searches: {searches}, sessions: {sessions}, keys: {keys}"
        ));
    }
    lines.push(format!("texts in which a stand-in took the place of the name: {texts}"));
    lines.push(format!("entries of the audit whose content is gone: {audit}"));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_that_may_be_the_same_persons_are_told() {
        for other in ["alice@example.com (2)", "Alice", "alice (3)", "ALICE@example.com"] {
            assert!(may_be_of(other, "alice@Example.com"), "{other}");
        }
        for other in ["alice@example.com.example", "alice (x)", "malice", "person-1a2b3c4d (0199)", "alicia (2)"] {
            assert!(!may_be_of(other, "alice@example.com"), "{other}");
        }
    }

    #[test]
    fn what_was_taken_out_is_told_line_by_line() {
        assert_eq!(lines(Forgotten::default()), ["Oriel kept nothing that names the person."]);
        let told = lines(Forgotten { account: true, searches: 4, texts: 2, audit: 7, ..Forgotten::default() });
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].contains("searches: 4") && told[2].ends_with(": 7"), "{told:?}");
    }
}
