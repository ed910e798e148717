//! Files of a backup as they are read: found inside its folder, hashed again, and decrypted.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use store::restore::Rows;
use store::{Error as StoreError, Table};

use crate::write::Hashing;
use crate::{Error, FileEntry};

/// Opens a file of a backup. Whoever wrote into its folder may have put a link, a pipe or a device there, and what those lead
/// to is none of the backup's.
pub(crate) fn file_in(folder: &Path, name: &str) -> std::io::Result<File> {
    let inside = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut at = rustix::fs::open(folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    for step in name.split('/') {
        at = rustix::fs::openat(&at, step, inside, Mode::empty()).map_err(|error| match error {
            Errno::LOOP => std::io::Error::other("it is a link, and a backup has none"),
            error => error.into(),
        })?;
    }
    let file = File::from(at);
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(std::io::Error::other("it is no file")),
    }
}

/// The length and the hash of a file as it lies there.
pub(crate) fn entry_of(folder: &Path, name: &str) -> Result<FileEntry, Error> {
    let path = folder.join(name);
    let file = file_in(folder, name).map_err(Error::file(&path, "read"))?;
    file.sync_all().map_err(Error::file(&path, "written"))?;
    let mut hashing = Hashing::new(file);
    std::io::copy(&mut hashing, &mut std::io::sink()).map_err(Error::file(&path, "read"))?;
    let (bytes, sha256, _) = hashing.finish();
    Ok(FileEntry { name: name.to_owned(), bytes, sha256 })
}

/// Opens a file of a backup for reading, decrypted. One in clear is compared with its entry once more as it is read: it may
/// have been changed since it was checked, while one that is encrypted cannot be without being noticed.
pub(crate) fn open(
    folder: &Path,
    name: &str,
    identity: Option<&Identity>,
    entry: Option<FileEntry>,
) -> Result<Box<dyn Read + Send>, Error> {
    let path = folder.join(name);
    let file = BufReader::new(file_in(folder, name).map_err(Error::file(&path, "read"))?);
    let Some(identity) = identity else {
        return Ok(match entry {
            Some(entry) => Box::new(Checked { reading: Some(Hashing::new(file)), entry }),
            None => Box::new(file),
        });
    };
    let damaged = |_| Error::Damaged(format!("{} does not open", path.display()));
    let decryptor = age::Decryptor::new(file).map_err(damaged)?;
    let reader = decryptor.decrypt(std::iter::once(identity as &dyn age::Identity)).map_err(damaged)?;
    Ok(Box::new(reader))
}

/// A file that has to be what its entry says by the time that its end is reached.
struct Checked {
    reading: Option<Hashing<BufReader<File>>>,
    entry: FileEntry,
}

impl Read for Checked {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let Some(reading) = &mut self.reading else { return Ok(0) };
        let read = reading.read(into)?;
        if read == 0
            && !into.is_empty()
            && let Some(reading) = self.reading.take()
        {
            let (bytes, sha256, _) = reading.finish();
            if (bytes, &sha256) != (self.entry.bytes, &self.entry.sha256) {
                return Err(std::io::Error::other(format!("{} was changed while it was read", self.entry.name)));
            }
        }
        Ok(read)
    }
}

/// The rows of a backup, file after file.
pub(crate) struct TableFiles {
    folder: PathBuf,
    waiting: std::vec::IntoIter<(String, Option<FileEntry>)>,
    identity: Option<Identity>,
    open: Option<BufReader<Box<dyn Read + Send>>>,
}

impl TableFiles {
    pub fn new(folder: &Path, files: Vec<(String, Option<FileEntry>)>, identity: Option<Identity>) -> TableFiles {
        TableFiles { folder: folder.to_owned(), waiting: files.into_iter(), identity, open: None }
    }
}

/// Reads a line without its end. Whether there was one; one that breaks off is none.
fn line(from: &mut impl BufRead, line: &mut String) -> Result<bool, StoreError> {
    line.clear();
    from.read_line(line).map_err(StoreError::CopyFile)?;
    match line.pop() {
        None => Ok(false),
        Some('\n') => Ok(true),
        Some(_) => Err(StoreError::Copy("a file of rows breaks off".to_owned())),
    }
}

impl Rows for TableFiles {
    fn table(&mut self) -> Result<Option<Table>, StoreError> {
        let Some((name, entry)) = self.waiting.next() else { return Ok(None) };
        let unreadable = |reason: &dyn std::fmt::Display| StoreError::Copy(format!("{name}: {reason}"));
        let reader = open(&self.folder, &name, self.identity.as_ref(), entry).map_err(|error| unreadable(&error))?;
        let mut reader = BufReader::new(reader);
        let mut head = String::new();
        if !line(&mut reader, &mut head)? {
            return Err(unreadable(&"it is empty"));
        }
        self.open = Some(reader);
        serde_json::from_str(&head).map(Some).map_err(|_| unreadable(&"its first line does not describe a table"))
    }

    fn row(&mut self, into: &mut String) -> Result<bool, StoreError> {
        match &mut self.open {
            Some(reader) => line(reader, into),
            None => Ok(false),
        }
    }
}
