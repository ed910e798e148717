//! A step of signing in, where a second factor is required and somebody has none: it is set up before anything else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use axum_extra::extract::cookie::CookieJar;

use super::steps::{Given, Passing};
use crate::Desk;
use crate::error::Error;
use crate::frame::Frame;
use crate::responses::render;
use crate::second_factor::{self, Offer};
use crate::sessions::Visitor;

#[derive(Template)]
#[template(path = "sign_in/set_up.html")]
struct SetUpPage {
    frame: Frame,
    state: String,
    offer: Offer,
    refused: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in/recovery.html")]
struct RecoveryPage {
    frame: Frame,
    codes: Vec<String>,
    back: String,
}

/// `POST /sign-in/second-factor`: the first code. Answers with the page that shows the recovery codes, once; whoever reads
/// it is signed in.
pub async fn create(
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let passing = Passing::read(&desk, &given.state).await?;
    let waits = |passing: &Passing| !passing.account.password_given && !passing.account.has_second_factor;
    let Some(passing) = passing.filter(waits) else { return super::too_late(&desk).await };
    desk.code_attempt(&passing.person().name, visitor.client, &given.code).await?;
    let by = visitor.person(passing.person());
    let Some(codes) = second_factor::confirm(&desk, &by, passing.person(), &given.code).await? else {
        let refused = "This is not the code that Oriel expects. Check that the clock of your device is right, and type the newest code.";
        let page = page(&desk, &passing, &given.shown, Some(refused.to_owned())).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let jar = passing.enter(&desk, &visitor, jar).await?;
    let back = passing.first().to_owned();
    let page = RecoveryPage { frame: Frame::bare("Recovery codes"), codes: codes.shown(), back };
    Ok((jar, render(&page)?).into_response())
}

/// The page.
pub async fn page(desk: &Desk, passing: &Passing, shown: &str, refused: Option<String>) -> Result<Response, Error> {
    let Some(offer) = second_factor::offer(desk, passing.person(), shown).await? else {
        // Somebody else has set it up meanwhile, in another window.
        return super::too_late(desk).await;
    };
    let page = SetUpPage { frame: Frame::bare("Set up a second factor"), state: passing.sealed(desk)?, offer, refused };
    Ok(render(&page)?.into_response())
}
