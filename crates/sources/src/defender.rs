//! What Microsoft Defender can answer, a capability a file.

pub(crate) mod alerts;
pub(crate) mod clicks;
pub(crate) mod devices;
pub(crate) mod endpoint_alerts;
pub(crate) mod indicators;
pub(crate) mod machines;
pub(crate) mod mail;
mod onboarded;
pub(crate) mod prevalence;
pub(crate) mod sign_ins;
