//! Four sources of 200 ms each, at once and, by hand, one after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use search::{Answer, Asked, Outcome, Product, Question, Source};

use crate::measured::{Measured, line};

/// A source that takes its time and knows nothing.
struct Slow {
    asked: Asked,
    takes: Duration,
}

/// The longest that a slow source has really taken since this was last read, in nanoseconds: a timer of the runtime may
/// be a millisecond late, and that is not the search's time.
static LONGEST: AtomicU64 = AtomicU64::new(0);

/// Reads and resets the longest time that a slow source has really taken.
pub fn longest() -> Duration {
    Duration::from_nanos(LONGEST.swap(0, Ordering::Relaxed))
}

/// The nth source, that takes this long.
pub fn slow(n: usize, takes: Duration) -> Arc<dyn Source> {
    let asked = Asked {
        source: format!("defender.slow_{n}"),
        product: Product::Defender,
        connection: Some("0".into()),
        label: None,
        tenant: None,
        cloud: None,
        permission: None,
        title: "Slow".into(),
    };
    Arc::new(Slow { asked, takes })
}

impl Source for Slow {
    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            let begun = Instant::now();
            tokio::time::sleep(self.takes).await;
            LONGEST.fetch_max(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
            Answer::new(self.asked.clone(), Outcome::Nothing, question.now)
        })
    }
}

/// Measures and prints.
pub async fn run() -> anyhow::Result<()> {
    let sources: Arc<[_]> = (0..4).map(|n| slow(n, Duration::from_millis(200))).collect();
    let indicator = indicator::parse("login.example.com")?.indicator;
    let mut times = Vec::new();
    for _ in 0..10 {
        let begun = Instant::now();
        let question = Arc::new(Question::new(indicator.clone(), Timestamp::now()));
        let answers = search::run::run(Arc::clone(&sources), question).count().await;
        anyhow::ensure!(answers == 4);
        times.push(begun.elapsed());
    }
    line("four sources of 200 ms", Measured::new(times), "210 ms")?;
    let begun = Instant::now();
    for source in sources.iter() {
        source.ask(&Question::new(indicator.clone(), Timestamp::now())).await;
    }
    line("  by hand, one after the other", Measured::new(vec![begun.elapsed()]), "")?;
    Ok(())
}
