//! The part of OData that Graph's security lists and Defender's lists answer to.

mod filter;
mod tokens;

pub(crate) use filter::Filter;

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::exchange::Request;

/// What one list allows.
pub(crate) struct Rules {
    /// Properties that may be filtered by.
    pub(crate) filterable: &'static [&'static str],
    /// Properties that may be sorted by.
    pub(crate) sortable: &'static [&'static str],
    /// Whether the case of names and of text counts: it does in Graph, and not in Defender.
    pub(crate) case_counts: bool,
    /// The page size without `$top`.
    pub(crate) page: usize,
    /// The largest `$top`.
    pub(crate) largest: usize,
    /// Whether a larger one is an error, or is taken as the largest.
    pub(crate) refuses_larger: bool,
}

/// One page of a list.
#[derive(Debug, PartialEq)]
pub(crate) struct Page {
    pub(crate) value: Vec<Value>,
    /// How many there are, if `$count=true` asked.
    pub(crate) count: Option<usize>,
    /// Where the next page begins, if there is more.
    pub(crate) next_skip: Option<usize>,
}

/// Applies `$filter`, `$orderby`, `$skip`, `$top`, `$select` and `$count`. The error is Microsoft's message.
pub(crate) fn page(request: &Request, rules: &Rules, mut all: Vec<Value>) -> Result<Page, String> {
    let parameter = |name: &str| request.parameter(name).filter(|value| !value.is_empty());
    let number = |name: &str| {
        match parameter(name) {
        None => Ok(None),
        Some(text) => text.parse::<usize>().map(Some).map_err(|_| {
            format!("The query specified in the URI is not valid. Invalid value '{text}' for {name} query option found. The {name} query option requires a non-negative integer value.")
        }),
    }
    };
    if let Some(text) = parameter("$filter") {
        let filter = Filter::parse(&text, rules.filterable, rules.case_counts)?;
        all.retain(|item| filter.holds(item));
    }
    if let Some(text) = parameter("$orderby") {
        sort(&mut all, &text, rules)?;
    }
    let count = all.len();
    let top = match number("$top")? {
        Some(top) if top > rules.largest && rules.refuses_larger => {
            return Err(format!(
                "The query specified in the URI is not valid. The limit of '{}' for Top query has been exceeded. The value from the incoming request is '{top}'.",
                rules.largest
            ));
        }
        Some(top) => top.min(rules.largest),
        None => rules.page,
    };
    let skip = number("$skip")?.unwrap_or(0);
    let mut value: Vec<_> = all.into_iter().skip(skip).take(top).collect();
    let end = skip + value.len();
    if let Some(text) = parameter("$select") {
        let wanted: Vec<_> = text.split(',').map(str::trim).collect();
        value.iter_mut().for_each(|item| select(item, &wanted));
    }
    let next_skip = (end < count && top > 0).then_some(end);
    Ok(Page { value, count: (parameter("$count").as_deref() == Some("true")).then_some(count), next_skip })
}

fn select(item: &mut Value, wanted: &[&str]) {
    if let Value::Object(members) = item {
        members.retain(|name, _| name == "id" || name.starts_with("@odata") || wanted.contains(&name.as_str()));
    }
}

fn sort(all: &mut [Value], text: &str, rules: &Rules) -> Result<(), String> {
    let mut keys = Vec::new();
    for key in text.split(',') {
        let mut words = key.split_whitespace();
        let name = words.next().unwrap_or_default();
        let name = rules
            .sortable
            .iter()
            .find(|known| **known == name || (!rules.case_counts && known.eq_ignore_ascii_case(name)))
            .ok_or_else(|| {
                format!(
                    "The query specified in the URI is not valid. Could not find a property named '{name}' to sort by."
                )
            })?;
        keys.push((*name, words.next() == Some("desc")));
    }
    all.sort_by(|left, right| {
        keys.iter()
            .map(|(name, descending)| {
                let order = filter::compared(&left[*name], &right[*name]).unwrap_or(Ordering::Equal);
                if *descending { order.reverse() } else { order }
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    Ok(())
}

impl Page {
    /// The envelope, with a link to the next page if one is given.
    pub(crate) fn envelope(self, context: String, next: Option<String>) -> Value {
        let mut body = json!({"@odata.context": context, "value": self.value});
        if let Value::Object(members) = &mut body {
            members.extend(self.count.map(|count| ("@odata.count".to_owned(), count.into())));
            members.extend(next.map(|link| ("@odata.nextLink".to_owned(), link.into())));
        }
        body
    }
}
