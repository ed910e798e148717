use super::*;

fn credential(ends: Option<Date>) -> Credential {
    let now = "2026-11-25T23:59:00Z".parse().unwrap();
    Credential {
        id: CredentialId::new(now),
        connection_id: ConnectionId::new(now),
        kind: Kind::Secret,
        sealed: b"sealed".to_vec(),
        certificate: None,
        identity: None,
        ends,
        in_use: true,
        created_at: now,
    }
}

#[test]
fn the_end_is_counted_in_whole_days() {
    let now = "2026-11-25T23:59:00Z".parse().unwrap();
    let left = |day: Option<Date>| credential(day).days_left(now);
    assert_eq!(left(None), None);
    assert_eq!(left(Some(jiff::civil::date(2026, 11, 25))), Some(0));
    assert_eq!(left(Some(jiff::civil::date(2026, 12, 25))), Some(30));
    assert_eq!(left(Some(jiff::civil::date(2026, 11, 20))), Some(-5));
}

#[test]
fn a_kind_is_read_by_its_name_and_debug_shows_nothing_sealed() {
    for kind in Kind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    assert_eq!("password".parse::<Kind>(), Err(UnknownKind));
    assert!(!format!("{:?}", credential(None)).contains("115"), "the bytes of what is sealed");
}
