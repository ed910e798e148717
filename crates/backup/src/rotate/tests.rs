//! Stopped after each step.
