//! The names that a report holds, and what stands in for each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indicator::Indicator;

use super::system::is_system;
use super::{Masker, raw};
use crate::{Answer, Details, Finding, Product, Report};

pub(super) mod pattern;

use pattern::{Letter, Pattern};

/// Letters and digits from which a name is so much its own that it is replaced inside of longer words too.
pub(super) const ITS_OWN: usize = 6;

/// Names of roles and of everyday things. An account is masked if it is called so, but not each sentence with the word.
const ORDINARY: &[&str] = &[
    "account",
    "admin",
    "administrator",
    "alert",
    "backup",
    "device",
    "guest",
    "host",
    "info",
    "mail",
    "malware",
    "network",
    "office",
    "person",
    "security",
    "server",
    "service",
    "support",
    "test",
    "user",
];

/// Words in the names of feeds, apps and services, which list entries as people do.
const NOT_A_PERSON: &[&str] = &[
    "api",
    "app",
    "automated",
    "automation",
    "bot",
    "connector",
    "defender",
    "feed",
    "intel",
    "intelligence",
    "microsoft",
    "misp",
    "platform",
    "playbook",
    "sentinel",
    "service",
    "soar",
    "sync",
    "system",
    "taxii",
    "threat",
    "windowsdefenderatp",
];

/// Every name of one report.
pub(super) struct Names<'a> {
    pub masker: &'a Masker,
    pub indicator: &'a Indicator,
    /// By their first letter: a long text is looked through once.
    patterns: HashMap<char, Vec<Pattern>>,
    /// How the indicator is written: never masked.
    pub kept: Vec<Vec<char>>,
}

impl<'a> Names<'a> {
    /// Reads the names of people and of devices out of the fields that hold them, in a report and in answers beside it.
    pub fn of(report: &'a Report, beside: &[Answer], masker: &'a Masker) -> Names<'a> {
        let mut found = Found::default();
        let answers = || report.answers.iter().chain(beside);
        let theirs = answers().flat_map(|answer| &answer.findings);
        report.findings.iter().chain(theirs).for_each(|finding| found.finding(finding));
        answers().flat_map(|answer| &answer.raw).for_each(|record| raw::collect(record, &mut found));
        let mut names =
            Names { masker, indicator: &report.indicator, patterns: HashMap::new(), kept: kept(&report.indicator) };
        for (name, as_) in &found.people {
            names.person_pattern(name, masker.person(as_));
        }
        let people: Vec<Vec<String>> = found.people.keys().map(|name| words(&folded(short(name)))).collect();
        for device in &found.devices {
            let label = folded(device.split('.').next().unwrap_or(device));
            if people.iter().any(|person| carries(&label, person)) {
                let stand_in = masker.device(&label);
                names.pattern(Pattern::exactly(&label, stand_in, false));
            }
        }
        names
    }

    fn person_pattern(&mut self, name: &str, stand_in: String) {
        let short = folded(short(name));
        let words = words(&short);
        let length: usize = words.iter().map(|word| word.chars().count()).sum();
        if length < ITS_OWN {
            if !short.is_empty() && ORDINARY.binary_search(&short.as_str()).is_err() {
                self.pattern(Pattern::exactly(&short, stand_in, false));
            }
            return;
        }
        if ORDINARY.binary_search(&short.as_str()).is_ok() {
            return;
        }
        if let [first, second] = words.as_slice() {
            // "Berg, Anna"
            let turned = vec![second.clone(), first.clone()];
            self.pattern(Pattern::loosely(&turned, stand_in.clone()));
        }
        self.pattern(Pattern::loosely(&words, stand_in));
    }

    fn pattern(&mut self, pattern: Pattern) {
        if let Some(first) = pattern.first() {
            self.patterns.entry(first).or_default().push(pattern);
        }
    }

    /// The longest name that begins at this letter: where it ends, and its stand-in.
    pub fn at<'n>(&'n self, text: &[Letter], at: usize) -> Option<(usize, &'n str)> {
        let patterns = self.patterns.get(&text[at].folded)?;
        let found = patterns.iter().filter_map(|pattern| Some((pattern.ends(text, at)?, pattern.stand_in.as_str())));
        found.max_by_key(|(end, _)| *end)
    }

    /// What stands in for somebody in a field that holds a name: a system's own account stays, and so does the mailbox's
    /// domain where that is what was searched.
    pub fn person(&self, name: &str) -> String {
        if is_system(&folded(short(name))) || name.trim().is_empty() {
            return name.to_owned();
        }
        let stand_in = self.masker.person(name);
        match name.split_once('@') {
            Some((_, domain)) if self.keeps(domain) => format!("{stand_in}@{domain}"),
            _ => stand_in,
        }
    }

    /// Whether a domain is the indicator, or below it.
    pub fn keeps(&self, domain: &str) -> bool {
        let Indicator::Domain(searched) = self.indicator else { return false };
        let domain = folded(domain).replace("[.]", ".");
        let rest = |form: &str| domain.strip_suffix(form).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        rest(searched.as_str()) || rest(&folded(&searched.unicode()))
    }
}

