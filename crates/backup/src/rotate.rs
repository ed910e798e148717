//! The keys of a keyring are turned while instances run.
//!
//! 1. A new key is put in front in the file. Who seals from here on seals with it; the others still open what they sealed.
//! 2. Everything that an older key sealed is opened and sealed anew, each value only if nobody has changed it meanwhile.
//! 3. The database learns the new fingerprint. An instance that starts before knows the old one, which is still on.
//! 4. Only with [`drop_old`]: keys that seal nothing any more are taken off.
//!
//! A turn that was stopped after any of these has lost nothing: the next one sees from file and database how far it came.

use std::path::Path;

use jiff::Timestamp;
use serde_json::json;
use store::audit::{Actor, Entry};
use store::{Db, meta, sealed};
use vault::{Change, Keyring, Place};

use crate::Error;

/// How often everything is looked through for what was sealed meanwhile.
const PASSES: usize = 10;

/// What is turned, and by whom.
#[derive(Clone, Copy)]
pub struct Turning<'t> {
    /// The database.
    pub db: &'t Db,
    /// The keyring's file.
    pub keyring_file: &'t Path,
    /// Who turns.
    pub by: &'t Actor,
    /// The time.
    pub now: Timestamp,
}

/// How it came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    /// The fingerprint of the key that seals now.
    pub fingerprint: String,
    /// How many keys are on the keyring.
    pub keys: usize,
    /// How many values were sealed anew.
    pub resealed: usize,
    /// Which values open with no key, by table and row: they were lost before.
    pub lost: Vec<String>,
    /// Whether a turn that was stopped was brought to its end, rather than a new one begun.
    pub resumed: bool,
}

/// Turns the keys: steps 1 to 3.
pub async fn turn(turning: &Turning<'_>) -> Result<Turned, Error> {
    let change = Change::begin(turning.keyring_file)?;
    let known = known(turning).await?;
    let (keyring, resumed) = add_key(&change, turning, &known)?;
    let (resealed, lost) = reseal(turning.db, &keyring).await?;
    write_down(turning, &known, &keyring, resealed).await?;
    let (fingerprint, keys) = (keyring.fingerprint(), keyring.fingerprints().len());
    Ok(Turned { fingerprint, keys, resealed, lost, resumed })
}

/// The fingerprint that the database knows; where it knows none yet, that of the keyring from now on.
pub(crate) async fn known(turning: &Turning<'_>) -> Result<String, Error> {
    let known = meta::keyring_fingerprint(turning.db).await?;
    let keyring = vault::settle(turning.keyring_file, known.as_deref())?;
    match known {
        Some(known) => Ok(known),
        None => {
            meta::set_keyring_fingerprint(turning.db, &keyring.fingerprint()).await?;
            Ok(keyring.fingerprint())
        }
    }
}

/// Step 1, unless a turn before has done it and no more. Whether it had.
pub(crate) fn add_key(change: &Change, turning: &Turning<'_>, known: &str) -> Result<(Keyring, bool), Error> {
    let keyring = Keyring::read(turning.keyring_file)?;
    match keyring.fingerprint() == known {
        true => Ok((change.add_key()?, false)),
        false => Ok((keyring, true)),
    }
}

/// Step 2. How many values were sealed anew, and which open with no key.
pub(crate) async fn reseal(db: &Db, keyring: &Keyring) -> Result<(usize, Vec<String>), Error> {
    let newest = Some(keyring.fingerprint());
    let mut resealed = 0;
    for _ in 0..PASSES {
        let (mut older, mut lost) = (0, Vec::new());
        for value in sealed::list(db).await? {
            if keyring.sealer(&value.sealed) == newest {
                continue;
            }
            let place = Place::from(value.place.clone());
            let Ok(secret) = keyring.open(&value.sealed, &place) else {
                lost.push(value.place.join("/"));
                continue;
            };
            older += 1;
            // Whoever has changed it meanwhile has sealed it with the new key; if not, it is seen in the next pass.
            resealed += usize::from(sealed::reseal(db, &value, &keyring.seal(&secret, &place)?).await?);
        }
        if older == 0 {
            return Ok((resealed, lost));
        }
    }
    Err(Error::StillOld)
}

/// Step 3, with its entry in the audit.
pub(crate) async fn write_down(
    turning: &Turning<'_>,
    known: &str,
    keyring: &Keyring,
    resealed: usize,
) -> Result<(), Error> {
    let fingerprint = keyring.fingerprint();
    let entry = Entry::new("keyring.rotated").with(json!({
        "fingerprint": fingerprint,
        "before": known,
        "sealed_anew": resealed,
    }));
    match meta::turn_keyring(turning.db, turning.by, (known, &fingerprint), &entry, turning.now).await? {
        true => Ok(()),
        false => Err(Error::TurnedMeanwhile),
    }
}

/// Step 4: takes off the keys that seal nothing any more; of the fingerprints that were taken off. What is saved at this very
/// moment with an older key is found afterwards, and its key is put back until it is sealed anew.
pub async fn drop_old(turning: &Turning<'_>) -> Result<Vec<String>, Error> {
    let change = Change::begin(turning.keyring_file)?;
    let known = known(turning).await?;
    let keyring = Keyring::read(turning.keyring_file)?;
    // Follows no file, so that every key stays at hand here.
    let before = keyring.joined(&keyring);
    if before.fingerprint() != known {
        // A turn was stopped before its end. The next one goes on from there.
        return Err(Error::TurnedMeanwhile);
    }
    for _ in 0..PASSES {
        let (_, lost) = reseal(turning.db, &keyring).await?;
        if !lost.is_empty() {
            tracing::warn!(?lost, "these values open with no key");
        }
        let needed = sealers(turning.db, &before).await?;
        let off: Vec<String> = before.fingerprints().into_iter().skip(1).filter(|key| !needed.contains(key)).collect();
        if off.is_empty() {
            return Ok(off);
        }
        let entry = Entry::new("keyring.reduced").with(json!({ "fingerprint": known, "taken_off": off }));
        store::audit::append(turning.db, turning.by, &[entry], turning.now).await?;
        if take_off(turning.db, &change, &before, &needed).await? {
            return Ok(off);
        }
    }
    Err(Error::StillOld)
}

/// Takes all keys off but the first and those that are needed, and looks once more. If something was sealed by one of the
/// others meanwhile, all are put back. Whether they are off.
pub(crate) async fn take_off(db: &Db, change: &Change, before: &Keyring, needed: &[String]) -> Result<bool, Error> {
    let after = change.keep(needed)?;
    if sealers(db, before).await?.iter().all(|key| after.holds(key)) {
        return Ok(true);
    }
    change.put_back(before)?;
    Ok(false)
}

/// The fingerprints of the keys that seal anything.
async fn sealers(db: &Db, keyring: &Keyring) -> Result<Vec<String>, Error> {
    let mut sealers: Vec<String> =
        sealed::list(db).await?.iter().filter_map(|value| keyring.sealer(&value.sealed)).collect();
    sealers.sort();
    sealers.dedup();
    Ok(sealers)
}

#[cfg(test)]
mod tests;
