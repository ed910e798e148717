//! The Debian package: made of this very program, installed, upgraded, removed and purged on a machine that is thrown away.
//!
//! The machine is this one, seen through a layer that keeps what is written away from it (`package/machine.rs`). What that
//! does not show: a Debian with nothing else on it, another architecture, and systemd itself, in whose place a script
//! stands that notes what it is told.

mod machine;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use tempfile::TempDir;

use crate::bench::Done;
use machine::Machine;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const ORIEL: &str = "runuser -u oriel -- oriel --config /etc/oriel/oriel.toml";

/// A folder with packages, and what they are made with.
struct Shop {
    folder: TempDir,
}

impl Shop {
    fn open() -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let shipped = packaging::Shipped::read(Path::new(ROOT), &target).unwrap();
        let bill = packaging::bill(&shipped, Timestamp::UNIX_EPOCH).to_string();
        for (name, text) in [("sbom.cdx.json", bill), ("third-party-notices", packaging::notices(&shipped))] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Shop { folder }
    }

    /// Makes a package of the program that is tested; its file.
    fn make(&self, version: &str, out: &str) -> PathBuf {
        let mut dist = Command::new(format!("{ROOT}/scripts/dist"));
        dist.args(["--binary", env!("CARGO_BIN_EXE_oriel"), "--version", version, "--compression", "none"]);
        dist.arg("--papers").arg(self.folder.path()).arg("--out").arg(self.folder.path().join(out));
        // Completions are written by the program, and a program that is not told otherwise reads its environment.
        dist.env("SOURCE_DATE_EPOCH", "1764000000").env_remove("ORIEL_CONFIG");
        let done = Done::from(dist.output().unwrap()).ended_with(0);
        PathBuf::from(done.last_line())
    }

    /// The same package with another text in the configuration that it ships.
    fn with_other_configuration(&self, package: &Path) {
        let tree = self.folder.path().join("tree");
        run(Command::new("dpkg-deb").arg("-R").args([package, &tree]));
        let file = tree.join("etc/oriel/oriel.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("# That of the version before.\n{text}")).unwrap();
        run(Command::new("dpkg-deb").args(["--root-owner-group", "-Znone", "--build"]).args([&tree, package]));
        std::fs::remove_dir_all(tree).unwrap();
    }
}

#[track_caller]
fn run(command: &mut Command) -> Done {
    Done::from(command.output().unwrap()).ended_with(0)
}

/// Why there can be no package here, if so.
fn lacking() -> Option<&'static str> {
    let is_there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if Path::new("/usr/bin/oriel").exists() {
        return Some("Oriel is installed on this machine, and what a package brings cannot be told from it");
    }
    (!is_there("dpkg-deb")).then_some("there is no dpkg-deb, as Debian has it")
}

#[test]
fn the_same_program_makes_the_same_package_and_it_names_what_it_needs() {
    if let Some(why) = lacking() {
        return println!("skipped: {why}");
    }
    let shop = Shop::open();
    let (one, two) = (shop.make("1.2.3-rc.1", "one"), shop.make("1.2.3-rc.1", "two"));
    assert!(one.display().to_string().contains("/oriel_1.2.3~rc.1_"), "{}", one.display());
    assert!(std::fs::read(&one).unwrap() == std::fs::read(&two).unwrap(), "two packages of one program differ");
    let control = run(Command::new("dpkg-deb").arg("--field").arg(&one)).out;
    let field = |name: &str| {
        let line = control.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("no {name}: {control}"))
    };
    assert_eq!(field("Version"), "1.2.3~rc.1");
    assert!(field("Depends").starts_with("libc6 (>= 2.") && field("Depends").contains("passwd"), "{control}");
    let content = run(Command::new("dpkg-deb").arg("--contents").arg(&one)).out;
    assert!(content.lines().all(|line| line.contains(" root/root ")), "{content}");
    let modes = [("-rwxr-xr-x", "./usr/bin/oriel"), ("-rw-r-----", "./etc/oriel/oriel.toml")];
    for (mode, file) in modes {
        assert!(content.lines().any(|line| line.starts_with(mode) && line.ends_with(file)), "{file}: {content}");
    }
    for file in ["systemd/system/oriel.service", "completions/oriel", "sbom.cdx.json", "copyright", "docs/operate.md"] {
        assert!(content.contains(file), "{file}: {content}");
    }
    // Each document has beside it what it leads to.
    let documents = content.lines().filter_map(|line| line.split_once(" ./usr/share/doc/oriel/").map(|(_, name)| name));
    let documents: BTreeSet<&Path> = documents.map(Path::new).collect();
    let texts = documents.iter().filter(|name| name.extension().is_some_and(|extension| extension == "md"));
    let mut links = 0;
    for text in texts {
        let content = std::fs::read_to_string(Path::new(ROOT).join(text)).unwrap();
        for link in content.split("](").skip(1).filter_map(|link| link.split([')', '#']).next()) {
            if !link.is_empty() && !link.contains(':') {
                let to = text.with_file_name(link);
                assert!(documents.contains(to.as_path()), "{} leads to {}", text.display(), to.display());
                links += 1;
            }
        }
    }
    assert!(links > 20, "{links}");
}

