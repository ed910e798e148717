//! Every situation of the simulator, and what an administrator reads in it. The whole is a document of the project:
//! `docs/what-validation-says.md`. `ORIEL_WRITE_DOCS=1` writes it anew; to be read before it is committed.

use std::fmt::Write;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use search::{Check, CheckState, Product, Validation};
use simulator::situations::{self, Situation};

use crate::made::{PATIENCE, World};

mod on_the_way;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/what-validation-says.md");

/// So many are tried at the same time: most of the time is spent in waiting for a simulated Microsoft.
const AT_ONCE: usize = 24;

/// In these a host never answers, so that the validation lasts as long as it may: each of them takes so long, and the hosts that
/// do answer have so long for it.
const SILENT: [&str; 4] = ["entra-silent", "token-host-silent", "graph-silent", "all-silent"];
const SILENT_FOR: Duration = Duration::from_secs(20);

async fn validated(situation: &Situation) -> Validation {
    let patience = if SILENT.contains(&situation.name.as_str()) { SILENT_FOR } else { PATIENCE };
    let world = World::with(situation.scenario(), patience, |_| ()).await;
    let form = &situation.form;
    let product: Product = form.product.parse().unwrap();
    let connection = world.connect(product, form.tenant, form.client, form.secret, &form.workspaces, &[]).await;
    let validation = super::validation(&world, &connection).await;
    let text = format!("{validation:?}");
    assert!(form.secret.len() < 8 || !text.contains(form.secret), "{}: the secret is told", situation.name);
    // Every token of the simulator's is a JWT, whose header begins so.
    assert!(!text.contains("eyJ"), "{}: a token is told", situation.name);
    validation
}

/// A check as it is read: what happened, what to do, where.
fn told(document: &mut String, check: &Check) {
    let mark = match check.state {
        CheckState::Passed => "note",
        CheckState::Failed => "to fix",
        CheckState::Skipped => "not tried",
    };
    let remedy = check.remedy.as_ref().map(|remedy| format!(" {remedy}")).unwrap_or_default();
    let link = check.link.as_ref().map(|link| format!(" <{link}>")).unwrap_or_default();
    let title = without_seconds(&check.title);
    writeln!(document, "- {mark} (`{}`): **{title}**{remedy}{link}", check.code).unwrap();
}

/// "until 12:01:58 UTC" → "until 12:02 UTC": how many seconds a machine took on the way is nobody's matter.
fn without_seconds(title: &str) -> String {
    let Some((before, rest)) = title.split_once("until ") else { return title.to_owned() };
    let Some((time, after)) = rest.split_once(" UTC") else { return title.to_owned() };
    let Ok(time) = time.parse::<jiff::civil::Time>() else { return title.to_owned() };
    let minute = time.round(jiff::Unit::Minute).unwrap().strftime("%H:%M").to_string();
    format!("{before}until {minute} UTC{after}")
}

/// What passes by itself is not told as a change that lasts.
fn passes(situation: &Situation, validation: &Validation) {
    let words = ["throttled", "unavailable", "silent", "html-answer", "not-yet-effective", "token-host-blocked"];
    if !words.iter().any(|word| situation.name.contains(word)) {
        return;
    }
    let standings = search::standing::of_validation(validation);
    let lasting = standings.iter().filter(|one| matches!(one.state, Some("does_not_work" | "refused")));
    let lasting: Vec<_> = lasting.map(|one| &one.subject).collect();
    // A connector that fell silent is no trouble of Microsoft's.
    assert!(lasting.is_empty() || situation.name == "connector-silent", "{}: {lasting:?}", situation.name);
}

fn section(document: &mut String, situation: &Situation, validation: &Validation) {
    writeln!(document, "\n## {}\n\n`{}`\n", situation.title, situation.name).unwrap();
    checks(document, validation);
}

/// What is to fix, and what is worth a word.
fn checks(document: &mut String, validation: &Validation) {
    let worth = |check: &&Check| {
        let advice = check.state == CheckState::Passed && (check.remedy.is_some() || check.code != "ok");
        check.state == CheckState::Failed || advice
    };
    let mut checks = validation.checks.iter().filter(worth).peekable();
    if checks.peek().is_none() {
        writeln!(document, "- Nothing to fix.").unwrap();
    }
    for check in checks {
        told(document, check);
    }
}

#[tokio::test]
async fn each_situation_is_told_with_its_cause_and_what_to_do() {
    let mut document = String::from(
        "# What a validation says\n\nEvery situation that the simulator knows, and what an administrator reads in it. Made by a test from \
         what Oriel really says;\nto see one on a page, start `oriel simulate --scenario NAME` and connect what it prints.\n\
         What is on the way to Microsoft stands at the end: made with sockets, with login.example for Entra's host.\n",
    );
    let all = situations::all();
    let validations: Vec<Validation> =
        stream::iter(&all).map(|situation| async move { validated(situation).await }).buffered(AT_ONCE).collect().await;
    for (situation, validation) in all.iter().zip(&validations) {
        passes(situation, validation);
        section(&mut document, situation, validation);
    }
    for (title, validation) in on_the_way::all().await {
        writeln!(document, "\n## {title}\n").unwrap();
        checks(&mut document, &validation);
    }
    if std::env::var_os("ORIEL_WRITE_DOCS").is_some() {
        std::fs::write(DOCUMENT, &document).unwrap();
    }
    let kept = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    let differs = document.lines().zip(kept.lines()).find(|(now, kept)| now != kept);
    assert!(
        kept == document,
        "docs/what-validation-says.md is out of date (ORIEL_WRITE_DOCS=1 writes it): {differs:#?}"
    );
}
