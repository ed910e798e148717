//! The scenario at its beginning: every tenant's tables, built once and kept until the story moves on.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};

use crate::kql::{Table, Tables};
use crate::records::{
    AlertRecord, Organisation, Row, device, hunting_alert, incident, mail, security_alert, sign_in, threat_indicator,
    traffic, usage,
};
use crate::scenario::{Incident, Mail, Scenario, Service, Workspace};
use crate::schema::{self, TableSchema};

/// Advanced hunting keeps Defender's own tables for so long.
const HUNTING_KEEPS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// All tenants at one beginning.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) beginning: Timestamp,
    places: Vec<Place>,
}

/// One tenant.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) organisation: Organisation,
    pub(crate) alerts: Vec<AlertRecord>,
    // Built when first asked for: most requests need neither.
    hunting: OnceLock<TableSet>,
    workspaces: HashMap<String, OnceLock<TableSet>>,
}

/// Tables by name.
#[derive(Debug, Default)]
pub(crate) struct TableSet(HashMap<&'static str, Table>);

impl Tables for TableSet {
    fn table(&self, name: &str) -> Option<&Table> {
        self.0.get(name)
    }
}

impl World {
    pub(crate) fn new(scenario: &Scenario, beginning: Timestamp) -> World {
        let places = scenario
            .tenants()
            .iter()
            .map(|tenant| Place::new(Organisation { tenant: tenant.clone(), beginning }))
            .collect();
        World { beginning, places }
    }

    pub(crate) fn place(&self, tenant: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.organisation.tenant.is_named(tenant))
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.iter()
    }

    /// The tenant that has this workspace.
    pub(crate) fn place_of_workspace(&self, id: &str) -> Option<(&Place, &Workspace)> {
        self.places.iter().find_map(|place| {
            let workspaces = &place.organisation.tenant.workspaces;
            workspaces
                .iter()
                .find(|workspace| workspace.id.eq_ignore_ascii_case(id))
                .map(|workspace| (place, workspace))
        })
    }
}

impl Place {
    fn new(organisation: Organisation) -> Place {
        let alerts = organisation.alerts();
        let workspaces =
            organisation.tenant.workspaces.iter().map(|workspace| (workspace.id.clone(), OnceLock::new())).collect();
        Place { organisation, alerts, hunting: OnceLock::new(), workspaces }
    }

    /// What advanced hunting sees.
    pub(crate) fn hunting(&self) -> &TableSet {
        self.hunting.get_or_init(|| hunting_tables(&self.organisation, &self.alerts))
    }

    /// What a workspace holds.
    pub(crate) fn workspace(&self, id: &str) -> Option<&TableSet> {
        let workspace = self.organisation.tenant.workspace(id)?;
        let held = self.workspaces.get(&workspace.id)?;
        Some(held.get_or_init(|| workspace_tables(&self.organisation, &self.alerts, workspace)))
    }

    /// The incidents that Graph has: those of the Defender portal.
    pub(crate) fn graph_incidents(&self) -> impl Iterator<Item = &Incident> {
        self.organisation
            .tenant
            .incidents
            .iter()
            .filter(|entry| self.organisation.is_of_portal(entry.workspace.as_deref()))
    }

    /// The alerts that Graph has: Defender's, and those of Sentinel that the Defender portal has in an incident.
    pub(crate) fn graph_alerts(&self) -> impl Iterator<Item = &AlertRecord> {
        let organisation = &self.organisation;
        let onboarded = organisation.tenant.onboarded().map(|workspace| workspace.id.clone());
        self.alerts.iter().filter(move |record| {
            let of_sentinel = record.entry.service == Service::Sentinel;
            let connected =
                organisation.workspace_name(record.entry.workspace.as_deref()) == onboarded && onboarded.is_some();
            record.entry.incident.is_some() && (!of_sentinel || connected)
        })
    }
}

