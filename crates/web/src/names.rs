//! Names of people in findings, and who sees them.
//!
//! Viewers see stand-ins, and so does whoever reads a file or the API: what leaves Oriel goes on to others. Whoever has
//! the right may see names there too, says why, and that is written down; on pages for an hour of the same session, by
//! the API for one answer.
//!
//! Nothing is sent to others by itself yet; a message to a chat or a ticket would be such a way out, and takes its report
//! from [`Desk::eyes`] as the files do.

use std::sync::{Arc, Mutex, PoisonError};

use indicator::Indicator;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use search::mask::Masker;
use search::own::{OwnAsset, closest};
use search::{Answer, Report};
use secrecy::{ExposeSecret, SecretString};
use store::Db;
use store::people::Role;
use store::secrets::{self, MASK};
use store::unmasking;
use vault::{Keyring, Place};

use crate::Desk;
use crate::desk_search::Options;
use crate::error::{Error, FieldError};
use crate::guard::Caller;
use crate::state::Random;
use crate::tokens;

/// How long a session shows names after somebody has said why.
pub const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// The longest reason, in characters.
pub const LONGEST: usize = 500;

/// Where a report is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// On a page.
    Page,
    /// In a file, or by the API: it leaves Oriel.
    Out,
}

/// How somebody sees reports: with own assets told, and with names or stand-ins.
#[derive(Clone)]
pub struct Eyes {
    /// What the caller may see of names.
    pub names: Names,
    masker: Option<Masker>,
    /// Answers on the same value that the report leaves out.
    beside: Arc<[Answer]>,
    own: Arc<[OwnAsset]>,
}

impl Eyes {
    /// With names, and without any own asset.
    #[cfg(test)]
    pub fn plain() -> Eyes {
        Eyes { names: Names::default(), masker: None, beside: Arc::default(), own: Arc::default() }
    }

    /// Whether people are seen by their names.
    pub fn show_names(&self) -> bool {
        self.masker.is_none()
    }

    /// The report as it is seen. Where stand-ins are seen, nothing is until every source has answered: one that is still
    /// waited for may be the one that tells what in another's answer is a name.
    pub fn see(&self, report: &Arc<Report>) -> Arc<Report> {
        let own = closest(self.own.iter(), &report.indicator);
        if own.is_none() && self.masker.is_none() {
            return Arc::clone(report);
        }
        let early = self.masker.is_some() && !report.waiting.is_empty();
        let mut seen = if early { report.unanswered() } else { Report::clone(report) };
        if own.is_some() {
            seen.set_own(own.cloned());
        }
        Arc::new(match &self.masker {
            Some(masker) => masker.report(&seen, &self.beside),
            None => seen,
        })
    }
}

/// What a session may see, and until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Whether pages show them.
    pub on_pages: bool,
    /// Whether the person may see them wherever they are not shown.
    pub may: bool,
    /// Until when they are shown everywhere, since somebody has said why.
    pub until: Option<Timestamp>,
}

/// The key of the stand-ins, once it is known: it never changes.
#[derive(Default)]
pub struct Known(Mutex<Option<Masker>>);

impl Desk {
    /// Makes stand-ins, the same in every process over this database.
    pub async fn masker(&self) -> Result<Masker, Error> {
        let known = || self.memory.masker.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(masker) = known().clone() {
            return Ok(masker);
        }
        let masker = masker(&self.db, &self.vault, &self.random, self.now()).await?;
        *known() = Some(masker.clone());
        Ok(masker)
    }

    /// What a caller may see of names.
    pub async fn names(&self, caller: &Caller) -> Result<Names, Error> {
        let may = unmasking::may(&self.db, &caller.person).await?;
        let until = match &caller.session {
            Some(session) if may => unmasking::until(&self.db, &session.id, self.now()).await?,
            _ => None,
        };
        let on_pages = until.is_some() || matches!(caller.role, Role::Owner | Role::Analyst);
        Ok(Names { on_pages, may, until })
    }

    /// How a caller sees the report of a search by a way. `said` is that names are shown for this once, which was allowed and
    /// written down.
    pub async fn eyes(
        &self,
        caller: &Caller,
        way: Way,
        said: bool,
        indicator: &Indicator,
        options: &Options,
    ) -> Result<Eyes, Error> {
        let names = self.names(caller).await?;
        let shown = said || names.until.is_some() || (way == Way::Page && names.on_pages);
        let (masker, beside) = match shown {
            true => (None, Vec::new()),
            false => (Some(self.masker().await?), self.left_out(&caller.scope, indicator, options).await?),
        };
        let kept = store::own_assets::list(&self.db, &caller.scope).await?;
        Ok(Eyes { names, masker, beside: beside.into(), own: kept.into_iter().map(|kept| kept.own).collect() })
    }
}

/// Makes stand-ins by the instance's key, which is made at first need. Of two processes that make it at once, one wins.
pub async fn masker(db: &Db, vault: &Keyring, random: &Random, now: Timestamp) -> Result<Masker, Error> {
    let place = Place::from(secrets::place(MASK));
    let sealed = match secrets::get(db, MASK).await? {
        Some(sealed) => sealed,
        None => {
            let mut key = [0; 32];
            random(&mut key);
            let made = vault.seal(&SecretString::from(tokens::hex(&key)), &place)?;
            secrets::put(db, MASK, &made, now).await?
        }
    };
    let key = vault.open(&sealed, &place)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret().as_bytes());
    Ok(Masker::new(move |text| tokens::hex(hmac::sign(&key, text.as_bytes()).as_ref())))
}

/// Reads why somebody needs names.
pub fn reason(field: &'static str, text: &str) -> Result<String, FieldError> {
    let text = crate::markup::clean(text.trim());
    match text.chars().count() {
        0 => Err(FieldError::new(field, "Say why the names are needed: it stands in the audit.")),
        length if length > LONGEST => {
            Err(FieldError::new(field, format!("The reason has {length} characters; {LONGEST} is the most.")))
        }
        _ => Ok(text),
    }
}

/// What the refusal of names says who may see them.
pub const WHO: &str = "an owner, or somebody to whom an owner has given the right to see names";
