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
Taken out: an account of this name with its searches, sessions, keys and second factor; the name in what validations \
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
    let stand_in = masker.person(name);
    let forgotten = forget::person(&instance.db, &account::actor(), name, &stand_in, now).await?;
    let short = name.split_once('@').map(|(local, _)| local);
    let another = match short {
        Some(short) => store::people::by_name(&instance.db, short).await?,
        None => None,
    };
    instance.db.close().await;
    for line in lines(forgotten) {
        output::line(line)?;
    }
    if let Some((person, _)) = another {
        let name = output::plain(&person.name);
        output::talk(format!(
            "There is an account called {name}. If it is the same person's: oriel forget --person {name}"
        ));
    }
    output::talk(
        "What Microsoft keeps, and backups, exports and log files that were made before, still name the person.",
    );
    Ok(ExitCode::SUCCESS)
}

/// What was taken out, in words; a name that was nowhere is told too.
fn lines(forgotten: Forgotten) -> Vec<String> {
    let Forgotten { account, searches, sessions, keys, texts, audit } = forgotten;
    if forgotten == Forgotten::default() {
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
    fn what_was_taken_out_is_told_line_by_line() {
        assert_eq!(lines(Forgotten::default()), ["Oriel kept nothing that names the person."]);
        let told = lines(Forgotten { account: true, searches: 4, texts: 2, audit: 7, ..Forgotten::default() });
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].contains("searches: 4") && told[2].ends_with(": 7"), "{told:?}");
    }
}
