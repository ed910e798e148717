//! Whole stories over HTTP, on both databases.
