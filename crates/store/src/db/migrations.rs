//! The schema: embedded migrations, and what they find.

use sqlx::migrate::Migrator;

use crate::Error;

/// Every migration of this program.
pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The newest migration that this program knows.
pub(super) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// What stands in a database before anything is done to it.
pub(super) struct Found {
    /// How many tables there are beside the list of migrations.
    pub tables: i64,
    /// Whether Oriel's first table is among them.
    pub meta: bool,
    /// Whether there is a list of migrations.
    pub list: bool,
    /// The newest migration that was applied.
    pub newest: Option<i64>,
}

impl Found {
    /// Refuses what must not be touched. A list of migrations alone is a first start that broke off.
    pub fn check(&self, place: &str) -> Result<(), Error> {
        if self.tables > 0 && !(self.meta && self.list) {
            return Err(Error::NotOurs { place: place.to_owned() });
        }
        match self.newest {
            Some(found) if found > newest() => Err(Error::Newer { place: place.to_owned(), found, known: newest() }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
