//! What is written: which permissions, for whom, and what is never in it.

use rstest::rstest;
use search::set_up::{ConsentPage, Missing};

use super::*;

#[test]
fn each_form_is_as_it_was_last_read_by_a_person() {
    insta::assert_snapshot!("az", write(&both(Format::Az)).text);
    insta::assert_snapshot!("powershell", write(&both(Format::PowerShell)).text);
    insta::assert_snapshot!("manifest", write(&both(Format::Manifest)).text);
    insta::assert_snapshot!("request", write(&both(Format::Request)).text);
}

#[test]
fn no_form_asks_for_a_permission_that_can_write() {
    for format in Format::ALL {
        let text = write(&both(format)).text;
        for permission in ["Alert.ReadWrite", "Incident.ReadWrite", "Ti.ReadWrite", "ThreatIndicators.ReadWrite"] {
            assert!(!text.contains(permission), "{format:?}: {permission}");
        }
    }
    // Whoever runs the script in PowerShell lends it these two; nothing else in it can write.
    let text = write(&both(Format::PowerShell)).text;
    let lent = text.lines().find(|line| line.starts_with("$scopes")).unwrap();
    assert_eq!(lent, "$scopes = @('Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All')");
    assert_eq!(text.matches("ReadWrite").count(), 2);
}

#[test]
fn no_script_holds_the_id_of_a_permission_or_role() {
    let ids =
        ["472e4a4d", "45cc0394", "dd98c7f5", "71fe6b80", "721af526", "47bf842d", "ea8291d3", "528ca142", "3b03c2da"];
    for format in [Format::Az, Format::PowerShell] {
        let text = write(&both(format)).text;
        for id in ids {
            assert!(!text.contains(id), "{format:?}: {id}");
        }
        for permission in ["SecurityAlert.Read.All", "ThreatHunting.Read.All", "Url.Read.All", "Ti.Read.All"] {
            assert!(text.contains(permission), "{format:?}: {permission}");
        }
    }
}

#[test]
fn a_retired_route_is_asked_for_no_longer() {
    let wanted = both(Format::Az);
    let now = write(&wanted).text;
    assert!(!now.contains("SecurityEvents") && !now.contains("ThreatIndicators.Read"), "{now}");
    assert!(now.contains("look_up 'WindowsDefenderATP'"));
    let later = at("2027-02-01T00:00:00Z").write(&wanted).unwrap().text;
    assert!(!later.contains("WindowsDefenderATP") && later.contains("ThreatHunting.Read.All"), "{later}");
}

#[test]
fn the_manifest_is_json_and_every_permission_of_graph_has_its_id() {
    let script = write(&both(Format::Manifest));
    let manifest: serde_json::Value = serde_json::from_str(&script.text).unwrap();
    let access = manifest["requiredResourceAccess"].as_array().unwrap();
    assert_eq!(access.len(), 1);
    assert_eq!(access[0]["resourceAppId"], "00000003-0000-0000-c000-000000000000");
    let items = access[0]["resourceAccess"].as_array().unwrap();
    assert!(items.iter().all(|item| item["type"] == "Role"));
    assert_eq!(items.len(), 3);
    let left_out = script.notes.iter().find(|note| note.starts_with("Not in it: ")).unwrap();
    assert!(left_out.contains("Url.Read.All") && !left_out.contains("SecurityAlert"), "{left_out}");
}

#[test]
fn a_second_script_adds_only_what_was_found_missing() {
    let only = Missing {
        capabilities: vec!["sentinel.workspace_alerts".to_owned()],
        permissions: vec!["ip.read.all".to_owned()],
    };
    let client = Some(CLIENT.to_owned());
    let wanted = Wanted { only: Some(only), client, credential: SignsInBy::WhatItHas, ..both(Format::Az) };
    let script = write(&wanted);
    assert_eq!(script.file_name, "oriel-set-up-az-missing.sh");
    assert!(script.text.contains("look_up 'WindowsDefenderATP' fc780465-2017-40d4-a0c5-307022471b92 Ip.Read.All\n"));
    assert!(!script.text.contains("look_up 'Microsoft Graph'") && !script.text.contains("addPassword"));
    // All tables in the condition: one that names fewer would have to be replaced when the next is missing.
    assert!(script.text.contains("tables='SecurityAlert SecurityIncident ThreatIntelIndicators'"));
    let request = write(&Wanted { format: Format::Request, ..wanted.clone() }).text;
    assert!(request.contains("| Ip.Read.All |") && !request.contains("ThreatHunting"), "{request}");
    let nothing = Wanted { only: Some(Missing::default()), ..wanted };
    assert_eq!(fields(&nothing), ["only"]);
}

