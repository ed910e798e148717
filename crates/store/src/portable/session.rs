//! One connection, of either engine.

use sqlx::{PgConnection, SqliteConnection};

/// One connection, perhaps in a transaction, of either engine.
pub(crate) enum Session<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// Runs a body on a session, once for each engine.
macro_rules! on_session {
    ($session:expr, $connection:ident => $body:expr) => {
        match $session {
            crate::portable::Session::Sqlite($connection) => $body,
            crate::portable::Session::Postgres($connection) => $body,
        }
    };
}

pub(crate) use on_session;
