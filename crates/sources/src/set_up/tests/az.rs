//! The script for the Azure CLI, carried out in a made-up tenant.
//!
//! The `az` on its path is a line of shell that calls this very test program again, as [`az_answers`]: so what the script asks
//! `az` to pick out is picked out by a real JMESPath, and what it sends has to be JSON.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use search::set_up::Missing;
use serde_json::{Value, json};

use super::tenant::{DEFENDER, GRAPH, SECRET, SUBSCRIPTION, guid, workspace};
use super::*;

const FOLDER: &str = "ORIEL_TEST_AZ";

#[test]
fn az_answers() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        // Called as a test and not as `az`: the tenant answers as Azure would.
        let house = House::new(tenant::new());
        let asked = ["account", "show", "--query", "tenantId", "--output", "tsv"].map(str::to_owned);
        assert_eq!(tenant::call(&house.file("tenant.json"), &asked), Ok(format!("{TENANT}\n")));
        return;
    };
    let arguments = std::fs::read_to_string(folder.join("arguments")).unwrap();
    let arguments: Vec<String> = arguments.split_terminator('\0').map(str::to_owned).collect();
    let (said, code) = match tenant::call(&folder.join("tenant.json"), &arguments) {
        Ok(said) => (said, "0"),
        Err(why) => (why, "1"),
    };
    std::fs::write(folder.join("answer"), said).unwrap();
    std::fs::write(folder.join("code"), code).unwrap();
}

/// A tenant in a folder, and the `az` that reaches it.
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new(tenant: Value) -> House {
        let house = House { folder: tempfile::tempdir().unwrap() };
        std::fs::write(house.file("tenant.json"), tenant.to_string()).unwrap();
        let az = format!(
            "#!/bin/sh\nd='{}'\nprintf '%s\\0' \"$@\" >\"$d/arguments\"\nrm -f \"$d/code\"\n{FOLDER}=\"$d\" '{}' --exact set_up::tests::az::az_answers \
             >\"$d/said\" 2>&1\n[ -e \"$d/code\" ] || {{ cat \"$d/said\" >&2; exit 99; }}\n[ \"$(cat \"$d/code\")\" = 0 ] && exec cat \
             \"$d/answer\"\ncat \"$d/answer\" >&2\nexit 1\n",
            house.folder.path().display(),
            std::env::current_exe().unwrap().display(),
        );
        std::fs::write(house.file("az"), az).unwrap();
        std::fs::set_permissions(house.file("az"), std::fs::Permissions::from_mode(0o755)).unwrap();
        house
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tenant(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.file("tenant.json")).unwrap()).unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut Value)) {
        let mut tenant = self.tenant();
        change(&mut tenant);
        std::fs::write(self.file("tenant.json"), tenant.to_string()).unwrap();
    }

    /// The calls that changed something since the last look, in their order.
    fn changes(&self) -> Vec<String> {
        let tenant = self.tenant();
        let calls = tenant["calls"].as_array().unwrap().iter().map(|call| call.as_str().unwrap().to_owned());
        let changes = calls.filter(|call| {
            ["post", "patch", "role assignment create", "cloud set"].iter().any(|word| call.starts_with(word))
        });
        let changes = changes.collect();
        self.change(|tenant| tenant["calls"] = json!([]));
        changes
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let path = format!("{}:{}", self.folder.path().display(), std::env::var("PATH").unwrap());
        command.env("PATH", path).env("PAUSE", "0").env_remove("NEW_SECRET").current_dir(self.folder.path());
        command
    }

    /// Runs it where there is no terminal, as a pipeline does.
    fn run(&self, wanted: &Wanted) -> Said {
        std::fs::write(self.file("script.sh"), write(wanted).text).unwrap();
        Said::of(&self.command("setsid").args(["--wait", "bash", "script.sh"]).output().unwrap())
    }

    /// Runs it in a terminal; what it writes to its output apart from the terminal is kept in a file, as `tee` would.
    fn run_in_terminal(&self, wanted: &Wanted, more: &str) -> (Said, String) {
        std::fs::write(self.file("script.sh"), write(wanted).text).unwrap();
        let command = format!("{more} bash script.sh >log 2>&1");
        let output =
            self.command("script").args(["--quiet", "--return", "--command", &command, "/dev/null"]).output().unwrap();
        (Said::of(&output), std::fs::read_to_string(self.file("log")).unwrap())
    }
}

/// What a script said, and whether it went through.
struct Said {
    well: bool,
    text: String,
}

impl Said {
    fn of(output: &Output) -> Said {
        let text = [output.stdout.as_slice(), &output.stderr].concat();
        Said { well: output.status.success(), text: String::from_utf8(text).unwrap() }
    }