#[test]
fn a_capability_that_is_switched_off_needs_no_permission() {
    let without = vec!["defender.indicators".to_owned()];
    let text = write(&Wanted { without, ..both(Format::Az) }).text;
    assert!(!text.contains("Ti.Read.All") && text.contains("Machine.Read.All"), "{text}");
}

#[test]
fn what_a_cloud_does_not_have_is_left_out_with_the_reason() {
    let script = write(&Wanted { cloud: "china".to_owned(), ..both(Format::Az) });
    assert!(!script.text.contains("look_up") && script.text.contains("Log Analytics Data Reader"), "{}", script.text);
    assert!(script.notes.iter().any(|note| note.contains("Left out: Defender, Alerts.")), "{:?}", script.notes);
    let nothing = Wanted { cloud: "china".to_owned(), ..Wanted::new(vec![Product::Defender], Format::Az) };
    assert_eq!(fields(&nothing), ["product"]);
}

#[rstest]
#[case("global", "azure_cloud='AzureCloud'\ngraph_host='https://graph.microsoft.com'\n")]
#[case("gcc-high", "azure_cloud='AzureUSGovernment'\ngraph_host='https://graph.microsoft.us'\n")]
#[case("dod", "azure_cloud='AzureUSGovernment'\ngraph_host='https://dod-graph.microsoft.us'\n")]
#[case("china", "azure_cloud='AzureChinaCloud'\ngraph_host='https://microsoftgraph.chinacloudapi.cn'\n")]
#[case("lab", "azure_cloud=''\ngraph_host='https://graph.lab.example'\n")]
fn each_cloud_has_its_own_hosts(#[case] cloud: &str, #[case] expected: &str) {
    let text = write(&Wanted { cloud: cloud.to_owned(), ..both(Format::Az) }).text;
    assert!(text.contains(expected), "{text}");
}

#[test]
fn powershell_signs_in_to_the_cloud_and_does_not_know_any_other() {
    let of = |cloud: &str| Wanted { cloud: cloud.to_owned(), ..both(Format::PowerShell) };
    assert!(write(&of("dod")).text.contains("$graphEnvironment = 'USGovDoD'"));
    assert_eq!(fields(&of("lab")), ["format"]);
}

#[test]
fn what_cannot_be_right_is_told_by_field_and_all_at_once() {
    let wanted = Wanted {
        tenant: Some("contoso.example".to_owned()),
        client: Some("'; reboot".to_owned()),
        workspaces: vec!["$(reboot)".to_owned()],
        credential: SignsInBy::Certificate(Some("-----BEGIN PRIVATE KEY-----".to_owned())),
        days: 0,
        name: "a\nreboot".to_owned(),
        cloud: "mars".to_owned(),
        ..Wanted::new(Vec::new(), Format::Az)
    };
    let told = ["product", "tenant", "client", "name", "days", "certificate", "workspace", "cloud"];
    assert_eq!(fields(&wanted), told);
    let identity = SignsInBy::ManagedIdentity(Some("me".to_owned()));
    assert_eq!(fields(&Wanted { credential: identity, ..both(Format::Az) }), ["identity"]);
    let role = Wanted { step: Step::Role, ..Wanted::new(vec![Product::Defender], Format::Az) };
    assert_eq!(fields(&role), ["step"]);
}

#[test]
fn the_name_of_a_file_is_plain() {
    for format in Format::ALL {
        for step in Step::ALL {
            let name = write(&Wanted { step, ..both(format) }).file_name;
            let plain = |c: char| c.is_ascii_lowercase() || c == '-' || c == '.' || c.is_ascii_digit();
            assert!(name.chars().all(plain) && name.matches('.').count() == 1, "{name}");
        }
    }
}

#[test]
fn the_page_of_consent_is_entras_and_takes_no_id_that_is_none() {
    let page = ConsentPage {
        cloud: "gcc-high",
        tenant: TENANT,
        client: CLIENT,
        redirect: "https://oriel.example.com/settings/consented",
        state: "a&b",
    };
    let expected = format!(
        "https://login.microsoftonline.us/{TENANT}/adminconsent?client_id={CLIENT}&state=a%26b&\
         redirect_uri=https%3A%2F%2Foriel.example.com%2Fsettings%2Fconsented"
    );
    assert_eq!(scripts().consent_page(&page), Some(expected));
    for wrong in [
        ConsentPage { tenant: "../x", ..page },
        ConsentPage { client: "x", ..page },
        ConsentPage { cloud: "x", ..page },
    ] {
        assert_eq!(scripts().consent_page(&wrong), None);
    }
}
