//! A file that is for the one who runs the command alone, and never written over another one unasked.

use std::fs::{File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, bail};

/// Readable and writable for the one who runs the command.
pub const OWNERS: u32 = 0o600;

/// Makes the file, before the work that fills it is done. One that exists is kept, unless it may be replaced.
pub fn open(path: &Path, replace: bool) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).mode(OWNERS);
    if replace {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} is there already. Name another file, or replace it with --force.", path.display())
        }
        Err(error) => return Err(error).with_context(|| format!("{} cannot be written", path.display())),
    };
    // A file that is replaced keeps its permissions otherwise.
    file.set_permissions(Permissions::from_mode(OWNERS))
        .with_context(|| format!("{} cannot be kept for its owner alone", path.display()))?;
    Ok(file)
}
