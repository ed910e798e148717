//! The Log Analytics query API.

use std::time::Instant;

use serde_json::{Value, json};

use crate::rows::{self, Rows, member};
use crate::transport::ask::Ask;
use crate::{Call, Error, Microsoft, Resource};

/// The service returns no more rows than this.
const MOST_ROWS: usize = 500_000;

/// `POST /v1/workspaces/{workspace}/query`. `timespan` is an ISO 8601 duration or period and narrows the query's own. A
/// workspace that never had data answers with no table at all: rows without columns.
pub async fn query(
    microsoft: &Microsoft,
    call: &Call<'_>,
    workspace: &str,
    query: &str,
    timespan: &str,
) -> Result<Rows, Error> {
    let body = json!({ "query": query, "timespan": timespan });
    let left = call.deadline.saturating_duration_since(Instant::now()).as_secs().clamp(1, 180);
    let ask = Ask::post(call, Resource::LogAnalytics, &["v1", "workspaces", workspace, "query"], &body)?;
    let answered = microsoft.send(call, &ask.preferring(&format!("wait={left}"))).await?;
    let failed = |message: &str| Error::Failed {
        status: answered.status,
        code: String::new(),
        message: message.to_owned(),
        request_id: answered.request_id.clone(),
    };
    let body = match &answered.body {
        None if answered.status == 204 => return Ok(Rows { request_id: answered.request_id, ..Rows::default() }),
        None => return Err(failed("the answer is empty")),
        Some(body) => body,
    };
    let mut rows = rows::from_tables(body).ok_or_else(|| failed("the answer holds no table"))?;
    if let Some(partial) = partial(body) {
        rows.incomplete = Some(partial);
    } else if rows.rows.len() >= MOST_ROWS {
        rows.incomplete = Some("Log Analytics gives no more than 500,000 rows".to_owned());
    }
    rows.request_id = answered.request_id;
    Ok(rows)
}

/// A 200 may hold rows and an error beside them ("PartialError"): its text, and the innermost texts of its details.
fn partial(body: &Value) -> Option<String> {
    let error = body.get("error")?.as_object()?;
    let text = |value: &Value| value.get("message").and_then(Value::as_str).map(str::to_owned);
    let mut texts: Vec<String> = error.get("message").and_then(Value::as_str).map(str::to_owned).into_iter().collect();
    for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
        let mut innermost = text(detail);
        let mut inner = detail;
        for _ in 0..8 {
            let Some(next) = inner.as_object().and_then(|inner| member(inner, "innererror")) else { break };
            innermost = text(next).or(innermost);
            inner = next;
        }
        texts.extend(innermost);
    }
    texts.dedup();
    texts.truncate(5);
    Some(if texts.is_empty() { "Microsoft says that the rows are partial".to_owned() } else { texts.join(" · ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_error_is_put_into_words() {
        let check = |body: &str, expected: Option<&str>| {
            assert_eq!(partial(&serde_json::from_str(body).unwrap()).as_deref(), expected, "{body}");
        };
        check(r#"{"tables":[]}"#, None);
        check(r#"{"error":{"code":"PartialError"}}"#, Some("Microsoft says that the rows are partial"));
        check(r#"{"error":{"message":"too large","details":[]}}"#, Some("too large"));
        check(
            r#"{"error":{"message":"some errors","details":[{"message":"outer","innererror":{"innererror":{"message":"deep"}}},{"message":"x"}]}}"#,
            Some("some errors · deep · x"),
        );
    }
}
