//! `docs/privacy.md` is true: the table of data is the program's own, and so are the periods.

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/privacy.md");
const BEGIN: &str = "<!-- data: begin -->\n";
const END: &str = "<!-- data: end -->\n";

/// A line for each capability: what is granted for it, and what is read with it, of whom.
fn table() -> String {
    let mut table = "| permission | granted at | for | what is read, of whom |\n| --- | --- | --- | --- |\n".to_owned();
    let mut rows: Vec<String> = sources::capabilities()
        .iter()
        .map(|capability| {
            let name = format!("{}: {}", capability.product.title(), capability.title);
            let (permission, at) = (capability.permission(), capability.granted_at());
            format!("| {permission} | {at} | {name} | {} |\n", capability.reads)
        })
        .collect();
    rows.sort();
    table.extend(rows);
    table
}

/// `ORIEL_WRITE_DOCS=1` writes the table anew; to be read before it is committed.
#[test]
fn the_data_of_each_permission_are_those_that_the_program_reads() {
    let text = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the table begins");
    let (kept, after) = rest.split_once(END).expect("the table ends");
    if std::env::var_os("ORIEL_WRITE_DOCS").is_some() {
        std::fs::write(DOCUMENT, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        return;
    }
    assert_eq!(kept, table(), "ORIEL_WRITE_DOCS=1 writes it anew");
}

#[test]
fn the_periods_are_those_of_the_program() {
    let text = std::fs::read_to_string(DOCUMENT).unwrap();
    let read = |path: &str| std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for (file, in_code, in_document) in [
        ("oriel/src/config.rs", "const AUDIT_KEEP_DAYS: u32 = 730;", "content `audit_keep_days` (730)"),
        (
            "sync/src/tidy.rs",
            "const SEARCHES: SignedDuration = SignedDuration::from_hours(90 * 24);",
            "| 90 days; a quiet search",
        ),
        (
            "sync/src/tidy.rs",
            "const CHANGES: SignedDuration = SignedDuration::from_hours(90 * 24);",
            "changes for 90 days",
        ),
        (
            "web/src/desk_search/answers.rs",
            "const COMPLETE: Duration = Duration::from_secs(5 * 60);",
            "| 5 minutes; 30 seconds if",
        ),
        (
            "web/src/desk_search/answers.rs",
            "const PARTIAL: Duration = Duration::from_secs(30);",
            "| 5 minutes; 30 seconds if",
        ),
        (
            "web/src/sessions.rs",
            "const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);",
            "until they end, 7 days at most",
        ),
        (
            "web/src/names.rs",
            "pub const LASTS: SignedDuration = SignedDuration::from_hours(1);",
            "for an hour of one session",
        ),
    ] {
        assert!(read(file).contains(in_code), "{file} says otherwise than {in_code}: mend docs/privacy.md with it");
        assert!(text.contains(in_document), "docs/privacy.md lacks: {in_document}");
    }
}

#[test]
fn somebody_cannot_be_searched() {
    for person in ["anna.berg@example.com", "NORTHWIND\\anna.berg", "Anna Berg"] {
        assert!(indicator::parse(person).is_err(), "{person}");
    }
}
