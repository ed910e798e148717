//! A search as pages, API and event stream carry it out: answers at hand first, the rest as they come, and the same
//! question asked twice at the same time asked once.

mod again;
mod answers;
mod running;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt};
use indicator::Indicator;
use search::{Answer, Asked, Product, Question, Report, Source};
use store::grants::Scope;
use store::people::{Person, PersonId};
use store::searches::NewSearch;
use tokio::sync::watch;
use tracing::Instrument;

pub use again::Again;
pub use answers::Answers;
pub use running::Running;
use running::{Place, Ticket};

use crate::error::Error;
use crate::{Desk, tenants};

/// How a search is narrowed or hastened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// Ask again, whatever answers are at hand.
    pub fresh: bool,
    /// Names of sources (`defender.alerts`) or products (`defender`) to ask; empty for all.
    pub sources: Vec<String>,
    /// Keep Microsoft's own records.
    pub raw: bool,
    /// Ask this tenant (GUID, or CLOUD/GUID) only.
    pub tenant: Option<String>,
    /// Ask these sources of these connections only; empty for all.
    pub only: Vec<Asked>,
    /// Whose quiet search it is: nobody else joins it or is shown its answers.
    pub quiet: Option<PersonId>,
}

impl Options {
    fn admits(&self, asked: &Asked) -> bool {
        let named = self.sources.is_empty()
            || self.sources.iter().any(|name| *name == asked.source || *name == asked.product.as_str());
        named && (self.only.is_empty() || self.only.contains(asked))
    }

    /// Whether a connection's tenant is one that is to be asked.
    fn is_of_tenant(&self, asked: &Asked) -> bool {
        let wanted = self.tenant.as_deref();
        wanted.is_none_or(|wanted| tenants::names(wanted, asked.cloud.as_deref(), asked.tenant.as_deref()))
    }
}

/// A search that is under way, or done.
pub struct Searching {
    report: watch::Receiver<Arc<Report>>,
}

impl Searching {
    /// What is known at this moment; sources that have not answered stand in `waiting`.
    pub fn at_hand(&self) -> Arc<Report> {
        self.report.borrow().clone()
    }

    /// The report at this moment and after each change, until it is complete. Someone who reads slowly misses steps in
    /// between, never the last.
    pub fn updates(self) -> impl Stream<Item = Arc<Report>> + Send + 'static {
        futures_util::stream::unfold((self.report, true), |(mut report, first)| async move {
            if !first && report.changed().await.is_err() {
                return None;
            }
            let now = report.borrow_and_update().clone();
            Some((now, (report, false)))
        })
    }

    /// The complete report, when it is.
    pub async fn finished(mut self) -> Arc<Report> {
        while self.report.changed().await.is_ok() {}
        self.at_hand()
    }
}

impl Desk {
    /// Begins a search of the sources in a scope, or joins the same one if it is already under way. It goes on to its end also
    /// when nobody reads any more: what it finds is at hand for the next who asks.
    ///
    /// Only a search of the very same scope is joined, and only its answers are at hand: whoever sees fewer tenants gets what
    /// they would get if there were no others, and at the same speed. A quiet search is joined by the same person alone.
    pub async fn search(&self, scope: &Scope, indicator: &Indicator, mut options: Options) -> Result<Searching, Error> {
        options.sources.sort();
        options.sources.dedup();
        let version = store::meta::connections_version(&self.db).await?;
        let place = Place { version, scope: scope.clone(), indicator: indicator.clone(), options };
        // A running search is joined before the sources are looked up: the second of two is to cost nothing.
        if let Some(report) = self.memory.running.join(&place) {
            return Ok(Searching { report });
        }
        let mut sources = self.sources_of(scope, &place.options).await?;
        sources.retain(|source| place.options.admits(source.asked()));

        let now = self.now();
        let asked: Vec<_> = sources.iter().map(|source| source.asked().clone()).collect();
        let mut report = Report::new(indicator, &asked, now);
        let mut to_ask = Vec::new();
        for source in sources {
            match self.memory.answers.at_hand(&place, source.asked(), now) {
                Some(answer) => report.add(answer, now),
                None => to_ask.push(source),
            }
        }
        let (sender, receiver) = watch::channel(Arc::new(report.clone()));
        if to_ask.is_empty() {
            return Ok(Searching { report: receiver });
        }
        match self.memory.running.enter(place, receiver.clone()) {
            Err(already) => Ok(Searching { report: already }),
            Ok(ticket) => {
                self.metrics.searches.inc();
                // In the span of the request that began it, so that its lines carry that request's id.
                tokio::spawn(self.clone().carry_out(ticket, to_ask, report, sender).in_current_span());
                Ok(Searching { report: receiver })
            }
        }
    }

