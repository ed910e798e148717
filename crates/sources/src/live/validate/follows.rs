//! What follows from the checks, a line for each capability: what works, what will, and when.

use jiff::Timestamp;
use microsoft::Cloud;
use search::standing::ON_THE_WAY;
use search::{Check, CheckState, Follow, Verdict};
use store::connections::Connection;

use super::super::is_off;
use crate::capability::{Capability, capabilities};

/// A line for each capability of the connection's product.
pub(super) fn follows(stored: &Connection, cloud: Option<&Cloud>, checks: &[Check], now: Timestamp) -> Vec<Follow> {
    let of_product = capabilities().iter().filter(|capability| capability.product == stored.product);
    of_product
        .map(|capability| {
            let (verdict, words) = if is_off(stored, capability) {
                (Verdict::Off, "switched off in this connection".to_owned())
            } else if let Some(why) = cloud.and_then(|cloud| capability.lacking(cloud)) {
                (Verdict::NotOffered, format!("not in this cloud: {why}"))
            } else if capability.is_retired(now) {
                (Verdict::Retired, retired(capability))
            } else {
                expected(capability, checks)
            };
            Follow { capability: capability.name.into(), title: capability.title.into(), verdict, words }
        })
        .collect()
}

fn retired(capability: &Capability) -> String {
    match capability.retirement {
        Some(by) => format!("retired by Microsoft {}, replaced by {}", by.words, by.replaced_by),
        None => "retired by Microsoft".into(),
    }
}

fn expected(capability: &Capability, checks: &[Check]) -> (Verdict, String) {
    let probes: Vec<&Check> = checks
        .iter()
        .filter(|check| check.check == "probe" && check.capability.as_deref() == Some(capability.name))
        .collect();
    let broken: Vec<&&Check> = probes.iter().filter(|check| check.state != CheckState::Passed).collect();
    if probes.is_empty() {
        // The sequence ended before it came to this.
        let cause = checks.iter().find(|check| check.state == CheckState::Failed);
        return (
            Verdict::WillWork,
            format!("will work when {}", cause.map_or("Microsoft can be asked".into(), condition)),
        );
    }
    let Some(first) = broken.first() else { return (Verdict::Works, works(capability)) };
    let condition = match first.code.as_str() {
        // The sign-in's own check knows more than "not tried".
        "no_token" => checks
            .iter()
            .filter(|check| check.check == "token" && check.state == CheckState::Failed)
            .max_by_key(|check| is_of(check, capability))
            .map_or_else(|| condition(first), condition),
        _ => condition(first),
    };
    let words = match broken.len() < probes.len() {
        true => format!(
            "works in {} of {} workspaces; in the others it will when {condition}",
            probes.len() - broken.len(),
            probes.len()
        ),
        false => format!("will work when {condition}"),
    };
    (Verdict::WillWork, words)
}

fn works(capability: &Capability) -> String {
    match capability.retirement {
        Some(by) => format!("works; Microsoft’s end for it is {}, then {}", by.words, by.replaced_by),
        None => "works".into(),
    }
}

fn is_of(check: &Check, capability: &Capability) -> bool {
    check.title.starts_with(capability.resource.title())
}

/// What has to be so, as it goes on after "will work when".
fn condition(check: &Check) -> String {
    let permission = || check.permission.clone().unwrap_or_else(|| "the permission".into());
    match check.code.as_str() {
        "missing_permission" | "no_consent" => format!("{} is granted", permission()),
        "not_yet_effective" => "Microsoft has put the permission into effect, within an hour".into(),
        "permission_does_not_suffice" => "Microsoft accepts Ti.Read.All for the list".into(),
        "missing_role" => "the app has its role on the workspace".into(),
        "workspace_unknown" => "the workspace ID is right".into(),
        "no_workspace" => "the connection names a workspace".into(),
        "unlicensed" | "resource_missing" | "not_subscribed" => "the tenant has the product".into(),
        "table_missing" => "the workspace or the portal has the table".into(),
        "not_onboarded" => "the workspace is connected to the Defender portal".into(),
        "blind" => "rows arrive in its table, or it is marked as rightly quiet".into(),
        "throttled" => "Microsoft’s budget allows it again, which is tried by itself".into(),
        "unavailable" => "Microsoft’s service is available again".into(),
        code if code == "timed_out" || ON_THE_WAY.contains(&code) => "Microsoft can be reached from here".into(),
        _ => match check.check.as_str() {
            "form" => "the form is right".into(),
            "discovery" => "the tenant is found".into(),
            "token" => "the app signs in".into(),
            _ => "Microsoft answers without an error".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use microsoft::UnreachableCause;

    use super::super::words;
    use super::*;

    #[test]
    fn whatever_is_on_the_way_is_told_as_the_way_and_not_as_microsofts_error() {
        let causes = [
            UnreachableCause::Dns,
            UnreachableCause::Connect,
            UnreachableCause::Tls { issuer: None },
            UnreachableCause::TlsName,
            UnreachableCause::TlsTime,
            UnreachableCause::ProxyAuthentication,
            UnreachableCause::Proxy,
            UnreachableCause::Broken,
        ];
        for cause in causes.iter().map(UnreachableCause::as_str).chain(["web_page", "timed_out"]) {
            for check in ["token", "probe"] {
                let told = condition(&words::failed(check, cause, "It cannot be reached.".to_owned()));
                assert_eq!(told, "Microsoft can be reached from here", "{check}: {cause}");
            }
        }
    }
}
