//! Whether Bash and shellcheck can read each script.

use std::io::Write;
use std::process::{Command, Stdio};

use super::*;

fn read_by(program: &str, arguments: &[&str], text: &str) -> (bool, String) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn bash_can_read_every_script() {
    for (shape, text) in shapes(Format::Az) {
        let (well, said) = read_by("bash", &["-n"], &text);
        assert!(well, "{shape}: {said}");
    }
}

#[test]
fn shellcheck_has_nothing_to_say_of_any_script() {
    if Command::new("shellcheck").arg("--version").output().is_err() {
        println!("skipped: shellcheck is not installed");
        return;
    }
    for (shape, text) in shapes(Format::Az) {
        let (well, said) = read_by("shellcheck", &["--shell=bash", "-"], &text);
        assert!(well, "{shape}: {said}");
    }
}

#[test]
fn a_script_that_is_pasted_meets_no_history_and_no_open_bracket() {
    for (shape, text) in shapes(Format::Az) {
        // In a terminal Bash would take an exclamation mark before a letter for a line that was typed before.
        for (at, _) in text.match_indices('!').filter(|(at, _)| *at > 1) {
            let next = text[at + 1..].chars().next().unwrap();
            assert!(next == '=' || next == ' ', "{shape}: {}", &text[at - 10..at + 10]);
        }
        assert!(text.is_ascii(), "{shape}");
        assert!(text.contains("\n(\nset -euo pipefail\n") && text.ends_with("\n)\n"), "{shape}");
    }
}