/// What is found before anything is replaced.
#[derive(Default)]
pub(super) struct Found {
    /// Names of people, each with the form that its stand-in is made from.
    people: BTreeMap<String, String>,
    devices: BTreeSet<String>,
}

impl Found {
    fn finding(&mut self, finding: &Finding) {
        match &finding.details {
            Details::Alert { devices, accounts, .. } => {
                devices.iter().for_each(|name| self.device(name));
                accounts.iter().for_each(|name| self.person(name));
            }
            Details::Incident { assigned_to, .. } => assigned_to.iter().for_each(|name| self.person(name)),
            Details::ThreatIndicator { listed_by, .. } => {
                let person = |name: &&String| is_person(name, finding.product);
                listed_by.iter().filter(person).for_each(|name| self.person(name));
            }
            Details::Device { accounts, .. } => {
                accounts.iter().for_each(|name| self.person(name));
                self.device(&finding.title);
                self.device(&finding.id);
                finding.identities.iter().for_each(|identity| self.device(&identity.id));
            }
            Details::Mail { sender, recipients, .. } => {
                sender.iter().chain(recipients).for_each(|name| self.person(name));
            }
            Details::Click { account, .. } | Details::SignIn { account, .. } => {
                account.iter().for_each(|name| self.person(name));
            }
            Details::Sighting { devices, accounts, .. } => {
                devices.iter().for_each(|name| self.device(name));
                accounts.iter().for_each(|name| self.person(name));
            }
            Details::Prevalence { .. } | Details::Intelligence { .. } => {}
        }
    }

    /// Takes in a name from a field that holds one.
    pub fn person(&mut self, name: &str) {
        let name = name.trim();
        if is_system(&folded(short(name))) {
            return;
        }
        if let Some((shown, mail)) = name.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            // "Anna Berg <anna.berg@northwind.example>"
            self.people.insert(mail.to_owned(), mail.to_owned());
            self.people.insert(shown.trim().trim_matches('"').to_owned(), mail.to_owned());
        } else if !name.is_empty() {
            self.people.insert(name.to_owned(), name.to_owned());
        }
    }

    /// Takes in the name of a device.
    pub fn device(&mut self, name: &str) {
        if !name.is_empty() && name.len() <= 255 {
            self.devices.insert(name.to_owned());
        }
    }
}

/// Whether who listed an entry is a person: Sentinel names feeds, Defender an app or a person, and in doubt a person.
pub(super) fn is_person(listed_by: &str, product: Product) -> bool {
    if listed_by.contains(['@', '\\']) {
        return true;
    }
    let technical = |word: &String| NOT_A_PERSON.binary_search(&word.as_str()).is_ok();
    product == Product::Defender && !words(&folded(listed_by)).iter().any(technical)
}

/// A name without its domain: `anna.berg` of `NORTHWIND\anna.berg`, of `anna.berg@northwind.example`, and of a guest's
/// `anna.berg_northwind.example#EXT#@fabrikam.example`.
pub(super) fn short(name: &str) -> &str {
    let name = name.trim();
    if let Some((_, mail)) = name.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        return short(mail);
    }
    let local = name.split_once('@').map_or(name, |(local, _)| local);
    let user = local.rsplit('\\').next().unwrap_or(local);
    let guest = user.find("#EXT#").or_else(|| user.find("#ext#")).map(|at| &user[..at]);
    guest.map_or(user, |guest| guest.rsplit_once('_').map_or(guest, |(local, _)| local))
}

/// What makes two names one person: the letters and digits of the short form, folded.
pub(super) fn key(name: &str) -> String {
    let short = folded(short(name));
    let letters: String = short.chars().filter(|letter| letter.is_alphanumeric()).collect();
    if letters.is_empty() { short } else { letters }
}

pub(super) fn folded(text: &str) -> String {
    text.trim().chars().flat_map(char::to_lowercase).collect()
}

/// "anna.berg" → "anna", "berg".
pub(super) fn words(name: &str) -> Vec<String> {
    name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a device's name has an account's name in it: whole (`ANNABERG-PC`), by one of its words (`LAPTOP-ANNA01`), or by
/// the first letter and the last word (`ABERG-PC`).
fn carries(label: &str, person: &[String]) -> bool {
    let squeezed: String = label.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let holds = |name: &str, fewest: usize| name.chars().count() >= fewest && squeezed.contains(name);
    let tokens: Vec<&str> = label.split(|letter: char| !letter.is_alphabetic()).collect();
    let by_word = person.iter().any(|word| word.chars().count() >= 3 && tokens.contains(&word.as_str()));
    let initial = match person {
        [first, .., last] => first.chars().next().map(|letter| format!("{letter}{last}")),
        _ => None,
    };
    by_word || holds(&person.concat(), 4) || initial.is_some_and(|initial| holds(&initial, 4))
}

fn kept(indicator: &Indicator) -> Vec<Vec<char>> {
    let mut forms = vec![indicator.value(), indicator.defanged()];
    if let Indicator::Domain(domain) = indicator {
        forms.push(domain.unicode());
    }
    forms.iter().map(|form| folded(form).chars().collect()).collect()
}

#[cfg(test)]
mod tests;
