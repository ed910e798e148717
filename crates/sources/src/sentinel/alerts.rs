//! Sentinel's alerts as the Defender portal has them: only of a workspace that is connected to it.

use microsoft::Resource;
use search::Product;

use crate::alerts;
use crate::capability::{Capability, Probed};

/// Sentinel in hunting's `ServiceSource`.
pub(crate) const SERVICE: &str = "Microsoft Sentinel";

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Sentinel,
    name: "sentinel.alerts",
    title: "Alerts in the Defender portal",
    permissions: &["ThreatHunting.Read.All", "SecurityAlert.Read.All", "SecurityIncident.Read.All"],
    resource: Resource::Graph,
    reads: "Sentinel’s alerts and incidents in the Defender portal, with the people, machines and addresses in them.",
    route: "Microsoft Graph hunting and alerts_v2: AlertEvidence",
    retirement: None,
    needs_workspace: false,
    ask: |asking, question| Box::pin(alerts::ask(asking, question, Some(SERVICE))),
    probe: |asking, question| {
        Box::pin(async move {
            let newest = alerts::newest(asking, question, true).await?;
            let call = asking.call(question.deadline);
            microsoft::graph::alerts_probe(&asking.microsoft, &call).await?;
            microsoft::graph::incidents_probe(&asking.microsoft, &call).await?;
            Ok(Probed { newest })
        })
    },
};
