//! A validation ends when its patience does, whatever hangs; and the patience that a server has is within the ten seconds that
//! are promised.

#![expect(clippy::unwrap_used, reason = "a test that panics says where")]

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use jiff::Timestamp;
use microsoft::{Cloud, Microsoft, Settings};
use search::{Attempt, CheckState, Validator};
use simulator::situations::{self, Situation};
use simulator::{Options, Simulator, Surface};
use sources::Live;
use store::connections::{ConnectionId, NewConnection, Workspace};
use store::credentials::{CredentialId, Kind, NewCredential};
use store::grants::Scope;

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// Seconds until the validation has ended, and the codes of what failed.
async fn tried(situation: &Situation) -> (f32, Vec<String>) {
    let options = Options { listen: ([127, 0, 0, 1], 0).into(), clock: Arc::new(now) };
    let simulator = Simulator::start(situation.scenario(), options).await.unwrap();
    let url = |surface| simulator.surface(surface).parse().unwrap();
    let (login, graph, logs) = (url(Surface::Login), url(Surface::Graph), url(Surface::LogAnalytics));
    let mut settings = Settings::new(Arc::new(now), Arc::new(|bytes: &mut [u8]| bytes.fill(7)));
    settings.clouds = vec![Cloud::named("simulated", login, graph, Some(url(Surface::Defender)), logs, None)];
    let database = databases::sqlite();
    let db = store::Db::open(database.url()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let keyring = Arc::new(vault::Keyring::create(&folder.path().join("keyring")).unwrap());
    let (id, credential) = (ConnectionId::new(now()), CredentialId::new(now()));
    let place = vault::Place::from(store::credentials::place(&credential));
    let form = &situation.form;
    let sealed = keyring.seal(&form.secret.to_owned().into(), &place).unwrap();
    let new = NewConnection {
        id: id.clone(),
        product: form.product.parse().unwrap(),
        label: "Tried".into(),
        cloud: "simulated".into(),
        tenant_guid: form.tenant.into(),
        client_id: form.client.into(),
        credential: NewCredential {
            id: credential,
            kind: Kind::Secret,
            sealed,
            certificate: None,
            identity: None,
            ends: None,
        },
        workspaces: form.workspaces.iter().map(|id| Workspace { id: (*id).into(), label: "SOC".into() }).collect(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
    };
    store::connections::create(&db, &store::audit::Actor::oriel(), &Scope::All, &new, now()).await.unwrap();
    let live =
        Live::new(Arc::new(Microsoft::new(settings).unwrap()), db, keyring, Arc::new(now), None, sources::PATIENCE);
    let started = Instant::now();
    let attempted = live.validate(&Attempt::of(id.as_str()), None).await.unwrap().unwrap();
    let seconds = started.elapsed().as_secs_f32();
    let failed = attempted.validation.checks.into_iter().filter(|check| check.state == CheckState::Failed);
    (seconds, failed.map(|check| check.code).collect())
}

#[tokio::test]
async fn a_validation_ends_within_ten_seconds_whatever_hangs() {
    let names = ["entra-silent", "token-host-silent", "graph-silent", "all-silent"];
    let tried = join_all(names.map(|name| async move { (name, tried(&situations::find(name).unwrap()).await) })).await;
    // What is promised is Oriel's own time. How long a busy machine takes to come back to it is not: the hosts hang for a minute.
    assert!(sources::PATIENCE.as_secs_f32() < 9.0);
    for (name, (seconds, failed)) in tried {
        assert!(seconds < 50.0, "{name} took {seconds} s");
        assert!(failed.iter().any(|code| code == "timed_out"), "{name}: {failed:?}");
    }
}
