//! `oriel search INDICATOR…`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::anyhow;
use comfy_table::{ContentArrangement, Table, presets};
use futures_util::StreamExt;
use indicator::{Indicator, Parsed};
use search::document::Document;
use search::mask::Masker;
use search::own::OwnAsset;
use search::{Finding, Outcome, Question, Report, Sources};
use store::grants::Scope;
use web::audit::Seen;

use crate::account;
use crate::config::{Config, Overrides};
use crate::instance::Instance;
use crate::output::{self, plain};
use crate::wiring;

/// What is asked, and how the answer is wanted.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Domains and addresses, in any spelling: defanged, as a URL, with a port.
    #[arg(required = true, value_name = "INDICATOR")]
    indicators: Vec<String>,
    /// One JSON document a line, an indicator each.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// CSV, a finding a line.
    #[arg(long)]
    csv: bool,
    /// Show people by their names in JSON and CSV too, and not by stand-ins; the reason stands in the audit.
    #[arg(long, value_name = "REASON")]
    unmask: Option<String>,
}

impl Arguments {
    /// By which way the reports are seen.
    fn seen(&self) -> Seen {
        match (self.json, self.csv) {
            (true, _) => Seen::Export("json"),
            (_, true) => Seen::Export("csv"),
            _ => Seen::Table,
        }
    }
}

/// Something was found.
const FOUND: u8 = 0;
/// Everything that could be asked was asked, and knows nothing.
const NOTHING: u8 = 1;
/// Nothing was found, and something could not be asked or read.
const CANNOT_SAY: u8 = 2;

/// Asks about each, and answers with the exit code that the manual promises.
pub async fn run(arguments: Arguments, over: &Overrides) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(Config::read(over)?).await?;
    let masker = masker(&instance, &arguments).await?;
    let kept = store::own_assets::list(&instance.db, &Scope::All).await?;
    let own: Vec<OwnAsset> = kept.into_iter().map(|kept| kept.own).collect();
    let mut codes = Vec::new();
    let mut has_header = false;
    for text in &arguments.indicators {
        let parsed = match indicator::parse(text) {
            Ok(parsed) => parsed,
            Err(rejected) => {
                output::talk(plain(&rejected.to_string()));
                codes.push(CANNOT_SAY);
                continue;
            }
        };
        // Before anybody is asked: what cannot be written down is not searched.
        let entry = web::audit::seen(&parsed.indicator, arguments.seen(), masker.is_none(), false);
        account::note(&instance, &[entry]).await?;
        let mut report = ask(&instance, &parsed.indicator).await;
        report.set_own(search::own::closest(&own, &parsed.indicator).cloned());
        if let Some(masker) = &masker {
            report = masker.report(&report, &[]);
        }
        if arguments.json {
            let json = serde_json::to_string(&Document::from_report(&report, &parsed, false))?;
            output::line(output::plain_json(&json))?;
        } else if arguments.csv {
            let csv = search::csv::write(&report);
            // One header for the whole output.
            let rows = if has_header { csv.split_once("\r\n").map_or("", |(_, rows)| rows) } else { &csv };
            output::text(&output::plain_lines(rows))?;
            has_header = true;
        } else {
            output::line(table(&report, &parsed))?;
        }
        codes.push(code(&report));
    }
    instance.db.close().await;
    sum(&codes).map(ExitCode::from).ok_or_else(|| anyhow!("nothing was asked"))
}

/// Makes stand-ins, for what goes on to others: JSON and CSV, unless it is said why names are needed. A table is read here.
async fn masker(instance: &Instance, arguments: &Arguments) -> anyhow::Result<Option<Masker>> {
    if let Some(why) = &arguments.unmask {
        let reason = web::names::reason("--unmask", why).map_err(|error| anyhow!("--unmask: {}", error.message))?;
        let searched = arguments.indicators.iter().filter_map(|text| indicator::parse(text).ok());
        let entries: Vec<_> =
            searched.map(|parsed| store::unmasking::entry(&reason, Some(&parsed.indicator.value()))).collect();
        account::note(instance, &entries).await?;
        return Ok(None);
    }
    if !arguments.json && !arguments.csv {
        return Ok(None);
    }
    Ok(Some(web::names::masker(&instance.db, &instance.vault, &wiring::random(), instance.now()).await?))
}

