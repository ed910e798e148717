//! A password that somebody chooses on a page.

use secrecy::{ExposeSecret, SecretString};
use store::grants::Scope;

use super::{Words, check};
use crate::Desk;
use crate::error::{Error, FieldError};

/// What keeps a new password of somebody of this name from being taken.
pub async fn unfit(
    desk: &Desk,
    scope: Option<&Scope>,
    password: &SecretString,
    again: &SecretString,
    name: &str,
) -> Result<Vec<FieldError>, Error> {
    let mut errors = Vec::new();
    if let Err(unfit) = check(password, &words(desk, scope, name).await?) {
        errors.push(FieldError::new("password", unfit.to_string()));
    } else if password.expose_secret() != again.expose_secret() {
        errors.push(FieldError::new("again", "The two are not the same. Type the new password twice."));
    }
    Ok(errors)
}

/// The words that everybody knows here, for a person of this name: those of the installation, and of the tenants that whoever
/// is told of it may see. That a password lives on a name tells that the name is known; nobody is told of a tenant that is not
/// theirs, and a stranger of none.
pub async fn words(desk: &Desk, scope: Option<&Scope>, name: &str) -> Result<Words, Error> {
    let words = Words::of(name, Some(&desk.settings.public_url));
    let Some(scope) = scope else { return Ok(words) };
    let tenants = store::tenants::list(&desk.db, scope).await?;
    Ok(tenants.iter().filter_map(|tenant| tenant.name.as_deref()).fold(words, Words::and))
}
