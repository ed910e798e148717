//! Single sign-on at a provider that others wrote and that is certified by the OpenID Foundation: `oidc-provider` of npm.
//!
//! `scripts/prepare` installs it below `target/`; ORIEL_OIDC_PROVIDER names another folder. Without one, this is skipped.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a test fails by it, or says that it is left out")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use harness::{House, Page, Plan, Traveller};
use oriel::config::{Local, Oidc};
use serde_json::json;
use store::people::{self, Role};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const CLIENT: &str = "oriel";
const SECRET: &str = "only-for-this-test:with%every+kind of/character";
/// Node starts in less than a second; a machine that is busy takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the provider is installed, if it is.
fn installed() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oidc-provider");
    let named = std::env::var_os("ORIEL_OIDC_PROVIDER").filter(|named| !named.is_empty()).map(PathBuf::from);
    let is_there = |folder: &Path| folder.join("node_modules/oidc-provider").is_dir();
    match named {
        Some(named) => {
            assert!(is_there(&named), "ORIEL_OIDC_PROVIDER names {}, and it is not installed there", named.display());
            Some(named)
        }
        None if is_there(&here) => Some(here),
        None => {
            println!("skipped: oidc-provider is not installed; scripts/prepare does it");
            None
        }
    }
}

/// The running provider. It ends when its standard input is closed, also when this process is killed.
struct Provider {
    issuer: String,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Provider {
    async fn start(installed: &Path) -> anyhow::Result<Provider> {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/provider/provider.mjs");
        let mut child = Command::new("node")
            .arg(program)
            .arg(installed.canonicalize()?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("node does not start")?;
        let input = child.stdin.take().context("its input")?;
        let mut output = BufReader::new(child.stdout.take().context("its output")?).lines();
        let issuer = tokio::time::timeout(PATIENCE, output.next_line()).await??.context("the provider ended")?;
        Ok(Provider { issuer, input, output, _child: child })
    }

    /// Tells it of Oriel.
    async fn register(&mut self, redirect: &str, signed_by: &str) -> anyhow::Result<()> {
        let client =
            json!({"redirect": redirect, "client_id": CLIENT, "client_secret": SECRET, "signed_by": signed_by});
        self.input.write_all(format!("{client}\n").as_bytes()).await?;
        let ready = tokio::time::timeout(PATIENCE, self.output.next_line()).await??;
        anyhow::ensure!(ready.as_deref() == Some("ready"), "{ready:?}");
        Ok(())
    }
}

async fn open(database: databases::Lent, installed: &Path, signed_by: &str) -> anyhow::Result<(House, Provider)> {
    let mut provider = Provider::start(installed).await?;
    let oidc = Oidc {
        issuer: provider.issuer.clone(),
        client_id: CLIENT.to_owned(),
        client_secret_file: None,
        owner_group: None,
        analyst_group: Some("soc-analysts".to_owned()),
        viewer_group: None,
        auditor_group: None,
        local_login: Local::On,
        new_people_see: None,
        keys_without_sign_in_days: 30,
    };
    let house = House::build(database, Plan { sign_on: Some((oidc, SECRET.to_owned())), ..Plan::default() }).await?;
    provider.register(house.base.join("/sign-in/sso/callback")?.as_str(), signed_by).await?;
    Ok((house, provider))
}

/// Through the provider's page for name and password, and the one for consent, back to Oriel.
async fn sign_in(house: &House, browser: &Traveller, name: &str) -> anyhow::Result<Page> {
    let page = browser.open(house.base.join("/sign-in/sso?back=/settings")?).await?;
    anyhow::ensure!(page.text.contains("Enter any login"), "{}", page.text);
    let page = browser.submit(&page, &[("login", name), ("password", "any")]).await?;
    anyhow::ensure!(page.text.contains("Authorize"), "{}", page.text);
    browser.submit(&page, &[]).await
}

databases::on_each_database! {
    async fn somebody_signs_in_at_a_provider_that_others_wrote(database: Lent) {
        let Some(installed) = installed() else { return };
        let (house, provider) = open(database, &installed, "RS256").await.unwrap();
        let browser = Traveller::default();
        let page = sign_in(&house, &browser, "alice").await.unwrap();
        assert_eq!((page.status, page.url.path()), (200, "/settings"), "{}", page.text);
        assert!(page.text.contains("alice@example.com"));
        let person = people::by_subject(&house.db, &provider.issuer, "alice").await.unwrap().unwrap();
        assert_eq!((person.name.as_str(), person.role), ("alice@example.com", Role::Analyst));

        // The address that she came back by is used up, there and here.
        let denied = sign_in(&house, &Traveller::default(), "mallory").await.unwrap();
        assert_eq!((denied.status, denied.url.path()), (403, "/sign-in/sso/callback"));
        assert!(denied.text.contains("soc-analysts"), "{}", denied.text);
        let again = browser.open(denied.url).await.unwrap();
        assert_eq!(again.status, 403);
    }
}

#[tokio::test]
async fn a_provider_may_sign_by_another_kind_of_key_and_ask_anew() {
    let Some(installed) = installed() else { return };
    let (house, _provider) = open(databases::sqlite(), &installed, "ES256").await.unwrap();
    let browser = Traveller::default();
    let page = sign_in(&house, &browser, "alice").await.unwrap();
    assert_eq!((page.status, page.url.path()), (200, "/settings"), "{}", page.text);
    // It knows her by now, and asks all the same when she is to prove anew who she is; the token says when she did.
    let page = browser.open(house.base.join("/sign-in/sso?again=true&back=/settings").unwrap()).await.unwrap();
    assert!(page.text.contains("password"), "{}", page.text);
    let page = browser.submit(&page, &[("login", "alice"), ("password", "any")]).await.unwrap();
    assert_eq!((page.status, page.url.path()), (200, "/settings"), "{}", page.text);
}

#[tokio::test]
async fn somebody_who_turns_back_at_the_provider_is_told_so() {
    let Some(installed) = installed() else { return };
    let (house, _provider) = open(databases::sqlite(), &installed, "RS256").await.unwrap();
    let browser = Traveller::default();
    let page = browser.open(house.base.join("/sign-in/sso").unwrap()).await.unwrap();
    let abort = format!("{}/abort", page.url);
    let page = browser.open(abort.parse().unwrap()).await.unwrap();
    assert_eq!((page.status, page.url.path()), (403, "/sign-in/sso/callback"));
    assert!(page.text.contains("declined"), "{}", page.text);
}
