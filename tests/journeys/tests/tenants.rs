//! Two tenants in one house: whoever looks after one never learns what the other knows, nor that it is there.
//!
//! Everything that somebody of tenant A can ask for is asked for twice: in a house in which A alone is connected, and in one
//! in which B is too, knows the indicator, and an owner who sees both has just searched it. Both houses must say the same.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a story that cannot go on stops")]

#[path = "tenants/observed.rs"]
mod observed;

use harness::house::{CLOUD, OWNER, PASSWORD, connection};
use harness::{House, Plan, Visitor};
use search::Product;
use serde_json::{Value, json};
use simulator::faults::{Action, Rule};
use simulator::{Scenario, demo};
use store::audit::Actor;
use store::grants::{self, Scope};
use store::people::{self, Role};

const B: &str = "bbbbbbbb-1111-4222-8333-444444444444";
const B_CLIENT: &str = "bbbbbbbb-5555-4666-8777-888888888888";
const B_SECRET: &str = "bra8Q~story.of.two.tenants.000000001";
const B_WORKSPACE: &str = "bbbbbbbb-9999-4aaa-8bbb-cccccccccccc";
/// B alone knows it.
const KNOWN_TO_B: &str = "known-to-b.example";
/// A tenant that nobody has.
const NOBODYS: &str = "cccccccc-1111-4222-8333-444444444444";
/// Ids that both houses have.
const KNOWN: [&str; 7] =
    [demo::TENANT, demo::SENTINEL_CLIENT, demo::DEFENDER_CLIENT, demo::WORKSPACE, B, B_CLIENT, NOBODYS];

/// The demo's tenant is A; B knows an indicator of its own, and one that A knows too.
fn scenario() -> Scenario {
    let b = format!(
        r#"
        tenant = "{B}"
        [[tenants]]
        id = "{B}"
        name = "Bravo Example"
        domains = ["bravo.example"]
        ti_read_lists_indicators = true
        [[tenants.workspaces]]
        id = "{B_WORKSPACE}"
        name = "bravo-soc"
        onboarded = true
        [[tenants.apps]]
        client = "{B_CLIENT}"
        name = "Oriel"
        secrets = [{{ value = "{B_SECRET}" }}]
        graph = ["SecurityAlert.Read.All", "SecurityIncident.Read.All", "ThreatHunting.Read.All"]
        defender = ["Alert.Read.All", "Url.Read.All", "Ip.Read.All", "Machine.Read.All", "Ti.Read.All"]
        workspaces = ["{B_WORKSPACE}"]
        [[alerts]]
        key = "of-b"
        title = "Seen by Bravo alone"
        description = "Bravo's own."
        service = "endpoint"
        severity = "high"
        category = "CommandAndControl"
        at = "-1d"
        evidence = [
            {{ is = "url", url = "https://{KNOWN_TO_B}/x", verdict = "malicious", roles = ["source"] }},
            {{ is = "url", url = "https://{}/x", verdict = "malicious", roles = ["source"] }},
        ]
        "#,
        demo::DOMAIN
    );
    Scenario::demo().and(&b).expect("the story of two tenants is in order")
}

fn connection_of_b(product: Product) -> Value {
    let workspaces = if product == Product::Sentinel { json!([B_WORKSPACE]) } else { json!([]) };
    json!({
        "product": product, "label": "Bravo", "tenant_id": B, "client_id": B_CLIENT, "client_secret": B_SECRET,
        "cloud": CLOUD, "workspace_ids": workspaces,
    })
}

/// A house, and those who look into it.
struct Two {
    house: House,
    owner: Visitor,
    /// An analyst of A, in a browser and with a key.
    analyst: Visitor,
    script: Visitor,
    /// An owner's key that opens A alone.
    narrowed: Visitor,
    /// A connection of B; where there is none, an id that nothing has.
    foreign: String,
}

