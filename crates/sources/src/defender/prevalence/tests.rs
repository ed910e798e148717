use serde_json::json;

use super::*;
use crate::made::asking;

#[test]
fn a_number_is_a_prevalence_zero_is_nothing_and_none_is_unreadable() {
    let asking = asking("defender.prevalence");
    let found = read(
        &asking,
        &json!({"host": "evil.example", "organizationPrevalence": 4070, "orgFirstSeen": "2026-11-01T00:00:00Z",
        "orgLastSeen": "0001-01-01T00:00:00Z"}),
    );
    let finding = found.unwrap().unwrap();
    assert_eq!(finding.details, Details::Prevalence { devices: 4070, at_least: false });
    assert_eq!((finding.first_seen.is_some(), finding.last_seen), (true, None));
    assert_eq!(read(&asking, &json!({"organizationPrevalence": 0, "orgFirstSeen": null})), Ok(None));
    assert_eq!(read(&asking, &json!({"organizationPrevalence": "0"})), Ok(None));
    assert_eq!(read(&asking, &json!({"organizationPrevalence": null})), Err(Unreadable));
    assert_eq!(read(&asking, &json!([])), Err(Unreadable));
}
