//! Sign-ins by password where that is for emergencies, as owners are told of them.

use crate::error::Error;
use crate::sign_on::LocalLogin;
use crate::{Desk, markup, when};

/// So many at most; the audit has them all.
const MOST: u32 = 10;

/// One of them.
pub(super) struct LocalSignIn {
    /// Who.
    pub name: String,
    /// From which address.
    pub address: Option<String>,
    /// When: HTML.
    pub at: String,
}

/// Those of the last seven days, for owners.
pub(super) async fn of(desk: &Desk, owner: bool) -> Result<Vec<LocalSignIn>, Error> {
    if !owner || desk.local_login() == LocalLogin::On {
        return Ok(Vec::new());
    }
    let now = desk.now();
    let recent = store::local_sign_ins::recent(&desk.db, now, MOST).await?;
    let line = |one: store::local_sign_ins::LocalSignIn| LocalSignIn {
        name: markup::clean(&one.name),
        address: one.address,
        at: when::ago(one.signed_in_at, now),
    };
    Ok(recent.into_iter().map(line).collect())
}