    /// Asks, and publishes the report after each answer.
    async fn carry_out(
        self,
        ticket: Ticket,
        sources: Vec<Arc<dyn Source>>,
        mut report: Report,
        sender: watch::Sender<Arc<Report>>,
    ) {
        let place = ticket.place();
        let mut question = Question::new(place.indicator.clone(), report.asked_at);
        question.raw = place.options.raw;
        let begun = Instant::now();
        tracing::debug!(indicator.value = place.indicator.value(), "searching");
        let answers = search::run::run(sources.into(), Arc::new(question));
        let mut answers = std::pin::pin!(answers);
        while let Some(answer) = answers.next().await {
            tracing::info!(
                source.name = answer.asked.source,
                outcome = answer.outcome.as_str(),
                took_ms = whole_milliseconds(answer.took),
                findings = answer.findings.len(),
                "answered"
            );
            self.metrics.answered(&answer);
            self.memory.answers.keep(place, &answer);
            report.add(answer, self.now());
            sender.send_replace(Arc::new(report.clone()));
        }
        tracing::info!(
            indicator.kind = place.indicator.kind().as_str(),
            took_ms = whole_milliseconds(begun.elapsed()),
            "search complete"
        );
    }
}

fn whole_milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Desk {
    /// What is at hand of sources that a search leaves out: what stands in for people is made from their answers too, so that
    /// asking for less shows no name.
    pub async fn left_out(
        &self,
        scope: &Scope,
        indicator: &Indicator,
        options: &Options,
    ) -> Result<Vec<Answer>, Error> {
        if options.sources.is_empty() && options.tenant.is_none() && options.only.is_empty() {
            return Ok(Vec::new());
        }
        let version = store::meta::connections_version(&self.db).await?;
        let options = Options { quiet: options.quiet.clone(), ..Options::default() };
        let sources = self.sources_of(scope, &options).await?;
        let (place, now) = (Place { version, scope: scope.clone(), indicator: indicator.clone(), options }, self.now());
        Ok(sources.iter().filter_map(|source| self.memory.answers.at_hand(&place, source.asked(), now)).collect())
    }

    /// The sources of a scope, of one tenant of it if the options name one. A product that only others have connected is not
    /// connected here.
    pub async fn sources_of(&self, scope: &Scope, options: &Options) -> Result<Vec<Arc<dyn Source>>, Error> {
        let tenants = match scope {
            Scope::All => None,
            Scope::Only(_) => Some(store::tenants::list(&self.db, scope).await?),
        };
        let in_scope = |asked: &Asked| {
            let of = |tenant: &store::tenants::Tenant| {
                asked.cloud.as_ref() == Some(&tenant.cloud) && asked.tenant.as_ref() == Some(&tenant.guid)
            };
            tenants.as_ref().is_none_or(|tenants| tenants.iter().any(of))
        };
        let current = self.sources.current().await;
        Ok(search::chosen(&current, |asked| in_scope(asked) && options.is_of_tenant(asked)))
    }

    /// Refuses names that are neither a source nor a product, and tenants that nothing is connected to, so that a slip of
    /// the pen does not read as "nothing known". A tenant outside the scope is refused as one that is not there.
    pub async fn check_options(&self, scope: &Scope, options: &Options) -> Result<(), Error> {
        let is_connected = |source: &Arc<dyn Source>| source.asked().connection.is_some();
        if options.tenant.is_some() && !self.sources_of(scope, options).await?.iter().any(is_connected) {
            return Err(Error::field(
                "tenant",
                "No connection is saved for this tenant. Give its Directory (tenant) ID.",
            ));
        }
        if options.sources.is_empty() {
            return Ok(());
        }
        let current = self.sources.current().await;
        // The same names whoever asks: each capability has a source without a connection.
        let mut known: Vec<&str> = current.iter().map(|source| source.asked().source.as_str()).collect();
        known.extend(Product::ALL.map(Product::as_str));
        known.sort_unstable();
        known.dedup();
        match options.sources.iter().find(|name| !known.contains(&name.as_str())) {
            Some(name) => {
                Err(Error::field("sources", format!("“{name}” is not a source. They are: {}.", known.join(", "))))
            }
            None => Ok(()),
        }
    }

    /// Writes a search into its person's history. That this fails is no reason to keep the report back.
    pub async fn remember_search(&self, person: &Person, report: &Report) {
        let search = NewSearch {
            person_id: person.id.clone(),
            value: report.indicator.value(),
            kind: report.indicator.kind().as_str().to_owned(),
            level: report.assessment.level.as_str().to_owned(),
        };
        if let Err(error) = store::searches::record(&self.db, &search, self.now()).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a search could not be remembered");
        }
    }
}
