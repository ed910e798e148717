//! What was sent is held while its sender proves who they are.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{Asked, HOLDS, page};
use crate::error::{Error, Failure};
use crate::guard::SignedIn;
use crate::limits::LARGEST_BODY;
use crate::responses::see;
use crate::sessions::Visitor;
use crate::{Desk, sealed_text};

/// What a form is sealed for.
const USE: &str = "held";
/// The kind of the failure that stands for the question.
pub const NEEDED: &str = "proof-needed";

/// A form that waits for a proof.
#[derive(Serialize, Deserialize)]
struct Held {
    session: String,
    address: String,
    body: String,
}

/// The answer to the question. Its fields have names that no other form has.
#[derive(Default)]
struct Answer {
    held: String,
    password: SecretString,
    code: SecretString,
}

impl Answer {
    fn read(bytes: &[u8]) -> Answer {
        let mut answer = Answer::default();
        for (name, value) in url::form_urlencoded::parse(bytes) {
            match name.as_ref() {
                "proof_held" => answer.held = value.into_owned(),
                "proof_password" => answer.password = SecretString::from(value.into_owned()),
                "proof_code" => answer.code = SecretString::from(value.into_owned()),
                _ => {}
            }
        }
        answer
    }
}

/// Asks who it is where a handler needs to know it anew, and lets the handler have what was sent once that is proven.
pub async fn hold(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if !is_form(&parts) {
        let kept = parts.clone();
        let response = next.run(Request::from_parts(parts, body)).await;
        return match is_question(&response) && kept.method.is_safe() {
            true => ask(&desk, kept, None, None).await.unwrap_or_else(IntoResponse::into_response),
            false => response,
        };
    }
    // An answer carries the whole form, in Base64.
    let Ok(bytes) = to_bytes(body, 3 * LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    held(&desk, parts, bytes, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn held(desk: &Desk, mut parts: Parts, mut bytes: Bytes, next: Next) -> Result<Response, Error> {
    let mut cookie = None;
    if bytes.windows(ANSWER.len()).any(|part| part == ANSWER) {
        let (answer, jar) = match answered(desk, &mut parts, &bytes).await? {
            Answered::Right(body, jar) => (body, jar),
            Answered::Wrong(held, why) => {
                return ask(desk, parts, Some(held), Some(why)).await;
            }
            Answered::Done(response) => return Ok(response),
        };
        bytes = answer;
        cookie = Some(jar);
    }
    let kept = parts.clone();
    let mut response = next.run(Request::from_parts(parts, Body::from(bytes.clone()))).await;
    if is_question(&response) {
        let sealed = seal(desk, kept.clone(), &bytes).await?;
        return ask(desk, kept, Some(sealed), None).await;
    }
    if let Some(jar) = cookie {
        // Unless the handler has set another one.
        if !response.headers().contains_key(header::SET_COOKIE) {
            response = (jar, response).into_response();
        }
    }
    Ok(response)
}

/// By this a form is known as an answer.
const ANSWER: &[u8] = b"proof_held=";

enum Answered {
    /// The form that was held, and the session's new cookie.
    Right(Bytes, CookieJar),
    /// The sealed form, and why the answer is no proof.
    Wrong(String, &'static str),
    /// Nothing to go on with: the page that was asked for comes now.
    Done(Response),
}

async fn answered(desk: &Desk, parts: &mut Parts, bytes: &Bytes) -> Result<Answered, Error> {
    let answer = Answer::read(bytes);
    let SignedIn(caller) = SignedIn::from_request_parts(parts, desk).await?;
    let Ok(visitor) = Visitor::from_request_parts(parts, desk).await;
    let asked = Asked::read(desk, &caller).await?;
    let held: Option<Held> = sealed_text::open(desk, USE, &answer.held);
    let here = held.filter(|held| held.session == asked.session.id.as_str() && held.address == address(parts));
    let Some(held) = here else {
        // Its time is over, or it belongs elsewhere: the page that was asked for begins anew.
        return Ok(Answered::Done(see("/settings").into_response()));
    };
    let jar = CookieJar::from_headers(&parts.headers);
    match asked.judge(desk, &visitor, answer.password, &answer.code, jar).await? {
        Err(why) => Ok(Answered::Wrong(answer.held, why)),
        Ok(jar) => {
            let cookies: Vec<String> =
                jar.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
            if let Ok(cookies) = HeaderValue::from_str(&cookies.join("; ")) {
                parts.headers.insert(header::COOKIE, cookies);
            }
            parts.headers.remove(header::CONTENT_LENGTH);
            Ok(Answered::Right(Bytes::from(held.body), jar))
        }
    }
}

async fn seal(desk: &Desk, mut parts: Parts, bytes: &Bytes) -> Result<String, Error> {
    let SignedIn(caller) = SignedIn::from_request_parts(&mut parts, desk).await?;
    let session = caller.session.as_ref().map(|session| session.id.to_string()).unwrap_or_default();
    let held = Held { session, address: address(&parts), body: String::from_utf8_lossy(bytes).into_owned() };
    sealed_text::seal(desk, USE, held, desk.now() + HOLDS)
}

/// The page with the question; `held` is the sealed form that goes on afterwards.
async fn ask(
    desk: &Desk,
    mut parts: Parts,
    held: Option<String>,
    wrong: Option<&'static str>,
) -> Result<Response, Error> {
    let SignedIn(caller) = SignedIn::from_request_parts(&mut parts, desk).await?;
    let asked = Asked::read(desk, &caller).await?;
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::FORBIDDEN };
    Ok((status, page::render_question(&caller, &asked, &address(&parts), held, wrong)?).into_response())
}

fn address(parts: &Parts) -> String {
    parts.uri.path_and_query().map_or("/", |address| address.as_str()).to_owned()
}

fn is_form(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    parts.method == Method::POST && kind.starts_with("application/x-www-form-urlencoded")
}

fn is_question(response: &Response) -> bool {
    response.extensions().get::<Failure>().is_some_and(|failure| failure.kind == NEEDED)
}
