//! What is left of the budgets, without taking any of it.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Instant;

use super::window::Share;
use super::{Budgets, Meter};
use crate::Priority;

impl Budgets {
    /// Of each interface that was asked: the share left to people where least is left, from 0 to 1. A pause leaves nothing.
    pub(crate) fn left(&self, now: Instant) -> Vec<(&'static str, f64)> {
        let instances = self.instances();
        let mut least: BTreeMap<&'static str, f64> = BTreeMap::new();
        let mut meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, meter) in meters.iter_mut() {
            let left = meter.left(instances, now);
            least.entry(key.interface().name()).and_modify(|least| *least = least.min(left)).or_insert(left);
        }
        least.into_iter().collect()
    }
}

impl Meter {
    fn left(&mut self, instances: u32, now: Instant) -> f64 {
        if self.paused.as_ref().is_some_and(|paused| paused.until > now) {
            return 0.0;
        }
        let share = Share { instances, halvings: self.pace.halvings(now), priority: Priority::People };
        self.windows.iter_mut().map(|window| window.left(share, now)).fold(1.0, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::budget::{Interface, Key};

    #[test]
    fn what_is_left_is_that_of_the_tenant_with_the_least() {
        let key = |interface, tenant: &str| Key {
            interface,
            cloud: "global".to_owned(),
            tenant: tenant.to_owned(),
            client: String::new(),
        };
        let (budgets, now) = (Budgets::new(1.0), Instant::now());
        assert_eq!(budgets.left(now), []);
        for (tenant, calls) in [("a", 9), ("b", 18)] {
            for _ in 0..calls {
                assert_eq!(budgets.take(&key(Interface::Hunting, tenant), Priority::People, now), Ok(()));
            }
        }
        assert_eq!(budgets.left(now), [("hunting", 0.6)]);
        budgets.share(2);
        let left = budgets.left(now).remove(0).1;
        assert!((left - 4.0 / 22.0).abs() < 0.001, "{left}");
        budgets.share(1);
        budgets.pause(&key(Interface::Graph, "a"), now + Duration::from_secs(30), "429", now);
        assert_eq!(budgets.left(now), [("graph", 0.0), ("hunting", 0.6)]);
        assert_eq!(budgets.left(now + Duration::from_secs(60)), [("graph", 1.0), ("hunting", 1.0)]);
    }
}
