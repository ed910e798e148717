//! Every situation of the simulator, and what an administrator reads in it. The whole is a document of the project:
//! `docs/what-validation-says.md`. `ORIEL_WRITE_DOCS=1` writes it anew; to be read before it is committed.

use std::fmt::Write;

use futures_util::{StreamExt, stream};
use microsoft::{Error, UnreachableCause};
use search::{Check, CheckState, Product, Validation};
use simulator::situations::{self, Situation};

use super::super::words::trouble;
use crate::made::{World, asking};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/what-validation-says.md");

/// So many are tried at the same time: most of the time is spent in waiting for a simulated Microsoft.
const AT_ONCE: usize = 24;

async fn validated(situation: &Situation) -> Validation {
    let world = World::of(situation.scenario(), 1.0).await;
    let form = &situation.form;
    let product: Product = form.product.parse().unwrap();
    let connection = world.connect(product, form.tenant, form.client, form.secret, &form.workspaces, &[]).await;
    let started = std::time::Instant::now();
    let validation = super::validation(&world, &connection).await;
    // Ten seconds are promised; a machine that does much else at the same time may need more, and none waits for a host that
    // answers after a minute.
    assert!(started.elapsed().as_secs() < 40, "{}: {:?}", situation.name, started.elapsed());
    let text = format!("{validation:?}");
    assert!(form.secret.len() < 8 || !text.contains(form.secret), "{}: the secret is told", situation.name);
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
    writeln!(document, "- {mark} (`{}`): **{}**{remedy}{link}", check.code, check.title).unwrap();
}

fn section(document: &mut String, situation: &Situation, validation: &Validation) {
    writeln!(document, "\n## {}\n\n`{}`\n", situation.title, situation.name).unwrap();
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

/// What is on the way between here and Microsoft. Each error is one that the client's own tests bring about with sockets.
fn on_the_way() -> Vec<(&'static str, Error)> {
    let host = || "login.microsoftonline.com".to_owned();
    let unreachable = |cause, message: &str| Error::Unreachable { host: host(), cause, message: message.into() };
    vec![
        (
            "The name does not resolve",
            unreachable(UnreachableCause::Dns, "the name login.microsoftonline.com does not resolve"),
        ),
        (
            "A firewall keeps the machine from connecting",
            unreachable(
                UnreachableCause::Connect,
                "login.microsoftonline.com does not accept a connection within 10 seconds",
            ),
        ),
        (
            "The proxy asks for a password",
            unreachable(
                UnreachableCause::ProxyAuthentication,
                "the proxy http://proxy.example.com:3128 asks for a user and a password, or does not accept those that are set",
            ),
        ),
        (
            "The proxy does not let the host through",
            unreachable(
                UnreachableCause::Proxy,
                "the proxy http://proxy.example.com:3128 does not let the connection through: unsuccessful",
            ),
        ),
        (
            "A proxy opens TLS with the company's own authority",
            unreachable(
                UnreachableCause::Tls { issuer: Some("Example Corp Web Gateway".into()) },
                "the certificate of login.microsoftonline.com, issued by “Example Corp Web Gateway”, is not accepted: UnknownIssuer",
            ),
        ),
        (
            "TLS fails",
            unreachable(
                UnreachableCause::Tls { issuer: None },
                "TLS with login.microsoftonline.com failed: received corrupt message of type InvalidContentType",
            ),
        ),
        (
            "The connection breaks off",
            unreachable(
                UnreachableCause::Broken,
                "the connection to login.microsoftonline.com broke off: connection reset",
            ),
        ),
    ]
}

#[tokio::test]
async fn each_situation_is_told_with_its_cause_and_what_to_do() {
    let mut document = String::from(
        "# What a validation says\n\nEvery situation that the simulator knows, and what an administrator reads in it. Made by a test from \
         what Oriel really says;\nto see one on a page, start `oriel simulate --scenario NAME` and connect what it prints.\n",
    );
    let all = situations::all();
    let validations: Vec<Validation> =
        stream::iter(&all).map(|situation| async move { validated(situation).await }).buffered(AT_ONCE).collect().await;
    for (situation, validation) in all.iter().zip(&validations) {
        section(&mut document, situation, validation);
    }
    let row = asking("defender.alerts");
    for (title, error) in on_the_way() {
        writeln!(document, "\n## {title}\n").unwrap();
        told(&mut document, &trouble("discovery", None, &error, &row));
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
