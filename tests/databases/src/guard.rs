//! A shell that keeps a server running for as long as this process lives.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs `start`, says so, waits until its input ends, runs `stop`. The input is a pipe whose other end this process holds:
/// however the process ends, also when it is killed, the system closes it. Nothing else could be relied on.
const SCRIPT: &str = r#"eval "$START" || exit 1
echo started
read -r _
eval "$STOP""#;

/// Starts something and has it stopped when this process is over. Both are lines for a shell.
pub(crate) fn keep(mut command: Command, start: &str, stop: &str, log: &Path) -> Child {
    let mut child = command
        .args(["-c", SCRIPT])
        .env("START", start)
        .env("STOP", stop)
        // Its own group: what a terminal sends to the tests (Ctrl-C) must not end the guard before its work is done.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell can be started");
    let mut line = String::new();
    let output = child.stdout.take().expect("the output is a pipe");
    BufReader::new(output).read_line(&mut line).expect("the guard's output can be read");
    assert_eq!(
        line.trim(),
        "started",
        "PostgreSQL did not start: {}",
        std::fs::read_to_string(log).unwrap_or_else(|error| error.to_string())
    );
    child
}