    fn well(self) -> Said {
        assert!(self.well, "{}", self.text);
        self
    }

    fn stopped(self) -> Said {
        assert!(!self.well, "{}", self.text);
        self
    }

    fn has(self, words: &str) -> Said {
        assert!(self.text.contains(words), "no “{words}” in:\n{}", self.text);
        self
    }
}

fn with_certificate() -> Wanted {
    Wanted { credential: SignsInBy::Certificate(Some(CERTIFICATE.to_owned())), ..both(Format::Az) }
}

#[test]
fn from_nothing_to_everything_and_a_second_time_changes_nothing() {
    let house = House::new(tenant::new());
    let said = house.run(&with_certificate()).well();
    let said =
        said.has("Registered Oriel (read only)").has("SecurityAlert.Read.All: granted.").has("Url.Read.All: granted.");
    said.has(&format!("Tenant ID  {TENANT}")).has(&format!("Workspace      {WORKSPACE} SOC-EU")).has("Done.");
    let mut order = vec!["post applications", "post servicePrincipals", "patch applications/*"];
    order.extend(["post servicePrincipals/*/appRoleAssignments"; 8]);
    order.push("role assignment create");
    assert_eq!(house.changes(), order);

    let tenant = house.tenant();
    let app = &tenant["applications"][0];
    assert_eq!((&app["signInAudience"], &app["displayName"]), (&json!("AzureADMyOrg"), &json!("Oriel (read only)")));
    assert!(app.get("web").is_none(), "{app}");
    let access = app["requiredResourceAccess"].as_array().unwrap();
    let of = |app: &str| access.iter().find(|part| part["resourceAppId"] == app).unwrap()["resourceAccess"].clone();
    assert_eq!(of(GRAPH).as_array().unwrap().len(), 3);
    assert!(of(GRAPH).as_array().unwrap().contains(&json!({"id": guid(11), "type": "Role"})));
    assert_eq!(of(DEFENDER).as_array().unwrap().len(), 5);
    assert_eq!(app["keyCredentials"][0]["key"], "MAMCAQE=");
    let condition = tenant["assignments"][0]["condition"].as_str().unwrap();
    assert_eq!(
        condition,
        "((!(ActionMatches{'Microsoft.OperationalInsights/workspaces/tables/data/read'})) OR (\
         @Resource[Microsoft.OperationalInsights/workspaces/tables:name] StringEquals 'SecurityAlert' OR \
         @Resource[Microsoft.OperationalInsights/workspaces/tables:name] StringEquals 'SecurityIncident' OR \
         @Resource[Microsoft.OperationalInsights/workspaces/tables:name] StringEquals 'ThreatIntelIndicators'))"
    );

    let said = house.run(&with_certificate()).well();
    said.has("is there already")
        .has("It asks for every permission already.")
        .has("granted already.")
        .has("has the role already.");
    assert_eq!(house.changes(), Vec::<String>::new());
}

#[test]
fn the_secret_is_shown_on_the_terminal_alone_and_is_not_made_twice() {
    let house = House::new(tenant::new());
    let (terminal, log) = house.run_in_terminal(&both(Format::Az), "");
    let terminal = terminal.well().has(&format!("Client secret  {SECRET}"));
    assert!(!log.contains(SECRET) && log.contains("Secret ends    20"), "{log}");
    assert!(!terminal.text.contains("Tenant ID"), "{}", terminal.text);
    let credential = &house.tenant()["applications"][0]["passwordCredentials"][0];
    let ends: jiff::Timestamp = credential["endDateTime"].as_str().unwrap().parse().unwrap();
    let days = ends.duration_since(jiff::Timestamp::now()).as_hours();
    assert!((178 * 24..=180 * 24).contains(&days), "{days}");

    let (again, log) = house.run_in_terminal(&both(Format::Az), "");
    again.well();
    assert!(log.contains("A secret called Oriel is there already"), "{log}");
    let (third, log) = house.run_in_terminal(&both(Format::Az), "NEW_SECRET=yes");
    third.well().has(SECRET);
    assert!(!log.contains(SECRET), "{log}");
    assert_eq!(house.tenant()["applications"][0]["passwordCredentials"].as_array().unwrap().len(), 2);
}

#[test]
fn without_a_terminal_no_secret_is_made() {
    let house = House::new(tenant::new());
    house.run(&Wanted { step: Step::Registration, ..both(Format::Az) }).well().has("No secret was made");
    assert!(house.tenant()["applications"][0].get("passwordCredentials").is_none());
}

