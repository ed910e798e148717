use store::tenants::Tenant;

use super::*;

const A: &str = "aaaaaaaa-2222-4333-8444-555555555555";
const B: &str = "bbbbbbbb-2222-4333-8444-555555555555";

fn known(cloud: &str, guid: &str, name: Option<&str>, label: Option<&str>) -> Known {
    let id = TenantId::new(jiff::Timestamp::UNIX_EPOCH);
    let tenant = Tenant { id, cloud: cloud.into(), guid: guid.into(), name: name.map(Into::into) };
    Known { tenant, label: label.map(Into::into), connections: 1 }
}

fn called(known: Vec<Known>) -> Vec<(String, String)> {
    Tenants::new(known).iter().map(|tenant| (tenant.name.clone(), tenant.key.clone())).collect()
}

#[test]
fn a_tenant_is_called_by_its_name_else_by_its_label_else_by_its_guid() {
    let one = |name: Option<&str>, label: Option<&str>| called(vec![known("global", A, name, label)])[0].0.clone();
    assert_eq!(one(Some("Northwind"), Some("Main")), "Northwind");
    assert_eq!(one(None, Some("Main")), "Main");
    assert_eq!(one(Some(""), None), "aaaaaaaa…");
}

#[test]
fn no_two_are_called_the_same_and_each_can_be_named() {
    let twice = called(vec![known("global", A, None, Some("SOC")), known("global", B, None, Some("soc"))]);
    assert_eq!(twice, [("SOC (aaaaaaaa…)".into(), A.into()), ("soc (bbbbbbbb…)".to_owned(), B.to_owned())]);
    let clouds = called(vec![known("global", A, None, None), known("china", A, None, None)]);
    assert_eq!(clouds[0].1, format!("china/{A}"));
    assert_ne!(clouds[0].0, clouds[1].0);
    let tenants = Tenants::new(vec![known("global", A, None, None), known("china", A, None, None)]);
    let found = |text: &str| tenants.read(text).map(|tenant| tenant.cloud.clone());
    assert_eq!(found(&format!("global/{}", A.to_uppercase())).as_deref(), Some("global"));
    assert_eq!(found(B), None);
}

#[test]
fn only_where_there_are_several_is_it_said_which_one() {
    let one = Tenants::new(vec![known("global", A, Some("Northwind"), None)]);
    assert_eq!(one.badge(Some("global"), Some(A)), None);
    let unused = Known { connections: 0, ..known("global", B, Some("Left"), None) };
    assert!(
        !Tenants::new(vec![known("global", A, None, None), unused]).several(),
        "what has no connection is not counted"
    );
    let two = Tenants::new(vec![known("global", A, Some("Northwind"), None), known("global", B, None, None)]);
    assert_eq!(two.badge(Some("global"), Some(&A.to_uppercase())).as_deref(), Some("Northwind"));
    assert_eq!(two.badge(Some("global"), None), None);
}
