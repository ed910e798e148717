//! What the process said lately of what went wrong: kept in memory for the support bundle.

use std::collections::{BTreeMap, VecDeque};
use std::error::Error;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use web::support::{Line, Troubles};

use crate::output;

/// So many lines are kept.
const MOST: usize = 200;
/// And so many letters of each text in them.
const LONGEST: usize = 2000;

/// The lines of this process. There is one log in a process, and so one of these.
static LINES: LazyLock<Arc<Recent>> = LazyLock::new(Arc::default);

/// What this process said lately.
pub fn recent() -> Arc<Recent> {
    Arc::clone(&LINES)
}

/// The last lines that warned or told of an error.
#[derive(Default)]
pub struct Recent(Mutex<VecDeque<Line>>);

impl Recent {
    fn add(&self, line: Line) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == MOST {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

impl Troubles for Recent {
    fn lately(&self) -> Vec<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Listens to the log and keeps what belongs here.
pub struct Keep(pub Arc<Recent>);

/// The id of the request that a span stands for.
struct RequestId(String);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Keep {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let (Some(request), Some(span)) = (fields.named.remove("request.id"), context.span(id)) {
            span.extensions_mut().insert(RequestId(request));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let about = event.metadata();
        if *about.level() > Level::WARN {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let request_id = context
            .event_scope(event)
            .into_iter()
            .flatten()
            .find_map(|span| span.extensions().get::<RequestId>().map(|request| request.0.clone()));
        self.0.add(Line {
            at: Timestamp::now(),
            level: about.level().to_string(),
            target: about.target().to_owned(),
            request_id,
            message: fields.named.remove("message").unwrap_or_default(),
            fields: fields.named,
        });
    }
}

#[derive(Default)]
struct Fields {
    named: BTreeMap<String, String>,
}

impl Fields {
    fn keep(&mut self, field: &Field, text: &str) {
        let text: String = output::plain(text).chars().take(LONGEST).collect();
        self.named.insert(field.name().to_owned(), text);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.keep(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        self.keep(field, &text);
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn what_went_wrong_is_kept_with_its_request_and_its_causes() {
        let recent = Arc::new(Recent::default());
        let subscriber = tracing_subscriber::registry().with(Keep(Arc::clone(&recent)));
        tracing::subscriber::with_default(subscriber, || {
            let request = tracing::info_span!("request", request.id = %"r-1", method = "GET");
            let inner = std::io::Error::other("the disk is full");
            request.in_scope(|| {
                tracing::info!("served");
                tracing::error!(error = &inner as &dyn Error, status = 500, "request\u{1b}[31m failed");
            });
            (0..MOST).for_each(|number| tracing::warn!(number, "{}", "long ".repeat(1000)));
        });
        let lines = recent.lately();
        assert_eq!(lines.len(), MOST, "the oldest goes first");
        assert_eq!((lines[0].fields["number"].as_str(), lines[0].request_id.as_deref()), ("0", None));
        assert_eq!(lines[0].message.chars().count(), LONGEST);

        let recent = Arc::new(Recent::default());
        let subscriber = tracing_subscriber::registry().with(Keep(Arc::clone(&recent)));
        tracing::subscriber::with_default(subscriber, || {
            let _request = tracing::info_span!("request", request.id = %"r-2").entered();
            tracing::error!(error = &std::io::Error::other("the disk is full") as &dyn Error, "request\u{1b} failed");
        });
        let line = recent.lately().remove(0);
        assert_eq!((line.level.as_str(), line.request_id.as_deref()), ("ERROR", Some("r-2")));
        assert_eq!(line.message, "request\u{fffd} failed");
        assert_eq!(line.fields["error"], "the disk is full");
    }
}
