//! The rules of the house, as tests: who may use whom, licences, bans, sources, and how files look.
//!
//! The tests are in `tests/`; this library is empty.
