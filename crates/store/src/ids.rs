//! Ids: UUIDs of version 7 as text, made here and not by an engine, so that both have the same.

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

/// A new id. Its first half is the time, so that rows stand in an index in the order in which they were made; its second
/// half is random. It is no secret, so the randomness is not the caller's.
pub(crate) fn new(now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds)).to_string()
}

/// The text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id: an id is a UUID such as 01900000-0000-7000-8000-000000000000")]
pub struct NotAnId;

/// The id that a text is, in the one form in which it is compared.
pub(crate) fn parse(text: &str) -> Result<String, NotAnId> {
    Uuid::try_parse(text).map(|uuid| uuid.to_string()).map_err(|_| NotAnId)
}

/// A newtype for the ids of one table.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new id, in the order of `now`.
            pub fn new(now: jiff::Timestamp) -> $name {
                $name(crate::ids::new(now))
            }

            /// The UUID in its usual form, lower case.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::ids::NotAnId;

            fn from_str(text: &str) -> Result<$name, crate::ids::NotAnId> {
                crate::ids::parse(text).map($name)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use id;

#[cfg(test)]
mod tests {
    use super::*;

    id!(/// An id.
        TestId);

    #[test]
    fn ids_sort_by_time_and_are_never_the_same() {
        let now = "2026-11-25T03:00:00Z".parse().expect("a time");
        let later = "2026-11-25T03:00:00.002Z".parse().expect("a time");
        let (first, second, third) = (TestId::new(now), TestId::new(now), TestId::new(later));
        assert_ne!(first, second);
        assert!(first < third && second < third, "{first} {second} {third}");
    }

    #[test]
    fn an_id_is_read_in_any_case_and_anything_else_is_not() {
        let id: TestId = "01900000-0000-7000-8000-00000000ABCD".parse().expect("an id");
        assert_eq!(id.as_str(), "01900000-0000-7000-8000-00000000abcd");
        assert_eq!(serde_json::from_str::<TestId>(&format!("\"{id}\"")).expect("an id"), id);
        for text in ["", "1", "../etc", "01900000-0000-7000-8000-00000000abcg"] {
            assert_eq!(text.parse::<TestId>(), Err(NotAnId), "{text}");
        }
    }
}
