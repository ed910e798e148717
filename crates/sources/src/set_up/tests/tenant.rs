//! A made-up tenant behind a made-up `az`: it keeps what it is told in a file, and answers as Graph and Azure do.

use std::path::Path;

use serde_json::{Value, json};

use super::{TENANT, WORKSPACE};

pub const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
pub const DEFENDER: &str = "fc780465-2017-40d4-a0c5-307022471b92";
pub const SUBSCRIPTION: &str = "abababab-0000-4000-8000-000000000001";
/// What a client secret is here.
pub const SECRET: &str = "abc8Q~madeUpForTests-only.0123456789abcdef";

/// A tenant with Graph and Defender, and one workspace.
pub fn new() -> Value {
    let role = |id: u32, value: &str| json!({"id": guid(id), "value": value, "isEnabled": true, "allowedMemberTypes": ["Application"]});
    let mut delegated = role(90, "SecurityAlert.Read.All");
    delegated["allowedMemberTypes"] = json!(["User"]);
    json!({
        "cloud": "AzureCloud",
        "tenant": TENANT,
        "applications": [],
        "servicePrincipals": [
            {"id": guid(1), "appId": GRAPH, "appRoles": [
                delegated, role(11, "SecurityAlert.Read.All"), role(12, "SecurityIncident.Read.All"), role(13, "ThreatHunting.Read.All"),
            ]},
            {"id": guid(2), "appId": DEFENDER, "appRoles": [
                role(21, "Alert.Read.All"), role(22, "URL.Read.All"), role(23, "Ip.Read.All"), role(24, "Machine.Read.All"),
                role(25, "Ti.Read.All"),
            ]},
        ],
        "subscriptions": [
            {"id": TENANT, "tenantId": TENANT, "state": "Enabled", "workspaces": []},
            {"id": SUBSCRIPTION, "tenantId": TENANT, "state": "Enabled", "workspaces": [workspace("SOC-EU", WORKSPACE)]},
        ],
        "roles": [{"roleName": "Log Analytics Data Reader"}],
        "assignments": [],
        "made": 100,
        "calls": [],
        "refuses": [],
        "fails": 0,
    })
}

/// A workspace as Azure lists it.
pub fn workspace(name: &str, id: &str) -> Value {
    json!({
        "id": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-soc/providers/Microsoft.OperationalInsights/workspaces/{name}"),
        "customerId": id,
        "name": name,
    })
}

pub fn guid(number: u32) -> String {
    format!("cccccccc-0000-4000-8000-{number:012}")
}

/// Carries out one call of `az` on the tenant in the file: what it prints, or why it fails.
pub fn call(file: &Path, arguments: &[String]) -> Result<String, String> {
    let mut tenant: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let answer = answer(&mut tenant, arguments);
    std::fs::write(file, tenant.to_string()).unwrap();
    let answer = answer?;
    let picked = match option(arguments, "--query") {
        Some(query) => {
            let query = jmespath::compile(query).unwrap_or_else(|error| panic!("{query}: {error}"));
            let picked = query.search(jmespath::Variable::from_json(&answer.to_string()).unwrap()).unwrap();
            serde_json::from_str(&picked.to_string()).unwrap()
        }
        None => answer,
    };
    Ok(match option(arguments, "--output") {
        Some("tsv") => lines(&picked),
        Some("none") => String::new(),
        _ => format!("{picked:#}\n"),
    })
}

/// As `az` writes a table: a list is a column, a list of lists is rows with tabs between.
fn lines(value: &Value) -> String {
    let cell = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    match value {
        Value::Null => String::new(),
        Value::Array(rows) => rows
            .iter()
            .map(|row| match row {
                Value::Array(cells) => format!("{}\n", cells.iter().map(cell).collect::<Vec<_>>().join("\t")),
                one => format!("{}\n", cell(one)),
            })
            .collect(),
        one => format!("{}\n", cell(one)),
    }
}

fn option<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1).map(String::as_str)
}

fn answer(tenant: &mut Value, arguments: &[String]) -> Result<Value, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).take_while(|word| !word.starts_with("--")).collect();
    if words == ["rest"] {
        return rest(tenant, arguments);
    }
    note(tenant, words.join(" "));
    let named = |name| option(arguments, name).unwrap_or_else(|| panic!("{arguments:?} without {name}"));
    match words[..] {
        ["cloud", "show"] => Ok(json!({"name": tenant["cloud"]})),
        ["cloud", "set"] => {
            tenant["cloud"] = named("--name").into();
            Ok(Value::Null)
        }
        ["account", "show"] if tenant["tenant"].is_null() => Err("Please run 'az login' to setup account.".to_owned()),
        ["account", "show"] => Ok(json!({"tenantId": tenant["tenant"]})),
        ["account", "list"] => Ok(tenant["subscriptions"].clone()),
        ["monitor", "log-analytics", "workspace", "list"] => {
            let all = tenant["subscriptions"].as_array().unwrap();
            let one = all.iter().find(|subscription| subscription["id"] == named("--subscription")).unwrap();
            one.get("workspaces").cloned().ok_or_else(|| "(AuthorizationFailed)".to_owned())
        }
        ["role", "definition", "list"] => Ok(tenant["roles"].clone()),
        ["role", "assignment", "list"] => {
            let all = tenant["assignments"].as_array().unwrap().iter();
            Ok(all.filter(|assignment| assignment["scope"] == named("--scope")).cloned().collect())
        }
        ["role", "assignment", "create"] => {
            refuse(tenant, "role assignment")?;
            assert_eq!(named("--condition-version"), "2.0");
            assert_eq!(named("--assignee-principal-type"), "ServicePrincipal");
            let id = next(tenant);
            tenant["assignments"].as_array_mut().unwrap().push(json!({
                "id": id,
                "scope": named("--scope"),
                "principalId": named("--assignee-object-id"),
                "roleDefinitionName": named("--role"),
                "condition": named("--condition"),
            }));
            Ok(Value::Null)
        }
        _ => panic!("no answer to az {}", words.join(" ")),
    }
}

