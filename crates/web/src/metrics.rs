//! What is counted, and the page that Prometheus reads.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use search::Answer;

mod outside;
pub(crate) mod standing;

pub use outside::{Kind, Labels, Outside, Series};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    source: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabels {
    source: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SignInLabels {
    outcome: &'static str,
}

/// The counters of one server. Labels hold names of ours only: no indicator, no person, no tenant.
pub struct Metrics {
    registry: Registry,
    outside: Option<Arc<dyn Outside>>,
    /// Searches that asked at least one source.
    pub(crate) searches: Counter,
    answers: Family<AnswerLabels, Counter>,
    answer_seconds: Family<SourceLabels, Histogram>,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabels, Histogram>,
    sign_ins: Family<SignInLabels, Counter>,
    /// Entries that the audit lacks, since they could not be written.
    pub(crate) audit_missed: Counter,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// From a local answer to a source that is given up on.
fn histogram() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0])
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics::new()
    }
}

impl Metrics {
    /// Counters at zero.
    pub fn new() -> Metrics {
        let metrics = Metrics {
            registry: Registry::default(),
            outside: None,
            searches: Counter::default(),
            answers: Family::default(),
            answer_seconds: Family::new_with_constructor(histogram),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(histogram),
            sign_ins: Family::default(),
            audit_missed: Counter::default(),
        };
        let mut registry = Registry::with_prefix("oriel");
        registry.register("searches", "Searches that asked at least one source", metrics.searches.clone());
        registry.register(
            "audit_missed",
            "Entries that could not be written into the audit",
            metrics.audit_missed.clone(),
        );
        registry.register("answers", "Answers by source and outcome", metrics.answers.clone());
        registry.register_with_unit("answer", "Time that a source took", Unit::Seconds, metrics.answer_seconds.clone());
        registry.register("http_requests", "Requests by method, route and status", metrics.requests.clone());
        registry.register_with_unit(
            "http_request",
            "Time to the response's first byte, by route",
            Unit::Seconds,
            metrics.request_seconds.clone(),
        );
        registry.register("sign_ins", "Attempts to sign in, by outcome", metrics.sign_ins.clone());
        Metrics { registry, ..metrics }
    }

    /// The same, with what others count.
    pub fn with(outside: Arc<dyn Outside>) -> Metrics {
        Metrics { outside: Some(outside), ..Metrics::new() }
    }

    /// Counts what a source said.
    pub(crate) fn answered(&self, answer: &Answer) {
        let source = answer.asked.source.clone();
        self.answers.get_or_create(&AnswerLabels { source: source.clone(), outcome: answer.outcome.as_str() }).inc();
        self.answer_seconds.get_or_create(&SourceLabels { source }).observe(answer.took.as_secs_f64());
    }

    /// Counts a request. `route` is the pattern, so that there are as many series as routes and not as paths.
    pub(crate) fn served(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = RequestLabels { method: known_method(method).to_owned(), route: route.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
        self.request_seconds.get_or_create(&RouteLabels { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// Counts an attempt to sign in: `signed_in`, `refused` or `slowed`.
    pub(crate) fn sign_in(&self, outcome: &'static str) {
        self.sign_ins.get_or_create(&SignInLabels { outcome }).inc();
    }

    /// Everything, with how the connections stand at this moment, in the text format of OpenMetrics.
    pub(crate) fn text(&self, standing: Option<&Registry>) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)?;
        if let Some(outside) = &self.outside {
            encode_registry(&mut text, &outside::registry(outside.as_ref()))?;
        }
        if let Some(standing) = standing {
            encode_registry(&mut text, standing)?;
        }
        encode_eof(&mut text)?;
        Ok(text)
    }
}

/// A method is whatever the caller writes; only those that exist become a label.
fn known_method(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS" => method,
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two;

    impl Outside for Two {
        fn read(&self) -> Vec<Series> {
            let calls = vec![(vec![("ended", "2xx".to_owned())], 3.0)];
            vec![
                Series { name: "oriel_calls", help: "Calls", kind: Kind::Counter, samples: calls },
                Series { name: "oriel_left_ratio", help: "Left", kind: Kind::Gauge, samples: vec![(Vec::new(), 0.25)] },
            ]
        }
    }

    #[test]
    fn what_was_counted_is_in_the_text() {
        let mut metrics = Metrics::new();
        metrics.served("GET", "/search", 200, Duration::from_millis(20));
        metrics.served("BREW", "none", 405, Duration::from_millis(1));
        metrics.sign_in("refused");
        metrics.outside = Some(Arc::new(Two));
        let text = metrics.text(None).unwrap();
        for line in [
            r#"oriel_http_requests_total{method="GET",route="/search",status="200"} 1"#,
            r#"oriel_http_requests_total{method="other",route="none",status="405"} 1"#,
            r#"oriel_http_request_seconds_bucket{le="0.025",route="/search"} 1"#,
            r#"oriel_sign_ins_total{outcome="refused"} 1"#,
            "oriel_searches_total 0",
            r#"oriel_calls_total{ended="2xx"} 3.0"#,
            "oriel_left_ratio 0.25",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}
