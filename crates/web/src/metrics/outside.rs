//! Counts that other crates keep, read when somebody asks.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Tells counts and gauges of this moment.
pub trait Outside: Send + Sync {
    /// All of them. A name appears once; labels hold names of ours only.
    fn read(&self) -> Vec<Series>;
}

/// A number that is told, or one for each set of labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The whole name, with its prefix and without `_total`: `oriel_microsoft_calls`.
    pub name: &'static str,
    /// What it is, in a sentence without a full stop.
    pub help: &'static str,
    /// Whether it only grows.
    pub kind: Kind,
    /// (labels, value).
    pub samples: Vec<(Labels, f64)>,
}

/// Names and values of labels.
pub type Labels = Vec<(&'static str, String)>;

/// What kind of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It grows until the process ends.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// What is told, ready to be written.
pub(super) fn registry(outside: &dyn Outside) -> Registry {
    let mut registry = Registry::default();
    for Series { name, help, kind, samples } in outside.read() {
        match (kind, samples.as_slice()) {
            (Kind::Counter, [(labels, value)]) if labels.is_empty() => registry.register(name, help, counter(*value)),
            (Kind::Gauge, [(labels, value)]) if labels.is_empty() => registry.register(name, help, gauge(*value)),
            (Kind::Counter, samples) => {
                let family: Family<Labels, Counter<f64, AtomicU64>> = Family::default();
                samples.iter().for_each(|(labels, value)| {
                    family.get_or_create(labels).inc_by(*value);
                });
                registry.register(name, help, family);
            }
            (Kind::Gauge, samples) => {
                let family: Family<Labels, Gauge<f64, AtomicU64>> = Family::default();
                samples.iter().for_each(|(labels, value)| {
                    family.get_or_create(labels).set(*value);
                });
                registry.register(name, help, family);
            }
        }
    }
    registry
}

fn counter(value: f64) -> Counter<f64, AtomicU64> {
    let counter = Counter::default();
    counter.inc_by(value);
    counter
}

fn gauge(value: f64) -> Gauge<f64, AtomicU64> {
    let gauge = Gauge::default();
    gauge.set(value);
    gauge
}
