//! Throw-away databases for tests: a SQLite file or a PostgreSQL schema, by URL. Knows no crate of ours.
//!
//! A test that is to run on both engines is written once, inside [`on_each_database!`]; a story that takes a database
//! and builds more around it asks [`each`] for one of each. PostgreSQL is started once a process, from the programs of
//! the machine, and ends with the process.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "this is part of tests: what is not there fails them, and what is left out is said"
)]

mod guard;
mod lent;
mod programs;
mod server;

pub use lent::Lent;

/// Set to `1`, tests on PostgreSQL are skipped, and say so.
pub const WITHOUT_POSTGRES: &str = "ORIEL_WITHOUT_POSTGRES";

/// A SQLite file that is not there yet, in a folder that goes when the test is over.
pub fn sqlite() -> Lent {
    Lent::file()
}

/// An empty schema in a PostgreSQL of this process's own.
///
/// `None` if `ORIEL_WITHOUT_POSTGRES` is `1`; without that and without PostgreSQL, the test fails and says which package
/// is missing.
pub fn postgres() -> Option<Lent> {
    if std::env::var(WITHOUT_POSTGRES).is_ok_and(|value| value == "1") {
        println!("skipped: {WITHOUT_POSTGRES} is set, so this does not run on PostgreSQL");
        return None;
    }
    Some(server::server().lend())
}

/// One database of each engine.
pub fn each() -> Vec<Lent> {
    std::iter::once(sqlite()).chain(postgres()).collect()
}

/// Writes each test once and runs it on both engines: `the_name::on_sqlite` and `the_name::on_postgres`. Needs `tokio`
/// among the dependencies of the crate, with its macros and its runtime of several threads.
///
/// ```text
/// databases::on_each_database! {
///     async fn a_name_is_taken_once(database: Lent) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_each_database {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: Lent) $body:block)+) => {
        $(
            $(#[$attribute])*
            mod $name {
                #[allow(unused_imports, reason = "a test may need nothing of what stands round it")]
                use super::*;

                async fn test($database: $crate::Lent) $body

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_sqlite() {
                    test($crate::sqlite()).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn on_postgres() {
                    if let Some(database) = $crate::postgres() {
                        test(database).await;
                    }
                }
            }
        )+
    };
}
