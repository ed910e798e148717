//! Mail, clicks, sign-ins, logs and threat intelligence.

use super::*;

#[test]
fn mail_clicks_sign_ins_and_logs_judge_nothing_and_stand_beside_a_judgement() {
    use crate::made::{click, mail, sighting, sign_ins};
    let traffic = || {
        vec![
            mail("1", "in_mailbox"),
            mail("2", "removed"),
            click("1", "clicked_through"),
            sign_ins("anna@example.com", 0),
            sighting("CommonSecurityLog"),
        ]
    };
    let told = "at least 2 messages, 1 of them still in mailboxes; clicks by at least 1 account, 1 of them past a warning; \
                sign-ins of at least 1 account; in 1 log";
    let seen = found(traffic());
    assert_eq!((seen.level, seen.sentence), (Level::Seen, format!("Seen without judgement: {told}")));
    let judged = found(traffic().into_iter().chain([alert("a")]).collect());
    assert_eq!(judged.sentence, format!("Microsoft: malicious (open high alert, 3 days ago); {told}"));
}

#[test]
fn the_reputation_of_threat_intelligence_counts_by_its_word_and_not_for_what_many_share() {
    use crate::made::intelligence;
    let of = |word| intelligence(FindingKind::Reputation, "r", Some(word));
    for (word, level) in [
        ("malicious", Level::Malicious),
        ("suspicious", Level::Suspicious),
        // No word of a service makes anything clean.
        ("neutral", Level::NothingKnown),
        ("unknown", Level::NothingKnown),
    ] {
        assert_eq!(found(vec![of(word)]).level, level, "{word}");
    }
    assert_eq!(
        found(vec![of("suspicious"), Finding { id: "s".into(), identities: Vec::new(), ..of("malicious") }]).sentence,
        "Microsoft's threat intelligence: malicious (classified as malicious)"
    );
    let shared = report_on("github.io", vec![answer("defender.alerts", Outcome::Found, vec![of("malicious")])]);
    assert_eq!(shared.assessment.level, Level::Seen);
    let records = found(vec![intelligence(FindingKind::Resolution, "r", None)]);
    assert_eq!(records.sentence, "Seen without judgement: 1 record of threat intelligence");
}
