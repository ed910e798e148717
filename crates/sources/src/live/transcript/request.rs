//! The request's side of an exchange: Oriel's own words, with the tenant's ids in them.

use microsoft::Exchange;
use microsoft::allow::CALLS;
use serde_json::{Map, Value};

use super::link::segment;
use super::{StandIns, keys};

/// Words in the paths of Microsoft's hosts.
pub(super) const SEGMENTS: [&str; 37] = [
    ".default",
    ".well-known",
    "$entity",
    "$metadata",
    "alerts",
    "alerts_v2",
    "api",
    "authorize",
    "beta",
    "common",
    "devicecode",
    "discovery",
    "domains",
    "error",
    "incidents",
    "indicators",
    "ips",
    "kerberos",
    "keys",
    "logout",
    "machines",
    "oauth2",
    "oidc",
    "openid-configuration",
    "organizations",
    "query",
    "runHuntingQuery",
    "security",
    "stats",
    "tiIndicators",
    "token",
    "userinfo",
    "v1",
    "v1.0",
    "v2.0",
    "windowsatpservice",
    "workspaces",
];

/// Parameters whose values are Oriel's.
const PARAMETERS: [&str; 9] =
    ["$count", "$expand", "$filter", "$orderby", "$select", "$skip", "$top", "lookBackHours", "code"];

/// What Oriel itself wrote: in an answer that echoes it, it is no secret.
pub(super) fn ours(exchange: &Exchange) -> String {
    let mut words = vec![exchange.method.clone()];
    words.extend(CALLS.iter().map(|call| call.path.to_owned()));
    let pairs = exchange.query.iter().flat_map(|query| url::form_urlencoded::parse(query.as_bytes()));
    words.extend(
        pairs.filter(|(name, _)| PARAMETERS.contains(&name.as_ref())).map(|(name, value)| format!("{name} {value}")),
    );
    let body = exchange.request_body.as_deref().and_then(|body| serde_json::from_slice::<Value>(body).ok());
    for name in ["Query", "query", "Timespan", "timespan"] {
        words.extend(body.as_ref().and_then(|body| body.get(name)?.as_str()).map(str::to_owned));
    }
    words.join("\n")
}

/// The path, with stand-ins for what is not a word of Microsoft's.
pub(super) fn path(path: &str, stand_ins: &mut StandIns) -> String {
    path.split('/').map(|part| segment(part, stand_ins)).collect::<Vec<_>>().join("/")
}

/// The parameters, with stand-ins in the values that are not Oriel's.
pub(super) fn query(query: &str, stand_ins: &mut StandIns) -> String {
    let pairs = url::form_urlencoded::parse(query.as_bytes()).map(|(name, value)| {
        let value = match name.as_ref() {
            "code" if keys::is_number(&value) => value.into_owned(),
            "$filter" => filter(&value, stand_ins),
            name if name != "code" && PARAMETERS.contains(&name) => with_ids_replaced(&value, stand_ins),
            _ => stand_ins.entity(&value).unwrap_or_else(|| stand_ins.text(&value)),
        };
        let name = if keys::is_schema_name(&name) { name.into_owned() } else { stand_ins.field(&name) };
        let value = url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20");
        format!("{name}={value}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// What was sent, read as a form or as JSON; `None` if nothing was.
pub(super) fn body(exchange: &Exchange, stand_ins: &mut StandIns) -> Option<Value> {
    let body = exchange.request_body.as_deref()?;
    if let Ok(Value::Object(members)) = serde_json::from_slice(body) {
        let members = members.into_iter().map(|(name, value)| {
            let value = match value {
                // Queries hold Oriel's own words, and the times between which it asks.
                Value::String(text) => Value::from(with_ids_replaced(&text, stand_ins)),
                Value::Array(values) => {
                    values.iter().map(|value| id(value.as_str().unwrap_or_default(), stand_ins)).collect()
                }
                other => other,
            };
            (name, value)
        });
        return Some(Value::Object(members.collect()));
    }
    let mut members = Map::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        let kept = keys::is_closed(&name) && !value.contains("//");
        let value = if kept { value.into_owned() } else { id(&value, stand_ins) };
        members.insert(name.into_owned(), value.into());
    }
    (!members.is_empty()).then_some(Value::Object(members))
}

fn id(value: &str, stand_ins: &mut StandIns) -> String {
    stand_ins.entity(value).unwrap_or_else(|| stand_ins.text(value))
}

/// A filter of Oriel's own, in whose quotes an id or an address of the tenant's can stand.
fn filter(text: &str, stand_ins: &mut StandIns) -> String {
    let parts = text.split('\'').enumerate().map(|(number, part)| match number % 2 {
        1 => stand_ins.entity(part).unwrap_or_else(|| part.to_owned()),
        _ => with_ids_replaced(part, stand_ins),
    });
    parts.collect::<Vec<_>>().join("'")
}

/// A text of Oriel's own, in which only ids can be the tenant's.
fn with_ids_replaced(text: &str, stand_ins: &mut StandIns) -> String {
    let is_part = |one: char| one.is_ascii_hexdigit() || one == '-';
    let mut replaced = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.find(|one| !is_part(one)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(run);
        let guid = (word.len() == 36).then(|| stand_ins.entity(word)).flatten();
        replaced.push_str(guid.as_deref().unwrap_or(word));
        let other = after.find(is_part).unwrap_or(after.len());
        replaced.push_str(&after[..other]);
        rest = &after[other..];
    }
    replaced
}
