//! Extraction from a log of the size that the benchmark uses, and from texts that are made to be slow.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may fail")]

use indicator::{Indicator, extract};

/// A firewall's, a proxy's, a mail gateway's and a host's lines in turn, and how many indicators stand in them.
fn log(size: usize) -> (String, usize) {
    let mut text = String::with_capacity(size + 1024);
    let mut wanted = 0;
    for line in 0.. {
        if text.len() >= size {
            break;
        }
        let (a, b, c) = (line % 250, (line / 250) % 250, line % 60);
        let (lines, count) = match line % 6 {
            0 => (
                format!(
                    "2026-11-25T10:{c:02}:07.{a:03}Z fw01 %ASA-6-302013: Built outbound TCP connection {line} for outside:203.0.113.{a}/443 (203.0.113.{a}/443) to inside:10.{b}.0.{a}/51{c:03}\n"
                ),
                3,
            ),
            1 => (
                format!(
                    "1764064{a:03}.123 {line} 10.0.{b}.{a} TCP_MISS/200 4512 GET http://cdn{line}.example.net/assets/app-{a}.min.js?v=1.2.{b}&t=report.pdf - HIER_DIRECT/198.51.100.{a} text/javascript\n"
                ),
                2,
            ),
            2 => (
                format!(
                    "{{\"TimeGenerated\":\"2026-11-25T10:{c:02}:07.1234567Z\",\"DeviceName\":\"ws-{a}\",\"RemoteUrl\":\"https://c{line}.bad.example:8443/login.aspx\",\"RemoteIP\":\"2001:db8::{b:x}:{a:x}\",\"InitiatingProcessFileName\":\"powershell.exe\",\"SHA256\":\"275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f\"}}\n"
                ),
                2,
            ),
            3 => (
                format!(
                    "Nov 25 10:{c:02}:09 mx postfix/smtpd[{line}]: 4F1{a:03}: client=mail{a}.example.org[192.0.2.{a}], from=<news{line}@list.example.com> proto=ESMTP helo=<mail{a}.example.org>\n"
                ),
                4,
            ),
            4 => (
                format!(
                    "<134>1 2026-11-25T10:{c:02}:11Z proxy squid - - UA=\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36\" cmd=\"C:\\Windows\\System32\\cmd.exe /c run{a}.sh\" status=200 bytes={line}\n"
                ),
                0,
            ),
            _ => (
                format!(
                    "Nov 25 10:{c:02}:12 dc01 named[{a}]: client @0x7f 10.1.{b}.{a}#53 (q{line}.example.com): query: q{line}.example.com IN A +E(0)K\n"
                ),
                3,
            ),
        };
        text.push_str(&lines);
        wanted += count;
    }
    (text, wanted)
}

#[test]
fn a_log_of_671_kilobytes_gives_every_indicator() {
    let (text, wanted) = log(671 * 1024);
    let found = extract(&text);
    assert_eq!(found.len(), wanted);
    for found in &found {
        let written = &text[found.start..found.end];
        match &found.indicator {
            Indicator::Domain(domain) => assert_eq!(domain.as_str(), written),
            Indicator::Ip(address) => assert_eq!(written.parse(), Ok(*address)),
        }
    }
}

#[test]
fn the_time_grows_with_the_length_of_a_text_and_not_faster() {
    // Each of these is quadratic if a place in the text is looked at from more than a bounded number of others;
    // it then takes many minutes, and this test does not end.
    for piece in [
        "a.",
        "a:",
        "1:",
        "::",
        "://",
        "http://a",
        "[.]",
        "a[.]",
        "@",
        "a@",
        "%25",
        "%3A%2F%2F",
        "\\",
        "\\n",
        "a\\",
        "a ",
        "(",
        "[:]",
        "1.2.3.4-",
        "1.2.3.4/",
        "urldefense.com/?",
        "urldefense.com/v3/__",
        "a.safelinks.protection.outlook.com/?url=&",
        "ü",
        "访.",
        "http://a:b@",
        "_",
        "-",
        "a.example\\",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        assert!(extract(&text).len() <= text.len(), "{piece}");
    }
}
