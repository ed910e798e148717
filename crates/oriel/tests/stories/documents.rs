//! What the documents, the pages and the program itself say to type, read by the program: a command that has gone, or a flag
//! that is called otherwise, is found here and not by whoever follows it.

mod said;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use oriel::command::Arguments;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A command of ours in a document.
#[derive(Debug)]
struct Typed {
    /// File and line.
    place: String,
    words: Vec<String>,
    /// Whether it stands in a block of its own, to be typed as it is; otherwise it may be a mere mention.
    whole: bool,
}

fn documents() -> Vec<PathBuf> {
    let mut files = vec![Path::new(ROOT).join("README.md"), Path::new(ROOT).join("packaging/debian/postinst")];
    let docs = std::fs::read_dir(Path::new(ROOT).join("docs")).unwrap().map(|entry| entry.unwrap().path());
    files.extend(docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    files.sort();
    files
}

fn commands(path: &Path) -> Vec<Typed> {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    let mut fenced = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let place = format!("{name}:{}", number + 1);
        if fenced {
            let words = ours(line);
            found.extend(words.map(|words| Typed { place, words, whole: true }));
        } else {
            found.extend(mentioned(line, &place));
        }
    }
    found
}

/// The commands in backquotes.
fn mentioned(line: &str, place: &str) -> Vec<Typed> {
    let spans = line.split('`').skip(1).step_by(2);
    spans.filter_map(ours).map(|words| Typed { place: place.to_owned(), words, whole: false }).collect()
}

/// The words of a command line from `oriel` on, if it is one. What a shell does around it and a remark far to the right are left out, and what stands for
/// something else ("…", "a|b", "[--flag]") is no command.
fn ours(line: &str) -> Option<Vec<String>> {
    let line = line.trim().trim_start_matches("$ ").trim_start_matches("# ");
    let line = line
        .split("   ")
        .next()?
        .split(" | ")
        .next()?
        .split(" > ")
        .next()?
        .split(" # ")
        .next()?
        .split(" && ")
        .next()?;
    let mut words = words(line);
    let before = words.iter().position(|word| word == "oriel" || word == "/usr/bin/oriel")?;
    // Before it stands who runs it, and nothing else: a unit, a path or a sentence is no command line.
    let known = ["runuser", "-u", "oriel", "--", "sudo", "env"];
    // `runuser -u oriel -- oriel …`: the account has the program's name.
    let before =
        words[..].iter().position(|word| word == "--").filter(|at| *at < before + 2).map_or(before, |at| at + 1);
    if words.get(before).is_none_or(|word| word != "oriel" && word != "/usr/bin/oriel") {
        return None;
    }
    let is_known = |word: &String| known.contains(&word.as_str()) || word.contains('=') && !word.starts_with('-');
    if !words[..before].iter().all(is_known) || words.len() == before + 1 {
        return None;
    }
    let is_pattern = |word: &String| {
        (word.contains(['…', '|', '[', '<']) && !word.contains("[.]")) || word.find('{').is_some_and(|at| at > 0)
    };
    (!words[before..].iter().any(is_pattern)).then(|| words.split_off(before))
}

/// Splits as a shell does, as far as documents use it: blanks, and quotes of both kinds.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut open) = (Vec::new(), String::new(), None, false);
    for letter in line.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => (quote, open) = (Some(letter), true),
            (Some(mark), _) if letter == mark => quote = None,
            (None, ' ' | '\t') if word.is_empty() && !open => {}
            (None, ' ' | '\t') => {
                words.push(std::mem::take(&mut word));
                open = false;
            }
            _ => word.push(letter),
        }
    }
    if !word.is_empty() || open {
        words.push(word);
    }
    words
}

/// Whether a value only stands for one: `SHELL`, `ID`, `$config`, and `{id}` where the program fills it in.
fn stands_for_another(value: &str) -> bool {
    value.starts_with(['$', '{']) || value.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
}

fn mistake(typed: &Typed) -> Option<String> {
    let error = Arguments::command().try_get_matches_from(&typed.words).err()?;
    let invalid = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => value.as_str(),
        _ => "",
    };
    let forgiven = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand => !typed.whole,
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => stands_for_another(invalid),
        _ => false,
    };
    (!forgiven).then(|| format!("{}: {:?}\n{error}", typed.place, typed.words))
}

#[test]
fn every_command_in_a_document_is_one_that_there_is() {
    let mut typed: Vec<Typed> = documents().iter().flat_map(|path| commands(path)).collect();
    assert!(typed.len() > 30, "only {} commands are found: the documents are not read", typed.len());
    let said = said::everything();
    assert!(said.len() > 20, "only {} commands are found: the sources are not read", said.len());
    typed.extend(said);
    let mistakes: Vec<String> = typed.iter().filter_map(mistake).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n\n"));
}

