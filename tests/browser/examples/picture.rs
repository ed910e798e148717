//! Takes the picture of the README: a report of the demo's tenant. `make picture` runs it.

use std::path::PathBuf;

use anyhow::Context;
use browser::{Browser, View};
use harness::House;
use harness::house::{OWNER, PASSWORD};
use simulator::demo;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let file = std::env::args_os().nth(1).map(PathBuf::from).context("name the file to write")?;
    let house = House::open(databases::sqlite()).await?;
    house.connect_both().await?;
    let browser = Browser::open(View { width: 1280, height: 1180, ..View::USUAL }).await?;
    browser.sign_in(&house.base, OWNER, PASSWORD).await?;
    browser.go(house.base.join(&format!("/search?q={}", demo::DOMAIN))?.as_str()).await?;
    browser.settled().await?;
    browser.driver.screenshot(&file).await?;
    browser.close().await
}
