//! The client's reading of how an app signs in, against the simulator's.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that panics says where")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use microsoft::{
    Call, Certificate, Cloud, Credential, Error, Fresh, Microsoft, Priority, Proof, RefusalCause, Resource, Settings,
};
use simulator::faults::{Action, Rule};
use simulator::{Scenario, Simulator, Surface, demo};

fn now() -> Timestamp {
    "2026-11-25T10:00:00Z".parse().unwrap()
}

struct Side {
    simulator: Simulator,
    microsoft: Microsoft,
    cloud: Arc<Cloud>,
}

impl Side {
    async fn start() -> Side {
        Side::of(Scenario::demo(), SignedDuration::ZERO).await
    }

    /// With a clock of ours that is ahead of Microsoft's by this.
    async fn of(scenario: Scenario, ahead: SignedDuration) -> Side {
        let options = simulator::Options { listen: ([127, 0, 0, 1], 0).into(), clock: Arc::new(now) };
        let simulator = Simulator::start(scenario, options).await.unwrap();
        let url = |surface| simulator.surface(surface).parse().unwrap();
        let (login, graph, logs) = (url(Surface::Login), url(Surface::Graph), url(Surface::LogAnalytics));
        let cloud = Cloud::named("simulated", login, graph, Some(url(Surface::Defender)), logs, None);
        let random = Arc::new(|bytes: &mut [u8]| bytes.fill(7));
        let mut settings = Settings::new(Arc::new(move || now() + ahead), random);
        settings.first_pause = Duration::from_millis(1);
        settings.identity_endpoint = simulator.identity_endpoint();
        settings.clouds = vec![cloud];
        let microsoft = Microsoft::new(settings).unwrap();
        let cloud = microsoft.cloud("simulated").unwrap();
        Side { simulator, microsoft, cloud }
    }

    async fn sign_in(&self, client: &str, proof: Proof) -> Result<microsoft::Token, Error> {
        let cloud = Arc::clone(&self.cloud);
        let credential = Credential { cloud, tenant: demo::TENANT.into(), client: client.into(), proof };
        let deadline = Instant::now() + Duration::from_secs(60);
        let call = Call { credential: &credential, deadline, priority: Priority::People };
        self.microsoft.token(&call, Resource::Graph, Fresh::Always).await
    }

    async fn works(&self, client: &str, proof: Proof) {
        let token = self.sign_in(client, proof).await.unwrap();
        assert!(token.claims().unwrap().holds("SecurityAlert.Read.All"));
    }

    async fn refused(&self, client: &str, proof: Proof) -> RefusalCause {
        match self.sign_in(client, proof).await {
            Err(Error::Refused(refusal)) => refusal.cause,
            other => panic!("{other:?}"),
        }
    }
}

fn certificate() -> Proof {
    Proof::Certificate(Arc::new(Certificate::from_pem(&demo::CERTIFICATE.into()).unwrap()))
}

fn identity(client: Option<&str>) -> Proof {
    Proof::ManagedIdentity { client: client.map(str::to_owned) }
}

#[tokio::test]
async fn a_certificate_signs_in_and_another_one_is_named() {
    let side = Side::start().await;
    side.works(demo::CERTIFICATE_CLIENT, certificate()).await;
    let made = tokio::task::spawn_blocking(|| Certificate::make("Oriel", now(), 90)).await.unwrap().unwrap();
    let made = Proof::Certificate(Arc::new(Certificate::from_pem(&made).unwrap()));
    assert_eq!(side.refused(demo::CERTIFICATE_CLIENT, made).await, RefusalCause::CertificateUnknown);
}

#[tokio::test]
async fn a_certificate_that_is_made_here_signs_in_once_its_public_part_is_uploaded() {
    let made = tokio::task::spawn_blocking(|| Certificate::make("Oriel", now(), 90)).await.unwrap().unwrap();
    let made = Certificate::from_pem(&made).unwrap();
    let pem = made.public_pem();
    let scenario = Scenario::demo().with_tenant(demo::TENANT, |tenant| {
        let app = tenant.apps.iter_mut().find(|app| app.client == demo::DEFENDER_CLIENT).unwrap();
        app.certificates.push(simulator::scenario::AppCertificate { pem });
    });
    let side = Side::of(scenario, SignedDuration::ZERO).await;
    side.works(demo::DEFENDER_CLIENT, Proof::Certificate(Arc::new(made))).await;
}

