//! All indicators of 671 KB of log text.

use std::fmt::Write;
use std::time::Instant;

use crate::measured::{Measured, line};

/// Bytes of log that are read.
const SIZE: usize = 671 * 1024;

/// A firewall's and a mail server's lines, taking turns.
fn log() -> String {
    let mut text = String::with_capacity(SIZE + 512);
    let mut n = 0_u32;
    while text.len() < SIZE {
        let (a, b) = (n % 250, n / 250 % 250);
        let _ = writeln!(
            text,
            "2026-11-20T08:{:02}:{:02}Z fw1 action=allow src=10.0.{b}.{a}:51515 dst=198.51.100.{a}:443 host=\"w{n}.example.com\" bytes=4711 v1.2.3\n\
             Received: from mx{a}.example.org (mx{a}.example.org [203.0.113.{a}]) by mail.example.net with ESMTPS id A{n}; msg=<{n}@example.com>",
            n / 60 % 60,
            n % 60,
        );
        n += 1;
    }
    text.truncate(SIZE);
    text
}

/// Measures and prints.
pub fn run() -> anyhow::Result<()> {
    let text = log();
    let mut found = 0;
    let times = (0..30).map(|_| {
        let begun = Instant::now();
        found = indicator::extract(&text).len();
        begun.elapsed()
    });
    let times = Measured::new(times.collect());
    line(&format!("extraction from 671 KB of log ({found} found)"), times, "50 ms")?;
    Ok(())
}
