//! Sentinel's threat indicators through hunting, for a workspace that is connected to the Defender portal.

use microsoft::{Error, Resource};
use search::{Product, Question};

use crate::alerts::{UNSENDABLE, note_newest};
use crate::asking::Asking;
use crate::capability::{Capability, Probed};
use crate::hunting::{self, Part};
use crate::outcome::Reading;
use crate::query::{self, table};
use crate::threat_indicators;

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Sentinel,
    name: "sentinel.threat_indicators",
    title: "Threat indicators in the Defender portal",
    permissions: &["ThreatHunting.Read.All"],
    resource: Resource::Graph,
    reads: "Sentinel’s threat indicators, through hunting. Nothing about people.",
    route: "Microsoft Graph hunting: ThreatIntelIndicators",
    retirement: None,
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            let newest =
                asking.freshness.hunting(asking, table::THREAT_INDICATORS, question.now, question.deadline).await?;
            Ok(Probed { newest })
        })
    },
};

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    let Some(hunted) = hunting::part(asking, question, Part::ThreatIndicators).await? else {
        return Ok(Reading::not_applicable(UNSENDABLE));
    };
    let records = hunted.records.clone();
    let mut reading = Reading { covered: Some(query::hunting_period(question.now)), ..Reading::new() };
    reading.missing.extend(hunted.incomplete.clone());
    if records.len() >= threat_indicators::MOST_ROWS {
        reading.missing.push(format!(
            "Only the newest {} entries were read, so older ones may be missing.",
            threat_indicators::MOST_ROWS
        ));
    }
    (reading.findings, reading.set_aside) =
        threat_indicators::read(asking, &question.indicator, question.now, &records);
    if reading.findings.is_empty() {
        let newest = asking.freshness.hunting(asking, table::THREAT_INDICATORS, question.now, question.deadline).await;
        note_newest(&mut reading, newest, asking)?;
    }
    reading.raw = records;
    Ok(reading)
}
