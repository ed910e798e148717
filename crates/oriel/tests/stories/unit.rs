//! The unit for systemd: read by systemd's own tool, and shut as tightly as it says.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::Done;

const UNIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/systemd/oriel.service");
const CREDENTIALS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/systemd/credentials.conf");

/// A tenth of systemd's points of exposure, of which an ordinary service has about 96. What is left is what Oriel needs: the
/// network, and sockets of this machine for PostgreSQL.
const MOST_EXPOSED: &str = "15";

/// The unit with the program that is tested in it; `None` where there is no systemd.
fn unit(folder: &Path) -> Option<PathBuf> {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        println!("skipped: there is no systemd-analyze");
        return None;
    }
    let text = std::fs::read_to_string(UNIT).unwrap();
    assert!(text.contains("ExecStart=/usr/bin/oriel serve "), "the program is where the package puts it");
    let unit = folder.join("oriel.service");
    std::fs::write(&unit, text.replace("/usr/bin/oriel", env!("CARGO_BIN_EXE_oriel"))).unwrap();
    Some(unit)
}

fn analyze(arguments: &[&str], unit: &Path) -> Done {
    let output = Command::new("systemd-analyze").args(arguments).arg(unit).env("SYSTEMD_PAGER", "").output().unwrap();
    Done::from(output).ended_with(0)
}

#[test]
fn systemd_reads_the_unit_and_the_drop_in_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let Some(unit) = unit(folder.path()) else { return };
    let said = analyze(&["verify", "--man=no"], &unit);
    assert_eq!(said.out + &said.err, "");
    let drop_in = folder.path().join("oriel.service.d");
    std::fs::create_dir(&drop_in).unwrap();
    std::fs::copy(CREDENTIALS, drop_in.join("credentials.conf")).unwrap();
    let said = analyze(&["verify", "--man=no"], &unit);
    assert_eq!(said.out + &said.err, "");
    // A word that systemd does not know is a complaint, or the test above would show nothing.
    std::fs::write(drop_in.join("wrong.conf"), "[Service]\nProtectEverything=yes\n").unwrap();
    let said = analyze(&["verify", "--man=no"], &unit);
    assert!(said.err.contains("ProtectEverything"), "{}", said.err);
}

#[test]
fn the_unit_takes_away_all_that_oriel_does_not_need() {
    let folder = tempfile::tempdir().unwrap();
    let Some(unit) = unit(folder.path()) else { return };
    analyze(&["security", "--offline=true", &format!("--threshold={MOST_EXPOSED}"), "--no-pager"], &unit);
    let text = std::fs::read_to_string(unit).unwrap();
    for line in
        ["NoNewPrivileges=yes", "CapabilityBoundingSet=", "UMask=0077", "StateDirectoryMode=0700", "LimitCORE=0"]
    {
        assert!(text.lines().any(|known| known == line), "{line} is missing");
    }
}
