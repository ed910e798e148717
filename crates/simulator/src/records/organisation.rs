//! A tenant of the story at a given beginning: names made full, times made instants, ids made.

use jiff::{SignedDuration, Timestamp};

use super::service;
use crate::ids;
use crate::scenario::{Alert, Device, Tenant};

/// A tenant whose story begins at an instant.
#[derive(Debug)]
pub(crate) struct Organisation {
    pub(crate) tenant: Tenant,
    pub(crate) beginning: Timestamp,
}

impl Organisation {
    pub(crate) fn device(&self, name: &str) -> Option<&Device> {
        self.tenant.devices.iter().find(|device| device.name == name)
    }

    /// Defender's id of a device: 40 hexadecimal digits.
    pub(crate) fn device_id(&self, name: &str) -> String {
        ids::hex(&format!("device {} {name}", self.tenant.id), 40)
    }

    /// `fin-014.northwind.example`.
    pub(crate) fn full_name(&self, device: &str) -> String {
        format!("{device}.{}", self.tenant.domain())
    }

    /// `anna.berg@northwind.example`.
    pub(crate) fn upn(&self, person: &str) -> String {
        format!("{person}@{}", self.tenant.domain())
    }

    /// `NORTHWIND`: the Windows domain, which is no DNS name and must not be taken for one.
    pub(crate) fn windows_domain(&self) -> String {
        self.tenant.domain().split('.').next().unwrap_or_default().to_uppercase()
    }

    pub(crate) fn sid(&self, person: &str) -> String {
        if person == "system" {
            return "S-1-5-18".to_owned();
        }
        let part = |salt: &str| ids::below(&format!("{salt} {}", self.tenant.id), 4_000_000_000);
        let relative = 1_100 + ids::below(&format!("rid {person}"), 8_000);
        format!("S-1-5-21-{}-{}-{}-{relative}", part("a"), part("b"), part("c"))
    }

    pub(crate) fn directory_id(&self, person: &str) -> String {
        ids::guid(&format!("person {} {person}", self.tenant.id)).to_string()
    }

    pub(crate) fn workspace_name(&self, said: Option<&str>) -> Option<String> {
        match said {
            Some("none") => None,
            Some(name) => self.tenant.workspace(name).map(|workspace| workspace.id.clone()),
            None => self.tenant.onboarded().map(|workspace| workspace.id.clone()),
        }
    }

    /// Whether what is in this workspace is in the Defender portal too. What names none never was anywhere else.
    pub(crate) fn is_of_portal(&self, said: Option<&str>) -> bool {
        let named = said.filter(|name| *name != "none").map(|name| self.tenant.workspace(name));
        named.is_none_or(|workspace| workspace.is_some_and(|workspace| workspace.onboarded))
    }

    /// Instants that have no round seconds, as no recorded one has.
    pub(crate) fn fraction(seed: &str) -> SignedDuration {
        // Steps of 100 ns, and for some names fewer digits: Microsoft drops final zeros.
        let ticks = ids::below(seed, 10_000_000);
        let ticks = match ticks % 4 {
            0 => ticks / 100_000 * 100_000,
            1 => ticks / 10_000 * 10_000,
            _ => ticks,
        };
        SignedDuration::from_nanos(i64::try_from(ticks * 100).unwrap_or(0))
    }

    pub(crate) fn alerts(&self) -> Vec<AlertRecord> {
        self.tenant.alerts.iter().map(|alert| AlertRecord::new(self, alert)).collect()
    }
}

/// `Anna Berg` for `anna.berg`.
pub(crate) fn display_name(person: &str) -> String {
    person.split('.').map(super::capitalised).collect::<Vec<_>>().join(" ")
}

/// An alert with its ids and instants.
#[derive(Clone, Debug)]
pub(crate) struct AlertRecord {
    pub(crate) entry: Alert,
    /// Graph's id.
    pub(crate) id: String,
    /// The id in the product that raised it.
    pub(crate) provider_id: String,
    /// The id in a Sentinel workspace.
    pub(crate) system_id: String,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl AlertRecord {
    fn new(organisation: &Organisation, alert: &Alert) -> AlertRecord {
        let seed = format!("alert {} {}", organisation.tenant.id, alert.key);
        let beginning = organisation.beginning;
        let after = |instant: Timestamp, duration| instant.saturating_add(duration).unwrap_or(instant);
        let first = after(alert.at.at(beginning), Organisation::fraction(&format!("{seed} first")));
        // Nothing in a story lies ahead of its beginning.
        let last = after(first, alert.lasts.0).min(beginning);
        let created = after(first, SignedDuration::from_secs(95) + Organisation::fraction(&format!("{seed} created")))
            .min(beginning);
        let updated = match alert.updated {
            Some(moment) => after(moment.at(beginning), Organisation::fraction(&format!("{seed} updated"))),
            None => after(last.max(created), SignedDuration::from_secs(64)),
        };
        let (id, provider_id, system_id) = service::alert_ids(alert.service, &seed);
        AlertRecord {
            entry: alert.clone(),
            id,
            provider_id,
            system_id,
            first,
            last,
            created,
            updated: updated.clamp(created, beginning.max(created)),
        }
    }

    pub(crate) fn is_resolved(&self) -> bool {
        self.entry.status == "resolved"
    }
}
