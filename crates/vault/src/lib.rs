//! Seals and opens secrets. Knows no database.
