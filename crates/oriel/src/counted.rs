//! What is counted outside the pages, for `/metrics`: calls to Microsoft, the database, the background, the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use microsoft::Microsoft;
use web::metrics::{Kind, Labels, Outside, Series};

mod process;

/// Runs of the background by how they came out. There is one background in a process, and so one count.
static WORKED: AtomicU64 = AtomicU64::new(0);
static WAITED: AtomicU64 = AtomicU64::new(0);
static FAILED: AtomicU64 = AtomicU64::new(0);

/// Counts a run of the background: `Some(true)` if it did what was due, `Some(false)` if another instance is the one that
/// works, `None` if it failed.
pub fn background_ran(worked: Option<bool>) {
    let count = match worked {
        Some(true) => &WORKED,
        Some(false) => &WAITED,
        None => &FAILED,
    };
    count.fetch_add(1, Ordering::Relaxed);
}

/// Reads the counts.
pub struct Counted {
    /// The way to Microsoft.
    pub microsoft: Arc<Microsoft>,
}

impl Outside for Counted {
    fn read(&self) -> Vec<Series> {
        let mut series = vec![build()];
        series.extend(self.microsoft());
        series.push(database());
        series.push(background());
        series.extend(process::read());
        series
    }
}

impl Counted {
    fn microsoft(&self) -> [Series; 3] {
        let calls = self.microsoft.calls();
        let labels = |interface: &str, ended: &str| labels(&[("interface", interface), ("ended", ended)]);
        let count = calls.iter().map(|(interface, ended, calls)| (labels(interface, ended), calls.count as f64));
        let took = calls.iter().map(|(interface, ended, calls)| (labels(interface, ended), calls.took.as_secs_f64()));
        let left = self.microsoft.budget_left().into_iter();
        let left = left.map(|(interface, left)| (self::labels(&[("interface", interface)]), left));
        [
            Series {
                name: "oriel_microsoft_calls",
                help: "Calls to Microsoft by interface and how they ended; held_back were not sent, for the budget was spent",
                kind: Kind::Counter,
                samples: count.collect(),
            },
            Series {
                name: "oriel_microsoft_call_seconds",
                help: "Time that calls to Microsoft took together",
                kind: Kind::Counter,
                samples: took.collect(),
            },
            Series {
                name: "oriel_microsoft_budget_left_ratio",
                help: "Share of the budget that is left, in the tenant that has the least left",
                kind: Kind::Gauge,
                samples: left.collect(),
            },
        ]
    }
}

fn build() -> Series {
    Series {
        name: "oriel_build_info",
        help: "The version that runs",
        kind: Kind::Gauge,
        samples: vec![(labels(&[("version", env!("CARGO_PKG_VERSION"))]), 1.0)],
    }
}

fn database() -> Series {
    let counted = store::failures::counted().into_iter();
    Series {
        name: "oriel_database_errors",
        help: "What the database did not do that it was asked, by kind",
        kind: Kind::Counter,
        samples: counted.map(|(kind, count)| (labels(&[("kind", kind)]), count as f64)).collect(),
    }
}

fn background() -> Series {
    let outcomes = [("worked", &WORKED), ("waited", &WAITED), ("failed", &FAILED)];
    let samples = outcomes.into_iter().map(|(outcome, count)| {
        let value = count.load(Ordering::Relaxed) as f64;
        (labels(&[("outcome", outcome)]), value)
    });
    Series {
        name: "oriel_background_runs",
        help: "Runs of the background: worked, waited (another instance works), failed",
        kind: Kind::Counter,
        samples: samples.collect(),
    }
}

fn labels(pairs: &[(&'static str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}
