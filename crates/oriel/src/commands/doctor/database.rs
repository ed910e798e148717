//! The database: which it is, how large, and what is in it that a start depends on.

use super::Found;
use super::folder::size;
use crate::instance::Instance;

/// Looks at an open one.
pub async fn look(found: &mut Found, instance: &Instance) -> anyhow::Result<()> {
    let db = &instance.db;
    let condition = store::condition::read(db).await?;
    let schema = store::meta::applied(db).await?.unwrap_or_default();
    let detail = format!("{} {}, {}, schema {schema}", db.engine(), condition.version, size(condition.bytes));
    found.fine("database", &detail)?;
    found.fine(
        "keyring",
        &format!("{}, the one that this database is sealed with", instance.config.keyring_file.display()),
    )?;
    if !store::people::any_owner(db).await? {
        found.note(
            "people",
            "there is no owner yet: `oriel user add --role owner`, or the link that the server prints",
        )?;
    }
    Ok(())
}
