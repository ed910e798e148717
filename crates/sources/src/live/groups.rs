//! Connections that sign in as the same app ask together.

use std::sync::Arc;

use microsoft::Credential;
use store::connections::Connection;

use super::{Unusable, is_off};
use crate::asking::Connected;
use crate::capability::{Capability, capabilities};
use crate::hunting::Shared;

/// What is asked together: the capabilities of all connections with one and the same credential.
pub(super) struct Group {
    credential: Credential,
    shared: Arc<Shared>,
}

/// One group a credential.
pub(super) fn groups(opened: &[(&Connection, Result<Arc<Connected>, Unusable>)]) -> Vec<Group> {
    let mut live: Vec<(&Credential, Vec<&'static str>)> = Vec::new();
    for (connection, connected) in opened {
        let Ok(connected) = connected else { continue };
        let names = (capabilities().iter())
            .filter(|capability| capability.product == connection.product && !is_off(connection, capability))
            .map(|capability| capability.name);
        match live.iter_mut().find(|(known, _)| is_same(known, &connected.credential)) {
            Some((_, known)) => known.extend(names),
            None => live.push((&connected.credential, names.collect())),
        }
    }
    let group = |(credential, live): (&Credential, Vec<&'static str>)| Group {
        credential: credential.clone(),
        shared: Arc::new(Shared::new(live)),
    };
    live.into_iter().map(group).collect()
}

/// The group of a credential. One that stands alone asks for one capability only.
pub(super) fn of(groups: &[Group], credential: &Credential, capability: &Capability) -> Arc<Shared> {
    let group = groups.iter().find(|group| is_same(&group.credential, credential));
    group.map_or_else(|| Arc::new(Shared::new(vec![capability.name])), |group| Arc::clone(&group.shared))
}

/// Whether two connections sign in as the same app with the same proof: only then may one's answer be the other's.
fn is_same(one: &Credential, two: &Credential) -> bool {
    one.cloud.name == two.cloud.name
        && one.tenant.eq_ignore_ascii_case(&two.tenant)
        && one.client.eq_ignore_ascii_case(&two.client)
        && one.proof.is_same(&two.proof)
}

#[cfg(test)]
mod tests;
