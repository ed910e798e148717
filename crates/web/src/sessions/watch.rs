//! What goes on for a while ends soon after its session does.

use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use futures_util::future::{Either, select};
use futures_util::stream::{self, Stream, StreamExt};
use store::Hash;

use crate::Desk;
use crate::error::Error;
use crate::guard::{self, Caller, Known};
use crate::rights;

/// A page that took this long is shown only if the session goes on.
const LONG: Duration = Duration::from_millis(50);
/// How often a stream that says nothing looks whether its session goes on.
const EVERY: Duration = Duration::from_secs(3);

/// A stream that ends when the session does, or when the person may no longer search or see the same tenants: it is looked
/// at before each event, and every few seconds.
pub fn while_signed_in<S>(events: S, desk: Desk, caller: Caller) -> impl Stream<Item = S::Item> + Send + 'static
where
    S: Stream + Send + 'static,
    S::Item: Send,
{
    stream::unfold((events.boxed(), desk, caller), |(mut events, desk, caller)| async move {
        loop {
            let waited = tokio::time::sleep(EVERY);
            let next = match select(events.next(), std::pin::pin!(waited)).await {
                Either::Left((next, _)) => Some(next?),
                Either::Right(_) => None,
            };
            if !is_still(&desk, &caller).await {
                return None;
            }
            if let Some(event) = next {
                return Some((event, (events, desk, caller)));
            }
        }
    })
}

/// Whether somebody is still signed in, may still search, and sees the same tenants.
async fn is_still(desk: &Desk, caller: &Caller) -> bool {
    let Some(session) = &caller.session else { return true };
    let still = async {
        let Some((_, person)) = store::sessions::by_id(&desk.db, &session.id, desk.now()).await? else {
            return Ok(false);
        };
        let scope = store::grants::of(&desk.db, &person).await?;
        Ok(rights::SEARCH.is_of(person.role) && scope == caller.scope)
    };
    unless_unread(still.await)
}

/// Whether a session opens something still.
async fn goes_on(desk: &Desk, session: &Hash) -> bool {
    unless_unread(store::sessions::find(&desk.db, session, desk.now()).await.map(|found| found.is_some()))
}

/// A database that does not answer ends nothing.
fn unless_unread(read: Result<bool, store::Error>) -> bool {
    read.unwrap_or_else(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "whether a session goes on could not be read");
        true
    })
}

/// Around pages: what took a while is not shown to somebody whose session has ended meanwhile.
pub async fn page(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let session = super::digest(&desk, &CookieJar::from_headers(request.headers()));
    let known = request.extensions().get::<Known>().cloned();
    let reads = request.method().is_safe();
    let begun = Instant::now();
    let response = next.run(request).await;
    let signed_in = known.is_some_and(|known| known.who().is_some());
    match session {
        Some(session) if reads && signed_in && begun.elapsed() >= LONG && !goes_on(&desk, &session).await => {
            Error::SignInNeeded { back: "/".to_owned() }.into_response()
        }
        _ => response,
    }
}

/// Around the API: the same for a key.
pub async fn api(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let key = guard::key_of(request.headers()).map(crate::tokens::hash);
    let begun = Instant::now();
    let response = next.run(request).await;
    if let Some(key) = key
        && begun.elapsed() >= LONG
        && matches!(store::keys::find(&desk.db, &key, desk.now()).await, Ok(None))
    {
        return Error::KeyNeeded.into_response();
    }
    response
}
