//! A federated token that someone else keeps fresh in a file.

use std::path::Path;

use microsoft::{Error, Fresh, Proof, RefusalCause, Resource};

use crate::fake::*;

async fn sign_in(desk: &Desk) -> Result<(), Error> {
    desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.map(|_| ())
}

#[tokio::test]
async fn the_file_is_read_anew_for_each_sign_in_and_a_new_token_in_it_is_a_new_sign_in() {
    let fake = Fake::start(|_, _| None).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let desk = Desk::proving(&fake, Proof::TokenFile(path.clone()));
    for (content, signed_in) in [("a.b.one\n", 1), ("  a.b.one", 1), ("a.b.two", 2), ("a.b.one", 3)] {
        std::fs::write(&path, content).unwrap();
        sign_in(&desk).await.unwrap();
        assert_eq!(fake.tokens().len(), signed_in, "{content}");
        let sent = fake.tokens().pop().unwrap();
        assert_eq!(sent.form("client_assertion").as_deref(), Some(content.trim()));
        assert_eq!(sent.form("client_secret"), None);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named_with_its_reason_and_nothing_is_sent() {
    let fake = Fake::start(|_, _| None).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let cases = [
        (folder.path().join("missing"), "it is not there"),
        (folder.path().to_owned(), "a folder or a device"),
        (file("empty", b" \n"), "it is empty"),
        (file("large", &vec![b'a'; 64 * 1024 + 1]), "larger than 64 KiB"),
        (file("words", b"hunter-XYZZY"), "is not a token"),
        (file("bytes", &[0xff, 0xfe, 0x00]), "is not a token"),
    ];
    for (path, reason) in cases {
        let desk = Desk::proving(&fake, Proof::TokenFile(path.clone()));
        let error = sign_in(&desk).await.unwrap_err();
        let Error::Refused(refusal) = &error else { panic!("{error:?}") };
        assert_eq!(refusal.cause, RefusalCause::TokenFile);
        let title = refusal.title();
        assert!(title.contains(&path.display().to_string()) && title.contains(reason), "{title}");
        assert!(!format!("{error} {error:?}").contains("XYZZY"), "{error:?}");
    }
    assert!(fake.tokens().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_device_is_not_read_and_nothing_waits_for_it() {
    let fake = Fake::start(|_, _| None).await;
    for path in ["/dev/zero", "/dev/tty"] {
        let desk = Desk::proving(&fake, Proof::TokenFile(Path::new(path).to_owned()));
        assert!(matches!(sign_in(&desk).await, Err(Error::Refused(_))), "{path}");
    }
}

#[tokio::test]
async fn a_token_in_the_file_that_has_expired_is_the_files_fault_and_not_the_clocks() {
    let fake = Fake::start(|seen, _| seen.is_token().then(|| refusal(401, "invalid_client", 700024))).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "a.b.c").unwrap();
    let desk = Desk::proving(&fake, Proof::TokenFile(path.clone()));
    for _ in 0..2 {
        match sign_in(&desk).await {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.cause, RefusalCause::TokenFileStale),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(fake.tokens().len(), 1, "a refusal is remembered");
    std::fs::write(&path, "a.b.d").unwrap();
    sign_in(&desk).await.unwrap_err();
    assert_eq!(fake.tokens().len(), 2, "but not of another token");
}
