//! Sign-in by a password of Oriel's beside single sign-on: always, in an emergency, or never.

use store::people::{Person, Role};

use super::sso;
use crate::Desk;
use crate::error::Error;
use crate::sessions::Visitor;
use crate::sign_on::LocalLogin;

/// What the sign-in page offers.
pub struct Ways {
    /// The address of single sign-on, where there is one.
    pub sign_on: Option<String>,
    /// Whether the form for name and password is there.
    pub form: bool,
    /// Whether that form is for an emergency; the page then leads to it by a link.
    pub emergency: bool,
}

impl Desk {
    /// Whether people sign in by a password of Oriel's.
    pub(crate) fn local_login(&self) -> LocalLogin {
        self.sign_on.as_ref().map_or(LocalLogin::On, |provider| provider.local())
    }
}

/// What the page offers, with the way back. `wanted` is somebody who has followed the link for emergencies, or whose
/// password was refused a moment ago.
pub fn ways(desk: &Desk, back: &str, wanted: bool) -> Ways {
    let local = desk.local_login();
    Ways {
        sign_on: desk.sign_on.as_ref().map(|_| sso::address(back)),
        form: local == LocalLogin::On || (local == LocalLogin::BreakGlass && wanted),
        emergency: local == LocalLogin::BreakGlass,
    }
}

/// Why nobody signs in by password; or why this person does not, although the password is right.
pub fn keeps_out(desk: &Desk, person: Option<&Person>) -> Option<&'static str> {
    if person.is_some_and(|person| person.by_sign_on) {
        return Some("You come in through your organisation, and by no password. Sign in there.");
    }
    match desk.local_login() {
        LocalLogin::BreakGlass if person.is_some_and(|person| person.role != Role::Owner) => {
            Some("Passwords are for emergencies here, and for owners only. Sign in with your organisation.")
        }
        LocalLogin::Off => Some("Nobody signs in by password here. Sign in with your organisation."),
        LocalLogin::BreakGlass | LocalLogin::On => None,
    }
}

/// Writes down that an emergency sign-in was used, before it opens anything.
pub async fn note(desk: &Desk, visitor: &Visitor, person: &Person) -> Result<(), Error> {
    if desk.local_login() == LocalLogin::BreakGlass {
        store::local_sign_ins::note(&desk.db, &visitor.person(person), person, desk.now()).await?;
    }
    Ok(())
}
