//! Which crates are in the binary: everything that `oriel` reaches without its tests, for one target.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// Why it cannot be found out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `cargo metadata` did not answer.
    #[error("cargo metadata: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    /// A file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// The lock file is none.
    #[error("Cargo.lock cannot be read: {0}")]
    Lock(#[from] toml::de::Error),
    /// The workspace has no such binary.
    #[error("there is no crate oriel in this workspace")]
    NoOriel,
}

/// The crates of the binary.
pub struct Shipped {
    /// The binary's own crate.
    pub(crate) root: Package,
    /// All others, by name and version.
    pub(crate) others: Vec<Package>,
    /// Package → those of the shipped ones that it uses itself.
    pub(crate) uses: BTreeMap<PackageId, BTreeSet<PackageId>>,
    /// SHA-256 of the archive that a crate came in, by name and version.
    pub(crate) checksums: BTreeMap<(String, String), String>,
}

impl Shipped {
    /// Reads the workspace in `root`, for a target such as `x86_64-unknown-linux-gnu`.
    pub fn read(root: &Path, target: &str) -> Result<Shipped, Error> {
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .other_options(["--locked".to_owned(), "--filter-platform".to_owned(), target.to_owned()])
            .exec()?;
        let lock = root.join("Cargo.lock");
        let lock = std::fs::read_to_string(&lock).map_err(|error| Error::File(lock.display().to_string(), error))?;
        Shipped::of(&metadata, checksums(&lock)?)
    }

    fn of(metadata: &Metadata, checksums: BTreeMap<(String, String), String>) -> Result<Shipped, Error> {
        let members = metadata.workspace_packages();
        let root = members.into_iter().find(|package| package.name.as_str() == "oriel").ok_or(Error::NoOriel)?;
        let nodes = metadata.resolve.as_ref().map(|resolve| resolve.nodes.as_slice()).unwrap_or_default();
        let all: BTreeMap<&PackageId, BTreeSet<PackageId>> = nodes
            .iter()
            .map(|node| {
                let ships = node.deps.iter().filter(|dependency| {
                    dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
                });
                (&node.id, ships.map(|dependency| dependency.pkg.clone()).collect())
            })
            .collect();
        let (mut uses, mut next) = (BTreeMap::new(), vec![root.id.clone()]);
        while let Some(id) = next.pop() {
            if let Entry::Vacant(new) = uses.entry(id) {
                let used = all.get(new.key()).cloned().unwrap_or_default();
                next.extend(used.iter().cloned());
                new.insert(used);
            }
        }
        let mut others: Vec<Package> = metadata
            .packages
            .iter()
            .filter(|package| package.id != root.id && uses.contains_key(&package.id))
            .cloned()
            .collect();
        others.sort_by(|a, b| (a.name.as_str(), &a.version).cmp(&(b.name.as_str(), &b.version)));
        Ok(Shipped { root: root.clone(), others, uses, checksums })
    }

    /// The crates of others among them: name and version.
    pub fn of_others(&self) -> impl Iterator<Item = (&str, String)> {
        let foreign = self.others.iter().filter(|package| package.source.is_some());
        foreign.map(|package| (package.name.as_str(), package.version.to_string()))
    }
}

fn checksums(lock: &str) -> Result<BTreeMap<(String, String), String>, Error> {
    let lock: toml::Table = toml::from_str(lock)?;
    let packages = lock.get("package").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    Ok(packages
        .iter()
        .filter_map(|package| Some(((text(package, "name")?, text(package, "version")?), text(package, "checksum")?)))
        .collect())
}