#[test]
fn a_tenant_without_defender_is_survived() {
    let house = House::new(tenant::new());
    house.change(|tenant| {
        tenant["servicePrincipals"].as_array_mut().unwrap().pop();
    });
    let said = house.run(&with_certificate()).well();
    said.has("WindowsDefenderATP is not in this tenant").has("Left out, as this tenant does not have it: Url.Read.All");
    let tenant = house.tenant();
    assert_eq!(tenant["applications"][0]["requiredResourceAccess"].as_array().unwrap().len(), 1);
}

#[test]
fn consent_alone_and_the_role_alone_work_for_an_app_that_is_there() {
    let house = House::new(tenant::new());
    house.run(&Wanted { step: Step::Registration, ..with_certificate() }).well();
    let tenant = house.tenant();
    let client = tenant["applications"][0]["appId"].as_str().map(str::to_owned);
    house.changes();
    let consent = Wanted { step: Step::Consent, client: client.clone(), ..both(Format::Az) };
    house.run(&consent).well();
    assert_eq!(house.changes(), ["post servicePrincipals/*/appRoleAssignments"; 8]);
    let role = Wanted { step: Step::Role, workspaces: vec![WORKSPACE.to_uppercase()], ..both(Format::Az) };
    house.run(&role).well().has("SOC-EU: granted Log Analytics Data Reader");
    assert_eq!(house.changes(), ["role assignment create"]);
}

#[test]
fn what_comes_before_is_asked_for() {
    let house = House::new(tenant::new());
    let consent = Wanted { step: Step::Consent, ..both(Format::Az) };
    house
        .run(&consent)
        .stopped()
        .has("Stopped: there is no app registration called Oriel (read only)")
        .has("comes first");
    let unknown = Wanted { client: Some(CLIENT.to_owned()), ..with_certificate() };
    house.run(&unknown).stopped().has("no app registration with the client ID");
    assert_eq!(house.changes(), Vec::<String>::new());
}

#[test]
fn a_refused_consent_stops_and_says_who_may() {
    let house = House::new(tenant::new());
    house.change(|tenant| tenant["refuses"] = json!(["appRoleAssignments"]));
    let said = house.run(&with_certificate()).stopped();
    let said = said.has("Insufficient privileges").has("could not be granted").has("Privileged Role Administrator");
    assert!(!said.text.contains("Step 3") && said.text.contains("Client ID  "), "{}", said.text);
}

#[test]
fn a_new_app_that_is_not_known_everywhere_yet_is_waited_for() {
    let house = House::new(tenant::new());
    house.change(|tenant| tenant["fails"] = 2.into());
    house.run(&with_certificate()).well().has("does not know the new app everywhere yet").has("Done.");
}

#[test]
fn another_tenant_is_not_touched_and_the_cloud_is_set() {
    let house = House::new(tenant::new());
    house
        .run(&Wanted { tenant: Some(CLIENT.to_owned()), ..with_certificate() })
        .stopped()
        .has("signed in to the tenant");
    assert_eq!(house.changes(), Vec::<String>::new());
    house
        .run(&Wanted { cloud: "gcc-high".to_owned(), ..with_certificate() })
        .well()
        .has("it is now set to AzureUSGovernment");
    house.change(|tenant| tenant["tenant"] = Value::Null);
    house.run(&with_certificate()).stopped().has("nobody is signed in. Run: az login");
}

#[test]
fn a_cloud_that_has_the_workspace_alone_gets_an_app_without_permissions() {
    let house = House::new(tenant::new());
    house.run(&Wanted { cloud: "china".to_owned(), ..with_certificate() }).well().has("SOC-EU: granted");
    let tenant = house.tenant();
    assert_eq!(tenant["applications"][0]["requiredResourceAccess"], json!([]));
    assert!(tenant["servicePrincipals"][2].get("appRoleAssignments").is_none(), "{tenant}");
}

#[test]
fn what_an_app_has_beside_this_stays() {
    let house = House::new(tenant::new());
    let other = json!({"resourceAppId": GRAPH, "resourceAccess": [{"id": guid(77), "type": "Scope"}]});
    let foreign = json!({"resourceAppId": guid(3), "resourceAccess": [{"id": guid(78), "type": "Role"}]});
    house.change(|tenant| {
        tenant["applications"] = json!([{
            "id": guid(50), "appId": CLIENT, "displayName": "Shared", "requiredResourceAccess": [other, foreign],
            "keyCredentials": [{"key": "MAMCAQI=", "displayName": "Older"}],
            "owners": [{"id": guid(60)}, {"id": guid(61)}],
        }]);
    });
    let wanted = Wanted { client: Some(CLIENT.to_owned()), ..with_certificate() };
    house.run(&wanted).well().has("It now asks for 8 more permissions.").has("Advice: 2 people own this app");
    let tenant = house.tenant();
    let app = &tenant["applications"][0];
    assert_eq!(app["keyCredentials"].as_array().unwrap().len(), 2);
    let access = app["requiredResourceAccess"].as_array().unwrap();
    assert!(access.contains(&foreign), "{access:?}");
    let graph = access.iter().find(|part| part["resourceAppId"] == GRAPH).unwrap();
    assert!(graph["resourceAccess"].as_array().unwrap().contains(&json!({"id": guid(77), "type": "Scope"})));
    assert_eq!(graph["resourceAccess"].as_array().unwrap().len(), 4);
}

