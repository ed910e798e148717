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
    let serving = match store::instances::live(db, instance.now()).await? {
        0 => "none serves from this database now".to_owned(),
        1 => "1 serves from this database".to_owned(),
        many => format!("{many} serve from this database, each with an equal part of Microsoft's budgets"),
    };
    found.fine("instances", &serving)?;
    Ok(())
}
