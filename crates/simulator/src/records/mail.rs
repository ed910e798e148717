//! Mail as hunting's tables have it, and clicks on links.

use jiff::SignedDuration;
use serde_json::json;

use super::{Organisation, Row, instant, row};
use crate::ids;
use crate::scenario::{Click, Mail};

/// The id that the tables of mail share.
fn message_id(mail: &Mail) -> String {
    ids::guid(&format!("message {} {}", mail.sender, mail.subject)).to_string()
}

fn domain(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or_default()
}

/// The rows of `EmailEvents`: one a recipient.
pub(crate) fn events(organisation: &Organisation, mail: &Mail) -> Vec<Row> {
    let mail_from = mail.mail_from.as_deref().unwrap_or(&mail.sender);
    let (v4, v6) = match mail.sender_ip.contains(':') {
        true => ("", mail.sender_ip.as_str()),
        false => (mail.sender_ip.as_str(), ""),
    };
    let now_in = if mail.removed.is_some() { "Quarantine" } else { mail.location.as_str() };
    mail.recipients
        .iter()
        .enumerate()
        .map(|(at, recipient)| {
            let seconds = SignedDuration::from_secs(i64::try_from(at).unwrap_or(0));
            let came = mail.at.at(organisation.beginning).checked_add(seconds).unwrap_or(organisation.beginning);
            row(json!({
                "Timestamp": instant(came),
                "NetworkMessageId": message_id(mail),
                "InternetMessageId": format!("<{}@{}>", ids::hex(&mail.subject, 16), domain(mail_from)),
                "SenderMailFromAddress": mail_from,
                "SenderFromAddress": mail.sender,
                "SenderMailFromDomain": domain(mail_from),
                "SenderFromDomain": domain(&mail.sender),
                "SenderIPv4": v4,
                "SenderIPv6": v6,
                "RecipientEmailAddress": organisation.upn(recipient),
                "RecipientObjectId": organisation.directory_id(recipient),
                "Subject": mail.subject,
                "EmailDirection": mail.direction,
                "DeliveryAction": mail.action,
                "DeliveryLocation": mail.location,
                "ThreatTypes": mail.threats,
                "AttachmentCount": 0,
                "UrlCount": mail.urls.len(),
                "LatestDeliveryLocation": now_in,
                "LatestDeliveryAction": if mail.removed.is_some() { "Phish ZAP" } else { mail.action.as_str() },
                "ReportId": format!("{}-{at}", message_id(mail)),
            }))
        })
        .collect()
}

/// The rows of `EmailUrlInfo`: one a link.
pub(crate) fn links(organisation: &Organisation, mail: &Mail) -> Vec<Row> {
    let link = |url: &String| {
        row(json!({
            "Timestamp": instant(mail.at.at(organisation.beginning)),
            "NetworkMessageId": message_id(mail),
            "Url": url,
            "UrlDomain": super::traffic::host(url),
            "UrlLocation": "Body",
            "ReportId": ids::hex(url, 16),
        }))
    };
    mail.urls.iter().map(link).collect()
}

/// The rows of `EmailPostDeliveryEvents`: one a recipient from whose mailbox a message was taken.
pub(crate) fn removals(organisation: &Organisation, mail: &Mail) -> Vec<Row> {
    let Some(removed) = &mail.removed else { return Vec::new() };
    let removal = |recipient: &String| {
        row(json!({
            "Timestamp": instant(removed.at(organisation.beginning)),
            "NetworkMessageId": message_id(mail),
            "Action": "Moved to quarantine",
            "ActionType": "Phish ZAP",
            "ActionTrigger": "SpecialAction",
            "ActionResult": "Success",
            "RecipientEmailAddress": organisation.upn(recipient),
            "DeliveryLocation": "Quarantine",
            "SourceLocation": mail.location,
            "ThreatTypes": mail.threats,
            "ReportId": ids::hex(&format!("zap {recipient}"), 16),
        }))
    };
    mail.recipients.iter().map(removal).collect()
}

/// The rows of `UrlClickEvents`.
pub(crate) fn clicks(organisation: &Organisation, click: &Click) -> Vec<Row> {
    let start = click.at.at(organisation.beginning);
    (0..click.times)
        .filter_map(|count| {
            let later = SignedDuration::from_secs(click.every.0.as_secs().saturating_mul(i64::from(count)));
            let at = start.checked_add(later).ok().filter(|at| *at <= organisation.beginning)?;
            Some(row(json!({
                "Timestamp": instant(at),
                "TimeGenerated": instant(at),
                "Url": click.url,
                "ActionType": click.action,
                "AccountUpn": organisation.upn(&click.user),
                "Workload": click.workload,
                "ThreatTypes": if click.action == "ClickAllowed" { "" } else { "Phish" },
                "IPAddress": "192.0.2.10",
                "IsClickedThrough": click.through,
                "UrlChain": json!([click.url]).to_string(),
                "ReportId": ids::hex(&format!("{} {} {count}", click.user, click.url), 16),
            })))
        })
        .collect()
}
