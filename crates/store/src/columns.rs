//! How values stand in a column on both engines.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// A time: microseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct Micros(i64);

/// A time that may be absent.
#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct MaybeMicros(Option<i64>);

impl From<Timestamp> for Micros {
    fn from(at: Timestamp) -> Micros {
        Micros(at.as_microsecond())
    }
}

impl TryFrom<Micros> for Timestamp {
    type Error = jiff::Error;

    fn try_from(micros: Micros) -> Result<Timestamp, jiff::Error> {
        Timestamp::from_microsecond(micros.0)
    }
}

impl TryFrom<MaybeMicros> for Option<Timestamp> {
    type Error = jiff::Error;

    fn try_from(micros: MaybeMicros) -> Result<Option<Timestamp>, jiff::Error> {
        micros.0.map(Timestamp::from_microsecond).transpose()
    }
}

/// A value as the JSON of its column.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Failed(Box::new(error)))
}

/// The value that the JSON of a column holds. `column` names it for whoever has to look.
pub(crate) fn from_json<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Damaged(format!("{column} holds no readable JSON: {error}")))
}

/// The value that a text column holds.
pub(crate) fn from_text<T: FromStr<Err: Display>>(column: &str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|error| Error::Damaged(format!("{column} is not readable: {error}")))
}

impl Micros {
    /// The time that a column holds.
    pub fn read(self, column: &str) -> Result<Timestamp, Error> {
        Timestamp::try_from(self).map_err(|error| Error::Damaged(format!("{column} holds no time: {error}")))
    }
}
