//! Microsoft Graph: the security part that answers what is known about an indicator.

mod alerts;
mod failure;
mod hunting;
mod incidents;
mod masking;
mod members;
mod retired;

use serde_json::Value;

use crate::access::{self, Claims};
use crate::exchange::{Reply, Request, Surface};
use crate::microsoft::Asked;
use crate::quota::Budget;
use crate::records::{AlertRecord, graph_alert};
use crate::scenario::Licence;
use crate::world::Place;
use failure::Failure;

/// Any of these opens the alerts, incident permissions included, as the 403 of the service itself says.
const ALERT_ROLES: [&str; 4] = [
    "SecurityAlert.Read.All",
    "SecurityAlert.ReadWrite.All",
    "SecurityIncident.Read.All",
    "SecurityIncident.ReadWrite.All",
];
const INCIDENT_ROLES: [&str; 2] = ["SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All"];
const HUNTING_ROLES: [&str; 1] = ["ThreatHunting.Read.All"];

/// A request by an app whose token was good.
struct Call<'a> {
    asked: &'a Asked<'a>,
    request: &'a Request,
    place: &'a Place,
    claims: Claims,
}

pub(crate) fn answer(asked: &Asked<'_>, request: &Request) -> Reply {
    handled(asked, request).unwrap_or_else(|failure| failure.reply(asked, request))
}

fn handled(asked: &Asked<'_>, request: &Request) -> Result<Reply, Failure> {
    let segments = request.segments();
    let parts: Vec<_> = segments.iter().map(String::as_str).collect();
    let own = asked.surface(Surface::Graph);
    let claims = access::checked(
        request,
        asked.now,
        &[&own, "https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"],
    )
    .map_err(Failure::token)?;
    let place = asked.world.place(&claims.tid).ok_or_else(|| Failure::token(access::Fault::Malformed))?;
    let call = Call { asked, request, place, claims };
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["v1.0" | "beta", "security", "alerts_v2"]) => alerts::list(&call),
        ("GET", ["v1.0" | "beta", "security", "alerts_v2", id]) => alerts::one(&call, id),
        ("GET", ["v1.0" | "beta", "security", "incidents"]) => incidents::list(&call),
        ("GET", ["v1.0" | "beta", "security", "incidents", id]) => incidents::one(&call, id),
        ("GET", ["v1.0" | "beta", "security", "incidents", id, "alerts"]) => incidents::alerts(&call, id),
        ("POST", ["v1.0" | "beta", "security", "runHuntingQuery" | "microsoft.graph.security.runHuntingQuery"]) => {
            hunting::run(&call)
        }
        ("GET", ["v1.0" | "beta", "security", "alerts"]) => retired::alerts(&call),
        ("GET", ["beta", "security", "tiIndicators"]) => retired::ti_indicators(&call),
        ("POST", ["v1.0" | "beta", "me", "checkMemberGroups"]) => members::check(&call),
        (_, ["v1.0" | "beta", .., last]) => Err(Failure::no_segment(last)),
        _ => Err(Failure::new(400, "BadRequest", "Invalid version.")),
    }
}

impl Call<'_> {
    /// Goes on if the token has any of the roles, the tenant has Defender XDR, and the minute's budget is not spent.
    fn allowed(&self, roles: &[&str]) -> Result<(), Failure> {
        self.permitted(roles)?;
        let calls = self.place.organisation.tenant.limits.graph_a_minute;
        self.spend("graph", &self.claims.appid, Budget { calls, seconds: 60 })
    }

    fn permitted(&self, roles: &[&str]) -> Result<(), Failure> {
        if !self.claims.has_any(roles) {
            return Err(Failure::new(403, "Forbidden", self.claims.missing(roles)));
        }
        if self.place.organisation.tenant.xdr_licence != Licence::Active {
            return Err(Failure::new(403, "Forbidden", "Unauthorized request - Account is not provisioned."));
        }
        Ok(())
    }

    fn spend(&self, name: &str, app: &str, budget: Budget) -> Result<(), Failure> {
        let counter = format!("{name} {} {app}", self.claims.tid);
        self.asked
            .quotas
            .spend(&counter, budget, self.asked.now)
            .map_err(|wait| Failure::ready(budget.spent(Surface::Graph, wait)))
    }

    /// The alert as this request may see it.
    fn alert(&self, record: &AlertRecord) -> Value {
        let mut alert = graph_alert::alert(&self.place.organisation, record);
        if !self.request.prefers("include-unknown-enum-members") {
            masking::alert(&mut alert);
        }
        alert
    }

    fn context(&self, of: &str) -> String {
        format!("{}/v1.0/$metadata#{of}", self.asked.surface(Surface::Graph))
    }
}