#[tokio::test]
async fn a_clock_that_is_ten_minutes_off_is_named_and_one_that_is_two_minutes_off_is_not() {
    for minutes in [-2, 2] {
        Side::of(Scenario::demo(), SignedDuration::from_mins(minutes))
            .await
            .works(demo::CERTIFICATE_CLIENT, certificate())
            .await;
    }
    for minutes in [-20, 10] {
        let side = Side::of(Scenario::demo(), SignedDuration::from_mins(minutes)).await;
        assert_eq!(side.refused(demo::CERTIFICATE_CLIENT, certificate()).await, RefusalCause::AssertionTime);
    }
}

#[tokio::test]
async fn the_machines_identity_signs_in_and_one_that_it_does_not_have_is_named() {
    let side = Side::start().await;
    side.works(demo::IDENTITY_CLIENT, identity(None)).await;
    let refused = async |client, of: Option<&str>| side.refused(client, identity(of)).await;
    let other = refused(demo::IDENTITY_CLIENT, Some(demo::IDENTITY_CLIENT)).await;
    assert_eq!(other, RefusalCause::IdentityNotFound);
    let untrusted = refused(demo::IDENTITY_CLIENT, Some(demo::ASSIGNED_IDENTITY)).await;
    assert_eq!(untrusted, RefusalCause::FederatedSubject);
    assert_eq!(refused(demo::WORKLOAD_CLIENT, None).await, RefusalCause::FederatedIssuer);
    assert_eq!(refused(demo::DEFENDER_CLIENT, None).await, RefusalCause::FederatedNone);
    side.simulator.faults().add(Rule::new(Action::Fail { status: 410, body: None }).on(Surface::Identity));
    assert_eq!(refused(demo::IDENTITY_CLIENT, None).await, RefusalCause::IdentityUnavailable);
}

#[tokio::test]
async fn a_token_in_a_file_signs_in_and_what_is_wrong_with_it_is_named() {
    let side = Side::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (issuer, subject, audience) = (demo::WORKLOAD_ISSUER, demo::WORKLOAD_SUBJECT, demo::WORKLOAD_AUDIENCE);
    let file = |issuer: &str, subject: &str, audience: &str, seconds: i64| {
        let path = folder.path().join("token");
        std::fs::write(&path, demo::workload_token(issuer, subject, audience, now(), seconds)).unwrap();
        Proof::TokenFile(path)
    };
    side.works(demo::WORKLOAD_CLIENT, file(issuer, subject, audience, 3600)).await;
    let refused = async |proof| side.refused(demo::WORKLOAD_CLIENT, proof).await;
    assert_eq!(refused(file("https://other.example/", subject, audience, 3600)).await, RefusalCause::FederatedIssuer);
    assert_eq!(refused(file(issuer, "other", audience, 3600)).await, RefusalCause::FederatedSubject);
    assert_eq!(refused(file(issuer, subject, "other", 3600)).await, RefusalCause::FederatedAudience);
    assert_eq!(refused(file(issuer, subject, audience, -3600)).await, RefusalCause::TokenFileStale);
}

#[tokio::test]
async fn a_policy_against_secrets_is_named() {
    let scenario = Scenario::demo().with_tenant(demo::TENANT, |tenant| {
        let forbidden = simulator::scenario::AppState::SecretsForbidden;
        tenant.apps.iter_mut().for_each(|app| app.state = forbidden);
    });
    let side = Side::of(scenario, SignedDuration::ZERO).await;
    let secret = Proof::Secret(demo::DEFENDER_SECRET.into());
    assert_eq!(side.refused(demo::DEFENDER_CLIENT, secret).await, RefusalCause::CredentialPolicy);
    side.works(demo::CERTIFICATE_CLIENT, certificate()).await;
}
