//! The one-time link by which the first owner comes in.

use jiff::SignedDuration;

use crate::Desk;
use crate::tokens;

/// How long the link holds.
pub const HOLDS: SignedDuration = SignedDuration::from_mins(30);

/// Makes a new link, to be shown to whoever started the server and written nowhere. Links made before are void with it,
/// and all of them once there is an owner.
pub async fn offer(desk: &Desk) -> Result<String, store::Error> {
    let (token, hash) = tokens::new(&desk.random);
    store::first_start::offer(&desk.db, &hash, desk.now() + HOLDS).await?;
    let base = desk.settings.public_url.as_str().trim_end_matches('/');
    Ok(format!("{base}/first-start/{token}"))
}
