//! What the guide of 2020 named, and what has become of it.

/// A word of 2020 and today's, the names of places first and the permissions last.
pub const ONCE: &[(&str, &str)] = &[
    ("Azure Active Directory", "**Microsoft Entra ID**. The app registrations are the same ones."),
    (
        "Azure Sentinel",
        "**Microsoft Sentinel**. From 31 March 2027 on it is in the Defender portal alone; its workspace stays in Azure.",
    ),
    (
        "Advanced Threat Protection, Microsoft Defender ATP",
        "**Microsoft Defender for Endpoint**, a part of Microsoft Defender. Its interface is still called `WindowsDefenderATP`.",
    ),
    (
        "The field “secret ID”",
        "The secret’s **Value**. The **Secret ID** beside it opens nothing, and Oriel says so when it is pasted.",
    ),
    (
        "`SecurityEvents.Read.All` (Microsoft Graph)",
        "Of no use any more: Microsoft switched Graph’s classic alerts off in autumn 2026. In its place: `SecurityAlert.Read.All`, `SecurityIncident.Read.All` and `ThreatHunting.Read.All`.",
    ),
    (
        "`ThreatIndicators.Read.All` (Microsoft Graph)",
        "Of no use any more: it reads nothing. In its place: `ThreatHunting.Read.All`, and the Azure role on the workspace.",
    ),
    (
        "`Alert.Read.All` (WindowsDefenderATP)",
        "Works until Microsoft switches the interface off, announced for 1 February 2027; hunting takes its place.",
    ),
    (
        "`Ti.Read.All` (WindowsDefenderATP)",
        "May read Defender’s list of indicators until 1 February 2027. Microsoft documents write permissions alone for it, and Oriel asks for none: validation says whether this one is enough in your tenant.",
    ),
    (
        "Nothing in Azure",
        "New: the role **Log Analytics Data Reader** on Sentinel’s workspace, without which a workspace answers nothing.",
    ),
];
