//! Whether a table still gets rows: what tells "nothing known" from "could not have known".

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use microsoft::{Error, graph, log_analytics};
use tokio::sync::Mutex;

use crate::asking::{Asking, Workspace};
use crate::capability::Newest;
use crate::query;

/// The newest row of each table, remembered for a while and shared by all sources.
#[derive(Default)]
pub(crate) struct Freshness {
    known: Mutex<HashMap<Key, Entry>>,
}

/// Cloud, tenant, client, workspace (empty for hunting) and table.
type Key = (String, String, String, String, &'static str);

/// A lock a table, held while the table is asked, so that several sources wait for one question.
type Entry = Arc<Mutex<Option<(Timestamp, Newest)>>>;

/// How long an answer holds.
const HOLDS: SignedDuration = SignedDuration::from_mins(10);

impl Freshness {
    /// The newest row of a table that hunting sees.
    pub(crate) async fn hunting(
        &self,
        asking: &Asking,
        table: &'static str,
        now: Timestamp,
        deadline: std::time::Instant,
    ) -> Result<Newest, Error> {
        let entry = self.entry(asking, "", table).await;
        let mut known = entry.lock().await;
        if let Some(newest) = fresh(*known, now) {
            return Ok(newest);
        }
        let (query, call) = (query::newest_in_hunting(table), asking.call(deadline));
        let rows = graph::hunt(&asking.microsoft, &call, &query, Some(query::HUNTING_SPAN)).await?;
        let newest = newest(rows.rows.first().and_then(|row| row.time("Newest")));
        *known = Some((now, newest));
        Ok(newest)
    }

    /// The newest row of a workspace's table.
    pub(crate) async fn workspace(
        &self,
        asking: &Asking,
        workspace: &Workspace,
        table: &'static str,
        now: Timestamp,
        deadline: std::time::Instant,
    ) -> Result<Newest, Error> {
        let entry = self.entry(asking, &workspace.id, table).await;
        let mut known = entry.lock().await;
        if let Some(newest) = fresh(*known, now) {
            return Ok(newest);
        }
        let query = query::newest_in_workspace(table);
        let call = asking.call(deadline);
        let rows = log_analytics::query(&asking.microsoft, &call, &workspace.id, &query, query::WORKSPACE_SPAN).await?;
        let newest = newest(rows.rows.first().and_then(|row| row.time("Newest")));
        *known = Some((now, newest));
        Ok(newest)
    }

    async fn entry(&self, asking: &Asking, workspace: &str, table: &'static str) -> Entry {
        let credential = &asking.connection.credential;
        let key = (
            credential.cloud.name.clone(),
            credential.tenant.to_ascii_lowercase(),
            credential.client.to_ascii_lowercase(),
            workspace.to_ascii_lowercase(),
            table,
        );
        Arc::clone(self.known.lock().await.entry(key).or_default())
    }
}

fn fresh(known: Option<(Timestamp, Newest)>, now: Timestamp) -> Option<Newest> {
    let (asked, newest) = known?;
    let age = now.duration_since(asked);
    (age >= SignedDuration::ZERO && age < HOLDS).then_some(newest)
}

fn newest(time: Option<Timestamp>) -> Newest {
    time.map_or(Newest::Never, Newest::At)
}
