//! `packaging TARGET FOLDER`: writes `sbom.cdx.json` and `third-party-notices` into a folder, for `scripts/dist`.

use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;
use packaging::{Shipped, bill, notices};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [target, folder] = arguments.as_slice() else {
        return failed("usage: packaging TARGET FOLDER");
    };
    match write(target, Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn write(target: &str, folder: &Path) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shipped = Shipped::read(&root, target).map_err(|error| error.to_string())?;
    let bill = serde_json::to_string_pretty(&bill(&shipped, made()?)).map_err(|error| error.to_string())?;
    for (name, text) in [("sbom.cdx.json", bill + "\n"), ("third-party-notices", notices(&shipped))] {
        std::fs::write(folder.join(name), text).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// The time that the package is said to be made at: `SOURCE_DATE_EPOCH`, in seconds, so that it can be made again.
fn made() -> Result<Timestamp, String> {
    let Ok(epoch) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(Timestamp::now()) };
    let second = epoch.parse().map_err(|error| format!("SOURCE_DATE_EPOCH: {error}"))?;
    Timestamp::from_second(second).map_err(|error| format!("SOURCE_DATE_EPOCH: {error}"))
}

#[expect(clippy::print_stderr, reason = "a program of the build talks to whoever builds")]
fn failed(message: &str) -> ExitCode {
    eprintln!("packaging: {message}");
    ExitCode::FAILURE
}
