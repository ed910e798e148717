//! How the connections stand, as gauges. They are read when somebody asks, so that a connection that was removed is gone.

use std::sync::atomic::AtomicI64;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use search::{Status, standing};
use store::Db;
use store::grants::Scope;

/// A connection by its id: its label is a text of people's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConnectionLabels {
    connection: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TableLabels {
    connection: String,
    place: String,
    table: String,
}

type Of<Labels> = Family<Labels, Gauge<i64, AtomicI64>>;

/// The gauges at this moment; of keys, those that open something as [`store::keys::find`] has it.
pub(crate) async fn read(db: &Db, now: Timestamp, keys_open_since: Timestamp) -> Result<Registry, store::Error> {
    let (ready, days_left): (Of<ConnectionLabels>, Of<ConnectionLabels>) = Default::default();
    let newest_age: Of<TableLabels> = Family::default();
    let today = TimeZone::UTC.to_datetime(now).date();
    for connection in store::connections::list(db, &Scope::All).await? {
        let id = connection.id.to_string();
        let labels = ConnectionLabels { connection: id.clone() };
        let validation = store::validations::newest(db, &Scope::All, &connection.id).await?;
        let is_ready = validation.is_some_and(|validation| validation.status == Status::Ready);
        ready.get_or_create(&labels).set(i64::from(is_ready));
        if let Some(ends) = connection.credential.ends {
            days_left.get_or_create(&labels).set(standing::days_left(ends, today).into());
        }
        for pulse in store::pulses::of(db, &Scope::All, &connection.id).await? {
            let labels = TableLabels { connection: id.clone(), place: pulse.place, table: pulse.table };
            if let Some(newest) = pulse.newest {
                newest_age.get_or_create(&labels).set(now.duration_since(newest).as_secs());
            }
        }
    }
    let instances: Gauge<i64, AtomicI64> = Gauge::default();
    instances.set(store::instances::live(db, now).await?.into());
    let mut registry = Registry::with_prefix("oriel");
    registry.register("instances_live", "Instances that serve from this database", instances);
    registry.register("connection_ready", "Whether the last validation found everything in order", ready);
    registry.register("credential_days_left", "Days until the credential ends; negative when it has", days_left);
    registry.register_with_unit("table_newest_age", "Age of a table's newest row", Unit::Seconds, newest_age);
    people(&mut registry, db, now, keys_open_since).await?;
    Ok(registry)
}

/// A session that was used as long ago is told as active.
const ACTIVE: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

async fn people(
    registry: &mut Registry,
    db: &Db,
    now: Timestamp,
    keys_open_since: Timestamp,
) -> Result<(), store::Error> {
    let active_since = now.saturating_sub(ACTIVE).unwrap_or(now);
    let counts = store::counts::read(db, now, active_since, keys_open_since).await?;
    let number = |count: u64| {
        let gauge: Gauge<i64, AtomicI64> = Gauge::default();
        gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        gauge
    };
    registry.register("sessions_active", "Sessions that were used within the hour", number(counts.sessions));
    registry.register("people", "People who may sign in", number(counts.people));
    registry.register("keys", "Keys that open the API", number(counts.keys));
    Ok(())
}
