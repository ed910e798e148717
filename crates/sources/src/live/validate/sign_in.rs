//! A token for one interface.

use std::time::Instant;

use microsoft::{Fresh, Microsoft, Resource, Token};
use search::Check;

use super::words::{passed, skipped, trouble};
use crate::asking::Asking;

/// Signs in for the rows of one interface; the check says how it went.
pub(super) async fn sign_in(
    microsoft: &Microsoft,
    rows: &[&Asking],
    resource: Resource,
    deadline: Instant,
) -> Result<(Check, Token), Check> {
    let Some(row) = rows.first() else { return Err(skipped("not_needed", "Nothing is asked there.")) };
    match microsoft.token(&row.call(deadline), resource, Fresh::Always).await {
        Ok(token) => {
            let roles = token.claims().map(|claims| claims.roles.len());
            let title = match roles.filter(|_| resource != Resource::LogAnalytics) {
                Some(0) | None => format!("The app signs in to {}.", resource.title()),
                Some(1) => format!("The app signs in to {} and holds 1 permission.", resource.title()),
                Some(number) => format!("The app signs in to {} and holds {number} permissions.", resource.title()),
            };
            Ok((passed("token", title), token))
        }
        Err(error) => Err(trouble("token", None, &error, row)),
    }
}
