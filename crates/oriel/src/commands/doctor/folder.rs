//! The data folder: whose it is, who may read it, and whether there is room.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::Found;
use crate::config::Config;

/// Below this the next backup or a busy day may fill the disk.
const LITTLE: u64 = 256 << 20;

/// Looks at the folder and at what is in it. Nothing is changed.
pub fn look(found: &mut Found, config: &Config) -> std::io::Result<()> {
    let folder = &config.data_dir;
    let about = match std::fs::metadata(folder) {
        Ok(about) => about,
        Err(error) => return found.mend("data folder", &format!("{} cannot be looked at: {error}", folder.display())),
    };
    let open = open_to_others(folder, &about);
    if !open.is_empty() {
        let detail = format!(
            "other accounts of this machine may read {}; take that from them: chmod -R go-rwx {}",
            open.join(", "),
            folder.display()
        );
        return found.mend("data folder", &detail);
    }
    match std::fs::metadata("/proc/self") {
        // Root may do everything, and SQLite leaves its files to whom they belong.
        Ok(me) if me.uid() != about.uid() && me.uid() != 0 => found.mend(
            "data folder",
            &format!("{} belongs to another account (number {}); run Oriel as that one", folder.display(), about.uid()),
        )?,
        _ => found.fine("data folder", &format!("{}, for its owner alone", folder.display()))?,
    }
    room(found, folder)
}

/// Folder, database and keyring, as far as they are open to others.
fn open_to_others(folder: &Path, about: &Metadata) -> Vec<String> {
    let is_open = |about: &Metadata| about.permissions().mode() & 0o077 != 0;
    if is_open(about) {
        return vec![folder.display().to_string()];
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let open = entries.filter(|entry| entry.metadata().is_ok_and(|about| about.is_file() && is_open(&about)));
    let mut names: Vec<String> = open.map(|entry| entry.path().display().to_string()).collect();
    names.sort();
    names
}

fn room(found: &mut Found, folder: &Path) -> std::io::Result<()> {
    let left = match rustix::fs::statvfs(folder) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => return found.note("disk", &format!("the free space of its disk is not told: {error}")),
    };
    let said = format!("{} free in {}", size(left), folder.display());
    if left < LITTLE {
        found.mend("disk", &format!("{said}; make room before it is full"))
    } else {
        found.fine("disk", &said)
    }
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    const STEPS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = "bytes";
    for step in STEPS {
        if value < 1024.0 {
            break;
        }
        (value, unit) = (value / 1024.0, step);
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        assert_eq!(size(900), "900 bytes");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(5 << 30), "5.0 GiB");
        assert_eq!(size(u64::MAX), "16777216.0 TiB");
    }
}
