//! Throw-away databases for tests: a SQLite file or a PostgreSQL schema, by URL. Knows no crate of ours.
