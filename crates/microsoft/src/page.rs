//! Lists that come in pages. The stream ends by itself whatever the links say, never leaves the host, and says when something is
//! missing.

use std::collections::HashSet;

use futures_util::stream::{self, Stream, StreamExt};
use serde_json::Value;
use url::Url;

use crate::allow;
use crate::transport::ask::Ask;
use crate::transport::send::Answered;
use crate::{Call, Error, Microsoft};

mod notice;

/// No list that is read here is longer.
const MOST_PAGES: usize = 50;

/// What a list came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Its items, each once.
    pub values: Vec<Value>,
    /// Why items may be missing, in words.
    pub incomplete: Option<String>,
    /// Microsoft's words, where it announces that the call will be switched off.
    pub deprecated: Option<String>,
    /// Request id of the first page.
    pub request_id: Option<String>,
}

/// One page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    values: Vec<Value>,
    incomplete: Vec<String>,
    deprecated: Option<String>,
    request_id: Option<String>,
}

/// Reads the whole list. What came before a page that fails is kept, and the failure said.
pub(crate) async fn list(microsoft: &Microsoft, call: &Call<'_>, ask: Ask) -> Result<Listing, Error> {
    list_at_most(microsoft, call, ask, usize::MAX).await
}

/// The same of a list that need not be read to its end: after so many pages no further one is asked for, and that is said.
pub(crate) async fn list_at_most(
    microsoft: &Microsoft,
    call: &Call<'_>,
    ask: Ask,
    most: usize,
) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let mut missing: Vec<String> = Vec::new();
    let mut pages = std::pin::pin!(pages(microsoft, call, ask).take(most));
    let mut seen = 0;
    while let Some(page) = pages.next().await {
        match page {
            Err(error) if seen == 0 => return Err(error),
            Err(error) => missing.push(format!("a further page did not come: {error}")),
            Ok(page) => {
                listing.values.extend(page.values);
                missing.extend(page.incomplete);
                listing.deprecated = listing.deprecated.or(page.deprecated);
                listing.request_id = listing.request_id.or(page.request_id);
            }
        }
        seen += 1;
    }
    if seen == most {
        missing.push(format!("no more than {most} pages were read"));
    }
    missing.dedup();
    listing.incomplete = (!missing.is_empty()).then(|| missing.join("; "));
    Ok(listing)
}

/// The first page alone, for a probe.
pub(crate) async fn first(microsoft: &Microsoft, call: &Call<'_>, ask: Ask) -> Result<Listing, Error> {
    let mut walk = Walk::new(&ask);
    let answered = microsoft.send(call, &ask).await?;
    let (page, _) = walk.read(answered)?;
    Ok(Listing { values: page.values, incomplete: None, deprecated: page.deprecated, request_id: page.request_id })
}

/// The pages of a list, one after the other. Ends after an error.
pub(crate) fn pages<'a>(
    microsoft: &'a Microsoft,
    call: &'a Call<'a>,
    ask: Ask,
) -> impl Stream<Item = Result<Page, Error>> + 'a {
    let walk = Walk::new(&ask);
    stream::unfold(Some((ask, walk)), move |state| async move {
        let (ask, mut walk) = state?;
        let answered = match microsoft.send(call, &ask).await {
            Ok(answered) => answered,
            Err(error) => match smaller(&ask, &error) {
                Some(ask) => return Some((Ok(Page::default()), Some((ask, walk)))),
                None => return Some((Err(error), None)),
            },
        };
        match walk.read(answered) {
            Err(error) => Some((Err(error), None)),
            Ok((page, None)) => Some((Ok(page), None)),
            Ok((page, Some(link))) => Some((Ok(page), Some((Ask { url: link, ..ask }, walk)))),
        }
    })
}

/// What has been seen on the way.
struct Walk {
    base: Url,
    ask: Ask,
    filtered: bool,
    links: HashSet<String>,
    ids: HashSet<String>,
    pages: usize,
}

