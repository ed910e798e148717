//! SQLite and PostgreSQL: the only SQL.
