//! `/me/checkMemberGroups`: <https://learn.microsoft.com/graph/api/user-checkmembergroups>.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Call;
use super::failure::Failure;
use crate::exchange::Reply;

/// "You can check up to a maximum of 20 groups per request."
const MOST: usize = 20;
/// The least that suffices for the signed-in user comes first.
const SUFFICIENT: [&[&str]; 4] = [
    &["User.Read"],
    &["User.ReadBasic.All", "GroupMember.Read.All"],
    &["User.Read.All", "GroupMember.Read.All"],
    &["Directory.Read.All"],
];

pub(super) fn check(call: &Call<'_>) -> Result<Reply, Failure> {
    let held: Vec<&str> = call.claims.scp.split_whitespace().collect();
    if held.is_empty() {
        let message = "/me request is only valid with delegated authentication flow.";
        return Err(Failure::new(400, "BadRequest", message));
    }
    if !SUFFICIENT.iter().any(|all| all.iter().all(|one| held.contains(one))) {
        return Err(Failure::new(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        ));
    }
    let body = call.request.json().unwrap_or(Value::Null);
    let wanted = body["groupIds"].as_array().ok_or_else(|| {
        Failure::new(400, "Request_BadRequest", "The request has a missing or invalid parameter 'groupIds'.")
    })?;
    if wanted.len() > MOST {
        return Err(Failure::new(
            400,
            "Directory_ResultSizeLimitExceeded",
            "The number of group ids exceeds the limit of 20.",
        ));
    }
    let user = call.place.organisation.tenant.users.iter().find(|user| user.object().to_string() == call.claims.oid);
    let user =
        user.ok_or_else(|| Failure::new(404, "Request_ResourceNotFound", "The signed-in user does not exist."))?;
    let groups = user.all_groups();
    let mut found = Vec::new();
    for id in wanted {
        let id = id.as_str().filter(|id| Uuid::parse_str(id).is_ok());
        let id = id.ok_or_else(|| Failure::new(400, "Request_BadRequest", "Invalid GUID in groupIds."))?;
        found.extend(groups.iter().find(|held| held.eq_ignore_ascii_case(id)));
    }
    Ok(Reply::json(200, json!({"@odata.context": call.context("Collection(Edm.String)"), "value": found})))
}
