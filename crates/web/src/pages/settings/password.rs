//! Changing one's password.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use axum_extra::extract::cookie::CookieJar;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use store::grants::Scope;
use store::sessions::OpenedBy;

use super::{Open, page};
use crate::Desk;
use crate::error::{Error, FieldError};
use crate::guard::SignedIn;
use crate::passwords::{self, Words};
use crate::responses::see;
use crate::sessions::{self, Visitor};

/// The form.
#[derive(Deserialize)]
pub struct Change {
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    current: SecretString,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    password: SecretString,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    again: SecretString,
}

/// `POST /settings/password`: every other session of this person ends.
pub async fn update(
    SignedIn(caller): SignedIn,
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Form(form): Form<Change>,
) -> Result<Response, Error> {
    let now = desk.now();
    desk.password_attempt(&caller.name, visitor.client).await?;
    let mut errors = Vec::new();
    let hash = store::people::by_name(&desk.db, &caller.name).await?.map(|(_, hash)| hash);
    if !passwords::verify_aside(form.current, hash).await {
        errors.push(FieldError::new("current", "This is not the present password."));
    }
    errors.extend(unfit(&desk, &form.password, &form.again, &caller.name).await?);
    if !errors.is_empty() {
        return page(&desk, &caller, Open::Password(errors)).await;
    }
    let hash = hashed(&desk, form.password).await?;
    store::people::set_password_hash(&desk.db, &caller.actor, &caller.id, &hash, now).await?;
    store::sessions::delete_of_person(&desk.db, &caller.actor, &caller.id, now).await?;
    let jar = sessions::open(&desk, &visitor, &caller, OpenedBy::Password, jar).await?;
    Ok((jar, see("/settings?done=password#password")).into_response())
}

/// What keeps a new password of somebody of this name from being taken.
pub async fn unfit(
    desk: &Desk,
    password: &SecretString,
    again: &SecretString,
    name: &str,
) -> Result<Vec<FieldError>, Error> {
    let mut errors = Vec::new();
    if let Err(unfit) = passwords::check(password, &words(desk, name).await?) {
        errors.push(FieldError::new("password", unfit.to_string()));
    } else if password.expose_secret() != again.expose_secret() {
        errors.push(FieldError::new("again", "The two are not the same. Type the new password twice."));
    }
    Ok(errors)
}

/// The words that everybody knows here, for a person of this name: those of the installation, and of the tenants.
pub async fn words(desk: &Desk, name: &str) -> Result<Words, Error> {
    let tenants = store::tenants::list(&desk.db, &Scope::All).await?;
    let words = Words::of(name, Some(&desk.settings.public_url));
    Ok(tenants.iter().filter_map(|tenant| tenant.name.as_deref()).fold(words, Words::and))
}

/// The hash of a new password.
pub async fn hashed(desk: &Desk, password: SecretString) -> Result<String, Error> {
    Ok(passwords::hash_aside(password, desk.random.clone()).await?)
}
