//! A report as a table for a spreadsheet, in which nothing that came from outside can act as a formula.

use jiff::Timestamp;

use crate::{Details, Finding, Report};

const HEADER: [&str; 17] = [
    "kind",
    "id",
    "title",
    "severity",
    "status",
    "product",
    "service",
    "first_seen",
    "last_seen",
    "tenant",
    "sources",
    "places",
    "details",
    "links",
    "reason",
    "covered_from",
    "covered_to",
];

/// The first cell is the indicator, so that the tables of several can be put together. A line a finding, then a line a source (kind `source`), so that one which was not asked cannot be taken for one that
/// knows nothing. RFC 4180: commas, CRLF, quotes doubled. Times are ISO 8601 in UTC.
pub fn write(report: &Report) -> String {
    let mut out = String::new();
    let indicator = report.indicator.to_string();
    line(&mut out, "indicator", HEADER.map(str::to_owned));
    for finding in &report.findings {
        line(&mut out, &indicator, of_finding(finding));
    }
    for answer in &report.answers {
        let period = |pick: fn(&crate::Covered) -> Timestamp| time(answer.covered.as_ref().map(pick));
        let mut cells: [String; 17] = Default::default();
        cells[0] = "source".into();
        cells[1] = answer.asked.source.clone();
        cells[2] = match &answer.asked.label {
            Some(label) => format!("{} ({label})", answer.asked.title),
            None => answer.asked.title.clone(),
        };
        cells[4] = answer.outcome.as_str().into();
        cells[5] = answer.asked.product.as_str().into();
        cells[9] = answer.asked.tenant.clone().unwrap_or_default();
        cells[14] = answer.reason.clone().unwrap_or_default();
        cells[15] = period(|covered| covered.from);
        cells[16] = period(|covered| covered.to);
        line(&mut out, &indicator, cells);
    }
    for asked in &report.waiting {
        let mut cells: [String; 17] = Default::default();
        cells[0] = "source".into();
        cells[1] = asked.source.clone();
        cells[2] = asked.title.clone();
        cells[4] = "waiting".into();
        cells[5] = asked.product.as_str().into();
        line(&mut out, &indicator, cells);
    }
    out
}

fn of_finding(finding: &Finding) -> [String; 17] {
    let word = |text: &Option<String>| text.clone().unwrap_or_default();
    let places: Vec<String> = finding
        .places
        .iter()
        .map(|place| {
            let mut words = vec![place.place.clone()];
            words.extend(place.role.clone());
            words.extend(place.verdict.clone());
            words.join(" ")
        })
        .collect();
    let links: Vec<&str> = finding.links.iter().map(|link| link.url.as_str()).collect();
    [
        finding.kind.as_str().into(),
        finding.id.clone(),
        finding.title.clone(),
        finding.severity.map(|severity| severity.as_str().to_owned()).unwrap_or_default(),
        word(&finding.status),
        finding.product.as_str().into(),
        word(&finding.service),
        time(finding.first_seen),
        time(finding.last_seen),
        word(&finding.tenant),
        finding.routes.join(" "),
        places.join("; "),
        details(&finding.details),
        links.join(" "),
        String::new(),
        String::new(),
        String::new(),
    ]
}

fn details(details: &Details) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut put = |name: &str, value: String| {
        if !value.is_empty() {
            parts.push(format!("{name}: {value}"));
        }
    };
    let word = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: &Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    match details {
        Details::Alert { category, classification, incident, techniques, devices, accounts, pivots, .. } => {
            put("category", word(category));
            put("classification", word(classification));
            put("incident", incident.as_ref().map(|incident| incident.id.clone()).unwrap_or_default());
            put("techniques", techniques.join(" "));
            put("devices", devices.join(" "));
            put("accounts", accounts.join(" "));
            put("pivots", pivots.join(" "));
        }
        Details::Incident { classification, assigned_to, alerts, labels } => {
            put("classification", word(classification));
            put("assigned to", word(assigned_to));
            put("alerts", number(alerts));
            put("labels", labels.join(" "));
        }
        Details::ThreatIndicator {
            value, matched, action, state, confidence, valid_until, listed_by, tags, ..
        } => {
            put("value", value.clone());
            put("matched", matched.clone());
            put("action", word(action));
            put("state", state.clone());
            put("confidence", confidence.map(|confidence| confidence.to_string()).unwrap_or_default());
            put("valid until", time(*valid_until));
            put("listed by", word(listed_by));
            put("tags", tags.join(" "));
        }
        Details::Prevalence { devices, at_least } => {
            put("devices", format!("{}{devices}", if *at_least { "at least " } else { "" }));
        }
        Details::Device { connected, blocked, processes, accounts, os, risk } => {
            put("connected", number(connected));
            put("blocked", number(blocked));
            put("processes", processes.join(" "));
            put("accounts", accounts.join(" "));
            put("operating system", word(os));
            put("risk", word(risk));
        }
        Details::Mail { sender, recipients, direction, location, threats } => {
            put("sender", word(sender));
            put("recipients", recipients.join(" "));
            put("direction", word(direction));
            put("location", word(location));
            put("threats", threats.join(", "));
        }
        Details::Click { url, account, application, allowed, blocked, clicked_through } => {
            put("address", word(url));
            put("account", word(account));
            put("in", word(application));
            put("allowed", allowed.to_string());
            put("blocked", blocked.to_string());
            put("clicked through", clicked_through.to_string());
        }
        Details::SignIn { account, succeeded, failed, applications, country } => {
            put("account", word(account));
            put("succeeded", format!("at least {succeeded}"));
            put("failed", format!("at least {failed}"));
            put("applications", applications.join(", "));
            put("country", word(country));
        }
        Details::Sighting { table, events, what, devices, accounts } => {
            put("table", table.clone());
            put("events", format!("at least {events}"));
            put("what", what.join(", "));
            put("devices", devices.join(" "));
            put("accounts", accounts.join(" "));
        }
        Details::Intelligence { value, fields } => {
            put("value", word(value));
            for field in fields {
                put(&field.name, field.value.clone());
            }
        }
    }
    parts.join("; ")
}

fn time(time: Option<Timestamp>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}

fn line(out: &mut String, first: &str, cells: [String; 17]) {
    out.push_str(first);
    for cell in &cells {
        out.push(',');
        out.push_str(&quoted(&harmless(cell)));
    }
    out.push_str("\r\n");
}

/// Puts an apostrophe before what a spreadsheet would take for a formula, also behind quotes and spaces. Full-width
/// forms of the four signs count as well: some programs fold them when they open a file.
pub(crate) fn harmless(cell: &str) -> String {
    let begins = cell.starts_with(['\t', '\r', '\n']);
    let bare =
        cell.trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '\u{feff}'));
    if begins || bare.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        return format!("'{cell}");
    }
    cell.to_owned()
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

#[cfg(test)]
mod tests;