#[test]
fn a_package_is_installed_upgraded_removed_and_purged_and_data_stay_until_they_are_purged() {
    if let Some(why) = lacking() {
        return println!("skipped: {why}");
    }
    let shop = Shop::open();
    let (old, new) = (shop.make("0.0.9", "packages"), shop.make("0.1.0", "packages"));
    shop.with_other_configuration(&old);
    let machine = match Machine::start(&shop.folder.path().join("packages")) {
        Ok(machine) => machine,
        Err(why) => return println!("skipped: {why}"),
    };
    let install = |package: &Path| {
        let name = package.file_name().unwrap().to_str().unwrap();
        machine.well(&format!("dpkg --install --force-confdef --force-confold /mnt/{name}"))
    };

    let said = install(&old).out;
    assert!(said.contains("installed and not started"), "{said}");
    assert_eq!(
        machine.well("stat -c '%a %U:%G' /etc/oriel/oriel.toml /var/lib/oriel").out,
        "640 root:oriel\n700 oriel:oriel\n"
    );
    assert_eq!(machine.well("dpkg --verify oriel").out, "", "a file is not what the package says");
    machine.well("echo 'a sentence is a good password' > /run/password");
    machine.well(&format!("{ORIEL} user add --name olga --role owner --password-file /run/password"));
    machine.well(&format!("{ORIEL} doctor --offline"));
    machine.well("echo '# ours' >> /etc/oriel/oriel.toml");

    // An upgrade: what was changed and what was stored stay.
    machine.pretend_that_systemd_runs();
    install(&new);
    assert!(machine.well("cat /etc/oriel/oriel.toml").out.ends_with("# ours\n"), "the changed configuration is lost");
    assert!(machine.well(&format!("{ORIEL} user list")).out.contains("olga"));
    assert_eq!(machine.well("dpkg-query --show oriel").out.trim(), "oriel\t0.1.0");
    assert!(machine.told_systemd().contains("restart oriel.service"), "{}", machine.told_systemd());

    // A server that runs is not restarted into a configuration that it cannot read.
    machine.well("echo 'listne = 1' >> /etc/oriel/oriel.toml");
    let said = install(&new);
    let both = said.out + &said.err;
    assert!(both.contains("was left as it is") && both.contains("listne"), "{both}");
    assert!(!machine.told_systemd().contains("restart"), "{}", machine.told_systemd());
    machine.well("sed -i '/listne/d' /etc/oriel/oriel.toml");

    let said = machine.well("dpkg --remove oriel").out;
    assert!(said.contains("kept in /var/lib/oriel"), "{said}");
    assert!(machine.told_systemd().contains("disable --now oriel.service"));
    machine.well("test ! -e /usr/bin/oriel && test -e /var/lib/oriel/keyring.json && test -e /etc/oriel/oriel.toml");
    install(&new);
    assert!(machine.well(&format!("{ORIEL} user list")).out.contains("olga"), "data are lost by removing");

    let said = machine.well("dpkg --purge oriel").out;
    assert!(said.contains("Destroying Oriel's data and keyring"), "{said}");
    let left = machine.well("getent passwd oriel; getent group oriel; find /etc /usr /var /opt -xdev -name '*oriel*'");
    assert_eq!(left.out, "", "something is left after purging");
    assert!(!Path::new("/usr/bin/oriel").exists(), "this was to be another machine");
}

/// Without Debian's own tool, the package still asks for a C library that is new enough.
#[test]
fn without_dpkg_shlibdeps_the_c_library_is_read_out_of_the_program() {
    if let Some(why) = lacking() {
        return println!("skipped: {why}");
    }
    let script = std::fs::read_to_string(format!("{ROOT}/scripts/dist")).unwrap();
    let line = script.lines().find(|line| line.contains("grep -ao")).expect("the way without the tool");
    let command = format!("binary={}; {}; echo \"$oldest\"", env!("CARGO_BIN_EXE_oriel"), line.trim());
    let oldest = run(Command::new("sh").args(["-c", &command])).out;
    let minor = oldest.trim().strip_prefix("2.").and_then(|minor| minor.parse::<u32>().ok());
    assert!(minor.is_some_and(|minor| (17..100).contains(&minor)), "{oldest}");
}
