//! The file that a transcript is written to: for its owner alone, and never over another one unasked.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::{output, owners_file};

/// A file that is ready to be written.
pub struct Transcript {
    path: PathBuf,
    file: File,
}

impl Transcript {
    /// Makes the file before anything is asked, so that nothing is asked in vain. One that exists is kept, unless it may be
    /// replaced.
    pub fn open(path: &Path, replace: bool) -> anyhow::Result<Transcript> {
        let file = owners_file::open(path, replace)?;
        Ok(Transcript { path: path.to_owned(), file })
    }

    /// Writes the lines, and says what they are.
    pub fn write(mut self, lines: &str) -> anyhow::Result<()> {
        let written = self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_all());
        written.with_context(|| format!("{} cannot be written", self.path.display()))?;
        output::talk(format!(
            "{} holds the {} exchanges with Microsoft. Secrets and tokens are left out; IDs, names, addresses and free text are \
             replaced. Read it before you hand it on.",
            self.path.display(),
            lines.lines().count()
        ));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::owners_file::OWNERS;

    #[test]
    fn a_file_that_is_there_is_kept_unless_it_may_be_replaced_and_is_then_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("transcript.ndjson");
        std::fs::write(&path, "something of somebody's that is longer").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let refused = Transcript::open(&path, false).err().unwrap().to_string();
        assert!(refused.contains("is there already"), "{refused}");
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("something"));
        Transcript::open(&path, true).unwrap().write("{}\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, OWNERS);
        let nowhere = folder.path().join("no").join("folder");
        assert!(Transcript::open(&nowhere, false).is_err());
    }
}
