//! The whole road as a browser without scripts walks it: forms, links, and a page that is complete when it comes.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a story that cannot go on stops")]

use harness::house::{CLOUD, PASSWORD};
use harness::{House, Plan, Visitor};
use search::Product;
use simulator::demo;

/// The path of a link of this server.
fn path(link: &str) -> String {
    link.split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
        .expect("a link has a path")
}

async fn connect(visitor: &Visitor, product: Product) {
    let (client, secret, workspace) = match product {
        Product::Sentinel => (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, demo::WORKSPACE),
        Product::Defender => (demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET, ""),
    };
    let all: Vec<(&str, &str)> = oriel_capabilities(product);
    let mut fields = vec![
        ("product", product.as_str()),
        ("label", "Northwind"),
        ("tenant_id", demo::TENANT),
        ("client_id", client),
        ("client_secret", secret),
        ("cloud", CLOUD),
        ("workspaces", workspace),
    ];
    fields.extend(all);
    let page = visitor.submit_and_follow("/settings/connections", &fields).await.unwrap();
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(!page.text.contains(secret), "the secret is on the page");
}

/// The ticked boxes of the form.
fn oriel_capabilities(product: Product) -> Vec<(&'static str, &'static str)> {
    let names: &[&str] = match product {
        Product::Sentinel => &[
            "sentinel.workspace_alerts",
            "sentinel.workspace_incidents",
            "sentinel.workspace_threat_indicators",
            "sentinel.alerts",
            "sentinel.threat_indicators",
        ],
        Product::Defender => &[
            "defender.alerts",
            "defender.devices",
            "defender.prevalence",
            "defender.endpoint_alerts",
            "defender.indicators",
            "defender.machines",
        ],
    };
    names.iter().map(|name| ("on", *name)).collect()
}

databases::on_each_database! {
    async fn from_the_first_start_to_signing_out(database: Lent) {
        let house = House::build(database, Plan { owner: false, ..Plan::default() }).await.unwrap();
        let visitor = house.visitor();
        let first_start = path(house.first_start.as_deref().unwrap());
        assert_eq!(visitor.get("/").await.unwrap().status, 303, "nobody searches without signing in");

        let form = visitor.get(&first_start).await.unwrap();
        assert_eq!(form.status, 200);
        let owner = [("name", "olga"), ("password", PASSWORD), ("again", PASSWORD)];
        let page = visitor.submit_and_follow(&first_start, &owner).await.unwrap();
        assert_eq!(page.status, 200, "{}", page.text);
        let again = house.visitor().submit(&first_start, &owner).await.unwrap();
        assert!(again.status == 200 && !again.headers.iter().any(|(name, _)| name == "set-cookie") || again.status >= 400,
            "the link is void once there is an owner: {again:?}");

        connect(&visitor, Product::Sentinel).await;
        connect(&visitor, Product::Defender).await;
        let settings = visitor.get("/settings").await.unwrap();
        for heading in ["Microsoft Graph Integration", "Sentinel Configuration", "Advanced Threat Protection (Defender)"] {
            assert!(settings.text.contains(heading), "{heading} is missing");
        }

        let page = visitor.get(&format!("/search?q={}&wait=true", demo::DOMAIN)).await.unwrap();
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Microsoft: malicious"), "{}", page.text);
        assert!(page.text.contains(&format!("/search?q={}", demo::ADDRESS)), "the address is a pivot");
        let page = visitor.get(&format!("/search?q={}&wait=true", demo::ADDRESS)).await.unwrap();
        assert!(page.text.contains(demo::SECOND_DOMAIN), "the address leads on");

        let home = visitor.get("/").await.unwrap();
        assert!(home.text.contains(demo::DOMAIN), "the search is among the recent ones");
        let out = visitor.submit("/sign-out", &[]).await.unwrap();
        assert_eq!(out.status, 303);
        assert_eq!(visitor.get("/").await.unwrap().status, 303, "signed out is signed out");
    }

    async fn a_person_who_may_not_change_connections_sees_their_state(database: Lent) {
        let house = House::open(database).await.unwrap();
        house.connect(Product::Defender).await.unwrap();
        house.person("anna", store::people::Role::Analyst).await.unwrap();
        let anna = house.visitor();
        anna.submit_and_follow("/sign-in", &[("name", "anna"), ("password", PASSWORD)]).await.unwrap();
        let settings = anna.get("/settings").await.unwrap();
        assert!(settings.text.contains("Advanced Threat Protection (Defender)"));
        assert!(!settings.text.contains("Save and validate"));
        let refused = anna.submit("/settings/connections", &[("product", "defender")]).await.unwrap();
        assert_eq!(refused.status, 403);
    }
}

#[tokio::test]
async fn a_post_from_another_site_is_refused() {
    let house = House::open(databases::sqlite()).await.unwrap();
    let visitor = house.visitor();
    let answer = visitor
        .submit_from("https://evil.example", "/sign-in", &[("name", "olga"), ("password", PASSWORD)])
        .await
        .unwrap();
    assert_eq!(answer.status, 403);
}
