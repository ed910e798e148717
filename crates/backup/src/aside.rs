//! A file beside the database that is gone again in a moment.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::folder::random_name;
use crate::write::create;

/// A file beside another one, for this account alone, that goes when this is dropped. What is left of a program that was
/// killed is cleared up by the next one: nobody holds its lock.
pub(crate) struct Aside {
    path: PathBuf,
    _lock: File,
}

impl Aside {
    /// Makes an empty file beside `file`, named for what it is needed for.
    pub fn beside(file: &Path, purpose: &str) -> Result<Aside, Error> {
        let prefix = name_of(file, &format!(".{purpose}-"));
        clear_up(file, &prefix);
        let path = file.with_file_name(format!("{prefix}{}", random_name()?));
        let lock = create(&path)?;
        lock.try_lock().map_err(|error| Error::file(&path, "locked")(error.into()))?;
        Ok(Aside { path, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn name_of(file: &Path, more: &str) -> String {
    format!("{}{more}", file.file_name().unwrap_or_default().to_string_lossy())
}

/// Removes a SQLite file and what SQLite may have put beside it.
fn remove(path: &Path) {
    for more in ["", "-journal", "-wal", "-shm"] {
        let _ = std::fs::remove_file(path.with_file_name(name_of(path, more)));
    }
}

fn clear_up(file: &Path, prefix: &str) {
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let ours = entry.file_name().to_string_lossy().strip_prefix(prefix).is_some_and(|name| !name.contains('-'));
        if ours && File::open(&path).is_ok_and(|left| left.try_lock().is_ok()) {
            tracing::info!(file = %path.display(), "removed what was left of a program that was killed");
            remove(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_is_cleared_up_and_what_is_in_use_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("oriel.sqlite");
        std::fs::write(&database, "kept").unwrap();
        for left in ["oriel.sqlite.backup-0011aabbccdd", "oriel.sqlite.backup-0011aabbccdd-wal"] {
            std::fs::write(folder.path().join(left), "left").unwrap();
        }
        let in_use = Aside::beside(&database, "backup").unwrap();
        let other = Aside::beside(&database, "backup").unwrap();
        assert!(in_use.path().exists() && other.path().exists() && in_use.path() != other.path());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
        drop((in_use, other));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "and nothing is left in the end");
        assert_eq!(std::fs::read_to_string(&database).unwrap(), "kept");
    }
}
