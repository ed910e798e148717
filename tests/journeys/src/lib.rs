//! Whole stories over HTTP, on both databases. They are in `tests/`; this library is empty.
