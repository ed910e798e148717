//! What Oriel itself adds to a search: over HTTP, with key check and history, less what the slowest source took.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use harness::house::{House, OWNER};
use search::{Source, Sources};

use crate::fan_out::{longest, slow};
use crate::measured::{Measured, line};

/// What the slowest source takes.
const SLOWEST: Duration = Duration::from_millis(20);

struct Fixed(Arc<[Arc<dyn Source>]>);

impl Sources for Fixed {
    fn current(&self) -> BoxFuture<'_, Arc<[Arc<dyn Source>]>> {
        Box::pin(std::future::ready(Arc::clone(&self.0)))
    }
}

/// Measures and prints. By hand: a server that answers with a fixed text, asked the same way.
pub async fn run() -> anyhow::Result<()> {
    let sources = (0..8).map(|n| slow(n, SLOWEST)).collect();
    let house = House::with_sources(databases::sqlite(), Arc::new(Fixed(sources))).await?;
    let visitor = house.scripted_by(OWNER).await?;
    let oriel = over(&visitor, "/api/v1/search?fresh=true&q=login.example.com").await?;

    let bare = axum::Router::new().route("/", axum::routing::get(|| async { "nothing" }));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let base = url::Url::parse(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(async move { axum::serve(listener, bare).await });
    let by_hand = over(&harness::Visitor::new(base), "/").await?;

    line("own time of a search over its slowest source", &oriel, "2 ms")?;
    line("  by hand, a server that answers with a fixed text", &by_hand, "")?;
    Ok(())
}

async fn over(visitor: &harness::Visitor, path: &str) -> anyhow::Result<Measured> {
    let mut times = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        visitor.get(path).await?;
        times.push(begun.elapsed().saturating_sub(longest()));
    }
    Ok(Measured::new(times))
}
