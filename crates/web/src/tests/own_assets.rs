//! Own assets: typed, offered, told by reports, and by the API.

use axum::http::StatusCode;
use search::Outcome;
use store::grants::Scope;
use store::people::Role;

use super::office::{CLIENT, Fake, Office, SECRET, TENANT};

const PAGE: &str = "/settings/own-assets";

async fn office() -> (databases::Lent, Office) {
    let database = databases::sqlite();
    let office = Office::open(database.url(), vec![Fake::new("defender.alerts", Outcome::Nothing) as _]).await;
    (database, office)
}

async fn connect(office: &Office, tenant: &str) {
    let key = office.script(&format!("key of {tenant}"), Role::Owner).await;
    let body = serde_json::json!({ "product": "defender", "label": tenant, "tenant_id": tenant, "client_id": CLIENT, "client_secret": SECRET });
    let reply = office.json(&key, "POST", "/api/v1/connections", body).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
}

async fn listed(office: &Office) -> Vec<String> {
    let all = store::own_assets::list(&office.desk.db, &Scope::All).await.unwrap();
    all.into_iter().map(|kept| kept.own.asset.value()).collect()
}

#[tokio::test]
async fn what_is_typed_is_listed_told_by_reports_and_removed() {
    let (_database, office) = office().await;
    connect(&office, TENANT).await;
    let olga = office.browser("olga", Role::Owner).await;
    let values = "northwind.example\n203.0.113.0/24";
    let reply = office.post(&olga, PAGE, &[("values", values), ("note", "Head <office>")]).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/settings/own-assets?done=added"));
    let page = office.get(&olga, PAGE).await;
    page.has("203.0.113.0/24").has("Head &#60;office&#62;").has("and below");
    crate::gallery::keep("own-assets", &page.body);

    let ada = office.browser("ada", Role::Analyst).await;
    for own in ["vpn.northwind.example", "203.0.113.77"] {
        let page = office.get(&ada, &format!("/search?q={own}&wait=true")).await;
        crate::gallery::keep("report-own", &page.body);
        page.has("Own asset").has("Head &#60;office&#62;").has("The organisation&#39;s own, not assessed");
        let document = office.get(&ada, &format!("/search.json?q={own}")).await.json();
        assert_eq!(document["indicator"]["flags"][0], "own_asset");
        assert_eq!(document["indicator"]["own_asset"]["note"], "Head <office>");
    }
    office.get(&ada, "/search?q=northwind.example.evil.example&wait=true").await.has_not("Own asset");

    let id = store::own_assets::list(&office.desk.db, &Scope::All).await.unwrap()[0].id.clone();
    let removed = office.post(&olga, &format!("{PAGE}/{id}/remove"), &[]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER);
    assert_eq!(office.post(&olga, &format!("{PAGE}/{id}/remove"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(listed(&office).await, ["203.0.113.0/24"]);
}

#[tokio::test]
async fn a_line_that_is_none_is_told_and_nothing_is_added() {
    let (_database, office) = office().await;
    connect(&office, TENANT).await;
    let olga = office.browser("olga", Role::Owner).await;
    let reply = office.post(&olga, PAGE, &[("values", "northwind.example\nco.uk\n<b>x</b>")]).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    crate::gallery::keep("own-assets-wrong", &reply.body);
    reply.has("Line 2: “co.uk” is a name below which anyone may register").has("Line 3: ").has("&#60;b&#62;x");
    assert_eq!(listed(&office).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_offer_is_taken_only_by_ticking_it_and_what_many_share_is_marked() {
    let (_database, office) = office().await;
    connect(&office, TENANT).await;
    let olga = office.browser("olga", Role::Owner).await;
    let offers = office.post(&olga, &format!("{PAGE}/offers"), &[]).await;
    crate::gallery::keep("own-assets-offered", &offers.body);
    offers.has("Domain in the names of devices, 16").has("share this address of Cloudflare").has_not(" checked");
    assert_eq!(listed(&office).await, Vec::<String>::new(), "looking adds nothing");
    let nothing = office.post(&olga, &format!("{PAGE}/take"), &[("tenant", TENANT)]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    nothing.has("Tick at least one").has("northwind.example");
    let form = [("tenant", TENANT), ("take", "northwind.example"), ("take", "198.51.100.2/32"), ("note", "Offices")];
    assert_eq!(office.post(&olga, &format!("{PAGE}/take"), &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(listed(&office).await, ["northwind.example", "198.51.100.2/32"]);
    office.post(&olga, &format!("{PAGE}/offers"), &[]).await.has("listed already").has(" checked disabled");
}

#[tokio::test]
async fn without_a_tenant_or_with_several_the_page_asks_which() {
    let (_database, office) = office().await;
    let olga = office.browser("olga", Role::Owner).await;
    office.get(&olga, PAGE).await.has("Connect Microsoft first");
    let nobody = office.post(&olga, PAGE, &[("values", "northwind.example")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    nobody.has("Choose the tenant");
    connect(&office, TENANT).await;
    let other = "22222222-2222-4222-8222-222222222222";
    connect(&office, other).await;
    assert_eq!(
        office.post(&olga, PAGE, &[("values", "northwind.example")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let reply = office.post(&olga, PAGE, &[("values", "northwind.example"), ("tenant", other)]).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
}

#[tokio::test]
async fn an_asset_of_another_tenant_is_not_known_to_those_who_may_not_see_it() {
    let (_database, office) = office().await;
    connect(&office, TENANT).await;
    let other = "22222222-2222-4222-8222-222222222222";
    connect(&office, other).await;
    let olga = office.browser("olga", Role::Owner).await;
    office.post(&olga, PAGE, &[("values", "fabrikam.example"), ("tenant", other), ("note", "Secret merger")]).await;
    let ada = office.browser("ada", Role::Analyst).await;
    let (person, _) = store::people::by_name(&office.desk.db, "ada").await.unwrap().unwrap();
    let all = store::tenants::list(&office.desk.db, &Scope::All).await.unwrap();
    let mine = all.iter().find(|tenant| tenant.guid == TENANT).unwrap();
    let scope = Scope::Only([mine.id.clone()].into());
    store::grants::set_of_person(&office.desk.db, &store::audit::Actor::oriel(), &person.id, &scope, office.desk.now())
        .await
        .unwrap();
    for way in
        ["/search?q=fabrikam.example&wait=true", "/search.json?q=fabrikam.example", "/search/stream?q=fabrikam.example"]
    {
        let reply = office.get(&ada, way).await;
        assert_eq!(reply.status, StatusCode::OK);
        reply.has_not("Secret merger").has_not("own, not assessed").has_not("\"own_asset\",").has_not("Own asset");
    }
    office.get(&olga, "/search?q=fabrikam.example&wait=true").await.has("Secret merger");
}

#[tokio::test]
async fn the_api_lists_adds_and_removes_with_an_owners_key() {
    let (_database, office) = office().await;
    connect(&office, TENANT).await;
    let key = office.script("olga", Role::Owner).await;
    let body = serde_json::json!({ "values": ["Northwind.example", "203.0.113.7", "github.com"], "note": "Ours" });
    let reply = office.json(&key, "POST", "/api/v1/own-assets", body).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    let listed = office.get(&key, "/api/v1/own-assets").await.json();
    let values: Vec<_> = listed.as_array().unwrap().iter().map(|item| item["value"].as_str().unwrap()).collect();
    assert_eq!(values, ["github.com", "northwind.example", "203.0.113.7/32"]);
    assert!(listed[0]["shared"].is_string() && listed[1]["shared"].is_null());
    assert_eq!((&listed[1]["tenant"], &listed[1]["how"]), (&TENANT.into(), &"typed".into()));
    let wrong = serde_json::json!({ "values": ["a.example", "com\nb.example"], "tenant": "x" });
    let reply = office.json(&key, "POST", "/api/v1/own-assets", wrong).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<_> =
        reply.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["values", "tenant"]);
    let path = format!("/api/v1/own-assets/{}", listed[1]["id"].as_str().unwrap());
    assert_eq!(office.send(&key, "DELETE", &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(office.send(&key, "DELETE", &path, None).await.status, StatusCode::NOT_FOUND);
    let analyst = office.script("ada", Role::Analyst).await;
    assert_eq!(office.get(&analyst, "/api/v1/own-assets").await.status, StatusCode::FORBIDDEN);
}
