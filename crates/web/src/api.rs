//! The API: one file a resource.

pub mod audit;
pub mod connections;
pub mod openapi;
pub mod own_assets;
pub mod people;
pub mod search;
pub mod tenants;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::{Error, FieldError};

/// A JSON body, whose refusal is a problem of ours, names the field and never quotes what was sent.
///
/// Every field of `T` may be left out, so that what is missing is told with all else that cannot be right.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let axum::Json(sent) = axum::Json::<serde_json::Value>::from_request(request, state).await?;
        // A list would be read as well: its members as the fields, in their order.
        let serde_json::Value::Object(fields) = &sent else {
            return Err(Error::field("body", "Send one JSON object, with a member for each field."));
        };
        T::deserialize(&sent).map(Body).map_err(|_| Error::Fields(unfit_fields::<T>(fields)))
    }
}

/// Which fields do not fit: each is tried alone, since a reader of JSON stops at the first.
fn unfit_fields<T: DeserializeOwned>(fields: &serde_json::Map<String, serde_json::Value>) -> Vec<FieldError> {
    let alone = |(name, value): (&String, &serde_json::Value)| {
        let alone = serde_json::Map::from_iter([(name.clone(), value.clone())]);
        let error = T::deserialize(serde_json::Value::Object(alone)).err()?;
        // The error itself may quote what was sent, and what was sent may be a secret.
        let message = if error.to_string().starts_with("unknown field") {
            "There is no field of this name. The API is described at /api."
        } else {
            "This field takes a value of another type. The API is described at /api."
        };
        Some(FieldError::new(plain_name(name), message))
    };
    fields.iter().filter_map(alone).collect()
}

/// The name of a field, if it looks like one.
fn plain_name(name: &str) -> String {
    let plain = name.len() <= 40 && name.bytes().all(|letter| letter == b'_' || letter.is_ascii_lowercase());
    if plain { name } else { "body" }.to_owned()
}

/// A path's parameters; one that cannot be an id is not found.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let axum::extract::Path(value) = axum::extract::Path::from_request_parts(parts, state).await?;
        Ok(Path(value))
    }
}

/// A query's parameters.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let axum::extract::Query(value) = axum::extract::Query::from_request_parts(parts, state).await?;
        Ok(Query(value))
    }
}
