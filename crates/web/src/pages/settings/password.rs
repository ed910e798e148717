//! Changing one's password.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use axum_extra::extract::cookie::CookieJar;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Open, page};
use crate::Desk;
use crate::client_address::ClientAddress;
use crate::error::{Error, FieldError};
use crate::guard::SignedIn;
use crate::responses::see;
use crate::sign_in_limit::Verdict;
use crate::{passwords, sessions};

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
    client: ClientAddress,
    jar: CookieJar,
    Form(form): Form<Change>,
) -> Result<Response, Error> {
    let now = desk.now();
    if let Verdict::Wait(until) = desk.memory.sign_ins.attempt(&caller.name, client.address, now) {
        return Err(Error::TooMany { until, now });
    }
    let mut errors = Vec::new();
    let hash = store::people::by_name(&desk.db, &caller.name).await?.map(|(_, hash)| hash);
    if !passwords::verify_aside(form.current, hash).await {
        errors.push(FieldError::new("current", "This is not the present password."));
    }
    errors.extend(unfit(&form.password, &form.again, &caller.name));
    if !errors.is_empty() {
        return page(&desk, &caller, Open::Password(errors)).await;
    }
    let hash = hashed(&desk, form.password).await?;
    store::people::set_password_hash(&desk.db, &caller.actor, &caller.id, &hash, now).await?;
    store::sessions::delete_of_person(&desk.db, &caller.actor, &caller.id, now).await?;
    let jar = sessions::open(&desk, &caller.actor, caller.person.id.clone(), jar).await?;
    Ok((jar, see("/settings?done=password#password")).into_response())
}

/// What keeps a new password from being taken.
pub fn unfit(password: &SecretString, again: &SecretString, name: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Err(unfit) = passwords::check(password, name) {
        errors.push(FieldError::new("password", unfit.to_string()));
    } else if password.expose_secret() != again.expose_secret() {
        errors.push(FieldError::new("again", "The two are not the same. Type the new password twice."));
    }
    errors
}

/// The hash of a new password.
pub async fn hashed(desk: &Desk, password: SecretString) -> Result<String, Error> {
    Ok(passwords::hash_aside(password, desk.random.clone()).await?)
}
