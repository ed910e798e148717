//! Every error in the words of an answer: what happened, what to do, and where.

use jiff::Timestamp;
use microsoft::{Error, Resource, UnreachableCause};
use search::Outcome;

use crate::asking::Asking;
use crate::capability::Capability;

/// An error in the words of an answer.
pub(crate) struct Trouble {
    pub outcome: Outcome,
    /// A stable word for the cause, as a validation has it.
    pub code: &'static str,
    pub reason: String,
    pub remedy: Option<String>,
    pub link: Option<String>,
    pub retry_at: Option<Timestamp>,
}

/// Maps every error to an outcome, a reason, a remedy and a place to go.
pub(crate) fn trouble(error: &Error, asking: &Asking) -> Trouble {
    let capability = asking.capability;
    let plain = |outcome, code, reason: String, remedy: &str| Trouble {
        outcome,
        code,
        reason,
        remedy: Some(remedy.to_owned()).filter(|remedy| !remedy.is_empty()),
        link: None,
        retry_at: None,
    };
    match error {
        Error::Refused(refusal) if refusal.cause == microsoft::RefusalCause::ResourceMissing => plain(
            Outcome::Unlicensed,
            refusal.cause.as_str(),
            format!("The tenant does not know {}.", capability.resource.title()),
            missing_resource(capability.resource),
        ),
        Error::Refused(refusal) => Trouble {
            link: asking.connection.refusal_link(refusal.cause),
            ..plain(Outcome::Refused, refusal.cause.as_str(), refusal.title(), refusal.cause.remedy())
        },
        Error::Denied { required, held, .. } if capability.needs_workspace || required.is_empty() => {
            denied_role(asking, held)
        }
        Error::Denied { required, .. } => {
            let permission = wanted(required, capability);
            Trouble {
                link: asking.connection.permissions_link(),
                ..plain(
                    Outcome::Denied,
                    "missing_permission",
                    format!("The app has no application permission {permission}."),
                    &grant(&permission, capability.resource),
                )
            }
        }
        Error::Unlicensed { .. } => plain(
            Outcome::Unlicensed,
            "unlicensed",
            format!("The tenant has no active licence for {}, or has not set it up.", product(capability.resource)),
            "If the organisation has the product, ask the tenant's administrator to look at its licence; otherwise switch this \
             capability off.",
        ),
        Error::TableMissing { name, .. } if capability.needs_workspace => plain(
            Outcome::Blind,
            "table_missing",
            format!("The workspace has no table {}.", name_of(name)),
            "Enable Microsoft Sentinel on the workspace and connect the data connector that fills the table, or remove the \
             workspace from the connection.",
        ),
        Error::TableMissing { name, .. } => plain(
            Outcome::Unlicensed,
            "table_missing",
            format!("Hunting has no table {} in this tenant: the product behind it is not deployed.", name_of(name)),
            "Deploy the product, or connect the Sentinel workspace to the Defender portal; otherwise switch this capability \
             off.",
        ),
        Error::Retired { .. } => plain(
            Outcome::Retired,
            "retired",
            match capability.retirement {
                Some(retirement) => format!("Microsoft has switched this route off ({}).", retirement.words),
                None => "Microsoft has switched this route off.".into(),
            },
            &capability.retirement.map(|by| format!("In its place: {}.", by.replaced_by)).unwrap_or_default(),
        ),
        Error::Throttled { until, .. } => Trouble {
            retry_at: Some(*until),
            ..plain(
                Outcome::Throttled,
                "throttled",
                format!("Too many calls in a short time: no more are taken until {}.", until.strftime("%H:%M:%S UTC")),
                "Ask again then. The tenant's other automation draws on the same budget.",
            )
        },
        Error::TimedOut { host, .. } => plain(
            Outcome::TimedOut,
            "timed_out",
            format!("{host} did not answer in time."),
            "Ask again. Large tenants can take a while at busy hours.",
        ),
        Error::Unreachable { host, cause, message } => plain(
            Outcome::Unreachable,
            cause.as_str(),
            format!("{host} cannot be reached: {}.", message.trim_end_matches('.')),
            unreachable(cause),
        ),
        Error::NotOffered { cloud, interface } => plain(
            Outcome::Unlicensed,
            "not_offered",
            format!("{interface} is not offered in the cloud {cloud}."),
            "Check which cloud the connection names. If it is right, switch this capability off.",
        ),
        Error::Failed { code, .. } if capability.needs_workspace && code == "PathNotFoundError" => Trouble {
            link: asking.connection.roles_link(),
            ..plain(
                Outcome::Denied,
                "workspace_unknown",
                "Log Analytics does not know a workspace with this ID.".into(),
                "Paste the Workspace ID, a GUID, from the workspace's overview page: neither its name nor its path.",
            )
        },
        Error::Failed { status, message, .. } if message.contains(WEB_PAGE) => plain(
            Outcome::Failed,
            "web_page",
            format!("A web page came in the place of Microsoft's answer (status {status})."),
            "Ask again. If it stays so, a proxy or a gateway on the way answers in Microsoft's place: ask the network's \
             administrator to let Microsoft's hosts through unchanged.",
        ),
        Error::Failed { status, code, .. } if *status >= 502 || code.starts_with("AADSTS") => plain(
            Outcome::Failed,
            "unavailable",
            match code.is_empty() {
                true => format!("Microsoft's service is not available at the moment (status {status})."),
                false => format!("Microsoft's service is not available at the moment (status {status}, {code})."),
            },
            "Wait a few minutes and ask again. If it stays so, look at the service health in the Microsoft 365 admin center, and \
             open a ticket with the ids that stand with this answer.",
        ),
        Error::Failed { status, code, message, .. } => plain(
            Outcome::Failed,
            "failed",
            match code.is_empty() {
                true => format!("Microsoft answered with status {status}: {message}"),
                false => format!("Microsoft answered with status {status}, {code}: {message}"),
            },
            "Ask again. If it stays so, open a ticket with Microsoft and give the ids that stand with this answer.",
        ),
        Error::NotAllowed { .. } => plain(
            Outcome::Failed,
            "not_allowed",
            "Oriel's list of permitted reads does not contain this call, so it was not sent.".into(),
            "This is a fault in Oriel: please report it.",
        ),
    }
}

