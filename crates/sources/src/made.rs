//! Sources and times made for tests.

use std::sync::Arc;

use indicator::Indicator;
use jiff::Timestamp;
use microsoft::{Cloud, Credential, Microsoft, Settings};
use search::Asked;

use crate::asking::{Asking, Connected, Workspace};
use crate::capability::{Capability, capabilities};
use crate::freshness::Freshness;

pub(crate) const TENANT: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const CLIENT: &str = "22222222-2222-4222-8222-222222222222";

pub(crate) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(crate) fn time(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

pub(crate) fn indicator(text: &str) -> Indicator {
    indicator::parse(text).unwrap().indicator
}

pub(crate) fn capability(name: &str) -> &'static Capability {
    capabilities().iter().find(|capability| capability.name == name).unwrap()
}

/// A source that is never asked: the readers need its words and its cloud.
pub(crate) fn asking(name: &str) -> Asking {
    let settings = Settings::new(Arc::new(now), Arc::new(|bytes: &mut [u8]| bytes.fill(7)));
    let cloud = Arc::new(Cloud::built_in("global").unwrap());
    asking_of(name, Arc::new(Microsoft::new(settings).unwrap()), cloud, Vec::new())
}

pub(crate) fn asking_of(
    name: &str,
    microsoft: Arc<Microsoft>,
    cloud: Arc<Cloud>,
    workspaces: Vec<Workspace>,
) -> Asking {
    let capability = capability(name);
    let credential =
        Credential { cloud, tenant: TENANT.into(), client: CLIENT.into(), secret: "s3cret".to_owned().into() };
    Asking {
        microsoft,
        connection: Arc::new(Connected { credential, workspaces }),
        freshness: Arc::new(Freshness::default()),
        capability,
        asked: Asked {
            connection: Some("c1".into()),
            label: Some("Main".into()),
            tenant: Some(TENANT.into()),
            ..capability.asked()
        },
    }
}
