//! Asks all sources at once.