impl Walk {
    fn new(ask: &Ask) -> Walk {
        Walk {
            base: ask.base.clone(),
            filtered: ask.parameter("$filter").is_some(),
            links: HashSet::from([ask.url.to_string()]),
            ids: HashSet::new(),
            pages: 0,
            ask: ask.clone(),
        }
    }

    /// Takes the items that are new, and the link if it is to be followed.
    fn read(&mut self, answered: Answered) -> Result<(Page, Option<Url>), Error> {
        self.pages += 1;
        let mut page = Page {
            incomplete: notice::partial(answered.status, &answered.headers),
            deprecated: notice::deprecated(&answered.headers),
            request_id: answered.request_id,
            ..Page::default()
        };
        let Some(body) = answered.body else {
            if answered.status == 200 {
                page.incomplete.push("the answer is empty".to_owned());
            }
            return Ok((page, None));
        };
        let items = match body.get("value") {
            Some(Value::Array(items)) => items.as_slice(),
            Some(Value::Null) => &[],
            _ => return Err(no_list(answered.status, page.request_id)),
        };
        let before = self.ids.len();
        for item in items.iter().filter(|item| item.is_object()) {
            let id = item.get("id").filter(|id| !id.is_null()).unwrap_or(item).to_string();
            if self.ids.insert(id) {
                page.values.push(item.clone());
            }
        }
        let unreadable = items.iter().filter(|item| !item.is_object()).count();
        if unreadable > 0 {
            page.incomplete.push(format!("{unreadable} items could not be read"));
        }
        let repeats = !items.is_empty() && self.ids.len() == before;
        let link = match self.next(&body, repeats) {
            Ok(link) => link,
            Err(reason) => {
                page.incomplete.push(reason.to_owned());
                None
            }
        };
        Ok((page, link))
    }

    /// The next link, or why it is not followed.
    fn next(&mut self, body: &Value, repeats: bool) -> Result<Option<Url>, &'static str> {
        let names = ["@odata.nextLink", "odata.nextLink", "nextLink"];
        let Some(link) = names.iter().find_map(|name| body.get(name)?.as_str()).filter(|link| !link.is_empty()) else {
            return Ok(None);
        };
        let link = self.base.join(link).map_err(|_| "the link to the next page is no address")?;
        if allow::check(self.ask.surface(), &self.base, &self.ask.method, &link).is_err() {
            return Err("the link to the next page leads elsewhere, and was not followed");
        }
        let names: Vec<String> = link.query_pairs().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let has = |wanted: &str| names.iter().any(|name| name == wanted);
        if self.filtered && !has("$filter") && !has("$skiptoken") {
            return Err("the link to the next page has lost the filter, and was not followed");
        }
        if !self.links.insert(link.to_string()) {
            return Err("the link to the next page is one that was followed before");
        }
        if repeats {
            return Err("the pages repeat themselves");
        }
        if self.pages >= MOST_PAGES {
            return Err("the list goes on after 50 pages");
        }
        Ok(Some(link))
    }
}

/// The same question with the page size that a refusal names: "The limit of '50' for Top query has been exceeded".
fn smaller(ask: &Ask, error: &Error) -> Option<Ask> {
    let Error::Failed { status: 400, message, .. } = error else { return None };
    let limit: u64 = message.split_once("limit of '")?.1.split_once("' for Top")?.0.parse().ok()?;
    let asked: u64 = ask.parameter("$top")?.parse().ok()?;
    if limit == 0 || limit >= asked {
        return None;
    }
    let parameters: Vec<(String, String)> = ask.url.query_pairs().into_owned().collect();
    let mut smaller = ask.clone();
    smaller.url.set_query(None);
    Some(parameters.iter().fold(smaller, |ask, (name, value)| match name.as_str() {
        "$top" => ask.with(name, &limit.to_string()),
        _ => ask.with(name, value),
    }))
}

fn no_list(status: u16, request_id: Option<String>) -> Error {
    Error::Failed { status, code: String::new(), message: "the answer holds no list".to_owned(), request_id }
}

#[cfg(test)]
mod tests;
