//! What one process remembers between requests. Losing it loses nothing but time.

use std::sync::{Arc, Mutex, PoisonError};

use crate::audit::Writer;
use crate::desk_search::{Answers, Running};
use crate::limits::Turns;
use crate::names;
use crate::sign_in_limit::SignInLimit;
use crate::support::Contact;
use crate::support::requests::Requests;
use crate::validating::Validating;

/// Caches, searches under way, and attempts to sign in.
#[derive(Default)]
pub struct Memory {
    /// Answers that may be shown again for a short while.
    pub(crate) answers: Answers,
    /// Searches under way, so that two people asking the same ask Microsoft once.
    pub(crate) running: Running,
    /// Attempts to sign in.
    pub(crate) sign_ins: SignInLimit,
    /// Connections that are being tried.
    pub(crate) validating: Validating,
    /// The requests that were answered last.
    pub(crate) requests: Requests,
    /// The requests that are being answered.
    pub(crate) turns: Arc<Turns>,
    /// Entries of the audit that are being written.
    pub(crate) audit: Writer,
    /// Makes stand-ins for people.
    pub(crate) masker: names::Known,
    /// Whom to ask, as it was read last.
    contact: Mutex<Option<Contact>>,
}

impl Memory {
    /// From now on so many instances serve, this one among them: what is allowed of attempts to sign in is allowed of all
    /// of them together.
    pub fn share_with(&self, instances: u32) {
        self.sign_ins.share(instances);
    }

    /// Whom to ask, as it was read last.
    pub(crate) fn contact(&self) -> Option<Contact> {
        self.contact.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn remember_contact(&self, contact: Option<Contact>) {
        *self.contact.lock().unwrap_or_else(PoisonError::into_inner) = contact;
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}
