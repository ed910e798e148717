//! The second step of signing in: a code of the authenticator, or a recovery code.

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
use crate::second_factor;
use crate::sessions::Visitor;

#[derive(Template)]
#[template(path = "sign_in/code.html")]
struct CodePage {
    frame: Frame,
    state: String,
    refused: Option<String>,
}

/// `POST /sign-in/code`
pub async fn create(
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let Some(mut passing) = Passing::read(&desk, &given.state).await? else { return super::too_late(&desk).await };
    let name = passing.person().name.clone();
    desk.code_attempt(&name, visitor.client, &given.code).await?;
    let by = visitor.person(passing.person());
    if second_factor::take(&desk, &by, passing.person(), &given.code).await?.is_none() {
        desk.metrics.sign_in("refused");
        super::refused(&desk, &visitor, Some(&name), "code").await;
        let refused = "This is not the code. It changes every half minute, and each is taken once: wait for the next one. Without the \
                       authenticator, type one of your recovery codes.";
        let page = page(&desk, &passing, Some(refused.to_owned()))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    passing.code = true;
    passing.go_on(&desk, &visitor, jar).await
}

/// The page.
pub fn page(desk: &Desk, passing: &Passing, refused: Option<String>) -> Result<Response, Error> {
    let page = CodePage { frame: Frame::bare("Sign in: code"), state: passing.sealed(desk)?, refused };
    Ok(render(&page)?.into_response())
}