/// A is connected with Defender alone; B, where it is there, with both products.
async fn furnish(database: databases::Lent, with_b: bool) -> Two {
    let house = House::build(database, Plan { scenario: scenario(), ..Plan::default() }).await.unwrap();
    house.connect(Product::Defender).await.unwrap();
    let owner = house.owner().await.unwrap();
    let mut foreign = "01900000-0000-7000-8000-000000000000".to_owned();
    if with_b {
        for product in [Product::Sentinel, Product::Defender] {
            let made = owner.post("/api/v1/connections", &connection_of_b(product)).await.unwrap();
            assert_eq!(made.status, 201, "{}", made.text);
            foreign = made.json().unwrap()["id"].as_str().unwrap().to_owned();
        }
    }
    let known = store::tenants::list(&house.db, &Scope::All).await.unwrap();
    let a = known.iter().find(|tenant| tenant.guid == demo::TENANT).unwrap();
    let of_a = Scope::Only([a.id.clone()].into());
    let by = Actor::oriel();
    house.person("anna", Role::Analyst).await.unwrap();
    let (anna, _) = people::by_name(&house.db, "anna").await.unwrap().unwrap();
    assert!(grants::set_of_person(&house.db, &by, &anna.id, &of_a, house.now()).await.unwrap());
    let script = house.scripted_by("anna").await.unwrap();

    let (olga, _) = people::by_name(&house.db, OWNER).await.unwrap().unwrap();
    let before: Vec<_> =
        store::keys::list_of(&house.db, &olga.id).await.unwrap().into_iter().map(|key| key.id).collect();
    let narrowed = house.scripted_by(OWNER).await.unwrap();
    let keys = store::keys::list_of(&house.db, &olga.id).await.unwrap();
    let key = keys.into_iter().find(|key| !before.contains(&key.id)).unwrap();
    assert!(grants::set_of_key(&house.db, &by, &key.id, &of_a, house.now()).await.unwrap());

    let analyst = house.visitor();
    let signed_in = analyst.submit("/sign-in", &[("name", "anna"), ("password", PASSWORD)]).await.unwrap();
    assert_eq!(signed_in.status, 303, "{}", signed_in.text);
    Two { house, owner, analyst, script, narrowed, foreign }
}

/// What is searched. The first is also asked anew, page by page and key by key: a minute holds no more of Microsoft's hunting calls.
const SEARCHED: [&str; 3] = [KNOWN_TO_B, demo::DOMAIN, demo::UNKNOWN_DOMAIN];

/// Every page, file and stream, as far as it takes no change.
fn pages(foreign: &str) -> Vec<String> {
    let mut paths: Vec<String> = [
        "/",
        "/settings",
        "/settings?state=attention&find=bravo",
        "/settings/set-up",
        "/settings/consented",
        "/settings/support-bundle",
        "/settings/own-assets",
        "/settings/connections/checks",
        "/api",
        "/audit",
        "/audit/export",
        "/people",
        "/search?q=not%20an%20indicator",
    ]
    .map(str::to_owned)
    .into();
    for value in SEARCHED {
        for rest in ["&wait=true", "&wait=true&tab=sentinel", "&wait=true&tab=defender"] {
            paths.push(format!("/search?q={value}{rest}"));
        }
        for tenant in [demo::TENANT, B, NOBODYS] {
            paths.push(format!("/search?q={value}&wait=true&tenant={tenant}"));
            paths.push(format!("/search.csv?q={value}&tenant={tenant}"));
        }
        paths.extend(["csv", "json"].map(|form| format!("/search.{form}?q={value}")));
        paths.push(format!("/search/stream?q={value}"));
    }
    paths.push(format!("/search?q={KNOWN_TO_B}&wait=true&fresh=true"));
    paths.push(format!("/search/stream?q={KNOWN_TO_B}&fresh=true"));
    for tenant in [B, NOBODYS] {
        paths.push(format!("/settings?tenant={tenant}"));
    }
    paths.extend(
        [
            "/settings?edit=F",
            "/settings?removing=F",
            "/settings/set-up?connection=F",
            "/settings/set-up/script?connection=F&format=az",
            "/settings/connections/F/checks",
        ]
        .map(|path| path.replace('F', foreign)),
    );
    paths
}

