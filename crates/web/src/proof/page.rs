//! The page “Confirm that it is you”, and its answer where nothing was sent that waits.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use axum_extra::extract::cookie::CookieJar;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Asked, Way};
use crate::Desk;
use crate::error::Error;
use crate::frame::Frame;
use crate::guard::{Caller, SignedIn};
use crate::responses::{Page, own_address, render, see};
use crate::sessions::Visitor;

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    frame: Frame,
    name: String,
    /// Where the answer is sent to.
    action: String,
    /// The form that waits, sealed.
    held: Option<String>,
    /// Where to go on if none waits.
    back: String,
    by_password: bool,
    code: bool,
    again: String,
    wrong: Option<&'static str>,
}

/// The form.
#[derive(Deserialize)]
pub struct Confirmation {
    #[serde(default)]
    back: String,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    proof_password: SecretString,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    proof_code: SecretString,
}

/// `POST /confirm`
pub async fn create(
    SignedIn(caller): SignedIn,
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Form(form): Form<Confirmation>,
) -> Result<Response, Error> {
    let asked = Asked::read(&desk, &caller).await?;
    let back = own_address(&form.back);
    match asked.judge(&desk, &visitor, form.proof_password, &form.proof_code, jar).await? {
        Ok(jar) => Ok((jar, see(back)).into_response()),
        Err(wrong) => {
            let page = render_question(&caller, &asked, back, None, Some(wrong))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The page for somebody who has asked for this address.
pub fn render_question(
    caller: &Caller,
    asked: &Asked,
    address: &str,
    held: Option<String>,
    wrong: Option<&'static str>,
) -> Result<Page, Error> {
    let action = if held.is_some() { address } else { "/confirm" };
    // Who has sent something comes back to this window; who has not is sent on by the way in.
    let back = if held.is_some() { "/settings" } else { address };
    render(&ConfirmPage {
        frame: crate::pages::frame("Confirm that it is you", caller),
        name: caller.name.clone(),
        action: action.to_owned(),
        held,
        back: address.to_owned(),
        by_password: asked.way != Way::Provider,
        code: asked.way == (Way::Password { code: true }),
        again: format!(
            "/sign-in/sso?again=true&back={}",
            url::form_urlencoded::byte_serialize(back.as_bytes()).collect::<String>()
        ),
        wrong,
    })
}
