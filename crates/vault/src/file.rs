//! The keyring's file: JSON, `{"version": 1, "keys": [BASE64, …], "dropped": [FINGERPRINT, …]}`, the sealing key first.
//! What was dropped is named there so that an instance which still holds it knows this file for its successor.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::{Zeroize, Zeroizing};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::key::{KEY, Key, fill, hex};

/// The form of the file.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    keys: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dropped: Vec<String>,
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.keys.zeroize();
    }
}

/// What stands in a keyring's file.
pub(crate) struct Content {
    /// The keys, the sealing one first; never empty.
    pub keys: Vec<Key>,
    /// Fingerprints of keys that were on the keyring once.
    pub dropped: Vec<String>,
}

impl Content {
    /// The same keys once more.
    pub fn copy(&self) -> Content {
        let keys = self.keys.iter().map(|key| Key::from_bytes(key.expose())).collect();
        Content { keys, dropped: self.dropped.clone() }
    }
}

/// Tells one state of a file from another without reading it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    length: u64,
    changed: Option<SystemTime>,
    node: (u64, u64),
}

impl Mark {
    /// The file's mark now; `None` if it cannot be looked at. It is opened for that: on NFS, what is known of a file that is
    /// not opened may be a minute old.
    pub fn of(path: &Path) -> Option<Mark> {
        let opened = File::open(path).and_then(|file| file.metadata());
        opened.or_else(|_| std::fs::metadata(path)).ok().map(|metadata| Mark::from(&metadata))
    }
}

impl From<&std::fs::Metadata> for Mark {
    fn from(metadata: &std::fs::Metadata) -> Mark {
        #[cfg(unix)]
        let node = {
            use std::os::unix::fs::MetadataExt;
            (metadata.dev(), metadata.ino())
        };
        #[cfg(not(unix))]
        let node = (0, 0);
        Mark { length: metadata.len(), changed: metadata.modified().ok(), node }
    }
}

/// Reads the keys, and the mark of the file that they were read from.
pub(crate) fn read(path: &Path) -> Result<(Content, Mark), Error> {
    let failed = |reason: std::io::Error| match reason.kind() {
        ErrorKind::NotFound => Error::Missing { path: path.to_owned() },
        _ => Error::File { path: path.to_owned(), doing: "read", reason },
    };
    // The mark is that of the file which is open: another may have taken its name meanwhile.
    let mut file = File::open(path).map_err(failed)?;
    let mark = Mark::from(&file.metadata().map_err(failed)?);
    let mut text = Zeroizing::new(Vec::new());
    file.read_to_end(&mut text).map_err(failed)?;
    Ok((parse(path, &text)?, mark))
}

/// Reads the keys from text. `path` names it in messages.
pub(crate) fn parse(path: &Path, text: &[u8]) -> Result<Content, Error> {
    let malformed = |reason: &str| Error::Malformed { path: path.to_owned(), reason: reason.to_owned() };
    // The parser's own words may quote what it read.
    let mut stored: Stored = serde_json::from_slice(text)
        .map_err(|error| malformed(&format!("line {} is not what stands in a keyring", error.line().max(1))))?;
    if stored.version != VERSION {
        return Err(malformed(&format!(
            "it has the form {}, and this program knows the form {VERSION}",
            stored.version
        )));
    }
    if stored.keys.is_empty() {
        return Err(malformed("it has no key"));
    }
    let key = |(number, text): (usize, &String)| {
        let bytes = STANDARD.decode(text).map(Zeroizing::new).ok();
        let bytes = bytes.as_ref().and_then(|bytes| bytes.first_chunk::<KEY>().filter(|_| bytes.len() == KEY));
        bytes.map(Key::from_bytes).ok_or_else(|| malformed(&format!("key {} is not {KEY} bytes in Base64", number + 1)))
    };
    let keys = stored.keys.iter().enumerate().map(key).collect::<Result<_, _>>()?;
    Ok(Content { keys, dropped: std::mem::take(&mut stored.dropped) })
}

/// The text of a keyring's file.
pub(crate) fn text(keys: &[Key], dropped: &[String]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let keys = keys.iter().map(|key| STANDARD.encode(key.expose())).collect();
    let stored = Stored { version: VERSION, keys, dropped: dropped.to_vec() };
    let mut text = serde_json::to_vec_pretty(&stored).map(Zeroizing::new).map_err(|_| Error::DoesNotOpen)?;
    text.push(b'\n');
    Ok(text)
}

/// A name beside the file that nothing else has.
fn beside(path: &Path) -> Result<PathBuf, Error> {
    let mut random = [0; 8];
    fill(&mut random)?;
    Ok(path.with_added_extension(format!("{}.new", hex(&random))))
}

/// Writes a keyring to a file that is not there yet. It appears whole or not at all: another instance may be starting.
pub(crate) fn write(path: &Path, text: &[u8]) -> Result<(), Error> {
    let beside = beside(path)?;
    let written = write_new(&beside, text).and_then(|()| match std::fs::hard_link(&beside, path) {
        // Some file systems have no links; there the file is written in its place.
        Err(error) if error.kind() != ErrorKind::AlreadyExists => write_new(path, text),
        linked => linked,
    });
    let _ = std::fs::remove_file(&beside);
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::Exists { path: path.to_owned() },
        _ => Error::File { path: path.to_owned(), doing: "written", reason: error },
    })
}

/// Puts another content in the place of a keyring's file. Whoever reads it finds the one before or this one, also after a
/// power cut; owner and rights stay.
pub(crate) fn replace(path: &Path, text: &[u8]) -> Result<(), Error> {
    let failed = |reason| Error::File { path: path.to_owned(), doing: "written", reason };
    // Where the name is a link, what it leads to is replaced.
    let path = std::fs::canonicalize(path).map_err(failed)?;
    let beside = beside(&path)?;
    let written = write_new(&beside, text)
        .and_then(|()| keep_owner(&path, &beside))
        .and_then(|()| std::fs::rename(&beside, &path))
        .map(|()| sync_folder(&path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(failed)
}

/// Whoever turns keys may be another account than the one that Oriel runs under, and the latter still has to read them.
fn keep_owner(from: &Path, to: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let (old, new) = (std::fs::metadata(from)?, std::fs::metadata(to)?);
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            chown(to, Some(old.uid()), Some(old.gid()))?;
        }
        std::fs::set_permissions(to, old.permissions())?;
    }
    #[cfg(not(unix))]
    let _ = (from, to);
    Ok(())
}

/// So that a new name outlives a power cut too, where a folder can be synced at all.
fn sync_folder(path: &Path) {
    let _ = path.parent().map(File::open).map(|folder| folder.and_then(|folder| folder.sync_all()));
}

/// Takes the lock of those who change a keyring. It is a file of its own, since the keyring's file is replaced; it ends with
/// the process.
pub(crate) fn lock(path: &Path) -> Result<File, Error> {
    let failed = |reason| Error::File { path: path.to_owned(), doing: "locked", reason };
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path.with_added_extension("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Locked { path: path.to_owned() }),
        Err(std::fs::TryLockError::Error(reason)) => Err(failed(reason)),
    }
}

/// Writes a file that is not there yet, for this account alone, down to the disk.
fn write_new(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(text).and_then(|()| file.sync_all());
    match written {
        Ok(()) => {
            sync_folder(path);
            Ok(())
        }
        Err(error) => {
            let _ = std::fs::remove_file(path);
            Err(error)
        }
    }
}

/// The file's rights, if accounts other than its owner's have any.
pub(crate) fn open_to_others(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path).ok()?) & 0o777;
        (mode & 0o077 != 0).then_some(mode)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}
