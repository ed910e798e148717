//! Threat indicators of a workspace: `ThreatIntelIndicators` through Log Analytics.

use microsoft::Resource;
use search::Product;
use serde_json::Value;

use super::workspaces;
use crate::alerts::UNSENDABLE;
use crate::capability::{Capability, WORKSPACE_ROLE};
use crate::outcome::Reading;
use crate::query::table::{self, Table};
use crate::threat_indicators;

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Sentinel,
    name: "sentinel.workspace_threat_indicators",
    title: "Threat indicators",
    permissions: &[WORKSPACE_ROLE],
    resource: Resource::LogAnalytics,
    reads: "The threat indicators that Sentinel holds in the workspaces named here. Nothing about people.",
    route: "Log Analytics: ThreatIntelIndicators",
    retirement: None,
    needs_workspace: true,
    ask: |asking, question| {
        Box::pin(async move {
            let Ok(query) = threat_indicators::query(&question.indicator, 90) else {
                return Ok(Reading::not_applicable(UNSENDABLE));
            };
            let read = |records: &[Value]| threat_indicators::read(asking, &question.indicator, question.now, records);
            workspaces::ask(asking, question, &query, threat_indicators::MOST_ROWS, TABLE, &read).await
        })
    },
    probe: |asking, question| Box::pin(workspaces::probe(asking, question, TABLE)),
};

const TABLE: Table = table::WORKSPACE_THREAT_INDICATORS;
