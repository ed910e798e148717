//! Where PostgreSQL's programs are, and which account they may run under.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that holds `initdb`, `pg_ctl` and `psql`: the first on the path, else the newest of Debian's.
pub(crate) fn folder() -> PathBuf {
    let on_the_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_the_path).collect();
    let mut installed: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    installed.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    folders.extend(installed.into_iter().map(|(_, folder)| folder));
    let complete = |folder: &PathBuf| ["initdb", "pg_ctl", "psql"].iter().all(|name| folder.join(name).is_file());
    folders.into_iter().find(complete).unwrap_or_else(|| {
        panic!(
            "PostgreSQL is not installed here: install the package `postgresql`, or set {}=1 to leave these tests out",
            crate::WITHOUT_POSTGRES
        )
    })
}

/// A user and group, by number.
#[derive(Clone, Copy)]
pub(crate) struct Account {
    pub user: u32,
    pub group: u32,
}

/// The account to run PostgreSQL under, if it has to be another one: it refuses to run as root.
pub(crate) fn account(own_folder: &Path) -> Option<Account> {
    let user = std::fs::metadata(own_folder).expect("a folder that was just made is there").uid();
    if user != 0 {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = |name: &str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse);
        Some(Account { user: numbers.next()?.ok()?, group: numbers.next()?.ok()? })
    };
    Some(named("postgres").or_else(|| named("nobody")).unwrap_or(Account { user: 65534, group: 65534 }))
}

/// A command under that account, in a folder that it may enter, with messages in English.
pub(crate) fn command(program: &Path, account: Option<Account>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C").env_remove("PGOPTIONS").env_remove("PGDATA");
    if let Some(account) = account {
        command.uid(account.user).gid(account.group);
    }
    command
}
