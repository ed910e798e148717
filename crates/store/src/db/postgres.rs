//! Opening a PostgreSQL database.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection};

use super::migrations::{Found, MIGRATIONS};
use super::{Db, Engine};
use crate::Error;

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many connections one instance holds at most.
const CONNECTIONS: u32 = 10;

/// What may stand behind the question mark of a URL, beside `options[NAME]`.
const PARAMETERS: [&str; 14] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-mode",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Whether sqlx knows every parameter. It would log one that it does not know, value and all, and that may be a password
/// under a name that is misspelt, or one that has a question mark in it. So the name is not told either.
fn parameters_are_known(url: &str) -> bool {
    let (_, query) = url.split_once('?').unwrap_or_default();
    let names = query.split('&').filter(|part| !part.is_empty()).map(|part| part.split('=').next().unwrap_or_default());
    let setting = |name: &str| name.starts_with("options[") || name.to_ascii_lowercase().starts_with("options%5b");
    names.into_iter().all(|name| PARAMETERS.contains(&name) || setting(name))
}

pub(super) async fn open(url: &str) -> Result<Db, Error> {
    open_at(url, None).await
}

/// Opens a database, and brings its schema up to date, or up to one migration: to take in the copy of an older Oriel.
pub(crate) async fn open_at(url: &str, schema: Option<i64>) -> Result<Db, Error> {
    let (mut looking, options, place) = look_at(url).await?;
    let named = |error: sqlx::Error| named(&place, error);
    let read_only: String =
        sqlx::query_scalar("SHOW transaction_read_only").fetch_one(&mut looking).await.map_err(named)?;
    if read_only == "on" {
        return Err(Error::ReadOnly);
    }
    looking.close().await.map_err(named)?;

    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .map_err(named)?;
    MIGRATIONS.run_to(schema.unwrap_or(i64::MAX), &pool).await.map_err(|error| named(error.into()))?;
    Ok(Db(Engine::Postgres(pool)))
}

/// A connection to a database that is Oriel's or empty, and what it is called in messages. Nothing is changed by it.
pub(crate) async fn look_at(url: &str) -> Result<(PgConnection, PgConnectOptions, String), Error> {
    if !parameters_are_known(url) {
        return Err(Error::Url(format!("it has a parameter that is not known; these are: {}", PARAMETERS.join(", "))));
    }
    let options = PgConnectOptions::from_str(url).map_err(|error| Error::Url(words(&error)))?;
    let options = options.application_name("oriel");
    let place = place(&options);
    let named = |error: sqlx::Error| named(&place, error);

    // One connection first: a pool goes on trying until its patience is over, and says only that it is.
    let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options));
    let mut looking = match connecting.await {
        Ok(connected) => connected.map_err(named)?,
        Err(_) => {
            let reason = format!("there was no answer within {} seconds", PATIENCE.as_secs());
            return Err(Error::Unreachable { place, reason });
        }
    };
    let found = look(&mut looking).await.map_err(named)?;
    found.check(&place)?;
    Ok((looking, options, place))
}

async fn look(connection: &mut PgConnection) -> Result<Found, sqlx::Error> {
    const LOOK: &str = "SELECT COUNT(CASE WHEN table_name <> '_sqlx_migrations' THEN 1 END),
                               COUNT(CASE WHEN table_name = 'meta' THEN 1 END) = 1,
                               COUNT(CASE WHEN table_name = '_sqlx_migrations' THEN 1 END) = 1
                        FROM information_schema.tables WHERE table_schema = current_schema()";
    let (tables, meta, list) = sqlx::query_as(LOOK).fetch_one(&mut *connection).await?;
    let newest = match list {
        true => sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut *connection).await?,
        false => None,
    };
    Ok(Found { tables, meta, list, newest })
}

/// What the database is called in a message: no user, no password.
fn place(options: &PgConnectOptions) -> String {
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let database = options.get_database().unwrap_or(options.get_username());
    format!("“{database}” at {host}")
}

fn words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(reason) => reason.to_string(),
        _ => "it is not understood".to_owned(),
    }
}

/// Names what only happens when a connection is made; the rest has the names of [`Error::from`].
fn named(place: &str, error: sqlx::Error) -> Error {
    let place = place.to_owned();
    match &error {
        sqlx::Error::Io(reason) => Error::Unreachable { place, reason: reason.to_string() },
        sqlx::Error::Tls(reason) => Error::Unreachable { place, reason: format!("TLS: {reason}") },
        sqlx::Error::Database(database) => match database.code().as_deref() {
            Some("28000" | "28P01") => Error::SignInRefused { place, reason: database.message().to_owned() },
            Some("3D000") => Error::Unreachable { place, reason: database.message().to_owned() },
            _ => error.into(),
        },
        _ => error.into(),
    }
}