#[test]
fn only_what_was_missing_is_added() {
    let house = House::new(tenant::new());
    house.run(&with_certificate()).well();
    let tenant = house.tenant();
    let client = tenant["applications"][0]["appId"].as_str().map(str::to_owned);
    house.change(|tenant| {
        let held = tenant["servicePrincipals"][2]["appRoleAssignments"].as_array_mut().unwrap();
        held.retain(|grant| grant["appRoleId"] != guid(23));
    });
    house.changes();
    let only = Some(Missing { capabilities: Vec::new(), permissions: vec!["Ip.Read.All".to_owned()] });
    let wanted = Wanted { only, client, credential: SignsInBy::WhatItHas, ..both(Format::Az) };
    house.run(&wanted).well().has("Its secrets and certificates are left as they are.").has("Ip.Read.All: granted.");
    assert_eq!(house.changes(), ["post servicePrincipals/*/appRoleAssignments"]);
}

#[test]
fn a_managed_identity_vouches_once() {
    let house = House::new(tenant::new());
    let credential = SignsInBy::ManagedIdentity(Some(CLIENT.to_owned()));
    let wanted = Wanted { step: Step::Registration, credential, ..both(Format::Az) };
    house.run(&wanted).well().has("The managed identity now vouches for the app.");
    let mut held = house.tenant()["applications"][0]["federatedIdentityCredentials"].clone();
    held[0].as_object_mut().unwrap().remove("id");
    let expected = json!([{
        "name": "oriel", "issuer": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "subject": CLIENT,
        "audiences": ["api://AzureADTokenExchange"],
    }]);
    assert_eq!(held, expected);
    house.run(&wanted).well().has("vouches for the app already");
}

#[test]
fn of_several_workspaces_none_is_guessed() {
    let house = House::new(tenant::new());
    house.change(|tenant| {
        tenant["subscriptions"][1]["workspaces"].as_array_mut().unwrap().push(workspace("SOC-US", &guid(40)));
        // One that this account may not look into.
        let hidden = json!({"id": guid(41), "tenantId": TENANT, "state": "Enabled"});
        tenant["subscriptions"].as_array_mut().unwrap().push(hidden);
    });
    house.run(&Wanted { step: Step::Registration, ..with_certificate() }).well();
    let role = |workspaces: &[&str]| Wanted {
        step: Step::Role,
        workspaces: workspaces.iter().map(|one| (*one).to_owned()).collect(),
        ..both(Format::Az)
    };
    let said = house.run(&role(&[])).stopped().has("there are several workspaces").has("could not be looked through");
    said.has(&format!("{WORKSPACE}  /subscriptions/{SUBSCRIPTION}/"));
    house.run(&role(&["soc-us"])).well().has(&format!("Workspace      {} SOC-US", guid(40)));
    house.run(&role(&["SOC-EU", "SOC-MARS"])).stopped().has("sees no workspace SOC-MARS");
    house.change(|tenant| tenant["assignments"][0]["condition"] = "(true)".into());
    house.run(&role(&["soc-us"])).well().has("with another condition, which is left as it is");
    house.change(|tenant| tenant["roles"] = json!([]));
    house
        .run(&role(&["soc-eu"]))
        .well()
        .has("does not have the role Log Analytics Data Reader")
        .has("az role assignment create --role");
}

#[test]
fn two_apps_of_one_name_are_not_mixed_up() {
    let house = House::new(tenant::new());
    let name = "O'Brien & Sons' Oriel";
    let app = |id: u32| json!({"id": guid(id), "appId": guid(id + 1), "displayName": name});
    house.change(|tenant| tenant["applications"] = json!([app(50), app(60)]));
    let wanted = Wanted { name: name.to_owned(), ..with_certificate() };
    house.run(&wanted).stopped().has("several app registrations are called O'Brien & Sons' Oriel");
    house.change(|tenant| tenant["applications"] = json!([]));
    house.run(&wanted).well();
    assert_eq!(house.tenant()["applications"][0]["displayName"], name);
}
