//! The panels of findings: one a kind, always in the same order, so that nothing moves while answers come in.

use askama::Template;
use jiff::Timestamp;
use search::{Answer, Asked, Finding, FindingKind, Outcome, Product, Report};

use super::cells::{self, Head};
use super::parts::View;
use super::rows::{OfKind, Reach, Row};
use super::sources::asked_again;
use super::tab::Tab;
use crate::when;

/// A kind of panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Alerts.
    Alerts,
    /// Incidents.
    Incidents,
    /// Threat indicators.
    ThreatIndicators,
    /// Devices, with the prevalence above them.
    Devices,
    /// Messages.
    Mail,
    /// Clicks on links.
    Clicks,
    /// Sign-ins.
    SignIns,
    /// What logs have, counted.
    Logs,
}

impl Kind {
    /// Every kind, in the order of the page.
    pub const ALL: [Kind; 8] = [
        Kind::Alerts,
        Kind::Incidents,
        Kind::ThreatIndicators,
        Kind::Devices,
        Kind::Mail,
        Kind::Clicks,
        Kind::SignIns,
        Kind::Logs,
    ];

    fn title(self) -> &'static str {
        match self {
            Kind::Alerts => "Alerts",
            Kind::Incidents => "Incidents",
            Kind::ThreatIndicators => "Threat indicators",
            Kind::Devices => "Devices",
            Kind::Mail => "Mail",
            Kind::Clicks => "Clicks",
            Kind::SignIns => "Sign-ins",
            Kind::Logs => "Logs",
        }
    }

    /// The last part of its id.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Alerts => "alerts",
            Kind::Incidents => "incidents",
            Kind::ThreatIndicators => "threat-indicators",
            Kind::Devices => "devices",
            Kind::Mail => "mail",
            Kind::Clicks => "clicks",
            Kind::SignIns => "sign-ins",
            Kind::Logs => "logs",
        }
    }

    /// Whether a finding stands in it.
    pub fn holds(self, finding: &Finding) -> bool {
        match finding.kind {
            FindingKind::Alert => self == Kind::Alerts,
            FindingKind::Incident => self == Kind::Incidents,
            FindingKind::ThreatIndicator => self == Kind::ThreatIndicators,
            FindingKind::Prevalence | FindingKind::Device => self == Kind::Devices,
            FindingKind::Mail => self == Kind::Mail,
            FindingKind::Click => self == Kind::Clicks,
            FindingKind::SignIn => self == Kind::SignIns,
            FindingKind::Sighting => self == Kind::Logs,
            _ => false,
        }
    }

    /// Whether a source can bring this kind. Sources are named by what they bring, and incidents also come with alerts.
    fn is_served_by(self, asked: &Asked) -> bool {
        let named = |words: &[&str]| words.iter().any(|word| asked.source.contains(word));
        match self {
            Kind::Alerts => named(&["alert"]),
            Kind::Incidents => named(&["incident", "alert"]),
            Kind::ThreatIndicators => named(&["indicator"]),
            Kind::Devices => named(&["devices", "machine", "prevalence"]),
            Kind::Mail => named(&["mail"]),
            Kind::Clicks => named(&["click"]),
            Kind::SignIns => named(&["sign_in"]),
            Kind::Logs => named(&["logs", "events"]),
        }
    }

    /// The kind that a source is there for, whatever else it brings.
    pub fn of(asked: &Asked) -> Kind {
        let order = [
            Kind::Incidents,
            Kind::ThreatIndicators,
            Kind::Devices,
            Kind::Mail,
            Kind::Clicks,
            Kind::SignIns,
            Kind::Logs,
        ];
        let named = |kind: &Kind| match kind {
            Kind::Incidents => asked.source.contains("incident"),
            kind => kind.is_served_by(asked),
        };
        order.into_iter().find(named).unwrap_or(Kind::Alerts)
    }

    /// Rows on the summary; a product's own tab shows more.
    fn few(self) -> usize {
        match self {
            Kind::Alerts => 10,
            Kind::Incidents => 5,
            Kind::ThreatIndicators | Kind::Devices => 8,
            Kind::Mail | Kind::Clicks | Kind::SignIns | Kind::Logs => 5,
        }
    }
}

/// Rows on a product's own tab. Whoever has more takes the table.
const MANY: usize = 500;

/// One panel, filled.
#[derive(Template)]
#[template(path = "search/_panel.html")]
pub struct Panel {
    id: String,
    kind: Kind,
    title: &'static str,
    /// Findings of this kind, shown or not; of devices, how many came how far. Empty where there are none.
    count: String,
    /// Instead of rows: why there are none.
    quiet: Option<String>,
    /// When a throttled source is asked again, where that is why there are none: HTML.
    again: Option<String>,
    /// Whether the quiet line says that something is still being asked.
    waiting: bool,
    /// Small print at the right: who said it, when.
    meta: String,
    /// How many devices, above the devices.
    prevalence: Vec<Row>,
    rows: Vec<Row>,
    /// The heads of the columns, where the cells of a row are of one form.
    heads: &'static [Head],
    /// Rows that are not shown, and where they are.
    more: Vec<(String, String)>,
}

