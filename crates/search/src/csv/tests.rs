use super::*;
use crate::Outcome;
use crate::made::{alert, answer, asked, indicator, now, report};

#[test]
fn what_would_act_as_a_formula_is_disarmed() {
    for cell in [
        "=cmd|'/c calc'!A1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1",
        "\tharmless",
        " =1",
        "\"=1",
        "'+1",
        "＝1",
        "-V1.0.0.3",
        "\u{feff}=1",
    ] {
        assert_eq!(harmless(cell), format!("'{cell}"));
    }
    for cell in ["", "evil.example", "a=b", "1-2", "2026-11-25T12:00:00Z", "\"quoted\""] {
        assert_eq!(harmless(cell), cell);
    }
}

#[test]
fn titles_with_formulas_commas_quotes_and_line_ends_stay_in_their_cell() {
    let title = "=HYPERLINK(\"https://bad.example\",\"test\")\r\nnext";
    let hostile = Finding { title: title.into(), ..alert("a") };
    let csv = write(&report(vec![answer("defender.alerts", Outcome::Found, vec![hostile])]));
    assert!(csv.contains("a,\"'=HYPERLINK(\"\"https://bad.example\"\",\"\"test\"\")\r\nnext\",high,"), "{csv}");
}

#[test]
fn every_line_has_as_many_cells_as_the_header_and_times_are_iso() {
    let csv = write(&report(vec![answer("defender.alerts", Outcome::Found, vec![alert("a")])]));
    let lines: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        assert_eq!(line.split(',').count(), 1 + HEADER.len(), "{line}");
    }
    assert!(
        lines[1].starts_with(
            "evil.example,alert,a,Title of a,high,new,defender,,2026-11-20T00:00:00Z,2026-11-22T11:00:00Z,"
        )
    );
    assert!(lines[2].ends_with(",2026-10-26T12:00:00Z,2026-11-25T12:00:00Z"));
}

#[test]
fn a_source_that_was_not_asked_stays_visible() {
    let denied = crate::Answer {
        reason: Some("The app has no application role ThreatHunting.Read.All.".into()),
        ..answer("defender.alerts", Outcome::Denied, Vec::new())
    };
    let csv = write(&report(vec![denied]));
    assert!(csv.contains("source,defender.alerts,Alerts (Main),,denied,defender,"), "{csv}");
    assert!(csv.contains("has no application role"), "{csv}");
    let waiting = Report::new(&indicator("evil.example"), &[asked("defender.alerts")], now());
    assert!(write(&waiting).contains("source,defender.alerts,Alerts,,waiting,"));
}
