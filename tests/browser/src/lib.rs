//! A real Chromium for stories: one driver and one profile a test, on a free port, gone when the test ends.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities};
use url::Url;

/// How long a story waits for what should come.
const PATIENCE: Duration = Duration::from_secs(60);

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
    javascript: bool,
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
    /// Starts one on a port that the system chooses. It wants the same port for both families of addresses, and ends where
    /// another program has taken one of them meanwhile: then it is started anew.
    fn start() -> anyhow::Result<(Chromedriver, u16)> {
        for _ in 0..5 {
            if let Some(started) = Chromedriver::try_start()? {
                return Ok(started);
            }
        }
        Err(anyhow!("chromedriver ended without naming its port, five times"))
    }

    /// The driver and its port, from its first words; `None` if it ended before it named one.
    fn try_start() -> anyhow::Result<Option<(Chromedriver, u16)>> {
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
                return Ok(Some((chromedriver, port.trim_end_matches('.').trim().parse()?)));
            }
        }
        Ok(None)
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
            wanted
                .add_experimental_option("prefs", json!({"profile.managed_default_content_settings.javascript": 2}))?;
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await?;
        driver.set_implicit_wait_timeout(PATIENCE).await?;
        Ok(Browser { driver, javascript: view.javascript, _chromedriver: chromedriver, _profile: profile })
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
        let deadline = tokio::time::Instant::now() + PATIENCE;
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

    /// Chooses an option of a list by its value.
    pub async fn choose(&self, name: &str, value: &str) -> anyhow::Result<()> {
        let option = self.driver.find(By::Css(format!("select[name=\"{name}\"] option[value=\"{value}\"]"))).await?;
        Ok(option.click().await?)
    }

    /// Sends the form that the page is about.
    pub async fn submit(&self) -> anyhow::Result<()> {
        Ok(self.driver.find(By::Css("main button[type=submit]")).await?.click().await?)
    }

    /// Follows the first link that leads to this address.
    pub async fn follow(&self, address: &str) -> anyhow::Result<()> {
        let link = self.driver.find(By::Css(format!("a[href=\"{address}\"]"))).await;
        let link = link.with_context(|| format!("no link leads to {address}"))?;
        link.scroll_into_view().await?;
        Ok(link.click().await?)
    }

    /// Signs in, and is on the page that follows.
    pub async fn sign_in(&self, base: &Url, name: &str, password: &str) -> anyhow::Result<()> {
        self.go(base.join("/sign-in")?.as_str()).await?;
        self.fill("name", name).await?;
        self.fill("password", password).await?;
        self.submit().await?;
        self.until("the person is signed in", "return document.querySelector('form[action=\"/sign-out\"]') !== null")
            .await
    }

    /// Signs out through the account menu.
    pub async fn sign_out(&self) -> anyhow::Result<()> {
        let menu = self.driver.find(By::Css("header details summary")).await?;
        menu.click().await?;
        Ok(self.driver.find(By::Css("form[action=\"/sign-out\"] button")).await?.click().await?)
    }

    /// Waits until nothing on the page is still being asked.
    pub async fn settled(&self) -> anyhow::Result<()> {
        self.until(
            "nothing is being asked any more",
            "return document.querySelector('[aria-busy=\"true\"], .state-waiting, .verdict-progress') === null",
        )
        .await
    }

    /// Waits until a script answers true; `what` says what is waited for.
    pub async fn until(&self, what: &str, script: &str) -> anyhow::Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            // While a page is being left there is nothing to ask.
            let answer = self.driver.execute(script, Vec::new()).await;
            if answer.is_ok_and(|answer| answer.json() == &Value::Bool(true)) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(anyhow!("{what}: this did not come true in time; the page shows:\n{}", self.text().await?))
    }

    /// Has axe look at the page by the rules of WCAG 2.2 A and AA. It is a script itself, so without scripts there is
    /// nothing to do here: the markup is the same.
    pub async fn is_accessible(&self) -> anyhow::Result<()> {
        const AXE: &str = include_str!("../vendor/axe.min.js");
        const RUN: &str = "const done = arguments[arguments.length - 1];
            axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(
                found => done(found.violations.map(v => v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | '))),
                failed => done(['axe itself failed: ' + failed]));";
        if !self.javascript {
            return Ok(());
        }
        self.driver.execute(AXE, Vec::new()).await?;
        let found = self.driver.execute_async(RUN, Vec::new()).await?;
        let found = found.json().as_array().cloned().unwrap_or_default();
        if found.is_empty() {
            return Ok(());
        }
        let list: Vec<_> = found.iter().filter_map(Value::as_str).collect();
        Err(anyhow!("{}: {}", self.driver.current_url().await?, list.join("\n")))
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
