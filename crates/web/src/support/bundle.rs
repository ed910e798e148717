//! The support bundle: what somebody who helps has to know, in one file, and nothing that would let them in.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;
use store::changes::Change;
use store::grants::Scope;
use store::pulses::Pulse;

use super::Line;
use super::requests::Served;
use crate::Desk;
use crate::api::connections::record::{ConnectionRecord, record};
use crate::error::Error;

/// Changes of so many days.
const DAYS: i64 = 14;
/// And of those no more than this.
const CHANGES: u32 = 500;

/// What the file says first: whoever sends it on should know what is in it.
const READ_FIRST: &str = "Support bundle of Oriel. It holds no secret, key, password, cookie or token, and nothing that \
                          was searched. It does name the tenant, the app, its workspaces and the hosts of the \
                          configuration: look through it before it leaves the house.";

/// The same for whoever may see some tenants only.
const READ_FIRST_OF_SOME: &str = "Support bundle of Oriel, of the tenants that its maker looks after. It holds no secret, key, \
                                  password, cookie or token, and nothing that was searched; requests and the log are left \
                                  out, since they are of every tenant. It does name the tenants, the apps, their workspaces \
                                  and the hosts of the configuration: look through it before it leaves the house.";

/// Everything, in the order in which it is read.
#[derive(Serialize)]
pub struct Bundle {
    read_first: &'static str,
    made_at: Timestamp,
    program: Program,
    configuration: Value,
    database: Database,
    connections: Vec<Connected>,
    changes: Vec<Changed>,
    requests: Vec<Served>,
    troubles: Vec<Line>,
}

#[derive(Serialize)]
struct Program {
    version: String,
    target: String,
}

#[derive(Serialize)]
struct Database {
    engine: &'static str,
    migration: Option<i64>,
    newest_migration: i64,
}

#[derive(Serialize)]
struct Connected {
    #[serde(flatten)]
    connection: ConnectionRecord,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Table {
    place: String,
    table: String,
    newest: Option<Timestamp>,
    rows_24h: Option<i64>,
    plan: Option<String>,
    retention_days: Option<i64>,
    trouble: Option<String>,
    taken_at: Timestamp,
}

impl From<Pulse> for Table {
    fn from(pulse: Pulse) -> Table {
        Table {
            place: pulse.place,
            table: pulse.table,
            newest: pulse.newest,
            rows_24h: pulse.rows_24h,
            plan: pulse.plan,
            retention_days: pulse.retention_days,
            trouble: pulse.trouble,
            taken_at: pulse.taken_at,
        }
    }
}

#[derive(Serialize)]
struct Changed {
    at: Timestamp,
    connection_id: String,
    subject: String,
    was: String,
    is: String,
    title: String,
}

impl From<Change> for Changed {
    fn from(change: Change) -> Changed {
        Changed {
            at: change.at,
            connection_id: change.connection_id.to_string(),
            subject: change.subject,
            was: change.was,
            is: change.is,
            title: change.title,
        }
    }
}

/// The bundle as a file: JSON with a line for each field, always in the same order. For whoever may see some tenants only,
/// without what is told of no tenant in particular: requests and the log may name the others' connections.
pub async fn bundle(desk: &Desk, scope: &Scope) -> Result<String, Error> {
    let everything = *scope == Scope::All;
    let mut connections = Vec::new();
    for connection in store::connections::list(&desk.db, scope).await? {
        let validation = store::validations::newest(&desk.db, scope, &connection.id).await?;
        let tables = store::pulses::of(&desk.db, scope, &connection.id).await?.into_iter().map(Table::from).collect();
        connections.push(Connected { connection: record(desk, connection, validation.as_ref()), tables });
    }
    let since = desk.now() - SignedDuration::from_hours(24 * DAYS);
    let changes = store::changes::recent(&desk.db, scope, since, CHANGES).await?;
    let bundle = Bundle {
        read_first: if everything { READ_FIRST } else { READ_FIRST_OF_SOME },
        made_at: desk.now(),
        program: Program { version: desk.about.version.clone(), target: desk.about.target.clone() },
        configuration: desk.about.configuration.clone(),
        database: Database {
            engine: desk.db.engine(),
            migration: store::meta::applied(&desk.db).await?,
            newest_migration: store::meta::schema(),
        },
        connections,
        changes: changes.into_iter().map(Changed::from).collect(),
        requests: if everything { desk.memory.requests.lately() } else { Vec::new() },
        troubles: if everything { desk.about.troubles.lately() } else { Vec::new() },
    };
    serde_json::to_string_pretty(&bundle)
        .map(|text| text + "\n")
        .map_err(|error| Error::Broken(format!("the support bundle could not be written: {error}")))
}
