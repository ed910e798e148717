//! Defender for Endpoint's own API, which Microsoft has announced the end of for February 2027.

mod failure;
mod indicators;
mod lookups;

use crate::access::{self, Claims, Fault};
use crate::exchange::{Reply, Request, Surface};
use crate::microsoft::Asked;
use crate::odata::Rules;
use crate::quota::Budget;
use crate::records::defender_alert;
use crate::scenario::{Licence, Service};
use crate::world::Place;
use crate::{odata, records};
use failure::Failure;

const ALERT_ROLES: [&str; 2] = ["Alert.Read.All", "Alert.ReadWrite.All"];

/// `asssignedTo` is spelled so on Microsoft's page.
const ALERT_RULES: Rules = Rules {
    filterable: &[
        "alertCreationTime",
        "lastUpdateTime",
        "incidentId",
        "investigationId",
        "id",
        "asssignedTo",
        "assignedTo",
        "detectionSource",
        "lastEventTime",
        "status",
        "severity",
        "category",
    ],
    sortable: &["alertCreationTime", "lastUpdateTime", "lastEventTime", "severity"],
    case_counts: false,
    page: 10_000,
    largest: 10_000,
    refuses_larger: true,
};

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
    let own = asked.surface(Surface::Defender);
    let audiences = [
        own.as_str(),
        "https://api.securitycenter.microsoft.com",
        "https://securitycenter.onmicrosoft.com/windowsatpservice",
        "fc780465-2017-40d4-a0c5-307022471b92",
    ];
    let claims = access::checked(request, asked.now, &audiences).map_err(Failure::token)?;
    let place = asked.world.place(&claims.tid).ok_or_else(|| Failure::token(Fault::Malformed))?;
    let call = Call { asked, request, place, claims };
    if place.organisation.tenant.endpoint_licence != Licence::Active {
        // A 401, though the token is good.
        return Err(Failure::new(
            401,
            "Unauthorized",
            "Unauthorized request - reason of failure: Account mode is inactive",
        ));
    }
    call.spend()?;
    let segments = request.segments();
    let parts: Vec<_> = segments.iter().map(String::as_str).collect();
    // `/api/v1.0/…` is `/api/…`.
    let parts = match parts.as_slice() {
        ["api", "v1.0", rest @ ..] | ["api", rest @ ..] => rest,
        _ => &[],
    };
    match (request.method.as_str(), parts) {
        ("GET", ["alerts"]) => call.alerts(),
        ("GET", ["alerts", id]) => call.alert(id),
        ("GET", ["domains", domain, "alerts"]) => lookups::domain_alerts(&call, domain),
        ("GET", ["domains", domain, "stats"]) => lookups::domain_stats(&call, domain),
        ("GET", ["domains", domain, "machines"]) => lookups::domain_machines(&call, domain),
        ("GET", ["ips", address, "alerts"]) => lookups::ip_alerts(&call, address),
        ("GET", ["ips", address, "stats"]) => lookups::ip_stats(&call, address),
        ("GET", ["indicators"]) => indicators::list(&call),
        _ => Err(Failure::new(404, "NotFound", "The requested resource was not found.")),
    }
}

impl Call<'_> {
    fn spend(&self) -> Result<(), Failure> {
        let limits = self.place.organisation.tenant.limits;
        let counter = format!("defender {} {}", self.claims.tid, self.claims.appid);
        for budget in [
            Budget { calls: limits.defender_a_minute, seconds: 60 },
            Budget { calls: limits.defender_an_hour, seconds: 3_600 },
        ] {
            let counter = format!("{counter} {}", budget.seconds);
            self.asked
                .quotas
                .spend(&counter, budget, self.asked.now)
                .map_err(|wait| Failure::ready(budget.spent(Surface::Defender, wait)))?;
        }
        Ok(())
    }

    fn allowed(&self, roles: &[&str]) -> Result<(), Failure> {
        if self.claims.has_any(roles) {
            Ok(())
        } else {
            Err(Failure::new(403, "Forbidden", self.claims.missing(roles)))
        }
    }

    /// Whether `$expand=evidence` was asked for: without, evidence is an empty list.
    fn expanded(&self) -> bool {
        self.request.parameter("$expand").is_some_and(|wanted| wanted.eq_ignore_ascii_case("evidence"))
    }

    /// The product's own alerts, newest first.
    fn own_alerts(&self) -> Vec<&records::AlertRecord> {
        let mut alerts: Vec<_> =
            self.place.alerts.iter().filter(|record| record.entry.service == Service::Endpoint).collect();
        alerts.sort_by_key(|record| std::cmp::Reverse(record.created));
        alerts
    }

    fn context(&self, of: &str) -> String {
        format!("{}/api/$metadata#{of}", self.asked.surface(Surface::Defender))
    }

    fn alerts(&self) -> Result<Reply, Failure> {
        self.allowed(&ALERT_ROLES)?;
        let organisation = &self.place.organisation;
        let expanded = self.expanded();
        let all =
            self.own_alerts().into_iter().map(|record| defender_alert::alert(organisation, record, expanded)).collect();
        let page = odata::page(self.request, &ALERT_RULES, all).map_err(Failure::odata)?;
        Ok(Reply::json(200, page.envelope(self.context("Alerts"), None)))
    }

    fn alert(&self, id: &str) -> Result<Reply, Failure> {
        self.allowed(&ALERT_ROLES)?;
        let record = self.own_alerts().into_iter().find(|record| record.id == id);
        let record =
            record.ok_or_else(|| Failure::new(404, "ResourceNotFound", format!("Alert {id} was not found")))?;
        Ok(Reply::json(200, defender_alert::alert(&self.place.organisation, record, true)))
    }
}
