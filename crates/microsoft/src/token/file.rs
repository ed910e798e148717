//! A token that someone else keeps fresh in a file: Kubernetes, a workload identity agent.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Instant;

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{Error, Refusal, RefusalCause};

/// A token has some kilobytes; what is larger is another file.
const LARGEST: u64 = 64 * 1024;

/// Reads the token in the file as it is now. A file on a network may keep its reader waiting.
pub(super) async fn read(path: &Path, deadline: Instant) -> Result<SecretString, Error> {
    let owned = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || token(&owned));
    let read = match tokio::time::timeout_at(deadline.into(), reading).await {
        Ok(read) => read.unwrap_or_else(|_| Err("reading it was broken off".to_owned())),
        Err(_) => Err("reading it took too long".to_owned()),
    };
    read.map_err(|why| {
        let message = format!("The file “{}” with the federated token cannot be used: {why}.", path.display());
        Error::Refused(Refusal::ours(RefusalCause::TokenFile, message))
    })
}

fn token(path: &Path) -> Result<SecretString, String> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "it is not there".to_owned(),
        ErrorKind::PermissionDenied => "the account that Oriel runs as may not read it".to_owned(),
        kind => format!("it cannot be read ({kind})"),
    };
    // Opening a pipe would wait for whoever writes to it.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err("it is a folder or a device, not a file".to_owned());
    }
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path).map_err(failed)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err("it is larger than 64 KiB, and no token is".to_owned());
    }
    let text = std::str::from_utf8(&bytes).unwrap_or("?").trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if !is_jwt(text) {
        return Err("what is in it is not a token: three parts with dots between them".to_owned());
    }
    Ok(text.into())
}

/// Three parts in base64url; what they say is for Entra to judge.
fn is_jwt(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='))
    };
    text.split('.').count() == 3 && text.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parts_in_base64url_are_a_token_and_nothing_else_is() {
        for text in ["a.b.c", "eyJhbGciOiJub25lIn0.e30.x-_9"] {
            assert!(is_jwt(text), "{text}");
        }
        for text in ["", "a", "a.b", "a.b.", "a.b.c.d", "a.b c.d", "a.b\nc.d", "<a>.b.c"] {
            assert!(!is_jwt(text), "{text}");
        }
    }
}
