//! A list of times, and a line about it.

use std::io::Write;
use std::time::Duration;

/// Times of the same work done several times.
pub struct Measured(Vec<Duration>);

impl Measured {
    /// From times in any order.
    pub fn new(mut times: Vec<Duration>) -> Measured {
        times.sort();
        Measured(times)
    }

    /// The time that this share of the runs stayed under; 0.5 is the median.
    pub fn quantile(&self, share: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let index = (last as f64 * share).round() as usize;
        self.0.get(index).copied().unwrap_or_default()
    }
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (median, p99) = (milliseconds(self.quantile(0.5)), milliseconds(self.quantile(0.99)));
        write!(f, "median {median:.2} ms, p99 {p99:.2} ms, {} runs", self.0.len())
    }
}

/// Milliseconds with their fraction.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Prints one result: what was done, what came out, what was aimed at.
pub fn line(what: &str, result: impl std::fmt::Display, aim: &str) -> std::io::Result<()> {
    writeln!(
        std::io::stdout(),
        "{what:<58} {result}{}",
        if aim.is_empty() { String::new() } else { format!("  (aim: {aim})") }
    )
}
