//! Files of a backup as they are written: hashed, and encrypted where the backup is.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;

use age::stream::StreamWriter;
use age::x25519::Recipient;
use ring::digest::{Context, SHA256};

use crate::{Error, FileEntry};

/// Counts and hashes what goes through.
pub(crate) struct Hashing<W> {
    inner: W,
    context: Context,
    bytes: u64,
}

impl<W> Hashing<W> {
    pub fn new(inner: W) -> Hashing<W> {
        Hashing { inner, context: Context::new(&SHA256), bytes: 0 }
    }

    /// The length and the SHA-256 of what went through, and what it went into.
    pub fn finish(self) -> (u64, String, W) {
        (self.bytes, hex(self.context.finish().as_ref()), self.inner)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.context.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

impl<R: std::io::Read> std::io::Read for Hashing<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.context.update(&bytes[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Hex digits in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of bytes, in hex digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(ring::digest::digest(&SHA256, bytes).as_ref())
}

/// A new file for this account alone.
pub(crate) fn create(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(Error::file(path, "made"))
}

type Plain = Hashing<BufWriter<File>>;

/// A file of a backup that is being written.
pub(crate) struct Writing {
    name: String,
    into: Into,
}

enum Into {
    Clear(Box<Plain>),
    Encrypted(Box<StreamWriter<Plain>>),
}

impl Writing {
    /// Makes the file `name` in a folder; `name` is what its entry will say.
    pub fn create(folder: &Path, name: String, to: Option<&Recipient>) -> Result<Writing, Error> {
        let path = folder.join(&name);
        let plain = Hashing::new(BufWriter::new(create(&path)?));
        let into = match to {
            None => Into::Clear(Box::new(plain)),
            Some(recipient) => {
                let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient as &dyn age::Recipient));
                let encryptor =
                    encryptor.map_err(|error| Error::file(&path, "encrypted")(std::io::Error::other(error)))?;
                Into::Encrypted(Box::new(encryptor.wrap_output(plain).map_err(Error::file(&path, "written"))?))
            }
        };
        Ok(Writing { name, into })
    }

    /// Ends the file, down to the disk.
    pub fn finish(self) -> std::io::Result<FileEntry> {
        let plain = match self.into {
            Into::Clear(plain) => *plain,
            Into::Encrypted(stream) => stream.finish()?,
        };
        let (bytes, sha256, buffer) = plain.finish();
        buffer.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(FileEntry { name: self.name, bytes, sha256 })
    }
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.into {
            Into::Clear(plain) => plain.write(bytes),
            Into::Encrypted(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.into {
            Into::Clear(plain) => plain.flush(),
            Into::Encrypted(stream) => stream.flush(),
        }
    }
}