fn note(tenant: &mut Value, call: String) {
    tenant["calls"].as_array_mut().unwrap().push(call.into());
}

fn next(tenant: &mut Value) -> String {
    let number = tenant["made"].as_u64().unwrap() + 1;
    tenant["made"] = number.into();
    guid(u32::try_from(number).unwrap())
}

fn refuse(tenant: &mut Value, what: &str) -> Result<(), String> {
    if tenant["refuses"].as_array().unwrap().iter().any(|refused| what.contains(refused.as_str().unwrap())) {
        return Err("Authorization_RequestDenied: Insufficient privileges to complete the operation.".to_owned());
    }
    Ok(())
}

/// Microsoft Graph, as far as it is asked.
fn rest(tenant: &mut Value, arguments: &[String]) -> Result<Value, String> {
    let (method, url) = (option(arguments, "--method").unwrap(), option(arguments, "--url").unwrap());
    let host = option(arguments, "--resource").unwrap();
    let path = url.strip_prefix(&format!("{host}/v1.0/")).unwrap_or_else(|| panic!("{url} is not at {host}"));
    let parts: Vec<&str> = path.split('/').collect();
    let body: Value = option(arguments, "--body").map_or(Value::Null, |body| {
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{path}: {error} in {body}"))
    });
    let short: Vec<&str> = parts.iter().map(|part| if part.len() == 36 { "*" } else { *part }).collect();
    note(tenant, format!("{method} {}", short.join("/")));
    if method != "get" {
        refuse(tenant, path)?;
        let fails = tenant["fails"].as_u64().unwrap();
        if fails > 0 && parts[0] != "applications" {
            tenant["fails"] = (fails - 1).into();
            return Err(
                "Resource does not exist or one of its queried reference-property objects are not present.".to_owned()
            );
        }
    }
    match (method, &parts[..]) {
        ("get", [collection]) => {
            let parameter = arguments.iter().find_map(|argument| argument.strip_prefix("$filter=")).unwrap();
            let (field, value) = parameter.split_once(" eq ").unwrap();
            let value = value.strip_prefix('\'').unwrap().strip_suffix('\'').unwrap().replace("''", "'");
            let all = tenant[collection].as_array().unwrap().iter();
            Ok(json!({"value": all.filter(|one| one[field] == value.as_str()).collect::<Vec<_>>()}))
        }
        ("get", [collection, id]) => Ok(one(tenant, collection, id).clone()),
        ("get", [collection, id, part]) => {
            let list = &one(tenant, collection, id)[part];
            Ok(json!({"value": if list.is_null() { json!([]) } else { list.clone() }}))
        }
        ("post", [collection]) => {
            let (id, app) = (next(tenant), next(tenant));
            let mut made = body;
            made["id"] = id.into();
            if made["appId"].is_null() {
                made["appId"] = app.into();
            }
            tenant[collection].as_array_mut().unwrap().push(made.clone());
            Ok(made)
        }
        ("patch", [collection, id]) => {
            let target = one(tenant, collection, id);
            for (name, value) in body.as_object().unwrap() {
                target[name] = value.clone();
            }
            Ok(Value::Null)
        }
        ("post", ["applications", id, "addPassword"]) => {
            let credential = body["passwordCredential"].clone();
            push(&mut one(tenant, "applications", id)["passwordCredentials"], credential.clone());
            Ok(json!({"secretText": SECRET, "endDateTime": credential["endDateTime"]}))
        }
        ("post", [collection, id, part]) => {
            let mut body = body;
            body["id"] = next(tenant).into();
            push(&mut one(tenant, collection, id)[part], body.clone());
            Ok(body)
        }
        _ => panic!("no answer to {method} {path}"),
    }
}

fn one<'a>(tenant: &'a mut Value, collection: &str, id: &str) -> &'a mut Value {
    let all = tenant[collection].as_array_mut().unwrap();
    all.iter_mut().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no {collection} {id}"))
}

fn push(list: &mut Value, item: Value) {
    match list {
        Value::Array(items) => items.push(item),
        other => *other = json!([item]),
    }
}
