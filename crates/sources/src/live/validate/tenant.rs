//! Whether Entra knows the tenant, in which cloud it lives, and whether the clocks agree.

use std::time::Instant;

use microsoft::{Cloud, Discovery};
use search::Check;

use super::words::{failed, passed, trouble};
use super::{Checks, Live};
use crate::asking::{Asking, Connected};

/// How far the clocks may be apart.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

impl Live {
    /// Whether Entra knows the tenant, in this cloud. Where it does not, the rest cannot be tried either.
    pub(super) async fn tenant(
        &self,
        connected: &Connected,
        rows: &[Asking],
        deadline: Instant,
        checks: &mut Checks,
    ) -> bool {
        let (cloud, tenant) = (&connected.credential.cloud, &connected.credential.tenant);
        match self.microsoft.discover(cloud, tenant, deadline).await {
            Ok(found) => {
                self.clock_check(checks);
                if let Some(other) = another_cloud(cloud, &found) {
                    let title = format!(
                        "The tenant lives in the cloud {}, and the connection names {}.",
                        other.title(),
                        cloud.title()
                    );
                    let remedy = format!(
                        "Choose {} as the connection's cloud, and paste the secret again: no sign-in of one cloud is good in \
                         another.",
                        other.title()
                    );
                    checks.add(Check { remedy: Some(remedy), ..failed("discovery", "wrong_cloud", title) });
                    return false;
                }
                let region = found.region.map(|region| format!(", region {region}")).unwrap_or_default();
                let title = format!("The tenant is known in the cloud {}{region}.", cloud.title());
                checks.add(passed("discovery", title));
                true
            }
            Err(error) => {
                if let Some(row) = rows.first() {
                    checks.add(trouble("discovery", None, &error, row));
                }
                false
            }
        }
    }

    /// A clock that is far off makes tokens look expired, and every "3 days ago" wrong.
    fn clock_check(&self, checks: &mut Checks) {
        let Some(ahead) = self.microsoft.clock_skew().filter(|skew| skew.abs() > SKEW) else { return };
        let (minutes, way) = (ahead.abs().as_mins(), if ahead.is_positive() { "ahead of" } else { "behind" });
        let title = format!("This machine's clock is {minutes} minutes {way} Microsoft's.");
        let remedy = Some("Set the machine's clock, and let a time service keep it.".into());
        checks.add(Check { remedy, ..failed("discovery", "clock_skew", title) });
    }
}

/// The built-in cloud that a tenant lives in, if discovery says that it is another one than the connection's: by Graph's
/// host, and for GCC, which shares that with the global cloud, by the region's part.
fn another_cloud(cloud: &Cloud, found: &Discovery) -> Option<Cloud> {
    let is_built_in = Cloud::BUILT_IN.contains(&cloud.name.as_str());
    let host = found.graph_host.as_deref()?;
    if cloud.graph.host_str() != Some(host) {
        // A cloud of the configuration may well stand in for the global one; for no other.
        let candidates = Cloud::all_built_in().into_iter().filter(|other| is_built_in || other.name != "global");
        return candidates.filter(|other| other.name != "gcc").find(|other| other.graph.host_str() == Some(host));
    }
    let in_gcc = found.region.as_deref().is_some_and(|region| region.eq_ignore_ascii_case("GCC"));
    match cloud.name.as_str() {
        "global" if in_gcc => Cloud::built_in("gcc"),
        "gcc" if found.region.is_some() && !in_gcc => Cloud::built_in("global"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_of_another_cloud_is_told_by_graphs_host_and_by_the_region() {
        let found = |host: &str, region: Option<&str>| Discovery {
            tenant: None,
            graph_host: Some(host.into()),
            region: region.map(str::to_owned),
        };
        let other = |cloud: &str, found: &Discovery| {
            another_cloud(&Cloud::built_in(cloud).unwrap(), found).map(|cloud| cloud.name)
        };
        assert_eq!(other("global", &found("graph.microsoft.com", Some("EU"))), None);
        assert_eq!(other("global", &found("graph.microsoft.us", Some("DODCON"))).as_deref(), Some("gcc-high"));
        assert_eq!(other("gcc-high", &found("dod-graph.microsoft.us", None)).as_deref(), Some("dod"));
        assert_eq!(other("gcc-high", &found("graph.microsoft.com", None)).as_deref(), Some("global"));
        assert_eq!(other("global", &found("graph.microsoft.com", Some("GCC"))).as_deref(), Some("gcc"));
        assert_eq!(other("gcc", &found("graph.microsoft.com", Some("NA"))).as_deref(), Some("global"));
        assert_eq!(other("gcc", &found("graph.microsoft.com", Some("GCC"))), None);
        assert_eq!(other("china", &found("a.host.that.nobody.knows.example", None)), None);
        let local = |host: &str| {
            let url = |text: &str| text.parse().unwrap();
            let cloud = Cloud::named(
                "lab",
                url("http://127.0.0.1/login"),
                url("http://127.0.0.1/graph"),
                None,
                url("http://127.0.0.1/la"),
                None,
            );
            another_cloud(&cloud, &found(host, None)).map(|cloud| cloud.name)
        };
        assert_eq!(local("graph.microsoft.com"), None, "what stands in for the global cloud says so");
        assert_eq!(local("graph.microsoft.us").as_deref(), Some("gcc-high"));
    }
}