fn hunting_tables(organisation: &Organisation, alerts: &[AlertRecord]) -> TableSet {
    let tenant = &organisation.tenant;
    let kept = organisation.beginning.saturating_sub(HUNTING_KEEPS).unwrap_or(organisation.beginning);
    let onboarded = tenant.onboarded();
    let workspace_of = |record: &AlertRecord| organisation.workspace_name(record.entry.workspace.as_deref());
    // A Sentinel alert is hunting's only where its workspace is connected to the portal.
    let seen: Vec<_> = alerts
        .iter()
        .filter(|record| record.created >= kept)
        .filter(|record| {
            record.entry.service != Service::Sentinel
                || (onboarded.is_some() && workspace_of(record) == onboarded.map(|workspace| workspace.id.clone()))
        })
        .collect();
    let mut set = TableSet::default();
    set.add(schema::HUNTING, "AlertInfo", seen.iter().map(|record| hunting_alert::info(record)));
    set.add(
        schema::HUNTING,
        "AlertEvidence",
        seen.iter().flat_map(|record| hunting_alert::evidence(organisation, record)),
    );
    let recent = |row: &Row| is_since(row, kept);
    let (stopped, made): (Vec<_>, Vec<_>) = tenant.traffic.iter().partition(|entry| traffic::was_stopped(entry));
    let made = made.into_iter().flat_map(|entry| traffic::rows(organisation, entry));
    set.add(schema::HUNTING, "DeviceNetworkEvents", made.filter(recent));
    let stopped = stopped.into_iter().flat_map(|entry| traffic::stopped_rows(organisation, entry));
    set.add(schema::HUNTING, "DeviceEvents", stopped.filter(recent));
    for (name, rows) in of_people(organisation) {
        set.add(schema::HUNTING, name, rows.into_iter().filter(recent));
    }
    set.add(
        schema::HUNTING,
        "DeviceInfo",
        tenant.devices.iter().map(|entry| device::info(organisation, entry)).filter(|row| is_since(row, kept)),
    );
    if let Some(workspace) = onboarded {
        let of_workspace = workspace_tables(organisation, alerts, workspace).0;
        set.0.extend(of_workspace.into_iter().filter(|(name, _)| *name != UNNAMED));
    }
    set
}

/// The tables about mail, clicks and sign-ins.
fn of_people(organisation: &Organisation) -> [(&'static str, Vec<Row>); 6] {
    let tenant = &organisation.tenant;
    let mail = |rows: fn(&Organisation, &Mail) -> Vec<Row>| {
        tenant.mail.iter().flat_map(|entry| rows(organisation, entry)).collect::<Vec<Row>>()
    };
    let sign_ins = |on_premises: bool| {
        let these = tenant.sign_ins.iter().filter(|entry| entry.on_premises == on_premises);
        these.flat_map(|entry| sign_in::rows(organisation, entry)).collect::<Vec<Row>>()
    };
    [
        ("EmailEvents", mail(mail::events)),
        ("EmailUrlInfo", mail(mail::links)),
        ("EmailPostDeliveryEvents", mail(mail::removals)),
        ("UrlClickEvents", tenant.clicks.iter().flat_map(|entry| mail::clicks(organisation, entry)).collect()),
        ("EntraIdSignInEvents", sign_ins(false)),
        ("IdentityLogonEvents", sign_ins(true)),
    ]
}

fn is_since(row: &Row, instant: Timestamp) -> bool {
    row.get("Timestamp")
        .and_then(|value| value.as_str())
        .and_then(|text| text.parse().ok())
        .is_some_and(|at: Timestamp| at >= instant)
}

fn workspace_tables(organisation: &Organisation, alerts: &[AlertRecord], workspace: &Workspace) -> TableSet {
    let tenant = &organisation.tenant;
    let here = |said: Option<&str>| organisation.workspace_name(said).as_deref() == Some(workspace.id.as_str());
    let mut set = TableSet::default();
    let held: Vec<_> = alerts.iter().filter(|record| here(record.entry.workspace.as_deref())).collect();
    let incidents = tenant.incidents.iter().filter(|entry| here(entry.workspace.as_deref()));
    let indicators = tenant.threat_indicators.iter().filter(|entry| here(entry.workspace.as_deref()));
    let shown = |name: &'static str| move |row: &Row| shows(workspace, name, row, organisation.beginning);
    let rows = held.iter().flat_map(|record| security_alert::rows(organisation, record));
    set.add(schema::WORKSPACE, "SecurityAlert", rows.filter(shown("SecurityAlert")));
    let rows = incidents.flat_map(|entry| incident::rows(organisation, entry, alerts));
    set.add(schema::WORKSPACE, "SecurityIncident", rows.filter(shown("SecurityIncident")));
    let rows = indicators.flat_map(|entry| threat_indicator::rows(organisation, entry));
    set.add(schema::WORKSPACE, "ThreatIntelIndicators", rows.filter(shown("ThreatIntelIndicators")));
    set.add(schema::WORKSPACE, UNNAMED, usage::rows(organisation).into_iter());
    for missing in &workspace.missing_tables {
        set.0.remove(missing.as_str());
    }
    set
}

/// Whether a table shows this row: not if it is hidden, and not if its connector had fallen silent by then.
fn shows(workspace: &Workspace, table: &str, row: &Row, beginning: Timestamp) -> bool {
    if workspace.hidden_tables.iter().any(|hidden| hidden == table) {
        return false;
    }
    let Some(hours) = workspace.silent_tables.get(table) else { return true };
    let silent = beginning.saturating_sub(SignedDuration::from_hours(*hours)).unwrap_or(beginning);
    let at = row.get("TimeGenerated").and_then(|value| value.as_str()).and_then(|text| text.parse().ok());
    at.is_some_and(|at: Timestamp| at <= silent)
}

/// The table that a role's condition does not name.
const UNNAMED: &str = "Usage";

/// The tables as an app's role shows them: without a role on all of them, the one that nobody named stands empty.
pub(crate) struct Shown<'a> {
    tables: &'a TableSet,
    unnamed: Option<Table>,
}