async fn ask(instance: &Instance, indicator: &Indicator) -> Report {
    let sources = search::chosen(&instance.live.current().await, |_| true);
    let question = Arc::new(Question::new(indicator.clone(), instance.now()));
    let asked: Vec<_> = sources.iter().map(|source| source.asked().clone()).collect();
    if asked.iter().all(|asked| asked.connection.is_none()) {
        output::talk("Nothing is connected, so nobody was asked; `oriel connection add` connects Microsoft.");
    }
    let mut report = Report::new(indicator, &asked, question.now);
    let mut answers = std::pin::pin!(search::run::run(sources.into(), question));
    while let Some(answer) = answers.next().await {
        report.add(answer, instance.now());
    }
    if !report.findings.is_empty() && !report.summary.complete {
        output::talk("Not everything could be asked: see the sources that say so.");
    }
    report
}

/// The exit code of one report.
fn code(report: &Report) -> u8 {
    if !report.findings.is_empty() {
        return FOUND;
    }
    if report.summary.complete { NOTHING } else { CANNOT_SAY }
}

/// Found once is found; else one that could not be asked outweighs those that know nothing.
fn sum(codes: &[u8]) -> Option<u8> {
    if codes.contains(&FOUND) {
        return Some(FOUND);
    }
    codes.iter().copied().max()
}

fn table(report: &Report, parsed: &Parsed) -> String {
    let mut text = format!("{}{}\n", head(parsed), plain(&report.assessment.sentence));
    for clause in &report.summary.coverage {
        text.push_str(&format!("  {}\n", plain(clause)));
    }
    if !report.findings.is_empty() {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(["kind", "severity", "last seen", "what", "status", "product"]);
        table.add_rows(report.findings.iter().map(row));
        text.push_str(&format!("{table}\n"));
    }
    for answer in report.answers.iter().filter(|answer| !answer.outcome.is_complete()) {
        // That a whole product is not connected has been said above, in one clause.
        let unconnected = answer.outcome == Outcome::NotConnected && answer.asked.connection.is_none();
        if answer.outcome == Outcome::NotApplicable || unconnected {
            continue;
        }
        let whom = answer.asked.label.as_deref().unwrap_or_default();
        let why = answer.reason.as_deref().unwrap_or_default();
        let remedy = answer.remedy.as_deref().unwrap_or_default();
        let line = format!("{} {whom}: {}. {why} {remedy}", answer.asked.source, answer.outcome);
        text.push_str(&format!("{}\n", plain(line.trim_end())));
    }
    text
}

/// What is searched, and what the canonical form does not tell of it.
fn head(parsed: &Parsed) -> String {
    let value = parsed.indicator.value();
    let unicode = match &parsed.indicator {
        Indicator::Domain(domain) => Some(domain.unicode()).filter(|unicode| *unicode != value),
        Indicator::Ip(_) => None,
    };
    let also = unicode.map_or_else(String::new, |unicode| format!(" ({})", plain(&unicode)));
    let flags = parsed.indicator.flags().into_iter().map(|flag| flag.title().to_owned());
    let told: Vec<String> = flags.chain(parsed.notes.iter().map(|note| plain(&note.to_string()))).collect();
    let told = if told.is_empty() { String::new() } else { format!("  {}\n", told.join("; ")) };
    format!("{value}{also}\n{told}")
}

fn row(finding: &Finding) -> [String; 6] {
    [
        finding.kind.as_str().to_owned(),
        finding.severity.map_or_else(String::new, |severity| severity.as_str().to_owned()),
        finding.last_seen.map_or_else(String::new, |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        plain(&finding.title),
        plain(finding.status.as_deref().unwrap_or_default()),
        plain(finding.service.as_deref().unwrap_or(finding.product.title())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_once_is_found_and_a_gap_outweighs_silence() {
        assert_eq!(sum(&[NOTHING, FOUND, CANNOT_SAY]), Some(FOUND));
        assert_eq!(sum(&[NOTHING, CANNOT_SAY]), Some(CANNOT_SAY));
        assert_eq!(sum(&[NOTHING, NOTHING]), Some(NOTHING));
    }
}
