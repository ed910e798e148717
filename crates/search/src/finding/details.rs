//! What only one kind of finding has.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::IncidentReference;

/// What only one kind of finding has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Details {
    /// Of an alert.
    Alert {
        /// Microsoft's category: "CommandAndControl".
        category: Option<String>,
        /// What it says happened.
        description: Option<String>,
        /// The team's judgement in Microsoft's portal, in lower case: `true_positive`, `false_positive`,
        /// `informational_expected_activity`.
        classification: Option<String>,
        /// The incident it belongs to.
        incident: Option<IncidentReference>,
        /// MITRE ATT&CK techniques, `T1071`.
        techniques: Vec<String>,
        /// Names of the devices in it.
        devices: Vec<String>,
        /// Names of the accounts in it.
        accounts: Vec<String>,
        /// Other domains and addresses in it, in canonical form: each a pivot.
        pivots: Vec<String>,
    },
    /// Of an incident.
    Incident {
        /// The team's judgement in Microsoft's portal.
        classification: Option<String>,
        /// Whom it is assigned to.
        assigned_to: Option<String>,
        /// How many alerts it holds, where known.
        alerts: Option<u64>,
        /// Labels that people gave it.
        labels: Vec<String>,
    },
    /// Of a threat indicator.
    ThreatIndicator {
        /// The listed value as it is written: a domain, an address, a URL, a wildcard or a network.
        value: String,
        /// How the listed value meets the indicator: `exact`, `url`, `email`, `wildcard`, `network`.
        matched: String,
        /// What the product does with it: `block`, `warn`, `audit`, `alert`, `allow`. Absent in Sentinel.
        action: Option<String>,
        /// `active`, `expired`, `revoked`, `deleted` or `future`, as of the time asked.
        state: String,
        /// 0 to 100.
        confidence: Option<u8>,
        /// From when it holds.
        valid_from: Option<Timestamp>,
        /// Until when it holds; absent means for ever.
        valid_until: Option<Timestamp>,
        /// Its description.
        description: Option<String>,
        /// Who listed it: a feed, an app, a person.
        listed_by: Option<String>,
        /// Its labels.
        tags: Vec<String>,
    },
    /// Of a prevalence.
    Prevalence {
        /// How many distinct devices, at least.
        devices: u64,
        /// Whether the number is a lower bound: hunting records onboarded devices only and thins repeats.
        at_least: bool,
    },
    /// Of a device.
    Device {
        /// Connections that went through, at least. Absent where the source does not count.
        connected: Option<u64>,
        /// Connections that were blocked, at least.
        blocked: Option<u64>,
        /// The processes that spoke, most frequent first.
        processes: Vec<String>,
        /// The accounts that ran them.
        accounts: Vec<String>,
        /// Operating system.
        os: Option<String>,
        /// Risk level that Defender gives the device.
        risk: Option<String>,
    },
    /// Of a message.
    Mail {
        /// The address it came from.
        sender: Option<String>,
        /// The addresses it went to, at most those that the source lists.
        recipients: Vec<String>,
        /// `inbound`, `outbound` or `intra_org`, as Microsoft names it.
        direction: Option<String>,
        /// Where it lay when Microsoft last said so: "Inbox", "Quarantine".
        location: Option<String>,
        /// What Microsoft's filters found in it: "Phish", "Malware".
        threats: Vec<String>,
    },
    /// Of the clicks of one account on one address.
    Click {
        /// The address that was clicked.
        url: Option<String>,
        /// Who clicked.
        account: Option<String>,
        /// Where: "Email", "Teams".
        application: Option<String>,
        /// Clicks that were let through.
        allowed: u64,
        /// Clicks that were blocked and ended there.
        blocked: u64,
        /// Clicks that were warned of, and went on.
        clicked_through: u64,
    },
    /// Of the sign-ins of one account from an address.
    SignIn {
        /// Whose.
        account: Option<String>,
        /// Sign-ins that succeeded, at least.
        succeeded: u64,
        /// Sign-ins that failed, at least.
        failed: u64,
        /// To what, most frequent first.
        applications: Vec<String>,
        /// From where, as Microsoft places the address: a country's code.
        country: Option<String>,
    },
    /// Of what a log has of it, counted and not listed.
    Sighting {
        /// The table, as Microsoft names it: `CommonSecurityLog`.
        table: String,
        /// How many rows, at least.
        events: u64,
        /// What happened, most frequent first: an action, a type of event.
        what: Vec<String>,
        /// Names of the devices in them, most frequent first.
        devices: Vec<String>,
        /// Names of the accounts in them, most frequent first.
        accounts: Vec<String>,
    },
    /// Of what Microsoft's threat intelligence knows.
    Intelligence {
        /// What it leads to, where that is a domain or an address, in canonical form: a pivot.
        value: Option<String>,
        /// What is known, in the order to show.
        fields: Vec<Field>,
    },
}

/// One thing that is known, with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it is, in words: "Registrar".
    pub name: String,
    /// What is known. Hostile text: escape where it is shown.
    pub value: String,
}
