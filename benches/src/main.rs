//! What `make bench` runs: numbers on this machine, beside the same work done by hand.
//!
//! Build it optimised (`scripts/bench` does). A number is a median unless it says otherwise; none of them is a test.

mod extraction;
mod fan_out;
mod measured;
mod own_time;
mod start;

use std::path::PathBuf;

fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let binary = std::env::args_os().nth(1).map(PathBuf::from);
    extraction::run()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        fan_out::run().await?;
        own_time::run().await?;
        match binary {
            Some(binary) => start::run(&binary).await,
            None => Ok(()),
        }
    })
}