#[test]
fn a_command_that_there_is_not_would_be_found() {
    let of = |line: &str| {
        let words = ours(line).unwrap_or_else(|| panic!("{line} is a command"));
        mistake(&Typed { place: "here".into(), words, whole: true })
    };
    assert_eq!(of("runuser -u oriel -- oriel doctor --offline --config /etc/oriel/oriel.toml"), None);
    assert_eq!(of("$ oriel search 'hxxps://login[.]example[.]com/a' --json | head"), None);
    assert_eq!(of("ORIEL_LOG=debug oriel serve"), None);
    assert_eq!(of("oriel completions SHELL"), None);
    for wrong in ["oriel doktor", "oriel doctor --of-line", "oriel completions klingon", "oriel user add --role owner"]
    {
        assert!(of(wrong).is_some(), "{wrong}");
    }
    let mut said = said::by(
        r#"'"'; say("Next:\n  oriel audit verify   it holds\n  oriel \
        doktor"); /// `oriel keyring turn`"#,
        "here",
    );
    said.extend(said::on("<p>Or: <code>oriel connection try {{ id }}</code>", "here"));
    let wrong: Vec<bool> = said.iter().map(|typed| mistake(typed).is_some()).collect();
    assert_eq!(wrong, [false, true, true, true], "{said:?}");
    for other in ["systemctl restart oriel", "oriel search INDICATOR… [--json|--csv]", "chown root:oriel /etc/oriel"]
    {
        assert!(ours(other).is_none(), "{other}");
    }
}

/// Every alert has a heading in the document that says what to do, and every setting of the shipped file is in it.
#[test]
fn the_document_on_operation_says_what_to_do_for_each_alert() {
    let operate = std::fs::read_to_string(format!("{ROOT}/docs/operate.md")).unwrap();
    let rules = std::fs::read_to_string(format!("{ROOT}/packaging/prometheus/alerts.yml")).unwrap();
    let alerts: Vec<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() > 10, "{alerts:?}");
    for alert in alerts {
        assert!(operate.lines().any(|line| line == format!("### {alert}")), "{alert} has no heading");
        let anchor = format!("docs/operate.md#{}", alert.to_lowercase());
        assert!(rules.contains(&anchor), "{alert} does not lead to its heading");
    }
    let shipped = std::fs::read_to_string(format!("{ROOT}/packaging/debian/oriel.toml")).unwrap();
    let settings = shipped.lines().filter_map(|line| line.trim_start_matches('#').split_once(" = "));
    for (setting, _) in settings.filter(|(name, _)| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    {
        assert!(operate.contains(setting), "{setting} is not explained");
    }
}

/// The settings are those that the program lists when it is told of one that there is not; the variables are those of its flags.
#[tokio::test(flavor = "multi_thread")]
async fn the_document_on_operation_has_each_setting_and_each_variable() {
    let bench = crate::bench::Bench::new().await;
    let operate = std::fs::read_to_string(format!("{ROOT}/docs/operate.md")).unwrap();
    for section in ["", "[tls]", "[proxy]", "[ca]", "[quota]", "[limits]", "[clouds.further]"] {
        let file = bench.file("unknown.toml", &format!("{section}\nno_such_setting = 1\n"));
        let told = bench.oriel(&["doctor", "--configuration", "--config", &file]);
        let told = told.out + &told.err;
        let (_, expected) = told.split_once("expected").unwrap_or_else(|| panic!("{section}: {told}"));
        let settings: Vec<&str> = expected.lines().next().unwrap().split('`').skip(1).step_by(2).collect();
        assert!(!settings.is_empty(), "{section}: {told}");
        for setting in settings {
            let named = operate.contains(&format!("`{setting}`")) || operate.contains(&format!("`[{setting}"));
            assert!(named, "{setting} of {section} is not in docs/operate.md");
        }
    }
    let mut commands = vec![Arguments::command()];
    let mut variables = BTreeSet::new();
    while let Some(command) = commands.pop() {
        let of_flags = command.get_arguments().filter(|flag| !flag.is_hide_set()).filter_map(|flag| flag.get_env());
        variables.extend(of_flags.map(|variable| variable.to_str().unwrap().to_owned()));
        commands.extend(command.get_subcommands().cloned());
    }
    let spans = operate.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let named: BTreeSet<String> =
        spans.filter(|span| span.starts_with("ORIEL_") && !span.contains('…')).map(str::to_owned).collect();
    assert_eq!(named, variables);
}

/// The example of the package is a configuration, also with everything in it that is commented out.
#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_configuration_can_be_read_as_it_is_and_with_everything_in_it() {
    let bench = crate::bench::Bench::new().await;
    let shipped = std::fs::read_to_string(format!("{ROOT}/packaging/debian/oriel.toml")).unwrap();
    let file = bench.file("shipped.toml", &shipped);
    bench.well(&["doctor", "--configuration", "--config", &file]);
    let all: String = shipped
        .lines()
        .map(|line| match line.strip_prefix('#') {
            // A remark has a blank behind its mark, a setting has none.
            Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let url = bench.file("database-url", "postgres://oriel:secret@db.example/oriel");
    let tls = concat!(env!("CARGO_MANIFEST_DIR"), "/../microsoft/tests/tls");
    let all = all
        .replace("/etc/oriel/database-url", &url)
        .replace("/etc/oriel/tls/chain.pem", &format!("{tls}/server.pem"))
        .replace("/etc/oriel/tls/key.pem", &format!("{tls}/server.key"));
    assert!(all.contains("\n[tls]\n") && all.contains("\npublic_url = "), "{all}");
    let file = bench.file("all.toml", &all);
    bench.well(&["doctor", "--configuration", "--config", &file]);
}
