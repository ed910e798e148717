//! Somebody is let in, chooses a password, works, is asked again, is given another role, and is shut out.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a story that cannot go on stops")]

use harness::House;
use harness::house::{OWNER, PASSWORD};
use jiff::SignedDuration;

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = page.split_once(from).unwrap_or_else(|| panic!("no “{from}” in:\n{page}"));
    rest.split(to).next().unwrap_or_default()
}

const CHOSEN: &str = "a lighthouse in the fog";

databases::on_each_database! {
    async fn from_being_let_in_to_being_shut_out(database: Lent) {
        let house = House::open(database).await.unwrap();
        let owner = house.visitor();
        assert_eq!(owner.submit("/sign-in", &[("name", OWNER), ("password", PASSWORD)]).await.unwrap().status, 303);
        let new = [("name", "Kate"), ("role", "analyst"), ("password", "")];
        let added = owner.submit("/people", &new).await.unwrap();
        assert_eq!(added.status, 200, "{}", added.text);
        let given = between(&added.text, "id=\"made-password\">", "<").to_owned();
        let (row, _) = added.text.rsplit_once("<bdi>Kate</bdi>").unwrap();
        let id = row.rsplit("id=\"person-").next().and_then(|rest| rest.split('"').next()).unwrap().to_owned();

        let kate = house.visitor();
        let first = kate.submit("/sign-in", &[("name", "kate"), ("password", &given)]).await.unwrap();
        assert_eq!((first.status, first.header("set-cookie")), (200, None), "{}", first.text);
        let state = between(&first.text, "name=\"state\" value=\"", "\"").to_owned();
        let chosen = [("state", &*state), ("password", CHOSEN), ("again", CHOSEN)];
        assert_eq!(kate.submit("/sign-in/password", &chosen).await.unwrap().status, 303);
        assert_eq!(kate.get("/").await.unwrap().status, 200);
        let again = house.visitor().submit("/sign-in", &[("name", "kate"), ("password", &given)]).await.unwrap();
        assert_eq!(again.status, 422, "the given password opens nothing any more");

        // After a while, whoever changes something is asked who it is, and what was sent is done then.
        house.wait(SignedDuration::from_mins(16));
        let asked = kate.submit("/settings/keys", &[("label", "nightly report")]).await.unwrap();
        assert_eq!(asked.status, 403, "{}", asked.text);
        let held = between(&asked.text, "name=\"proof_held\" value=\"", "\"").to_owned();
        let proven = kate.submit("/settings/keys", &[("proof_held", &*held), ("proof_password", CHOSEN)]).await.unwrap();
        assert_eq!(proven.status, 200, "{}", proven.text);
        let key = between(&proven.text, "id=\"new-key\">", "<").to_owned();
        let script = harness::Visitor::with_key(house.base.clone(), &key);
        assert_eq!(script.get("/api/v1/search?q=example.com").await.unwrap().status, 200);

        let change = [("role", "auditor"), ("tenants", "every")];
        let asked = owner.submit(&format!("/people/{id}"), &change).await.unwrap();
        let held = between(&asked.text, "name=\"proof_held\" value=\"", "\"").to_owned();
        let answer = [("proof_held", &*held), ("proof_password", PASSWORD)];
        assert_eq!(owner.submit(&format!("/people/{id}"), &answer).await.unwrap().status, 303);
        assert_eq!(kate.get("/").await.unwrap().status, 403);
        assert_eq!(kate.get("/audit").await.unwrap().status, 200);
        assert_eq!(script.get("/api/v1/search?q=example.com").await.unwrap().status, 403);

        assert_eq!(owner.submit(&format!("/people/{id}/disable"), &[]).await.unwrap().status, 303);
        assert_eq!(kate.get("/settings").await.unwrap().status, 303);
        assert_eq!(script.get("/api/v1/search?q=example.com").await.unwrap().status, 401);
        let audit = owner.get("/audit").await.unwrap().text;
        for secret in [&*given, CHOSEN, PASSWORD, &key] {
            assert!(!audit.contains(secret), "a secret stands in the audit");
        }
    }
}