/// Every resource of the API.
fn resources(foreign: &str) -> Vec<String> {
    let mut paths: Vec<String> =
        ["/api/v1/connections", "/api/v1/own-assets", "/metrics", "/api/v1/nothing"].map(str::to_owned).into();
    for rest in ["&fresh=true", "&raw=true"] {
        paths.push(format!("/api/v1/search?q={KNOWN_TO_B}{rest}"));
    }
    for value in SEARCHED {
        for rest in ["", "&sources=defender", "&sources=sentinel", "&sources=nonsense"] {
            paths.push(format!("/api/v1/search?q={value}{rest}"));
        }
        for tenant in [demo::TENANT, B, NOBODYS] {
            paths.push(format!("/api/v1/search?q={value}&tenant={tenant}"));
            paths.push(format!("/api/v1/search?q={value}&tenant={CLOUD}/{tenant}"));
        }
    }
    paths.extend(
        ["/api/v1/connections/F/changes", "/api/v1/connections/F/pulse", "/api/v1/connections/F/credentials"]
            .map(|path| path.replace('F', foreign)),
    );
    paths
}

/// What is tried on a connection that is not there, or another tenant's.
async fn tried_on(visitor: &Visitor, foreign: &str) -> Vec<(String, String)> {
    let of = format!("/api/v1/connections/{foreign}");
    let new = |tenant: &str| {
        let mut body = connection(Product::Defender);
        body["tenant_id"] = tenant.into();
        body
    };
    let answers = [
        ("patch", visitor.patch(&of, &json!({ "label": "Mine" })).await),
        ("validate", visitor.post(&format!("{of}/validate"), &json!({})).await),
        ("credentials", visitor.post(&format!("{of}/credentials"), &json!({ "client_secret": "x" })).await),
        ("delete", visitor.delete(&of).await),
        ("validate several", visitor.post("/api/v1/connections/validate", &json!({ "ids": [foreign] })).await),
        ("create for B", visitor.post("/api/v1/connections", &new(B)).await),
        ("create for nobody", visitor.post("/api/v1/connections", &new(NOBODYS)).await),
    ];
    let mut seen: Vec<(String, String)> = Vec::new();
    for (what, answer) in answers {
        seen.push((what.to_owned(), observed::answer(&answer.unwrap(), &KNOWN, false)));
    }
    let told = |what: &str| seen.iter().find(|(known, _)| known == what).unwrap().1.clone();
    assert_eq!(told("create for B"), told("create for nobody"), "a tenant of others and one of nobody");
    seen
}

/// All that somebody of A gets to see.
async fn look(two: &Two) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for path in pages(&two.foreign) {
        let answer = two.analyst.get(&path).await.unwrap();
        let is_stream = path.starts_with("/search/stream");
        seen.push((format!("anna {path}"), observed::answer(&answer, &KNOWN, is_stream)));
    }
    for (who, visitor) in [("anna's key", &two.script), ("the narrowed key", &two.narrowed)] {
        for path in resources(&two.foreign) {
            let answer = visitor.get(&path).await.unwrap();
            seen.push((format!("{who} {path}"), observed::answer(&answer, &KNOWN, false)));
        }
    }
    for (who, visitor) in [("anna's key", &two.script), ("the narrowed key", &two.narrowed)] {
        let tried = tried_on(visitor, &two.foreign).await;
        seen.extend(tried.into_iter().map(|(what, answer)| (format!("{who} {what}"), answer)));
    }
    seen
}

