//! Four sources of 200 ms each, at once and, by hand, one after the other.

use std::sync::Arc;
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

/// The nth source, that takes this long.
pub fn slow(n: usize, takes: Duration) -> Arc<dyn Source> {
    let asked = Asked {
        source: format!("defender.slow_{n}"),
        product: Product::Defender,
        connection: Some("0".into()),
        label: None,
        tenant: None,
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
            tokio::time::sleep(self.takes).await;
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
