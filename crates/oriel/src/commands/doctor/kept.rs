//! Whether what is kept can be had again: each stored secret with this keyring, and everything from a backup.

use store::audit::read::{Wanted, list};
use store::grants::Scope;
use vault::Place;

use super::Found;
use crate::instance::Instance;
use crate::output::plain;

/// A backup that is older than this is not the one that somebody will wish for.
const OLD: i64 = 8 * 24 * 3600;
/// So long before its end a key is told of.
const TOLD_BEFORE: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);
/// What the audit calls a backup.
const MADE: &str = "backup.made";

/// Opens every secret, and shows none; reads in the audit when the last backup was made.
pub async fn look(found: &mut Found, instance: &Instance) -> anyhow::Result<()> {
    let sealed = store::sealed::list(&instance.db).await?;
    let opens =
        |one: &&store::sealed::Sealed| instance.vault.open(&one.sealed, &Place::from(one.place.clone())).is_ok();
    let opened = sealed.iter().filter(opens).count();
    if opened == sealed.len() {
        found.fine("secrets", &format!("{opened} are stored, and the keyring opens all of them"))?;
    } else {
        let lost = sealed.len() - opened;
        let detail = format!(
            "{lost} of {} stored secrets do not open with this keyring; put the keyring of their time back, or give them \
             again",
            sealed.len()
        );
        found.mend("secrets", &detail)?;
    }
    let wanted = Wanted { text: Some(MADE.to_owned()), ..Wanted::default() };
    let entries = list(&instance.db, &Scope::All, &wanted, 20).await?;
    let made = entries.iter().find(|entry| entry.said.as_ref().is_some_and(|said| said.action == MADE));
    match made.map(|entry| entry.happened_at) {
        None => found.note("backup", "none is in the audit; `oriel backup` makes one")?,
        Some(at) if instance.now().duration_since(at).as_secs() > OLD => {
            found.note("backup", &format!("the last one was made on {at}"))?;
        }
        Some(at) => found.fine("backup", &format!("the last one was made on {at}"))?,
    }
    keys_that_end(found, instance).await
}

/// Keys of people who come in through the provider and have not done so for long: what uses them stops soon, or has stopped.
async fn keys_that_end(found: &mut Found, instance: &Instance) -> anyhow::Result<()> {
    let now = instance.now();
    let open_for = instance.config.keys_without_sign_in();
    for account in store::people::accounts(&instance.db, now).await? {
        let end = account.keys_end(open_for).filter(|_| account.person.disabled_at.is_none());
        if let Some(end) = end.filter(|end| end.duration_since(now) < TOLD_BEFORE) {
            let (name, keys) = (plain(&account.person.name), account.keys);
            let detail = match end > now {
                true => format!("those of {name} ({keys}) open nothing from {end} on, unless {name} signs in before"),
                false => format!("those of {name} ({keys}) open nothing since {end}, until {name} signs in again"),
            };
            found.note("API keys", &detail)?;
        }
    }
    Ok(())
}
