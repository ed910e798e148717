//! Stories of backups, on both engines.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on stops")]

mod breaking;
mod going_back;
mod making;
mod office;
mod under_load;
