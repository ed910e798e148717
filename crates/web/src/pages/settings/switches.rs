//! The switches of a connection's capabilities: what its cloud lacks has none, and the reason stands in its place.

use super::integration::Switch;
use crate::state::CapabilityRow;

/// Why a cloud does not have a capability. A form in which none is chosen yet shows the first.
pub fn lacking<'a>(row: &'a CapabilityRow, cloud: &str, clouds: &[(String, String)]) -> Option<&'a str> {
    let first = clouds.first().map_or("", |(name, _)| name.as_str());
    let cloud = if cloud.is_empty() { first } else { cloud };
    row.lacking.iter().find(|(name, _)| name == cloud).map(|(_, why)| why.as_str())
}

/// What a cloud lacks: the titles of what is missing for the same reason, and that reason.
pub fn absent(switches: &[Switch], cloud: &str, clouds: &[(String, String)]) -> Vec<(String, String)> {
    let mut absent: Vec<(String, String)> = Vec::new();
    for switch in switches {
        let Some(why) = lacking(&switch.row, cloud, clouds) else { continue };
        match absent.iter_mut().find(|(_, known)| known == why) {
            Some((titles, _)) => {
                titles.push_str(", ");
                titles.push_str(&switch.row.title);
            }
            None => absent.push((switch.row.title.clone(), why.to_owned())),
        }
    }
    absent
}
