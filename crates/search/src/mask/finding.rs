//! A finding without names of people. Words that Microsoft chooses from a list stay as they are.

use super::names::{Names, is_person};
use crate::{Details, Finding};

pub(super) fn mask(finding: &mut Finding, names: &Names<'_>) {
    names.mask(&mut finding.id);
    for identity in &mut finding.identities {
        names.mask(&mut identity.id);
    }
    names.mask(&mut finding.title);
    // A link leads to somebody if a name stands in it, and without the name it leads nowhere.
    finding.links.retain(|link| !is_named(&link.url, names));
    for link in &mut finding.links {
        names.mask(&mut link.label);
    }
    let product = finding.product;
    match &mut finding.details {
        Details::Alert { description, incident, devices, accounts, pivots, .. } => {
            description.iter_mut().for_each(|text| names.mask(text));
            if let Some(incident) = incident {
                names.mask(&mut incident.id);
                incident.title.iter_mut().for_each(|text| names.mask(text));
                incident.url.take_if(|url| is_named(url, names));
            }
            devices.iter_mut().for_each(|name| names.mask(name));
            people(accounts, names);
            // A name that is an indicator is nothing to search for without it.
            pivots.retain(|pivot| !is_named(pivot, names));
        }
        Details::Incident { assigned_to, labels, .. } => {
            assigned_to.iter_mut().for_each(|name| *name = names.person(name));
            labels.iter_mut().for_each(|label| names.mask(label));
        }
        Details::ThreatIndicator { value, description, listed_by, tags, .. } => {
            names.mask(value);
            description.iter_mut().for_each(|text| names.mask(text));
            for name in listed_by.iter_mut() {
                if is_person(name, product) {
                    *name = names.person(name);
                } else {
                    names.mask(name);
                }
            }
            tags.iter_mut().for_each(|tag| names.mask(tag));
        }
        Details::Device { processes, accounts, .. } => {
            processes.iter_mut().for_each(|process| names.mask(process));
            people(accounts, names);
        }
        Details::Mail { sender, recipients, .. } => {
            sender.iter_mut().for_each(|name| *name = names.person(name));
            people(recipients, names);
        }
        Details::Click { url, account, .. } => {
            // Links in mail often name whom they were sent to.
            url.iter_mut().for_each(|url| names.mask(url));
            account.iter_mut().for_each(|name| *name = names.person(name));
        }
        Details::SignIn { account, applications, .. } => {
            account.iter_mut().for_each(|name| *name = names.person(name));
            applications.iter_mut().for_each(|name| names.mask(name));
        }
        Details::Sighting { what, devices, accounts, .. } => {
            what.iter_mut().chain(devices).for_each(|name| names.mask(name));
            people(accounts, names);
        }
        Details::Intelligence { fields, .. } => fields.iter_mut().for_each(|field| names.mask(&mut field.value)),
        Details::Prevalence { .. } => {}
    }
}

/// Two names of one person are one stand-in, which stands once.
fn people(accounts: &mut Vec<String>, names: &Names<'_>) {
    let all = std::mem::take(accounts);
    for name in all.iter().map(|name| names.person(name)) {
        if !accounts.contains(&name) {
            accounts.push(name);
        }
    }
}

/// Whether a name stands in a link, as it is written or decoded.
fn is_named(url: &str, names: &Names<'_>) -> bool {
    let named = |text: &str| {
        let mut masked = text.to_owned();
        names.mask(&mut masked);
        masked != text
    };
    let decoded = decoded(url);
    named(url) || named(&decoded) || named(&self::decoded(&decoded))
}

/// Percent-encoding taken off once; what is none stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = (*first == b'%').then(|| after.get(..2)).flatten().and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
