//! Who may use whom, and what may come from outside. Read from `cargo metadata` with the lock file as it stands.

#![expect(clippy::expect_used, reason = "what cannot be read stops its test")]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// The table of ARCHITECTURE.md: a crate may use these of ours, and no others, also not through one of them.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("indicator", &[]),
    ("microsoft", &[]),
    ("sign_on", &[]),
    ("simulator", &[]),
    ("vault", &[]),
    ("search", &["indicator"]),
    ("store", &["indicator", "search"]),
    ("backup", &["indicator", "search", "store", "vault"]),
    ("sources", &["indicator", "search", "microsoft", "store", "vault"]),
    ("sync", &["indicator", "search", "microsoft", "store", "vault", "sources"]),
    ("web", &["indicator", "search", "store", "vault"]),
    (
        "oriel",
        &[
            "indicator",
            "search",
            "microsoft",
            "sign_on",
            "simulator",
            "store",
            "vault",
            "backup",
            "sources",
            "sync",
            "web",
        ],
    ),
];

/// Crates of others that only these of ours may name.
const KEPT_TO: [(&str, &[&str]); 5] = [
    ("sqlx", &["store"]),
    ("axum", &["web", "simulator", "oriel"]),
    ("askama", &["web"]),
    ("reqwest", &["microsoft", "sign_on"]),
    ("anyhow", &["oriel"]),
];

/// What must never come in, and why.
const BANNED: [(&str, &str); 6] = [
    ("openssl-sys", "TLS is rustls on ring"),
    ("native-tls", "TLS is rustls on ring"),
    ("aws-lc-sys", "needs CMake; TLS is rustls on ring"),
    ("cmake", "no CMake in the build"),
    ("quanta", "metrics are prometheus-client, limits are governor without it"),
    ("webpki-roots", "certificates come from the system's store"),
];

/// Licences that a dependency may be under, one of them at least.
const LICENCES: [&str; 12] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "MIT",
    "MIT-0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "Unicode-3.0",
    "Zlib",
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
        .expect("cargo metadata answers")
}

/// Package → the packages it uses in a build that ships (build scripts included, tests left out).
fn uses(metadata: &Metadata) -> BTreeMap<&PackageId, BTreeSet<&PackageId>> {
    let resolve = metadata.resolve.as_ref().expect("metadata has a resolved graph");
    let ships = |kind: &DependencyKind| *kind != DependencyKind::Development;
    resolve
        .nodes
        .iter()
        .map(|node| {
            let used = node.deps.iter().filter(|dep| dep.dep_kinds.iter().any(|kind| ships(&kind.kind)));
            (&node.id, used.map(|dep| &dep.pkg).collect())
        })
        .collect()
}

/// Everything reachable from `root`, itself left out.
fn reachable<'a>(
    uses: &BTreeMap<&'a PackageId, BTreeSet<&'a PackageId>>,
    root: &'a PackageId,
) -> BTreeSet<&'a PackageId> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![root]);
    while let Some(id) = next.pop() {
        for used in uses.get(id).into_iter().flatten() {
            if seen.insert(*used) {
                next.push(used);
            }
        }
    }
    seen
}

#[test]
fn each_crate_uses_only_what_the_table_allows() {
    let metadata = metadata();
    let uses = uses(&metadata);
    let ours: BTreeMap<_, _> = metadata.workspace_packages().into_iter().map(|p| (&p.id, p.name.as_str())).collect();
    let table: BTreeMap<_, _> = MAY_USE.into_iter().collect();
    let crates = metadata.workspace_packages().into_iter().filter(|p| p.manifest_path.as_str().contains("/crates/"));
    for package in crates {
        let allowed = table.get(package.name.as_str());
        let allowed = allowed.unwrap_or_else(|| panic!("{} is not in the table", package.name));
        for used in reachable(&uses, &package.id) {
            if let Some(name) = ours.get(used) {
                assert!(allowed.contains(name), "{} must not use {name}", package.name);
            }
        }
    }
}

#[test]
fn libraries_are_kept_to_the_crates_that_own_them() {
    let metadata = metadata();
    for package in metadata.workspace_packages().into_iter().filter(|p| p.manifest_path.as_str().contains("/crates/")) {
        for dependency in package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal) {
            for (library, owners) in KEPT_TO {
                assert!(
                    dependency.name != library || owners.contains(&package.name.as_str()),
                    "{} must not use {library}: it belongs to {owners:?}",
                    package.name
                );
            }
        }
    }
}

#[test]
fn nothing_banned_comes_in() {
    let metadata = metadata();
    for package in &metadata.packages {
        for (name, why) in BANNED {
            assert!(package.name.as_str() != name, "{name} came in, but {why}");
        }
    }
}

#[test]
fn every_dependency_has_a_licence_that_we_may_ship() {
    let allowed = |licence: &str| LICENCES.contains(&licence);
    for package in &metadata().packages {
        let text = package.license.as_deref().unwrap_or_default().replace('/', " OR ");
        // An expression holds if one alternative is made only of licences that we allow.
        let holds = text.split(" OR ").any(|choice| {
            let choice = choice.trim_matches(['(', ')', ' ']);
            choice.split(" AND ").all(|part| allowed(part.trim_matches(['(', ')', ' '])))
        });
        assert!(holds, "{} {} is under “{text}”", package.name, package.version);
    }
}

#[test]
fn everything_comes_from_the_public_registry_or_from_here() {
    for package in &metadata().packages {
        match &package.source {
            None => {
                assert!(package.publish.as_ref().is_some_and(Vec::is_empty), "{} may not be published", package.name)
            }
            Some(source) => assert!(source.is_crates_io(), "{} comes from {source}", package.name),
        }
    }
}

#[test]
fn versions_are_written_in_one_place() {
    for package in metadata().workspace_packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).expect("a manifest can be read");
        for line in manifest.lines().filter(|line| !line.starts_with("edition") && !line.starts_with("rust-version")) {
            assert!(
                !line.contains("version = \""),
                "{}: “{line}”: versions belong in the Cargo.toml of the workspace",
                package.name
            );
        }
    }
}
