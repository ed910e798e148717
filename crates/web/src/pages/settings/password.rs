//! Changing one's password.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use axum_extra::extract::cookie::CookieJar;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Open, page};
use crate::Desk;
use crate::error::{Error, FieldError};
use crate::guard::SignedIn;
use crate::passwords;
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

/// `POST /settings/password`: every other session of this person ends. This one goes on under another token, as what it was and
/// until it would have ended: a password opens no session that the way in would not have opened.
pub async fn update(
    SignedIn(caller): SignedIn,
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Form(form): Form<Change>,
) -> Result<Response, Error> {
    desk.password_attempt(&caller.name, visitor.client).await?;
    let mut errors = Vec::new();
    let hash = store::people::by_name(&desk.db, &caller.name).await?.map(|(_, hash)| hash).unwrap_or_default();
    if !passwords::verify_aside(form.current, Some(hash.clone())).await {
        errors.push(FieldError::new("current", "This is not the present password."));
    }
    errors.extend(passwords::unfit(&desk, Some(&caller.scope), &form.password, &form.again, &caller.name).await?);
    if !errors.is_empty() {
        return page(&desk, &caller, Open::Password(errors)).await;
    }
    let new = passwords::hash_aside(form.password, desk.random.clone()).await?;
    let jar = sessions::with_new_password(&desk, &caller, &hash, &new, jar).await?;
    Ok((jar, see("/settings?done=password#password")).into_response())
}
