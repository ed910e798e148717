//! Sentinel's threat indicators through hunting, for a workspace that is connected to the Defender portal.

use microsoft::{Error, Resource, graph};
use search::{Product, Question};
use serde_json::Value;

use crate::alerts::{UNSENDABLE, note_newest};
use crate::asking::Asking;
use crate::capability::{Capability, Probed};
use crate::outcome::Reading;
use crate::{query, threat_indicators};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Sentinel,
    name: "sentinel.threat_indicators",
    title: "Threat indicators in the Defender portal",
    permissions: &["ThreatHunting.Read.All"],
    resource: Resource::Graph,
    route: "Microsoft Graph hunting: ThreatIntelIndicators",
    retirement: None,
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            let newest = asking.freshness.hunting(asking, TABLE, question.now, question.deadline).await?;
            Ok(Probed { newest })
        })
    },
};

const TABLE: &str = "ThreatIntelIndicators";

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    let Ok(query) = threat_indicators::query(&question.indicator, 30) else {
        return Ok(Reading::not_applicable(UNSENDABLE));
    };
    let call = asking.call(question.deadline);
    let rows = graph::hunt(&asking.microsoft, &call, &query, Some(query::HUNTING_SPAN)).await?;
    let records: Vec<Value> = rows.rows.iter().map(microsoft::Row::to_value).collect();
    let mut reading = Reading { covered: Some(query::hunting_period(question.now)), ..Reading::new() };
    reading.missing.extend(rows.incomplete);
    if records.len() >= threat_indicators::MOST_ROWS {
        reading.missing.push(format!("Only the newest {} entries were read.", threat_indicators::MOST_ROWS));
    }
    (reading.findings, reading.set_aside) =
        threat_indicators::read(asking, &question.indicator, question.now, &records);
    if reading.findings.is_empty() {
        let newest = asking.freshness.hunting(asking, TABLE, question.now, question.deadline).await;
        note_newest(&mut reading, newest, asking);
    }
    reading.raw = records;
    Ok(reading)
}
