//! What the background found: `/api/v1/connections/{id}/changes` and `/pulse`.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use store::connections::ConnectionId;
use utoipa::ToSchema;

use crate::Desk;
use crate::api::Path;
use crate::error::Error;
use crate::error::problem::Problem;
use crate::guard::OwnerKey;

/// Changes in one answer.
const MOST: u32 = 200;

/// One thing of a connection that stands otherwise than before.
#[derive(Serialize, ToSchema)]
pub struct ChangeRecord {
    /// `connection`, `credential`, a capability's name, or `table:PLACE/TABLE`.
    subject: String,
    /// A stable word: `works`, `does_not_work`, `retired`; `signs_in`, `refused`, `unreachable`; `fresh`, `silent`;
    /// `lasts`, `30_days`, `7_days`, `1_day`, `ends_today`, `ended`.
    was: String,
    /// The word since.
    is: String,
    /// What changed, in a sentence.
    title: String,
    /// When it was noticed.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// A table of a connection, as it was when it was last looked at.
#[derive(Serialize, ToSchema)]
pub struct PulseRecord {
    /// `hunting`, or the workspace's GUID.
    place: String,
    /// The table, or the part of it that is read.
    table: String,
    /// Its newest row, as far as that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    newest: Option<Timestamp>,
    /// Rows of the 24 hours before it was looked at.
    rows_24h: Option<i64>,
    /// Its plan; null where Microsoft does not tell.
    plan: Option<String>,
    /// Days for which Microsoft keeps its rows; null where Microsoft does not tell.
    retention_days: Option<i64>,
    /// Why it could not be looked at.
    trouble: Option<String>,
    /// Whether its owner has marked it as rightly quiet.
    quiet: bool,
    /// When it was looked at.
    #[schema(value_type = String, format = DateTime)]
    taken_at: Timestamp,
}

/// What changed in a connection, the newest first: 200 changes at most.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/changes",
    tag = "connections",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<ChangeRecord>), (status = 404, body = Problem, content_type = "application/problem+json")),
)]
pub async fn changes(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
) -> Result<Json<Vec<ChangeRecord>>, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    desk.note_connection(&caller, "connection.seen", &connection).await;
    let changes = store::changes::of(&desk.db, &caller.scope, &id, MOST).await?;
    let record = |change: store::changes::Change| ChangeRecord {
        subject: change.subject,
        was: change.was,
        is: change.is,
        title: change.title,
        at: change.at,
    };
    Ok(Json(changes.into_iter().map(record).collect()))
}

/// How the tables of a connection are, looked at every hour.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/pulse",
    tag = "connections",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<PulseRecord>), (status = 404, body = Problem, content_type = "application/problem+json")),
)]
pub async fn pulse(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
) -> Result<Json<Vec<PulseRecord>>, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    desk.note_connection(&caller, "connection.seen", &connection).await;
    let pulses = store::pulses::of(&desk.db, &caller.scope, &id).await?;
    let record = |pulse: store::pulses::Pulse| PulseRecord {
        place: pulse.place,
        table: pulse.table,
        newest: pulse.newest,
        rows_24h: pulse.rows_24h,
        plan: pulse.plan,
        retention_days: pulse.retention_days,
        trouble: pulse.trouble,
        quiet: pulse.quiet,
        taken_at: pulse.taken_at,
    };
    Ok(Json(pulses.into_iter().map(record).collect()))
}
