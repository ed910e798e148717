//! The bill of materials: CycloneDX 1.5, as JSON.
//!
//! It tells what is in the binary, and nothing of the machine that it was made on. The same sources give the same text.

use cargo_metadata::{Package, PackageId};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::Shipped;

/// Writes the bill. `made` is the time that it is said to be of.
pub fn bill(shipped: &Shipped, made: Timestamp) -> Value {
    let root = &shipped.root;
    let mut components: Vec<Value> = shipped.others.iter().map(|package| component(shipped, package)).collect();
    components.extend(sqlite(shipped));
    let mut dependencies: Vec<Value> = shipped
        .uses
        .iter()
        .map(|(id, used)| json!({"ref": reference(shipped, id), "dependsOn": references(shipped, used)}))
        .collect();
    dependencies.sort_by_key(|dependency| dependency["ref"].to_string());
    let mut bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": made.to_string(),
            "component": {
                "type": "application",
                "bom-ref": reference(shipped, &root.id),
                "name": root.name.as_str(),
                "version": root.version.to_string(),
                "licenses": licences(root),
                "purl": purl(root),
            },
        },
        "components": components,
        "dependencies": dependencies,
    });
    bill["serialNumber"] = serial(&bill).into();
    bill
}

fn component(shipped: &Shipped, package: &Package) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(shipped, &package.id),
        "name": package.name.as_str(),
        "version": package.version.to_string(),
        "scope": "required",
        "licenses": licences(package),
        "purl": purl(package),
    });
    if let Some(checksum) = shipped.checksums.get(&(package.name.to_string(), package.version.to_string())) {
        component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    if let Some(repository) = package.repository.as_deref().filter(|url| url.starts_with("https://")) {
        component["externalReferences"] = json!([{"type": "vcs", "url": repository}]);
    }
    component
}

/// SQLite comes inside a crate, as C, and scanners know it by its own name.
fn sqlite(shipped: &Shipped) -> Option<Value> {
    let package = shipped.others.iter().find(|package| package.name.as_str() == "libsqlite3-sys")?;
    let header = package.manifest_path.parent()?.join("sqlite3/sqlite3.h");
    let text = std::fs::read_to_string(header).ok()?;
    let line = text.lines().find(|line| line.starts_with("#define SQLITE_VERSION "))?;
    let version = line.split('"').nth(1)?;
    Some(json!({
        "type": "library",
        "bom-ref": format!("pkg:generic/sqlite@{version}"),
        "name": "sqlite",
        "version": version,
        "scope": "required",
        "licenses": [{"license": {"id": "blessing"}}],
        "purl": format!("pkg:generic/sqlite@{version}"),
        "cpe": format!("cpe:2.3:a:sqlite:sqlite:{version}:*:*:*:*:*:*:*"),
    }))
}

/// An SPDX expression. Older manifests write "MIT/Apache-2.0".
fn licences(package: &Package) -> Value {
    match package.license.as_deref() {
        Some(text) => json!([{"expression": text.replace('/', " OR ")}]),
        None => json!([]),
    }
}

/// Crates of the registry have an address of their kind; ours are part of the program.
fn purl(package: &Package) -> String {
    match &package.source {
        Some(_) => format!("pkg:cargo/{}@{}", package.name, package.version),
        None => format!("pkg:generic/{}@{}", package.name, package.version),
    }
}

fn reference(shipped: &Shipped, id: &PackageId) -> String {
    let all = std::iter::once(&shipped.root).chain(&shipped.others);
    all.filter(|package| package.id == *id).map(purl).next().unwrap_or_default()
}

fn references<'a>(shipped: &Shipped, ids: impl IntoIterator<Item = &'a PackageId>) -> Vec<String> {
    let mut references: Vec<String> = ids.into_iter().map(|id| reference(shipped, id)).collect();
    references.sort();
    references
}

/// A number of the content's own, in the form of a UUID (RFC 9562, version 8).
fn serial(bill: &Value) -> String {
    let hash = digest(&SHA256, bill.to_string().as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    bytes[6] = 0x80 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
