//! Secrets that came later: an authenticator's seed, recovery codes, the passphrase of a backup.

use harness::Visitor;
use jiff::Timestamp;
use ring::hmac;

use super::Left;
use super::disk::files_of;
use crate::bench::Bench;
use crate::hidden::Hidden;

const PASSPHRASE: &str = "a passphrase \"for\" <backups> & nothing else";

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap().0
}

fn from_base32(text: &str) -> Vec<u8> {
    let digits =
        text.bytes().filter_map(|letter| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|one| *one == letter));
    let bits: Vec<usize> = digits.flat_map(|digit| (0..5).rev().map(move |bit| digit >> bit & 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | *bit as u8)).collect()
}

/// What an authenticator shows now (RFC 6238).
fn code(seed: &[u8]) -> String {
    let step = u64::try_from(Timestamp::now().as_second() / 30).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, seed);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let number = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// An authenticator is set up, its codes are shown, and the settings tell none of it afterwards.
pub async fn second_factor(olga: &Visitor, hidden: &mut Hidden, left: &mut Left) {
    let offered = olga.submit("/settings/second-factor/begin", &[]).await.unwrap();
    let shown = between(&offered.text, "id=\"secret-text\">", "<").to_owned();
    let seed = shown.replace(' ', "");
    hidden.text("an authenticator's seed, as it is shown", &shown);
    hidden.text("an authenticator's seed", &seed);
    hidden.bytes("an authenticator's seed, in bytes", &from_base32(&seed));
    let on = olga.submit("/settings/second-factor", &[("code", &code(&from_base32(&seed)))]).await.unwrap();
    assert_eq!(on.status, 200, "{}", on.text);
    let list = between(&on.text, "id=\"recovery-codes\">", "</ul>");
    let codes: Vec<&str> =
        list.split("<code class=\"value\">").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(codes.len(), 10, "{list}");
    for code in codes {
        hidden.text("a recovery code", code);
        hidden.text("a recovery code without its lines", &code.replace('-', ""));
    }
    left.answer("the settings with a second factor", olga.get("/settings").await.unwrap());
    let wrong = olga.submit("/settings/second-factor/remove", &[("code", "000000")]).await.unwrap();
    left.answer("a code that is wrong", wrong);
}

/// Two backups: encrypted to a passphrase, and without the keyring.
pub fn backups(bench: &Bench, hidden: &mut Hidden, left: &mut Left) {
    hidden.text("the passphrase", PASSPHRASE);
    let passphrase = bench.file("passphrase", PASSPHRASE);
    let (closed, open) = (bench.path("closed"), bench.path("open"));
    let (closed_path, open_path) = (closed.display().to_string(), open.display().to_string());
    for arguments in [
        &["backup", &closed_path, "--passphrase-file", &passphrase, "--log", "trace"][..],
        &["backup", &open_path, "--without-keyring", "--log", "trace"],
    ] {
        left.done("a backup", bench.oriel(arguments)).ended_with(0);
    }
    files_of("the encrypted backup", &closed, left);
    files_of("the backup without the keyring", &open, left);
}
