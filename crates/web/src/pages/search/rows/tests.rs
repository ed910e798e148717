//! What a row says of a finding.

use jiff::Timestamp;
use search::{Details, Finding, FindingKind, Place, Product};

use super::{Reach, Row};

fn alert(places: &[(Option<&str>, Option<&str>)], devices: &[&str], accounts: &[&str]) -> Finding {
    let own = |text: &&str| (*text).to_owned();
    let place = |(role, verdict): &(Option<&str>, Option<&str>)| Place {
        place: "RemoteUrl".to_owned(),
        role: role.map(str::to_owned),
        verdict: verdict.map(str::to_owned),
    };
    Finding {
        kind: FindingKind::Alert,
        id: "da1".to_owned(),
        identities: Vec::new(),
        tenant: None,
        cloud: None,
        title: String::new(),
        severity: None,
        status: Some("in_progress".to_owned()),
        first_seen: None,
        last_seen: None,
        updated: None,
        product: Product::Defender,
        service: None,
        routes: Vec::new(),
        links: Vec::new(),
        places: places.iter().map(place).collect(),
        details: Details::Alert {
            category: None,
            description: None,
            classification: None,
            incident: None,
            techniques: Vec::new(),
            devices: devices.iter().map(own).collect(),
            accounts: accounts.iter().map(own).collect(),
            pivots: vec!["a.example".to_owned(), "b.example".to_owned(), "c.example".to_owned()],
        },
    }
}

fn row(finding: &Finding) -> Row {
    Row::of(finding, Timestamp::UNIX_EPOCH)
}

#[test]
fn a_role_stands_once_with_its_gravest_verdict() {
    let finding = alert(
        &[
            (None, Some("malicious")),
            (Some("resolved"), None),
            (Some("resolved"), Some("suspicious")),
            (Some("command_and_control"), Some("malicious")),
            (None, Some("unknown")),
        ],
        &[],
        &[],
    );
    let roles: Vec<_> = row(&finding).roles.into_iter().map(|role| (role.role, role.verdict, role.mark)).collect();
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(
        roles,
        [(own("command and control"), own("malicious"), "high"), (own("resolved"), own("suspicious"), "medium"),]
    );
}

#[test]
fn a_name_that_another_spells_out_is_left_out() {
    let finding = alert(&[], &["fin-014", "FIN-014.corp.example", "fin-01"], &["anna.berg@corp.example", "anna.berg"]);
    let row = row(&finding);
    assert_eq!(row.devices, ["FIN-014.<wbr>corp.<wbr>example", "fin-01"]);
    assert_eq!(row.accounts, ["anna.<wbr>berg@<wbr>corp.<wbr>example"]);
}

#[test]
fn names_with_letters_of_several_bytes_are_compared_whole() {
    let finding = alert(&[], &["büro", "bü", "büro.corp.example"], &[]);
    assert_eq!(row(&finding).devices, ["bü", "büro.<wbr>corp.<wbr>example"]);
}

#[test]
fn what_is_not_shown_is_counted() {
    let finding = alert(&[], &["a", "b", "c", "d"], &[]);
    let row = row(&finding);
    assert_eq!(row.devices, ["a", "b", "and 2 more"]);
    assert_eq!((row.pivots.len(), row.more_pivots, row.other_pivots.as_str()), (2, 1, "c.example"));
}

#[test]
fn an_alert_without_a_title_is_named_by_its_id() {
    assert_eq!(row(&alert(&[], &[], &[])).title, "da1");
    assert_eq!(row(&alert(&[], &[], &[])).status.as_deref(), Some("in progress"));
}

fn device(connected: Option<u64>, blocked: Option<u64>) -> Finding {
    let details = Details::Device { connected, blocked, processes: vec![], accounts: vec![], os: None, risk: None };
    Finding { kind: FindingKind::Device, details, ..alert(&[], &[], &[]) }
}

#[test]
fn devices_are_counted_by_how_far_they_came() {
    let devices = [
        device(Some(3), Some(2)),
        device(Some(0), Some(4)),
        device(None, Some(1)),
        device(Some(0), Some(0)),
        device(Some(0), None),
        device(Some(1), None),
        device(Some(9), Some(0)),
        device(None, None),
    ];
    let devices: Vec<&Finding> = devices.iter().collect();
    assert_eq!(Reach::words(&devices), "3 connected, 2 blocked, 2 attempted, 1 seen");
    assert_eq!(Reach::words(&devices[5..6]), "1 connected");
    assert_eq!(Reach::words(&[]), "");
}