impl Tables for Shown<'_> {
    fn table(&self, name: &str) -> Option<&Table> {
        self.unnamed.as_ref().filter(|_| name == UNNAMED).or_else(|| self.tables.table(name))
    }
}

impl TableSet {
    /// What an app sees of them.
    pub(crate) fn shown(&self, every_table: bool) -> Shown<'_> {
        let unnamed = self.table(UNNAMED).filter(|_| !every_table);
        Shown { tables: self, unnamed: unnamed.map(|table| Table { columns: table.columns.clone(), rows: Vec::new() }) }
    }

    fn add(&mut self, schemas: &'static [TableSchema], name: &'static str, rows: impl Iterator<Item = Row>) {
        let Some(schema) = schemas.iter().find(|schema| schema.name == name) else {
            tracing::error!(name, "no such table in the schema");
            return;
        };
        let mut table = schema.table();
        for row in rows {
            if let Err(error) = table.push_object(&row) {
                tracing::error!(name, %error, "a row of the scenario does not fit its table");
            }
        }
        self.0.insert(name, table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_demo_fits_its_table() {
        let now: Timestamp = "2026-11-25T02:00:00Z".parse().unwrap();
        let world = World::new(&Scenario::demo(), now);
        let place = world.place(crate::demo::TENANT).unwrap();
        let organisation = &place.organisation;
        let check = |schemas: &'static [TableSchema], name: &str, rows: Vec<Row>| {
            let schema = schemas.iter().find(|schema| schema.name == name).unwrap();
            let mut table = schema.table();
            for row in &rows {
                table.push_object(row).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            assert!(!rows.is_empty(), "{name}");
        };
        check(schema::HUNTING, "AlertInfo", place.alerts.iter().map(hunting_alert::info).collect());
        check(
            schema::HUNTING,
            "AlertEvidence",
            place.alerts.iter().flat_map(|record| hunting_alert::evidence(organisation, record)).collect(),
        );
        let tenant = &organisation.tenant;
        check(
            schema::HUNTING,
            "DeviceInfo",
            tenant.devices.iter().map(|entry| device::info(organisation, entry)).collect(),
        );
        let (stopped, made): (Vec<_>, Vec<_>) = tenant.traffic.iter().partition(|entry| traffic::was_stopped(entry));
        let made = made.into_iter().flat_map(|entry| traffic::rows(organisation, entry));
        check(schema::HUNTING, "DeviceNetworkEvents", made.collect());
        let stopped = stopped.into_iter().flat_map(|entry| traffic::stopped_rows(organisation, entry));
        check(schema::HUNTING, "DeviceEvents", stopped.collect());
        for (name, rows) in of_people(organisation) {
            check(schema::HUNTING, name, rows);
        }
        check(
            schema::WORKSPACE,
            "SecurityAlert",
            place.alerts.iter().flat_map(|record| security_alert::rows(organisation, record)).collect(),
        );
        check(
            schema::WORKSPACE,
            "SecurityIncident",
            tenant.incidents.iter().flat_map(|entry| incident::rows(organisation, entry, &place.alerts)).collect(),
        );
        check(
            schema::WORKSPACE,
            "ThreatIntelIndicators",
            tenant.threat_indicators.iter().flat_map(|entry| threat_indicator::rows(organisation, entry)).collect(),
        );
    }
}
