//! Alerts of all Defender products, and of Sentinel where its workspace is connected to the Defender portal.

use microsoft::Resource;
use search::Product;

use crate::alerts;
use crate::capability::{Capability, Probed};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Defender,
    name: "defender.alerts",
    title: "Alerts",
    permissions: &["ThreatHunting.Read.All", "SecurityAlert.Read.All", "SecurityIncident.Read.All"],
    resource: Resource::Graph,
    reads: "Alerts and incidents of the whole organisation, with the people, mails, machines and addresses in them.",
    route: "Microsoft Graph hunting and alerts_v2: AlertEvidence",
    retirement: None,
    needs_workspace: false,
    ask: |asking, question| Box::pin(alerts::ask(asking, question, None)),
    probe: |asking, question| {
        Box::pin(async move {
            let newest = alerts::newest(asking, question, false).await?;
            let call = asking.call(question.deadline);
            microsoft::graph::alerts_probe(&asking.microsoft, &call).await?;
            microsoft::graph::incidents_probe(&asking.microsoft, &call).await?;
            Ok(Probed { newest })
        })
    },
};
