//! The way to Microsoft: each host of each cloud that connections are in, and the clock beside Microsoft's.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::Found;
use crate::config::Config;
use crate::wiring;

/// How long one host may take to answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// From this difference on, sign-ins begin to fail.
const CLOCK_MAY_DIFFER: i64 = 300;

/// Knocks at each host of the clouds, and compares the clocks.
pub async fn look(found: &mut Found, config: &Config, clouds: &BTreeSet<String>) -> std::io::Result<()> {
    let microsoft = match wiring::microsoft(config, &wiring::clock()) {
        Ok(microsoft) => microsoft,
        Err(error) => return found.mend("way to Microsoft", &format!("{error:#}")),
    };
    let how = config.proxy.as_ref().map_or("directly".to_owned(), |proxy| format!("through {}", proxy.url));
    for name in clouds {
        let what = format!("cloud {name}");
        let Some(cloud) = microsoft.cloud(name) else {
            let detail = "a connection is in it, and the configuration does not have it; add `[clouds]` for it";
            found.mend(&what, detail)?;
            continue;
        };
        for reached in microsoft.reach(&cloud, Instant::now() + PATIENCE).await {
            let issuer =
                reached.issuer.map(|issuer| format!(", its certificate issued by {issuer}")).unwrap_or_default();
            match reached.answered {
                Ok(()) => found.fine(&what, &format!("{} answers, reached {how}{issuer}", reached.host))?,
                Err(error) => found.mend(&what, &format!("{} ({how}): {error}", reached.host))?,
            }
        }
    }
    match microsoft.clock_skew().map(|skew| skew.as_secs()) {
        Some(seconds) if seconds.abs() > CLOCK_MAY_DIFFER => found.mend(
            "clock",
            &format!("this machine differs from Microsoft's by {seconds} seconds; set it by NTP, or sign-ins fail"),
        ),
        Some(seconds) => found.fine("clock", &format!("within {} s of Microsoft's", seconds.abs())),
        None => found.note("clock", "not compared: no host has answered"),
    }
}
