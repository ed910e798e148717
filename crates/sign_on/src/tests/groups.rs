//! Groups in the token, and too many for it.

use serde_json::json;

use super::provider::Provider;
use super::sign_in;
use crate::{Begin, Error};

const OWNERS: &str = "0760b6cf-170e-4a14-91b3-4b78e0739963";
const ANALYSTS: &str = "3b2b0c93-acd8-4208-8eba-7a48db1cd4c0";
const LOOK_UP: Begin = Begin { prove: false, look_up_groups: true };

async fn with_groups(groups: &[&str]) -> Provider {
    let groups = groups.iter().map(|&group| group.to_owned()).collect();
    Provider::open_with(|settings| settings.groups = groups).await
}

#[tokio::test]
async fn groups_and_app_roles_are_read_as_they_stand() {
    let provider = with_groups(&[OWNERS]).await;
    provider.claims(|claims| {
        claims["groups"] = json!([OWNERS, 7, null, "SOC analysts"]);
        claims["roles"] = "oriel.viewer".into();
    });
    assert_eq!(sign_in(&provider, Begin::default()).await.unwrap().groups, [OWNERS, "SOC analysts", "oriel.viewer"]);
}

#[tokio::test]
async fn too_many_groups_are_looked_up_with_the_token_of_the_sign_in() {
    for how in [json!({"_claim_names": {"groups": "src1"}}), json!({"hasgroups": true}), json!({"hasgroups": "true"})] {
        let provider = with_groups(&[OWNERS, ANALYSTS, "named"]).await;
        provider.claims(move |claims| claims.as_object_mut().unwrap().extend(how.as_object().unwrap().clone()));
        provider.plan(|plan| plan.members = (200, json!({"value": [ANALYSTS.to_uppercase(), "not asked for"]})));
        assert!(matches!(sign_in(&provider, Begin::default()).await, Err(Error::GroupsElsewhere)));
        assert_eq!(provider.asked("members"), 0);
        let (url, _) = provider.sign_on.begin(LOOK_UP).await.unwrap();
        let scope = url.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned();
        assert_eq!(scope, format!("openid profile email {}/graph/User.Read", provider.base));
        assert_eq!(sign_in(&provider, LOOK_UP).await.unwrap().groups, [ANALYSTS]);
    }
}

#[tokio::test]
async fn what_to_change_is_said_where_groups_cannot_be_looked_up() {
    let provider = with_groups(&[OWNERS]).await;
    provider.claims(|claims| claims["hasgroups"] = true.into());
    provider.plan(|plan| plan.members = (403, json!({"error": {"code": "Authorization_RequestDenied"}})));
    let error = sign_in(&provider, LOOK_UP).await.unwrap_err();
    assert!(matches!(error, Error::GroupsUnknown(_)));
    for words in ["403 (Authorization_RequestDenied)", "Groups assigned to the application", "app roles", "User.Read"] {
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn app_roles_need_no_looking_up() {
    let provider = with_groups(&["oriel.owner"]).await;
    provider.claims(|claims| {
        claims["hasgroups"] = true.into();
        claims["roles"] = json!(["oriel.owner"]);
    });
    assert_eq!(sign_in(&provider, Begin::default()).await.unwrap().groups, ["oriel.owner"]);
    provider.claims(|claims| claims["hasgroups"] = true.into());
    let error = sign_in(&provider, Begin::default()).await.unwrap_err().to_string();
    assert!(error.contains("object ids"), "{error}");
}
