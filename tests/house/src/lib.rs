//! The rules of the house, as tests: who may use whom, licences, bans, sources.
