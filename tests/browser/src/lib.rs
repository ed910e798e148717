//! A real Chromium for stories: one driver and one profile a test, on a free port, gone when the test ends.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities};

/// How a story sees the page.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Width of the window in CSS pixels.
    pub width: u32,
    /// Height of the window in CSS pixels.
    pub height: u32,
    /// Whether scripts run.
    pub javascript: bool,
    /// Whether the system asks for dark colours.
    pub dark: bool,
}

impl View {
    /// A laptop, scripts on, light.
    pub const USUAL: View = View { width: 1280, height: 900, javascript: true, dark: false };
}

/// A browser.
pub struct Browser {
    /// Drives it.
    pub driver: WebDriver,
    _chromedriver: Chromedriver,
    _profile: TempDir,
}

struct Chromedriver(Child);

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Chromedriver {
    /// Starts one on a port that the system chooses, and reads from its first words which that is.
    fn start() -> anyhow::Result<(Chromedriver, u16)> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver does not start; `make test` as root installs it (package chromium-driver)")?;
        let lines = BufReader::new(child.stdout.take().context("chromedriver has no standard output")?).lines();
        let chromedriver = Chromedriver(child);
        for line in lines {
            let line = line?;
            if let Some(port) = line.split("successfully on port ").nth(1) {
                return Ok((chromedriver, port.trim_end_matches('.').trim().parse()?));
            }
        }
        Err(anyhow!("chromedriver ended without naming its port"))
    }
}

impl Browser {
    /// Opens a window.
    pub async fn open(view: View) -> anyhow::Result<Browser> {
        let (chromedriver, port) = Chromedriver::start()?;
        let profile = tempfile::tempdir()?;
        let mut wanted = ChromeCapabilities::new();
        for argument in [
            "--headless=new",
            // Chromium's sandbox does not work for root, and the pages are our own.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ] {
            wanted.add_arg(argument)?;
        }
        wanted.add_arg(&format!("--window-size={},{}", view.width, view.height))?;
        wanted.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        if view.dark {
            wanted.add_arg("--force-prefers-color-scheme=dark")?;
            wanted.add_arg("--blink-settings=preferredColorScheme=0")?;
        }
        if !view.javascript {
            wanted.add_experimental_option("prefs", json!({"profile.managed_default_content_settings.javascript": 2}))?;
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await?;
        driver.set_implicit_wait_timeout(Duration::from_secs(10)).await?;
        Ok(Browser { driver, _chromedriver: chromedriver, _profile: profile })
    }

    /// Goes to a page.
    pub async fn go(&self, address: &str) -> anyhow::Result<()> {
        Ok(self.driver.goto(address).await?)
    }

    /// The visible text of the page.
    pub async fn text(&self) -> anyhow::Result<String> {
        Ok(self.driver.find(By::Tag("body")).await?.text().await?)
    }

    /// Waits until the page's text holds `wanted`; says what was there instead if it does not come in time.
    pub async fn sees(&self, wanted: &str) -> anyhow::Result<()> {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        loop {
            let text = self.text().await.unwrap_or_default();
            if text.contains(wanted) {
                return Ok(());
            }
            if tokio::time::Instant::now() > deadline {
                return Err(anyhow!("the page does not show “{wanted}”; it shows:\n{text}"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into the field with this name, in place of what is there.
    pub async fn fill(&self, name: &str, value: &str) -> anyhow::Result<()> {
        let field = self.driver.find(By::Css(format!("[name=\"{name}\"]"))).await?;
        field.clear().await?;
        Ok(field.send_keys(value).await?)
    }

    /// Presses the button, or follows the link, with exactly this text.
    pub async fn press(&self, text: &str) -> anyhow::Result<()> {
        let path = format!("//*[self::button or self::a or self::summary][normalize-space(.)=\"{text}\"]");
        let element = self.driver.find(By::XPath(path)).await.with_context(|| format!("no button or link “{text}”"))?;
        element.scroll_into_view().await?;
        Ok(element.click().await?)
    }

    /// Keeps a picture in the folder that `ORIEL_PICTURES` names; does nothing where it is not set.
    pub async fn picture(&self, name: &str) -> anyhow::Result<()> {
        let Some(folder) = std::env::var_os("ORIEL_PICTURES").map(PathBuf::from) else { return Ok(()) };
        std::fs::create_dir_all(&folder)?;
        Ok(self.driver.screenshot(&folder.join(format!("{name}.png"))).await?)
    }

    /// Closes the window.
    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.driver.clone().quit().await?)
    }
}