/// Answers of sources that were counted, over all tenants.
async fn counted(owner: &Visitor) -> u64 {
    let metrics = owner.get("/metrics").await.unwrap();
    assert_eq!(metrics.status, 200);
    let lines = metrics.text.lines().filter(|line| line.starts_with("oriel_answers_total"));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

databases::on_each_database! {
    async fn whoever_looks_after_a_sees_the_same_whether_b_is_there_and_knows_it_or_not(database: Lent) {
        let alone = furnish(databases::sqlite(), false).await;
        let both = furnish(database, true).await;
        // The owner sees both, and has just searched: what is at hand by that must not be shown to A.
        for value in SEARCHED {
            let (without, with) = (alone.owner.search(value).await.unwrap(), both.owner.search(value).await.unwrap());
            if value == KNOWN_TO_B {
                assert_eq!(without["summary"]["counts"]["alerts"], 0, "{without:#}");
                assert!(with["summary"]["counts"]["alerts"].as_u64() > Some(0), "B knows it: {with:#}");
            }
            let found = |report: &Value| report["findings"].as_array().map(Vec::len);
            assert!(found(&with) > found(&without) || value == demo::UNKNOWN_DOMAIN, "B adds to {value}");
        }
        let (without, with) = (look(&alone).await, look(&both).await);
        assert_eq!(without.len(), with.len());
        for ((what, without), (_, with)) in without.iter().zip(&with) {
            // The path itself holds the id that was asked for.
            let what = what.replace(&alone.foreign, "F");
            let differs = without.lines().zip(with.lines()).find(|(without, with)| without != with);
            assert!(without == with, "{what} is not the same where B is connected: {differs:#?}");
            let named = with.contains("Bravo") || with.contains(B_WORKSPACE);
            assert!(!named, "{what} names B");
        }
        let of_a = with.iter().find(|(what, _)| *what == format!("anna's key /api/v1/search?q={}", demo::DOMAIN)).unwrap();
        assert!(of_a.1.contains("\"outcome\": \"found\"") || of_a.1.contains("\"outcome\":\"found\""), "A sees its own");
    }

    async fn a_search_of_a_asks_no_source_of_b_and_waits_for_none(database: Lent) {
        let two = furnish(database, true).await;
        // Neither B’s directory nor its workspace answers in this story’s time: whatever asks them waits.
        for piece in [B, B_WORKSPACE] {
            two.house.simulator.faults().add(Rule::new(Action::Delay { ms: 600_000 }).path(piece));
        }
        let before = counted(&two.owner).await;
        let report = two.script.json(&format!("/api/v1/search?q={}&fresh=true", demo::DOMAIN)).await.unwrap();
        let answers = report["answers"].as_array().unwrap();
        assert_eq!(counted(&two.owner).await - before, answers.len() as u64, "as many sources as the report names");
        for answer in answers {
            assert!(answer["tenant"].is_null() || answer["tenant"] == demo::TENANT, "{answer:#}");
        }
    }

    async fn a_search_of_a_does_not_join_one_that_is_under_way_over_both(database: Lent) {
        let two = furnish(database, true).await;
        let path = format!("/api/v1/search?q={KNOWN_TO_B}");
        let (wide, narrow) = tokio::join!(two.owner.json(&path), two.script.json(&path));
        let (wide, narrow) = (wide.unwrap(), narrow.unwrap());
        assert!(wide["summary"]["counts"]["alerts"].as_u64() > Some(0), "{wide:#}");
        assert_eq!(narrow["summary"]["counts"]["alerts"], 0, "{narrow:#}");
        assert!(!narrow.to_string().contains(B), "{narrow:#}");
    }

    async fn what_is_granted_holds_from_the_next_request_on(database: Lent) {
        let two = furnish(database, true).await;
        let path = format!("/api/v1/search?q={KNOWN_TO_B}");
        assert_eq!(two.script.json(&path).await.unwrap()["summary"]["counts"]["alerts"], 0);
        let (anna, _) = people::by_name(&two.house.db, "anna").await.unwrap().unwrap();
        let set = |scope: Scope| {
            let (db, id, now) = (two.house.db.clone(), anna.id.clone(), two.house.now());
            async move { grants::set_of_person(&db, &Actor::oriel(), &id, &scope, now).await.unwrap() }
        };
        assert!(set(Scope::All).await);
        assert!(two.script.json(&path).await.unwrap()["summary"]["counts"]["alerts"].as_u64() > Some(0));
        assert!(set(Scope::Only([].into())).await);
        let nothing = two.script.json(&path).await.unwrap();
        let not_connected = |answer: &Value| answer["outcome"] == "not_connected";
        assert!(nothing["answers"].as_array().unwrap().iter().all(not_connected), "{nothing:#}");
    }
}
