//! Simulator, store and server on free ports, for tests.
