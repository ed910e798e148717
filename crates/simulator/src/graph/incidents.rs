//! `/security/incidents`.

use serde_json::{Value, json};

use super::failure::Failure;
use super::{ALERT_ROLES, Call, INCIDENT_ROLES, masking};
use crate::exchange::Reply;
use crate::faults::own_address;
use crate::odata::{self, Rules};
use crate::records::incident;
use crate::scenario::Incident;

const RULES: Rules = Rules {
    filterable: &[
        "assignedTo",
        "classification",
        "createdDateTime",
        "determination",
        "lastUpdateDateTime",
        "severity",
        "status",
    ],
    sortable: &["createdDateTime", "lastUpdateDateTime", "severity", "status", "id"],
    case_counts: true,
    page: 50,
    largest: 50,
    refuses_larger: true,
};

/// The list, newest first, with links from page to page.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Failure> {
    call.allowed(&INCIDENT_ROLES)?;
    let organisation = &call.place.organisation;
    let mut incidents: Vec<_> = call.place.graph_incidents().collect();
    incidents.sort_by_key(|entry| std::cmp::Reverse(entry.at.at(organisation.beginning)));
    let all = incidents.iter().map(|entry| incident::incident(organisation, entry)).collect();
    let mut page = odata::page(call.request, &RULES, all).map_err(Failure::query)?;
    for item in &mut page.value {
        finish(call, item);
    }
    let next = page.next_skip.map(|skip| next_link(call, skip));
    Ok(Reply::json(200, page.envelope(call.context("security/incidents"), next)))
}

/// One incident.
pub(super) fn one(call: &Call<'_>, id: &str) -> Result<Reply, Failure> {
    call.allowed(&INCIDENT_ROLES)?;
    let mut found = incident::incident(&call.place.organisation, entry(call, id)?);
    finish(call, &mut found);
    if let Value::Object(members) = &mut found {
        members.insert("@odata.context".into(), call.context("security/incidents/$entity").into());
    }
    Ok(Reply::json(200, found))
}

/// An incident's alerts.
pub(super) fn alerts(call: &Call<'_>, id: &str) -> Result<Reply, Failure> {
    call.allowed(&ALERT_ROLES)?;
    let entry = entry(call, id)?;
    let value = alerts_of(call, &entry.number);
    Ok(Reply::json(200, json!({"@odata.context": call.context("security/alerts_v2"), "value": value})))
}

fn entry<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Incident, Failure> {
    let missing = || Failure::new(404, "NotFound", format!("Incident with id '{id}' was not found."));
    call.place.graph_incidents().find(|entry| entry.number == id).ok_or_else(missing)
}

fn alerts_of(call: &Call<'_>, number: &str) -> Vec<Value> {
    let held = call.place.graph_alerts().filter(|record| record.entry.incident.as_deref() == Some(number));
    held.map(|record| call.alert(record)).collect()
}

fn finish(call: &Call<'_>, item: &mut Value) {
    if !call.request.prefers("include-unknown-enum-members") {
        masking::incident(item);
    }
    if call.request.parameter("$expand").is_some_and(|wanted| wanted.starts_with("alerts")) {
        let number = item["id"].as_str().unwrap_or_default().to_owned();
        let alerts = alerts_of(call, &number);
        if let Value::Object(members) = item {
            members.insert("alerts".into(), alerts.into());
        }
    }
}

fn next_link(call: &Call<'_>, skip: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in call.request.parameters().iter().filter(|(name, _)| name != "$skip") {
        query.append_pair(name, value);
    }
    format!("{}?{}", own_address(call.request), query.append_pair("$skip", &skip.to_string()).finish())
}
