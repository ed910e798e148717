//! Authorization codes: each is good once, for the app and the address that it was made for.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::ids;

/// Seconds: "Authorization codes are short-lived, typically expiring after about 10 minutes."
const LIFETIME: i64 = 600;

/// What a code stands for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) tenant: String,
    pub(crate) client: String,
    pub(crate) redirect: String,
    pub(crate) principal: String,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    /// When the person signed in; the code is made at that moment.
    pub(crate) signed_in_at: Timestamp,
}

/// The codes that were handed out, and how often keys were rotated.
#[derive(Default)]
pub(crate) struct Redeemable {
    held: Mutex<HashMap<String, Option<Grant>>>,
    count: AtomicU64,
    rotation: AtomicUsize,
}

/// Why a code is good for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    Unknown,
    Redeemed,
    Expired,
}

impl Redeemable {
    pub(crate) fn rotate_keys(&self) {
        self.rotation.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn rotation(&self) -> usize {
        self.rotation.load(Ordering::SeqCst)
    }

    /// A new code.
    pub(crate) fn hand_out(&self, grant: Grant) -> String {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let code = format!("0.A{}", ids::hex(&format!("code {number} {} {}", grant.principal, grant.signed_in_at), 60));
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(code.clone(), Some(grant));
        code
    }

    /// What the code stands for, this once.
    pub(crate) fn redeem(&self, code: &str, now: Timestamp) -> Result<Grant, Spent> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = held.get_mut(code).ok_or(Spent::Unknown)?.take().ok_or(Spent::Redeemed)?;
        if now.as_second() - grant.signed_in_at.as_second() > LIFETIME { Err(Spent::Expired) } else { Ok(grant) }
    }
}
