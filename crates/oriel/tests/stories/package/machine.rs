//! A machine that is thrown away: this one, below a layer in memory that takes every write.
//!
//! A process of `unshare` holds the layer in a mount namespace of its own; commands enter it. When it ends, and it ends with
//! this process at the latest, nothing is left.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::bench::Done;

/// `$1` is where the layer goes, `$2` what is seen at /mnt.
const BUILD: &str = r#"
set -e
mount -t tmpfs -o mode=0755 tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount --bind /dev "$1/root/dev"
mount -t proc proc "$1/root/proc"
mount --bind "$2" "$1/root/mnt"
echo built
read -r _ || true
"#;

/// Where the script that stands for systemctl writes down what it is told.
const TOLD: &str = "/run/told-systemd";

pub struct Machine {
    holder: Child,
    folder: TempDir,
}

impl Machine {
    /// Builds it, with a folder of this machine's at /mnt; or says why that cannot be.
    pub fn start(mounted: &Path) -> Result<Machine, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "--propagation", "private", "sh", "-c", BUILD, "sh"]).arg(folder.path()).arg(mounted);
        let unshare = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut holder = unshare.map_err(|error| format!("no machine can be made up here: unshare: {error}"))?;
        let mut said = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said).unwrap();
        if said.trim() == "built" {
            return Ok(Machine { holder, folder });
        }
        let output = holder.wait_with_output().unwrap();
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(format!("no machine can be made up here, which takes root and overlayfs: {why}"))
    }

    /// Runs a command of the shell in it.
    pub fn run(&self, command: &str) -> Done {
        let mut enter = Command::new("nsenter");
        enter.arg(format!("--mount=/proc/{}/ns/mnt", self.holder.id()));
        enter.arg("chroot").arg(self.folder.path().join("root")).args(["/bin/sh", "-c", command]);
        enter.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        enter.env("LC_ALL", "C.UTF-8").env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        enter.output().expect("a command can be run there").into()
    }

    /// Runs it and expects it to go well.
    #[track_caller]
    pub fn well(&self, command: &str) -> Done {
        self.run(command).ended_with(0)
    }

    /// Puts a script in the place of systemctl. It says that the server runs, and notes what it is told.
    pub fn pretend_that_systemd_runs(&self) {
        let script = format!("#!/bin/sh\necho \"$*\" >> {TOLD}\n");
        self.well(&format!(
            "mkdir -p /run/systemd/system && cat > /usr/local/bin/systemctl <<'END' && chmod +x /usr/local/bin/systemctl\n{script}END"
        ));
    }

    /// What systemctl was told since this was asked last.
    pub fn told_systemd(&self) -> String {
        self.well(&format!("cat {TOLD}; : > {TOLD}")).out
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
