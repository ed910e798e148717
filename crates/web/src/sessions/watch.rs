//! What goes on for a while ends soon after its session does.

use std::time::{Duration, Instant};

use axum::BoxError;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::future::{Either, select};
use futures_util::stream::{self, Stream, StreamExt};
use serde_json::json;
use store::audit::Entry;
use store::grants::Scope;
use store::people::Person;

use crate::Desk;
use crate::audit::of_scope;
use crate::error::Error;
use crate::guard::{self, Caller, Known};

/// A page that took this long is shown only if the session goes on.
const LONG: Duration = Duration::from_millis(50);
/// How often a stream that says nothing looks whether its session goes on.
const EVERY: Duration = Duration::from_secs(3);

/// A stream of events that ends when whoever asked may no longer read it: the session or the key has ended, or the person has
/// another role, sees other tenants or, where the events show `names`, no names any more. It is looked at before each event, and
/// every few seconds.
pub fn while_signed_in<S>(events: S, desk: Desk, caller: Caller, names: bool) -> impl Stream<Item = S::Item> + Send
where
    S: Stream + Send + 'static,
    S::Item: Send + 'static,
{
    watched(events, desk, caller, names).scan((), |(), event| std::future::ready(event))
}

/// The same for what is read as a file or by a script: it is cut off, which the reader sees, and does not look whole.
pub fn or_cut_off<S, T, E>(parts: S, desk: Desk, caller: Caller) -> impl Stream<Item = Result<T, BoxError>> + Send
where
    S: Stream<Item = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Into<BoxError> + Send + 'static,
{
    watched(parts, desk, caller, false).map(|part| match part {
        Some(part) => part.map_err(Into::into),
        None => Err("whoever reads this may do so no longer".into()),
    })
}

/// What a stream brings; `None`, once and last, where it is ended.
fn watched<S>(events: S, desk: Desk, caller: Caller, names: bool) -> impl Stream<Item = Option<S::Item>> + Send
where
    S: Stream + Send + 'static,
    S::Item: Send + 'static,
{
    stream::unfold(Some((events.boxed(), desk, caller)), move |watched| async move {
        let (mut events, desk, caller) = watched?;
        loop {
            let waited = tokio::time::sleep(EVERY);
            let next = match select(events.next(), std::pin::pin!(waited)).await {
                Either::Left((next, _)) => Some(next?),
                Either::Right(_) => None,
            };
            if !is_still(&desk, &caller, names).await {
                return Some((None, None));
            }
            if let Some(event) = next {
                return Some((Some(event), Some((events, desk, caller))));
            }
        }
    })
}

/// Whether a caller is let in still, is who they were, sees the same tenants, and where it matters names.
async fn is_still(desk: &Desk, caller: &Caller, names: bool) -> bool {
    let still = async {
        let Some((person, scope)) = now(desk, caller).await? else { return Ok(false) };
        let same = person.role == caller.role && scope == caller.scope;
        Ok(same && (!names || desk.names(&Caller { person, ..caller.clone() }).await?.on_pages))
    };
    unless_unread(still.await)
}

/// The caller as they are now, and what they see; none if the session or the key opens nothing any more.
async fn now(desk: &Desk, caller: &Caller) -> Result<Option<(Person, Scope)>, Error> {
    if let Some(key) = &caller.key {
        return Ok(guard::opened_by(desk, key).await?.map(|(_, person, scope)| (person, scope)));
    }
    let Some(session) = &caller.session else { return Ok(None) };
    let (db, now) = (&desk.db, desk.now());
    let found = store::sessions::by_id(db, &session.id, now).await?;
    let Some((_, person)) = found.filter(|(session, person)| super::goes_on(desk, session, person, now)) else {
        return Ok(None);
    };
    let scope = store::grants::of(db, &person).await?;
    Ok(Some((person, scope)))
}

/// A database that does not answer ends nothing.
fn unless_unread(read: Result<bool, Error>) -> bool {
    read.unwrap_or_else(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "whether a session goes on could not be read");
        true
    })
}

/// Around pages: what took a while is not shown to somebody who may no longer see it.
pub async fn page(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let known = request.extensions().get::<Known>().cloned().unwrap_or_default();
    again(&desk, known, request, next, Error::SignInNeeded { back: "/".to_owned() }).await
}

/// Around the API: the same for a key.
pub async fn api(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let known = Known::default();
    request.extensions_mut().insert(known.clone());
    again(&desk, known, request, next, Error::KeyNeeded).await
}

/// What was read is shown to whoever still sees the same; what came of a post to whoever is let in at all, since it may be the
/// post that has changed what they see. What was taken away or changed otherwise is told in any case.
async fn again(desk: &Desk, known: Known, request: Request, next: Next, refused: Error) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let begun = Instant::now();
    let response = next.run(request).await;
    if response.status() == StatusCode::FORBIDDEN
        && let Some(caller) = known.caller()
    {
        let route = route.as_ref().map_or("none", MatchedPath::as_str);
        let entry = Entry::new("access.refused").with(json!({ "method": method.as_str(), "route": route }));
        desk.note(&caller.actor, of_scope(caller, entry)).await;
    }
    let Some(caller) = known.caller().filter(|_| begun.elapsed() >= LONG) else { return response };
    let still = match method {
        Method::GET | Method::HEAD => is_still(desk, caller, false).await,
        Method::POST => unless_unread(now(desk, caller).await.map(|now| now.is_some())),
        _ => true,
    };
    if still { response } else { refused.into_response() }
}
