//! The main road in a real Chromium: first start, connect both products, search, pivot, sign out.

use anyhow::{Context, ensure};
use browser::{Browser, View};
use harness::house::{CLOUD, OWNER, PASSWORD};
use harness::{House, Plan};
use search::Product;
use simulator::demo;
use thirtyfour::prelude::*;

async fn connect(browser: &Browser, house: &House, product: Product) -> anyhow::Result<()> {
    let (client, secret) = match product {
        Product::Sentinel => (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET),
        Product::Defender => (demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET),
    };
    browser.go(house.base.join(&format!("/settings?add={product}"))?.as_str()).await?;
    browser.fill("label", "Northwind").await?;
    browser.fill("tenant_id", demo::TENANT).await?;
    browser.fill("client_id", client).await?;
    browser.fill("client_secret", secret).await?;
    browser.choose("cloud", CLOUD).await?;
    if product == Product::Sentinel {
        browser.fill("workspaces", &format!("{} SOC-EU", demo::WORKSPACE)).await?;
    }
    browser.press("Save and validate").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_first_start_to_signing_out() -> anyhow::Result<()> {
    main_road(View::USUAL).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_first_start_to_signing_out_without_scripts() -> anyhow::Result<()> {
    main_road(View { javascript: false, ..View::USUAL }).await
}

async fn main_road(view: View) -> anyhow::Result<()> {
    let house = House::build(databases::sqlite(), Plan { owner: false, ..Plan::default() }).await?;
    let browser = Browser::open(view).await?;
    let link = url::Url::parse(house.first_start.as_deref().context("a link is offered")?)?;
    browser.go(house.base.join(link.path())?.as_str()).await?;
    browser.picture("first-start").await?;
    browser.is_accessible().await?;
    browser.fill("name", OWNER).await?;
    browser.fill("password", PASSWORD).await?;
    browser.fill("again", PASSWORD).await?;
    browser.submit().await?;

    connect(&browser, &house, Product::Sentinel).await?;
    browser.sees("validated").await?;
    connect(&browser, &house, Product::Defender).await?;
    browser.sees("validated").await?;
    browser.is_accessible().await?;
    browser.picture("settings-connected").await?;
    ensure!(!browser.driver.source().await?.contains(demo::DEFENDER_SECRET), "the secret is on the page");

    browser.go(house.base.as_str()).await?;
    browser.is_accessible().await?;
    browser.fill("q", "hxxps://update-telemetry[.]example/a").await?;
    browser.driver.find(By::Name("q")).await?.send_keys(Key::Enter + "").await?;
    browser.sees("Microsoft: malicious").await?;
    browser.settled().await?;
    browser.is_accessible().await?;
    browser.picture("report").await?;

    // An address on the report leads on, and from there the second domain does.
    browser.follow(&format!("/search?q={}", demo::ADDRESS)).await?;
    browser.sees(demo::SECOND_DOMAIN).await?;
    browser.settled().await?;
    browser.picture("report-address").await?;

    browser.go(house.base.as_str()).await?;
    browser.sees(demo::DOMAIN).await?;
    browser.picture("home").await?;
    browser.sign_out().await?;
    browser.sees("Sign in").await?;
    browser.go(house.base.join("/settings")?.as_str()).await?;
    browser.sees("Sign in").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_is_told_on_the_page_and_the_report_does_not_read_as_empty() -> anyhow::Result<()> {
    let house = House::open(databases::sqlite()).await?;
    let mut wrong = harness::house::connection(Product::Defender);
    wrong["client_secret"] = "not-the-secret".into();
    house.owner().await?.post("/api/v1/connections", &wrong).await?;
    let browser = Browser::open(View { dark: true, ..View::USUAL }).await?;
    browser.sign_in(&house.base, OWNER, PASSWORD).await?;
    browser.go(house.base.join("/settings")?.as_str()).await?;
    browser.sees("secret").await?;
    browser.picture("settings-wrong-secret").await?;
    browser.go(house.base.join(&format!("/search?q={}", demo::UNKNOWN_DOMAIN))?.as_str()).await?;
    browser.sees("sign-in refused").await?;
    browser.settled().await?;
    ensure!(!browser.text().await?.contains("Nothing known ·"), "a refusal reads as nothing known");
    browser.is_accessible().await?;
    browser.picture("report-refused").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_narrow_window_does_not_scroll_sideways() -> anyhow::Result<()> {
    let house = House::open(databases::sqlite()).await?;
    house.connect_both().await?;
    let browser = Browser::open(View { width: 500, height: 900, ..View::USUAL }).await?;
    browser.sign_in(&house.base, OWNER, PASSWORD).await?;
    for page in ["/", "/settings", &format!("/search?q={}&wait=true", demo::DOMAIN)] {
        browser.go(house.base.join(page)?.as_str()).await?;
        let wide =
            browser.driver.execute("return document.documentElement.scrollWidth - window.innerWidth", vec![]).await?;
        let over = wide.json().as_i64().unwrap_or(i64::MAX);
        ensure!(over <= 0, "{page} is {over} pixels wider than the window");
        browser.picture(&format!("narrow{}", page.split('?').next().unwrap_or_default().replace('/', "-"))).await?;
    }
    browser.close().await
}
