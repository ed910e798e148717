//! Pages about accounts in a real Chromium: read by axe in both themes, and no wider than a narrow window.

use anyhow::ensure;
use browser::{Browser, View};
use harness::House;
use harness::house::{OWNER, PASSWORD};
use jiff::SignedDuration;
use store::people::Role;

async fn story(view: View, name: &str) -> anyhow::Result<()> {
    let house = House::open(databases::sqlite()).await?;
    house.person("kate.mulligan", Role::Analyst).await?;
    let browser = Browser::open(view).await?;
    browser.sign_in(&house.base, OWNER, PASSWORD).await?;
    let look = async |page: &str| -> anyhow::Result<()> {
        browser.is_accessible().await?;
        let wide =
            browser.driver.execute("return document.documentElement.scrollWidth - window.innerWidth", vec![]).await?;
        let over = wide.json().as_i64().unwrap_or(i64::MAX);
        ensure!(over <= 0, "{page} is {over} pixels wider than the window");
        browser.picture(&format!("accounts-{name}-{page}")).await
    };
    browser.go(house.base.join("/people")?.as_str()).await?;
    browser.sees("What each may do").await?;
    look("people").await?;
    browser.driver.execute("document.querySelector('.rows .icon-button').click()", vec![]).await?;
    browser.sees("Sessions and access").await?;
    look("person").await?;
    browser.go(house.base.join("/settings/own-assets")?.as_str()).await?;
    browser.sees("Domains and networks of the organisation").await?;
    look("own-assets").await?;
    browser.go(house.base.join("/audit")?.as_str()).await?;
    browser.sees("Who did what, the newest first").await?;
    look("audit").await?;
    browser.go(house.base.join("/settings")?.as_str()).await?;
    browser.press("Set one up").await?;
    browser.sees("Or type this secret there").await?;
    look("second-factor").await?;
    house.wait(SignedDuration::from_mins(20));
    browser.fill("label", "nightly").await?;
    browser.press("Make a key").await?;
    browser.sees("Confirm that it is you").await?;
    look("confirm").await?;
    browser.fill("proof_password", PASSWORD).await?;
    browser.submit().await?;
    browser.sees("nightly").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_about_accounts_are_accessible() -> anyhow::Result<()> {
    story(View::USUAL, "light").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_about_accounts_are_accessible_dark_and_narrow() -> anyhow::Result<()> {
    story(View { width: 500, dark: true, ..View::USUAL }, "dark").await
}
