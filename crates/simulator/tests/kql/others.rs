//! Other readers of KQL on the same queries: Microsoft's language service for the columns, another engine for the rows.
//! Both are in the folder that `ORIEL_KQL` names.

use std::{
    collections::HashMap,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value as Json, json};

use crate::{
    corpus::{self, Case},
    rows::Surface,
};

/// The folder of the checks, or `None` if it is not set. Set but missing is a failure.
pub fn checks() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("ORIEL_KQL") else {
        println!("skipped: ORIEL_KQL is not set");
        return None;
    };
    let folder = PathBuf::from(folder);
    assert!(folder.join("check.mjs").is_file(), "ORIEL_KQL names no folder with check.mjs: {}", folder.display());
    Some(folder)
}

#[test]
fn microsofts_language_service_derives_the_same_columns() {
    let Some(folder) = checks() else {
        return;
    };
    for surface in Surface::ALL {
        let cases = corpus::cases(surface);
        let queries: Vec<&str> = cases.iter().map(|case| case.query.as_str()).collect();
        for (case, columns) in cases.iter().zip(columns(&folder, surface, &queries)) {
            assert_eq!(columns.as_ref(), Ok(&case.columns), "{}", case.name);
        }
    }
}

/// The columns that Microsoft's language service derives for each query, or its first error.
pub fn columns(folder: &Path, surface: Surface, queries: &[&str]) -> Vec<Result<String, String>> {
    let line = |(number, query): (usize, &&str)| {
        json!({"surface": surface.name(), "name": format!("q{number}"), "query": query}).to_string()
    };
    let input: Vec<String> = queries.iter().enumerate().map(line).collect();
    let mut command = Command::new("node");
    command.arg(folder.join("check.mjs")).args(["--install", "--columns"]);
    command.args(["--allow", "no-time,no-limit,contains,type-compare,service"]);
    let output = run(&mut command, &input.join("\n")).expect("Node is needed where ORIEL_KQL is set");
    let answers: Vec<Json> = output.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(answers.len(), queries.len(), "{output}");
    let mut errors: HashMap<&str, &str> = HashMap::new();
    for line in output.lines().filter(|line| line.contains(" error ")) {
        if let Some((name, _)) = line.split_once(':') {
            errors.entry(name).or_insert(line);
        }
    }
    let result = |answer: &Json| match errors.get(answer["name"].as_str()?) {
        Some(error) => Some(Err((*error).to_owned())),
        None => Some(Ok(named(answer))),
    };
    answers.iter().filter_map(result).collect()
}

/// Runs every query given on standard input, as NDJSON, and prints a JSON object a line.
const DRIVER: &str = "
import json, sys
sys.path.insert(0, sys.argv[1])
import run_local
con = run_local.connect(sys.argv[2], sys.argv[3])
for line in sys.stdin:
    try:
        print(json.dumps(run_local.run(con, json.loads(line))))
    except Exception as e:
        print(json.dumps({'error': f'{type(e).__name__}: {e}'}))
";

#[test]
fn another_engine_gives_the_same_rows() {
    let Some(folder) = checks() else {
        return;
    };
    if run(Command::new("python3").args(["-c", "import duckdb_kql, duckdb"]), "").is_none() {
        println!("skipped: python3 with duckdb-kql is not installed");
        return;
    }
    for surface in Surface::ALL {
        let cases = cases_for_the_engine(surface);
        let input: Vec<String> = cases.iter().map(|case| json!(case.query).to_string()).collect();
        let mut command = Command::new("python3");
        command.env("PYTHONDONTWRITEBYTECODE", "1").args(["-c", DRIVER]);
        command.args([&folder, Path::new(surface.name()), &surface.folder()]);
        let output = run(&mut command, &input.join("\n")).expect("the other engine runs");
        let answers: Vec<Json> = output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers.len(), cases.len(), "{output}");
        let differences: Vec<String> =
            cases.iter().zip(&answers).filter_map(|(case, answer)| difference(case, answer)).collect();
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

/// What is different, if anything.
fn difference(case: &Case, answer: &Json) -> Option<String> {
    if let Some(error) = answer.get("error") {
        return Some(format!("{}: {error}", case.name));
    }
    if named(answer) != case.columns {
        return Some(format!("{}: columns {}", case.name, named(answer)));
    }
    let mut theirs: Vec<Json> = answer["rows"].as_array()?.iter().cloned().map(plain).collect();
    let mut ours: Vec<Json> = case.rows.iter().map(|row| plain(serde_json::from_str(row).unwrap())).collect();
    if !case.is_sorted() {
        theirs.sort_by_key(Json::to_string);
        ours.sort_by_key(Json::to_string);
    }
    (theirs != ours).then(|| format!("{}:\n  ours   {ours:?}\n  theirs {theirs:?}", case.name))
}

/// A value without what the two engines may write differently: a string that is missing is null there, instants have six
/// digits, and the items of a set have no order.
fn plain(value: Json) -> Json {
    match value {
        Json::String(text) if text.is_empty() => Json::Null,
        Json::String(text) => match text.strip_suffix('Z').and_then(|text| text.split_once('.')) {
            Some((seconds, digits)) if seconds.len() == 19 && digits.len() >= 6 => {
                format!("{seconds}.{}", &digits[..6]).into()
            }
            _ => Json::String(text),
        },
        Json::Array(items) => items.into_iter().map(plain).collect(),
        other => other,
    }
}

/// Columns of either checker's answer as the corpus writes them.
fn named(answer: &Json) -> String {
    let written = |column: &Json| {
        format!("{}:{}", column["name"].as_str().unwrap_or_default(), column["type"].as_str().unwrap_or_default())
    };
    answer["columns"].as_array().into_iter().flatten().map(written).collect::<Vec<_>>().join(", ")
}

fn cases_for_the_engine(surface: Surface) -> Vec<Case> {
    let (left_out, asked): (Vec<_>, Vec<_>) =
        corpus::cases(surface).into_iter().partition(|case| case.no_engine.is_some());
    for case in left_out {
        println!("not compared: {} ({})", case.name, case.no_engine.unwrap_or_default());
    }
    asked
}

/// Standard output, or `None` if the program is not there or says that it could not run.
fn run(command: &mut Command, input: &str) -> Option<String> {
    // Node makes the pipe that it writes to non-blocking for all who share it: this program's must not be among them.
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let input = input.to_owned();
    // Written beside the reading, or both sides could wait for each other.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().ok()?;
    writer.join().ok()?.ok()?;
    // The checker ends with 1 if it found errors, which the caller then shows.
    matches!(output.status.code(), Some(0 | 1)).then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
