//! The folder of a backup: another name until it is whole.

use std::fs::{DirBuilder, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};

use crate::Error;
use crate::write::{create, hex};

/// A folder that is being filled. It goes, unless it is finished; if the program is killed, its name tells what it is.
pub(crate) struct Unfinished {
    path: PathBuf,
    into: PathBuf,
    finished: bool,
}

/// A name that nothing else has.
pub(crate) fn random_name() -> Result<String, Error> {
    let mut random = [0; 6];
    SystemRandom::new().fill(&mut random).map_err(|_| vault::Error::NoRandomness)?;
    Ok(hex(&random))
}

/// Makes a folder for this account alone.
pub(crate) fn make_folder(path: &Path) -> Result<(), Error> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(Error::file(path, "made"))
}

impl Unfinished {
    /// Begins a folder that will be `into`. One that is there already must be empty.
    pub fn begin(into: &Path) -> Result<Unfinished, Error> {
        match std::fs::read_dir(into) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(Error::NotEmpty { folder: into.to_owned() });
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::file(into, "looked into")(error)),
        }
        let no_name = || std::io::Error::other("it has no name of its own");
        let mut name = into.file_name().ok_or_else(no_name).map_err(Error::file(into, "made"))?.to_owned();
        name.push(format!(".unfinished-{}", random_name()?));
        let path = into.with_file_name(name);
        make_folder(&path)?;
        Ok(Unfinished { path, into: into.to_owned(), finished: false })
    }

    /// Where it is for now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a small file, down to the disk.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), Error> {
        let path = self.path.join(name);
        let mut file = create(&path)?;
        file.write_all(content).and_then(|()| file.sync_all()).map_err(Error::file(&path, "written"))
    }

    /// Gives it its name: from here on it is whole.
    pub fn finish(mut self) -> Result<(), Error> {
        sync_folder(&self.path);
        std::fs::rename(&self.path, &self.into).map_err(Error::file(&self.into, "put in place"))?;
        self.finished = true;
        sync_folder(self.into.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")));
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.finished {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// So that names outlive a power cut too, where a folder can be synced at all.
pub(crate) fn sync_folder(path: &Path) {
    let _ = File::open(path).and_then(|folder| folder.sync_all());
}
