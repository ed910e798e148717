//! How long the real binary takes until it can answer, and what it needs while nobody asks.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::measured::{Measured, line};

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures and prints. The memory is read 60 s after the start.
pub async fn run(binary: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut times = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let (_server, port) = start(binary, folder.path())?;
        ready(port).await?;
        times.push(begun.elapsed());
    }
    line("start to /readyz, SQLite", Measured::new(times), "1 s")?;

    let (server, port) = start(binary, folder.path())?;
    ready(port).await?;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", server.0.id())).context("memory is read from /proc")?;
    let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or("not told").trim();
    line("memory while idle, 60 s after the start (RssAnon)", anonymous, "50 MB")?;
    Ok(())
}

fn start(binary: &Path, folder: &Path) -> anyhow::Result<(Server, u16)> {
    // The port is free now; that nobody takes it in between is near enough for a measurement.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let child = Command::new(binary)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{} does not start", binary.display()))?;
    Ok((Server(child), port))
}

async fn ready(port: u16) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(20);
    let url = format!("http://127.0.0.1:{port}/readyz");
    loop {
        match reqwest::get(&url).await {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            _ if Instant::now() > deadline => anyhow::bail!("the server was not ready within 20 s"),
            _ => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    }
}