impl Panel {
    /// The panel of a kind on a tab; `None` where nobody could have been asked for it.
    pub fn of(report: &Report, kind: Kind, tab: Tab, query: &str, view: View<'_>) -> Option<Panel> {
        let now = view.now;
        let serves = |asked: &Asked| kind.is_served_by(asked) && tab.shows(asked.product);
        let waiting: Vec<&Asked> = report.waiting.iter().filter(|asked| serves(asked)).collect();
        let answers: Vec<&Answer> = report.answers.iter().filter(|answer| serves(&answer.asked)).collect();
        let findings: Vec<&Finding> =
            report.findings.iter().filter(|finding| kind.holds(finding) && tab.shows(finding.product)).collect();

        let nobody = answers.iter().all(|answer| is_out_of_question(answer.outcome));
        if findings.is_empty() && waiting.is_empty() && nobody {
            return None;
        }
        let again = answers.iter().find_map(|answer| asked_again(answer, view));
        let limit = if tab == Tab::Summary { kind.few() } else { MANY };
        let (prevalence, others): (Vec<&Finding>, Vec<&Finding>) =
            findings.iter().partition(|finding| finding.kind == FindingKind::Prevalence);
        Some(Panel {
            id: format!("{}-{}", tab.name(), kind.id()),
            kind,
            title: kind.title(),
            count: match kind {
                Kind::Devices => Reach::words(&others),
                _ if others.is_empty() => String::new(),
                _ => others.len().to_string(),
            },
            quiet: findings.is_empty().then(|| quiet(&waiting, &answers)),
            again: again.filter(|_| findings.is_empty() && waiting.is_empty()),
            waiting: !waiting.is_empty(),
            meta: if findings.is_empty() { String::new() } else { meta(kind, &answers, &waiting, now) },
            prevalence: prevalence.iter().map(|finding| row(finding, view)).collect(),
            rows: others.iter().take(limit).map(|finding| row(finding, view)).collect(),
            heads: cells::heads(kind),
            more: more(&others, limit, tab, query),
        })
    }
}

/// A finding as a row, which says of which tenant it is where there are several; so does each of its links.
fn row(finding: &Finding, view: View<'_>) -> Row {
    let mut row = Row { tenant: view.tenants.of_finding(finding), ..Row::of(finding, view.now) };
    if let Some(tenant) = &row.tenant {
        row.links.iter_mut().for_each(|link| link.label = format!("{}, in {tenant}", link.label));
    }
    row
}

/// Whether nobody could have been asked: such a source leaves no gap that a panel would have to name.
fn is_out_of_question(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::NotConnected | Outcome::NotApplicable | Outcome::Retired)
}

/// One line in place of rows. "None" is only said where somebody was asked and answered whole.
fn quiet(waiting: &[&Asked], answers: &[&Answer]) -> String {
    if !waiting.is_empty() {
        return format!("asking {}…", products(waiting.iter().map(|asked| asked.product)));
    }
    let asked = || answers.iter().filter(|answer| !is_out_of_question(answer.outcome));
    let whole = asked().filter(|answer| answer.outcome.is_complete()).count();
    match (whole, asked().count() - whole) {
        (0, _) => "could not be asked".to_owned(),
        (_, 0) => "none known".to_owned(),
        (_, 1) => "none known in what was asked; 1 source could not say".to_owned(),
        (_, some) => format!("none known in what was asked; {some} sources could not say"),
    }
}

fn products(products: impl Iterator<Item = Product>) -> String {
    let mut products: Vec<Product> = products.collect();
    products.sort_unstable();
    products.dedup();
    products.into_iter().map(Product::title).collect::<Vec<_>>().join(" and ")
}

/// "3 sources · asked 2 minutes ago": HTML.
fn meta(kind: Kind, answers: &[&Answer], waiting: &[&Asked], now: Timestamp) -> String {
    let told = |answer: &&&Answer| answer.findings.iter().any(|finding| kind.holds(finding));
    let spoke: Vec<&&Answer> = answers.iter().filter(told).collect();
    let Some(oldest) = spoke.iter().map(|answer| answer.asked_at).min() else { return String::new() };
    let sources = if spoke.len() == 1 { "1 source".to_owned() } else { format!("{} sources", spoke.len()) };
    let rest = if waiting.is_empty() { "" } else { " · more being asked" };
    format!("{sources} · asked {}{rest}", when::ago_live(oldest, now))
}

fn more(findings: &[&Finding], limit: usize, tab: Tab, query: &str) -> Vec<(String, String)> {
    if findings.len() <= limit {
        return Vec::new();
    }
    if tab != Tab::Summary {
        let hidden = findings.len() - limit;
        return vec![(format!("{hidden} more in the table (CSV)"), format!("/search.csv?{query}"))];
    }
    Product::ALL
        .into_iter()
        .filter_map(|product| {
            let count = findings.iter().filter(|finding| finding.product == product).count();
            let words = format!("All {count} of {}", product.title());
            (count > 0).then(|| (words, Tab::of(product).address(query)))
        })
        .collect()
}
