//! The keyring's file: JSON, `{"version": 1, "keys": [BASE64, …]}`, the sealing key first.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

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
struct Content {
    version: u32,
    keys: Vec<String>,
}

impl Drop for Content {
    fn drop(&mut self) {
        self.keys.zeroize();
    }
}

/// Reads the keys.
pub(crate) fn read(path: &Path) -> Result<Vec<Key>, Error> {
    let malformed = |reason: &str| Error::Malformed { path: path.to_owned(), reason: reason.to_owned() };
    let text = std::fs::read(path).map(Zeroizing::new).map_err(|reason| match reason.kind() {
        ErrorKind::NotFound => Error::Missing { path: path.to_owned() },
        _ => Error::File { path: path.to_owned(), doing: "read", reason },
    })?;
    // The parser's own words may quote what it read.
    let content: Content = serde_json::from_slice(&text)
        .map_err(|error| malformed(&format!("line {} is not what stands in a keyring", error.line().max(1))))?;
    if content.version != VERSION {
        return Err(malformed(&format!(
            "it has the form {}, and this program knows the form {VERSION}",
            content.version
        )));
    }
    if content.keys.is_empty() {
        return Err(malformed("it has no key"));
    }
    let key = |(number, text): (usize, &String)| {
        let bytes = STANDARD.decode(text).map(Zeroizing::new).ok();
        let bytes = bytes.as_ref().and_then(|bytes| bytes.first_chunk::<KEY>().filter(|_| bytes.len() == KEY));
        bytes.map(Key::from_bytes).ok_or_else(|| malformed(&format!("key {} is not {KEY} bytes in Base64", number + 1)))
    };
    content.keys.iter().enumerate().map(key).collect()
}

/// Writes the keys to a file that is not there yet. It appears whole or not at all: another instance may be starting.
pub(crate) fn write(path: &Path, keys: &[Key]) -> Result<(), Error> {
    let content = Content { version: VERSION, keys: keys.iter().map(|key| STANDARD.encode(key.expose())).collect() };
    let failed = |reason| Error::File { path: path.to_owned(), doing: "written", reason };
    let text = serde_json::to_vec_pretty(&content).map(Zeroizing::new).map_err(|error| failed(error.into()))?;
    let mut random = [0; 8];
    fill(&mut random)?;
    let beside = path.with_added_extension(format!("{}.new", hex(&random)));
    let written = write_new(&beside, &text).and_then(|()| match std::fs::hard_link(&beside, path) {
        // Some file systems have no links; there the file is written in its place.
        Err(error) if error.kind() != ErrorKind::AlreadyExists => write_new(path, &text),
        linked => linked,
    });
    let _ = std::fs::remove_file(&beside);
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::Exists { path: path.to_owned() },
        _ => failed(error),
    })
}

/// Writes a file that is not there yet, for this account alone, down to the disk.
fn write_new(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(text).and_then(|()| file.write_all(b"\n")).and_then(|()| file.sync_all());
    match written {
        Ok(()) => {
            // So that the name outlives a power cut too, where a folder can be synced at all.
            let _ = path.parent().map(File::open).map(|folder| folder.and_then(|folder| folder.sync_all()));
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
