//! The switches of a connection's capabilities.

use store::grants::Scope;
use store::people::Role;

use super::office::{Office, good_form};

#[tokio::test]
async fn a_switch_says_what_is_read_and_what_a_cloud_lacks_has_its_reason_instead() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let form = office.get(&owner, "/settings?add=sentinel").await;
    form.has("An app sees the whole tenant, whatever device groups or unified RBAC let a person see");
    form.has("Alerts of all devices.").has("type=\"checkbox\" name=\"on\" value=\"sentinel.alerts\" checked");
    form.has_not("Not in this cloud");

    let mut china = good_form("sentinel");
    china.retain(|(name, _)| *name != "cloud");
    china.push(("cloud", "china"));
    office.post(&owner, "/settings/connections", &china).await;
    let id = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0).id;
    let form = office.get(&owner, &format!("/settings?edit={id}&wait=true")).await;
    form.has("Not in this cloud")
        .has("Alerts, Threat indicators. ")
        .has("Microsoft offers no security interface in Graph there.");
    // The choice outlives the cloud: back in another one, it is what it was.
    form.has("type=\"hidden\" name=\"on\" value=\"sentinel.alerts\"").has_not("type=\"checkbox\" name=\"on\"");
}