/// How the client tells that a body is a page.
const WEB_PAGE: &str = "a web page came instead of an answer";

/// The product behind an interface, as licences name it.
fn product(resource: Resource) -> &'static str {
    match resource {
        Resource::Graph => "Microsoft Defender XDR",
        Resource::Defender => "Defender for Endpoint",
        Resource::LogAnalytics => "Log Analytics",
    }
}

/// What to do where an interface has no service principal in the tenant.
fn missing_resource(resource: Resource) -> &'static str {
    match resource {
        Resource::LogAnalytics => {
            "Check which cloud the connection names. If it is right, an administrator adds Log Analytics to the tenant once: az ad sp \
             create --id ca7f3f0b-7d91-482c-8e09-c5d840d0eac5"
        }
        Resource::Graph | Resource::Defender => {
            "If the organisation uses it, check which cloud the connection names; otherwise switch this capability off."
        }
    }
}

fn wanted(required: &[String], capability: &Capability) -> String {
    // Of Microsoft's alternatives the one that reads is named; one that can write is never suggested.
    let reads: Vec<&str> =
        required.iter().map(String::as_str).filter(|permission| !permission.contains("Write")).collect();
    let ours = capability.permissions.iter().find(|ours| reads.iter().any(|read| read.eq_ignore_ascii_case(ours)));
    match (ours, reads.first()) {
        (Some(ours), _) => (*ours).to_owned(),
        (None, Some(read)) => (*read).to_owned(),
        (None, None) => capability.permission(),
    }
}

fn denied_role(asking: &Asking, held: &[String]) -> Trouble {
    let capability = asking.capability;
    let permission = capability.permission();
    let (reason, remedy) = match (capability.needs_workspace, held.is_empty()) {
        (true, _) => (
            "The app has no Azure role on the workspace, or the workspace ID is another one's.".to_owned(),
            "Check the workspace ID, and grant the app Log Analytics Data Reader on the workspace, with a condition naming the \
             tables (Log Analytics Reader works too and is wider than needed). A new role can take up to an hour."
                .to_owned(),
        ),
        (false, true) => (format!("Microsoft does not let the app read this: it needs {permission}."), grant(&permission, capability.resource)),
        (false, false) => {
            (format!("The permissions that the app holds do not suffice: it needs {permission}."), grant(&permission, capability.resource))
        }
    };
    Trouble {
        outcome: Outcome::Denied,
        code: if capability.needs_workspace { "missing_role" } else { "missing_permission" },
        reason,
        remedy: Some(remedy),
        link: match capability.needs_workspace {
            true => asking.connection.roles_link(),
            false => asking.connection.permissions_link(),
        },
        retry_at: None,
    }
}

/// What to do about a permission that is missing, or several.
pub(crate) fn grant(permission: &str, resource: Resource) -> String {
    let place = match resource {
        Resource::Graph => "Microsoft Graph",
        // It does not stand in the list that the portal shows first.
        Resource::Defender => "APIs my organization uses, WindowsDefenderATP (it shows only when typed)",
        Resource::LogAnalytics => "APIs my organization uses, Log Analytics API",
    };
    let kind = if permission.contains(',') { "application permissions" } else { "an application permission" };
    format!("In the app registration, API permissions, {place}: add {permission} as {kind}, and grant admin consent.")
}

/// A table's name out of Microsoft's text, if it looks like one.
fn name_of(name: &str) -> &str {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain && !name.is_empty() { name } else { "that the query names" }
}

fn unreachable(cause: &UnreachableCause) -> &'static str {
    match cause {
        UnreachableCause::Dns => {
            "Check that the machine resolves Microsoft's host names. Where only a proxy may connect to the internet, name it (the \
             setting proxy.url)."
        }
        UnreachableCause::Connect => {
            "Check that the firewall lets the machine connect to Microsoft. Where only a proxy may, name it (the setting proxy.url)."
        }
        UnreachableCause::Tls { issuer: Some(_) } => {
            "That issuer is most likely a proxy that opens TLS connections: ask the network's administrator for its certificate, and \
             give it to Oriel (the setting ca.file)."
        }
        UnreachableCause::Tls { issuer: None } => {
            "Look for a proxy or a gateway on the way that answers in Microsoft's place, and ask the network's administrator to let \
             Microsoft's hosts through."
        }
        UnreachableCause::TlsName => {
            "Another server answers in Microsoft's place: look for a network's sign-in page, a proxy, or a wrong entry in DNS or the \
             hosts file."
        }
        UnreachableCause::TlsTime => {
            "Compare this machine's clock first. If it is right, the certificate is that of a proxy on the way: ask the network's \
             administrator to renew it."
        }
        UnreachableCause::ProxyAuthentication => {
            "Compare the proxy's user and password with what the network's administrator gave out (the settings proxy.user and \
             proxy.password_file)."
        }
        UnreachableCause::Proxy => {
            "Check the proxy's address (the setting proxy.url), and ask the network's administrator to let Microsoft's hosts through it."
        }
        UnreachableCause::Broken => "Ask again. If it stays so, look for a device on the way that cuts connections.",
    }
}
