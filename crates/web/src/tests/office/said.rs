//! A log in which one thing went wrong.

use std::collections::BTreeMap;

use crate::support::{Line, Troubles};

/// A log in which one thing went wrong.
pub struct Said;

impl Troubles for Said {
    fn lately(&self) -> Vec<Line> {
        vec![Line {
            at: "2026-11-25T11:59:00Z".parse().unwrap(),
            level: "ERROR".to_owned(),
            target: "web".to_owned(),
            request_id: Some("r-1".to_owned()),
            message: "request failed".to_owned(),
            fields: BTreeMap::new(),
        }]
    }
}
