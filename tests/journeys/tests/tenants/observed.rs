//! What somebody gets to see, without what differs between two houses by chance: ids, times, ports.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use harness::visitor::Answer;
use regex::Regex;

/// What stands in for what, in this order.
static BY_CHANCE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let rules = [
        (r"127\.0\.0\.1:\d+", "HOST"),
        (r"\b[0-9a-f]{16,}\b", "HEX"),
        ("person-[0-9a-f]{8}", "PERSON"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z", "TIME"),
        (r"\d{4}-\d\d-\d\d", "DAY"),
        (r#""(took_ms|age_s)": ?\d+"#, "\"$1\":N"),
        (r"\b\d+(\.\d+)? m?s\b", "TOOK"),
        (r"\b(\d+ (second|minute|hour|day|week|month|year)s? ago|just now|now)\b", "AGO"),
        (r"\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*( \d{4})?", "DAY"),
        (r"\b\d\d:\d\d(:\d\d)?\b", "CLOCK"),
        ("(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day", "WEEKDAY"),
    ];
    rules.into_iter().map(|(rule, stands_in)| (Regex::new(rule).expect("a rule"), stands_in)).collect()
});

static IDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}").expect("a rule")
});

/// A part of the report that the stream replaces as a whole.
static PARTS: LazyLock<Regex> = LazyLock::new(|| {
    let kinds = "alerts|incidents|threat-indicators|devices|mail|clicks|sign-ins|logs|problems|quiet";
    let ids = format!("part-(verdict|tabs|rail)|(summary|sentinel|defender)-({kinds})");
    Regex::new(&format!("<[a-z]+ id=\"({ids})\"")).expect("a rule")
});

/// A text without what is there by chance. `known` are the ids that both houses have.
pub fn plain(text: &str, known: &[&str]) -> String {
    let mut text = IDS
        .replace_all(text, |found: &regex::Captures<'_>| {
            let id = found[0].to_ascii_lowercase();
            if known.contains(&id.as_str()) { id } else { "ID".to_owned() }
        })
        .into_owned();
    for (rule, stands_in) in BY_CHANCE.iter() {
        text = rule.replace_all(&text, *stands_in).into_owned();
    }
    text
}

/// The report as a stream leaves it: the last of each part, in whichever steps it came, and the last word.
pub fn streamed(text: &str) -> String {
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for event in text.split("\n\n") {
        let data: Vec<&str> = event.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim).collect();
        let data = data.join("\n");
        if event.contains("event: done") {
            last.insert("the last word".to_owned(), data);
            continue;
        }
        let parts =
            || PARTS.captures_iter(&data).map(|part| (part.get(0).expect("the whole").start(), part[1].to_owned()));
        let ends = parts().skip(1).map(|(begin, _)| begin).chain([data.len()]);
        for ((begin, id), end) in parts().zip(ends) {
            last.insert(id, data[begin..end].trim().to_owned());
        }
    }
    last.into_values().collect::<Vec<_>>().join("\n")
}

/// Status, headers that say something, and body.
pub fn answer(answer: &Answer, known: &[&str], is_stream: bool) -> String {
    let body = if is_stream && answer.status == 200 { streamed(&answer.text) } else { answer.text.clone() };
    let says = ["content-type", "content-disposition", "location", "cache-control", "www-authenticate", "retry-after"];
    let headers = answer.headers.iter().filter(|(name, _)| says.contains(&name.as_str()));
    let headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value}")).collect();
    plain(&format!("{}\n{}\n{body}", answer.status, headers.join("\n")), known)
}
