//! What only one kind has, merged field by field, the newest record first.

use super::union;
use crate::Details;

/// The first that is there.
macro_rules! newest {
    ($of:expr, $field:ident) => {
        $of.iter().find_map(|one| one.$field.clone())
    };
}

/// `None` if the records are not of one kind, which identities of one kind exclude.
pub(super) fn merge(newest_first: &[&Details]) -> Option<Details> {
    match newest_first.first()? {
        Details::Alert { .. } => alert(newest_first),
        Details::Incident { .. } => incident(newest_first),
        Details::ThreatIndicator { .. } => threat_indicator(newest_first),
        Details::Device { .. } => device(newest_first),
        // One source alone brings each of these: the newest record says all.
        Details::Mail { .. }
        | Details::Click { .. }
        | Details::SignIn { .. }
        | Details::Sighting { .. }
        | Details::Intelligence { .. } => newest_first.first().map(|newest| (*newest).clone()),
        Details::Prevalence { .. } => None,
    }
}

fn alert(newest_first: &[&Details]) -> Option<Details> {
    struct Part<'a> {
        category: &'a Option<String>,
        description: &'a Option<String>,
        classification: &'a Option<String>,
        incident: &'a Option<crate::finding::IncidentReference>,
        lists: [&'a Vec<String>; 4],
    }
    let mut parts = Vec::new();
    for one in newest_first {
        let Details::Alert { category, description, classification, incident, techniques, devices, accounts, pivots } =
            one
        else {
            return None;
        };
        parts.push(Part {
            category,
            description,
            classification,
            incident,
            lists: [techniques, devices, accounts, pivots],
        });
    }
    let list = |which: usize| union(parts.iter().map(|part| part.lists[which]));
    Some(Details::Alert {
        category: newest!(parts, category),
        description: newest!(parts, description),
        classification: newest!(parts, classification),
        // A record that knows the incident's title knows more than a newer one that has only its number.
        incident: parts
            .iter()
            .find_map(|part| part.incident.clone().filter(|incident| incident.title.is_some()))
            .or_else(|| newest!(parts, incident)),
        techniques: list(0),
        devices: list(1),
        accounts: list(2),
        pivots: list(3),
    })
}

fn incident(newest_first: &[&Details]) -> Option<Details> {
    struct Part<'a> {
        classification: &'a Option<String>,
        assigned_to: &'a Option<String>,
        alerts: &'a Option<u64>,
        labels: &'a Vec<String>,
    }
    let mut parts = Vec::new();
    for one in newest_first {
        let Details::Incident { classification, assigned_to, alerts, labels } = one else { return None };
        parts.push(Part { classification, assigned_to, alerts, labels });
    }
    Some(Details::Incident {
        classification: newest!(parts, classification),
        assigned_to: newest!(parts, assigned_to),
        alerts: newest!(parts, alerts),
        labels: union(parts.iter().map(|part| part.labels)),
    })
}

fn threat_indicator(newest_first: &[&Details]) -> Option<Details> {
    let Details::ThreatIndicator { value, matched, state, .. } = newest_first.first()? else { return None };
    let (value, matched, state) = (value.clone(), matched.clone(), state.clone());
    struct Part<'a> {
        action: &'a Option<String>,
        confidence: &'a Option<u8>,
        valid_from: &'a Option<jiff::Timestamp>,
        description: &'a Option<String>,
        listed_by: &'a Option<String>,
        tags: &'a Vec<String>,
    }
    let mut parts = Vec::new();
    let mut end = None;
    for (at, one) in newest_first.iter().enumerate() {
        let Details::ThreatIndicator {
            action, confidence, valid_from, valid_until, description, listed_by, tags, ..
        } = one
        else {
            return None;
        };
        if at == 0 {
            // An absent end means for ever: the newest record's word stands even where it is absent.
            end = *valid_until;
        }
        parts.push(Part { action, confidence, valid_from, description, listed_by, tags });
    }
    Some(Details::ThreatIndicator {
        value,
        matched,
        state,
        action: newest!(parts, action),
        confidence: newest!(parts, confidence),
        valid_from: newest!(parts, valid_from),
        valid_until: end,
        description: newest!(parts, description),
        listed_by: newest!(parts, listed_by),
        tags: union(parts.iter().map(|part| part.tags)),
    })
}

fn device(newest_first: &[&Details]) -> Option<Details> {
    struct Part<'a> {
        connected: &'a Option<u64>,
        blocked: &'a Option<u64>,
        processes: &'a Vec<String>,
        accounts: &'a Vec<String>,
        os: &'a Option<String>,
        risk: &'a Option<String>,
    }
    let mut parts = Vec::new();
    for one in newest_first {
        let Details::Device { connected, blocked, processes, accounts, os, risk } = one else { return None };
        parts.push(Part { connected, blocked, processes, accounts, os, risk });
    }
    Some(Details::Device {
        connected: newest!(parts, connected),
        blocked: newest!(parts, blocked),
        processes: union(parts.iter().map(|part| part.processes)),
        accounts: union(parts.iter().map(|part| part.accounts)),
        os: newest!(parts, os),
        risk: newest!(parts, risk),
    })
}
