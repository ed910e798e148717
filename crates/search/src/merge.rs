//! When two findings are one.
//!
//! Findings of one kind and one tenant that share an identity are one finding, transitively: an alert that came through
//! hunting with Graph's id and from a workspace with the product's id is one alert as soon as a third record knows both.
//! A finding without a tenant or without an identity stays by itself. What Microsoft's threat intelligence says belongs to
//! no tenant: it is the same for every customer who asks.

use std::collections::HashMap;

use crate::{Details, Finding, FindingKind, Identity};

mod details;
mod names;
mod places;

/// Merges what all answers brought. The order in which they came does not matter: within a group the newest record
/// speaks first, and among equally old ones the one that stands first in `findings`.
pub fn merge<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Finding> {
    let all: Vec<&Finding> = findings.into_iter().collect();
    groups(&all)
        .into_iter()
        .filter_map(|group| one_of(&all, group))
        .map(|mut finding| {
            names::once(&mut finding);
            places::once(&mut finding.places);
            finding
        })
        .collect()
}

type Key<'a> = (FindingKind, Option<&'a str>, String, &'a Identity);

/// The groups, each in the order of `all`; the groups in the order of their first members.
fn groups(all: &[&Finding]) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..all.len()).collect();
    let mut first_with: HashMap<Key<'_>, usize> = HashMap::new();
    for (at, finding) in all.iter().enumerate() {
        let tenant = match &finding.tenant {
            Some(tenant) => tenant.as_str(),
            None if finding.kind.is_intelligence() => "",
            None => continue,
        };
        for identity in finding.identities.iter().filter(|identity| !identity.id.is_empty()) {
            let other = *first_with
                .entry((finding.kind, finding.cloud.as_deref(), tenant.to_ascii_lowercase(), identity))
                .or_insert(at);
            let (one, two) = (root(&mut parent, at), root(&mut parent, other));
            // The smaller index becomes the root, so that a group stands where its first member stood.
            parent[one.max(two)] = one.min(two);
        }
    }
    let mut places: HashMap<usize, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in 0..all.len() {
        let root = root(&mut parent, at);
        let place = *places.entry(root).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(at);
    }
    groups
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

fn one_of(all: &[&Finding], mut group: Vec<usize>) -> Option<Finding> {
    let routes = union(group.iter().map(|&at| &all[at].routes));
    // The sort is stable: among records of the same age the order of the sources decides.
    group.sort_by_key(|&at| std::cmp::Reverse(all[at].updated));
    let newest_first: Vec<&Finding> = group.iter().map(|&at| all[at]).collect();
    let newest = *newest_first.first()?;
    if newest_first.len() == 1 {
        return Some(newest.clone());
    }
    let mut identities = union(newest_first.iter().map(|finding| &finding.identities));
    identities.sort();
    let details: Vec<&Details> = newest_first.iter().map(|finding| &finding.details).collect();
    Some(Finding {
        kind: newest.kind,
        // The same whichever source came first, so that a page which fills up can keep its row.
        id: identities.first().map_or_else(|| newest.id.clone(), |identity| identity.id.clone()),
        identities,
        tenant: newest.tenant.clone(),
        cloud: newest.cloud.clone(),
        title: newest_first
            .iter()
            .map(|finding| &finding.title)
            .find(|title| !title.is_empty())
            .cloned()
            .unwrap_or_default(),
        severity: newest_first.iter().find_map(|finding| finding.severity),
        status: newest_first.iter().find_map(|finding| finding.status.clone()),
        // The period is no field that one record knows better: each saw a part of it.
        first_seen: newest_first.iter().filter_map(|finding| finding.first_seen).min(),
        last_seen: newest_first.iter().filter_map(|finding| finding.last_seen).max(),
        updated: newest.updated,
        product: newest_first.iter().find(|finding| finding.service.is_some()).unwrap_or(&newest).product,
        service: newest_first.iter().find_map(|finding| finding.service.clone()),
        routes,
        links: links(&newest_first),
        places: places::of(&newest_first),
        details: details::merge(&details).unwrap_or_else(|| newest.details.clone()),
    })
}

/// Every element once, in the order of first appearance.
fn union<'a, T: Clone + PartialEq + 'a>(lists: impl IntoIterator<Item = &'a Vec<T>>) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    for item in lists.into_iter().flatten() {
        if !all.contains(item) {
            all.push(item.clone());
        }
    }
    all
}

/// Every page once, under the name that the newest record gives it. Two links that differ only in naming the tenant lead
/// to one page; the one that names it is kept, for it opens there whoever is signed in elsewhere.
fn links(newest_first: &[&Finding]) -> Vec<crate::Link> {
    let mut all: Vec<crate::Link> = Vec::new();
    for link in newest_first.iter().flat_map(|finding| &finding.links) {
        match all.iter_mut().find(|known| page(&known.url) == page(&link.url)) {
            Some(known) if link.url.len() > known.url.len() => known.url.clone_from(&link.url),
            Some(_) => {}
            None => all.push(link.clone()),
        }
    }
    all
}

/// A link without the tenant that it names (`?tid=`), where that is all that it asks.
fn page(url: &str) -> &str {
    match url.split_once("?tid=") {
        Some((page, tenant)) if !tenant.contains(['&', '#']) => page,
        _ => url,
    }
}

#[cfg(test)]
mod tests;
