//! The tables of the two query surfaces, as Microsoft's pages document their columns.

mod alerts;
mod device_events;
mod devices;
mod mail;
mod sentinel;
mod sign_ins;

use crate::kql::{Column, Table, Type};

/// A table's name and its documented columns, in the order of its page.
#[derive(Debug)]
pub struct TableSchema {
    /// The name, whose case counts.
    pub name: &'static str,
    /// Names and types.
    pub columns: &'static [(&'static str, Type)],
}

impl TableSchema {
    /// The table without rows.
    pub fn table(&self) -> Table {
        Table::new(self.columns.iter().map(|(name, kind)| Column::new(*name, *kind)).collect())
    }
}

/// What advanced hunting offers in a tenant with all of Defender and an onboarded Sentinel workspace.
/// Without the workspace the last three are not there.
pub const HUNTING: &[TableSchema] = &[
    alerts::ALERT_INFO,
    alerts::ALERT_EVIDENCE,
    devices::DEVICE_NETWORK_EVENTS,
    devices::DEVICE_INFO,
    device_events::DEVICE_EVENTS,
    mail::EMAIL_EVENTS,
    mail::EMAIL_URL_INFO,
    mail::EMAIL_POST_DELIVERY_EVENTS,
    mail::URL_CLICK_EVENTS,
    sign_ins::ENTRA_ID_SIGN_IN_EVENTS,
    sign_ins::IDENTITY_LOGON_EVENTS,
    sentinel::SECURITY_ALERT,
    sentinel::SECURITY_INCIDENT,
    sentinel::THREAT_INTEL_INDICATORS,
];

/// What a Log Analytics workspace with Sentinel offers.
pub const WORKSPACE: &[TableSchema] =
    &[sentinel::SECURITY_ALERT, sentinel::SECURITY_INCIDENT, sentinel::THREAT_INTEL_INDICATORS, sentinel::USAGE];
