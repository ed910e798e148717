//! Completions, and the help of everything there is.

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_completes_every_command() {
    let bench = Bench::new().await;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = bench.well(&["completions", shell]).out;
        for word in ["search", "connection", "print-queries", "secret-file"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    assert!(!bench.path("oriel-data").exists(), "a completion needs no data");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_explains_itself() {
    let bench = Bench::new().await;
    let mut waiting: Vec<Vec<String>> = vec![Vec::new()];
    let mut seen = 0;
    while let Some(path) = waiting.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = bench.well(&arguments).out;
        assert!(help.contains("Usage: oriel"), "{path:?}: {help}");
        assert!(path.is_empty() || help.contains("--config"), "{path:?} takes no --config");
        seen += 1;
        let commands = help.split("Commands:\n").nth(1).unwrap_or_default().split("\n\n").next().unwrap_or_default();
        for line in commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let (name, about) = line.trim().split_once(' ').expect("a command has a word on itself");
            assert!(!about.trim().is_empty(), "{line}");
            if name != "help" {
                waiting.push([path.clone(), vec![name.to_owned()]].concat());
            }
        }
    }
    assert!(seen >= 20, "only {seen} commands");
    bench.well(&["--version"]);
    bench.oriel(&["no-such-command"]).ended_with(2);
}
