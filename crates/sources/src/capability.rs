//! What each product can answer: one table, from which the sources, the validation and the settings page are made.

use futures_util::future::BoxFuture;
use jiff::civil::Date;
use microsoft::{Cloud, Error, Resource};
use search::{Asked, Product, Question};

use crate::asking::Asking;
use crate::outcome::Reading;
use crate::{defender, sentinel};

/// One thing that a product can answer.
#[derive(Clone, Copy)]
pub struct Capability {
    /// The product.
    pub product: Product,
    /// The source's name, `<product>.<capability>`: `defender.alerts`.
    pub name: &'static str,
    /// What it is called on a page: "Alerts".
    pub title: &'static str,
    /// The permissions that it needs, in Microsoft's spelling: for Log Analytics an Azure role.
    pub permissions: &'static [&'static str],
    /// What the token has to be for.
    pub resource: Resource,
    /// What is read with it, and of whom, in a sentence: the owner decides by it whether to switch it on.
    pub reads: &'static str,
    /// The route it takes, for the settings page.
    pub route: &'static str,
    /// When Microsoft retires the route.
    pub retirement: Option<Retirement>,
    /// Whether it is asked in each workspace of the connection.
    pub needs_workspace: bool,
    /// Asks.
    pub(crate) ask: for<'a> fn(&'a Asking, &'a Question) -> BoxFuture<'a, Result<Reading, Error>>,
    /// Tries it, without an indicator.
    pub(crate) probe: for<'a> fn(&'a Asking, &'a Question) -> BoxFuture<'a, Result<Probed, Error>>,
}

/// When Microsoft retires a route, and what takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// The day on which it stops.
    pub on: Date,
    /// The day in words: "since autumn 2026", "announced for 1 Feb 2027".
    pub words: &'static str,
    /// What to use: "the alerts through hunting".
    pub replaced_by: &'static str,
    /// Whether that is a source of Oriel's: else what the route knew is missing from then on.
    pub replaced: bool,
}

/// What a probe found.
pub(crate) struct Probed {
    /// The newest row of the source's table, if it has one and has any.
    pub newest: Newest,
}

/// Whether a source could have known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Newest {
    /// It is no table: an answer is as good as the call.
    NoTable,
    /// The table has no rows at all in its period.
    Never,
    /// The table's newest row.
    At(jiff::Timestamp),
}

impl Capability {
    /// The permission as one text: "Url.Read.All, Ip.Read.All".
    pub fn permission(&self) -> String {
        self.permissions.join(", ")
    }

    /// Where the permission is granted, as the portal calls it.
    pub fn granted_at(&self) -> &'static str {
        match self.resource {
            Resource::Graph => "Microsoft Graph",
            Resource::Defender => "WindowsDefenderATP",
            Resource::LogAnalytics => "Azure role",
        }
    }

    /// Why a cloud does not have it; `None` where it has.
    pub fn lacking(&self, cloud: &Cloud) -> Option<&'static str> {
        if self.name == sentinel::classic_threat_indicators::CAPABILITY.name && !cloud.offers_ti_indicators() {
            return Some("Microsoft Graph had this list in the global cloud only.");
        }
        match self.resource {
            Resource::Graph if !cloud.offers_graph_security() => {
                Some("Microsoft Graph has no alerts, incidents and hunting in this cloud.")
            }
            Resource::Defender if cloud.defender.is_none() => {
                Some("Defender for Endpoint has no interface in this cloud.")
            }
            _ => None,
        }
    }

    /// Whether the route is retired at this time.
    pub fn is_retired(&self, now: jiff::Timestamp) -> bool {
        let today = jiff::tz::TimeZone::UTC.to_datetime(now).date();
        self.retirement.is_some_and(|retirement| retirement.on <= today)
    }

    /// The source that asks this capability of no connection yet.
    pub(crate) fn asked(&self) -> Asked {
        Asked {
            source: self.name.to_owned(),
            product: self.product,
            connection: None,
            label: None,
            tenant: None,
            cloud: None,
            permission: Some(self.permission()),
            title: self.title.to_owned(),
        }
    }
}

impl std::fmt::Debug for Capability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Capability").field("name", &self.name).field("route", &self.route).finish_non_exhaustive()
    }
}

/// The role that a workspace asks for; Log Analytics Reader works too and is wider than needed.
pub(crate) const WORKSPACE_ROLE: &str = "Log Analytics Data Reader (Azure role on the workspace)";

/// The Defender for Endpoint API: Microsoft's message centre, MC1220762.
pub(crate) const ENDPOINT_API: Retirement = Retirement {
    on: Date::constant(2027, 2, 1),
    words: "announced for 1 Feb 2027",
    replaced_by: "hunting, which needs ThreatHunting.Read.All",
    replaced: true,
};

/// Every capability, in the order of the pages.
pub fn capabilities() -> &'static [Capability] {
    static ALL: [Capability; 16] = [
        sentinel::workspace_alerts::CAPABILITY,
        sentinel::workspace_incidents::CAPABILITY,
        sentinel::workspace_threat_indicators::CAPABILITY,
        sentinel::alerts::CAPABILITY,
        sentinel::threat_indicators::CAPABILITY,
        sentinel::classic_alerts::CAPABILITY,
        sentinel::classic_threat_indicators::CAPABILITY,
        defender::alerts::CAPABILITY,
        defender::devices::CAPABILITY,
        defender::prevalence::CAPABILITY,
        defender::mail::CAPABILITY,
        defender::clicks::CAPABILITY,
        defender::sign_ins::CAPABILITY,
        defender::endpoint_alerts::CAPABILITY,
        defender::indicators::CAPABILITY,
        defender::machines::CAPABILITY,
    ];
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_begin_with_their_product() {
        let mut names: Vec<&str> = capabilities().iter().map(|capability| capability.name).collect();
        for capability in capabilities() {
            assert_eq!(capability.name.split('.').next(), Some(capability.product.as_str()));
            assert_eq!(
                capability.needs_workspace,
                capability.resource == Resource::LogAnalytics,
                "{}",
                capability.name
            );
            assert!(!capability.permissions.is_empty(), "{}", capability.name);
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), capabilities().len());
    }

    #[test]
    fn no_capability_asks_for_a_permission_that_can_write() {
        for capability in capabilities() {
            for permission in capability.permissions {
                assert!(!permission.contains("Write"), "{}: {permission}", capability.name);
            }
        }
    }

    #[test]
    fn the_routes_of_2020_are_retired_and_the_endpoint_api_is_not_yet() {
        let now = "2026-11-25T00:00:00Z".parse().unwrap();
        let retired: Vec<&str> = capabilities()
            .iter()
            .filter(|capability| capability.is_retired(now))
            .map(|capability| capability.name)
            .collect();
        assert_eq!(retired, ["sentinel.classic_alerts", "sentinel.classic_threat_indicators"]);
        let later = "2027-02-01T00:00:00Z".parse().unwrap();
        assert_eq!(capabilities().iter().filter(|capability| capability.is_retired(later)).count(), 6);
    }
}
