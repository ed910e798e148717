//! The names in the demo's scenario that others need: whom to sign in as, and what is worth searching.

/// "Northwind Example": Sentinel and Defender, 60 to 100 alerts over 180 days.
pub const TENANT: &str = "7d4f2c1a-5b60-4c8e-9a3d-2f1e0b6c7a58";
/// The name under which the tenant can also be signed in to.
pub const TENANT_DOMAIN: &str = "northwind.example";
/// The app for Sentinel: today's permissions, and the role on [`WORKSPACE`].
pub const SENTINEL_CLIENT: &str = "1c9e5a70-3d42-4f0b-8e6a-90b7d1f2a301";
/// Its secret.
pub const SENTINEL_SECRET: &str = "sen8Q~demo.northwind-sentinel.0001";
/// The app for Defender: today's permissions in Graph, and those of Defender for Endpoint's own API.
pub const DEFENDER_CLIENT: &str = "2a7b8c91-4e53-4a1c-9f7b-01c8e2a3b402";
/// Its secret.
pub const DEFENDER_SECRET: &str = "def8Q~demo.northwind-defender.0001";
/// What stands beside the secret in the portal and is often pasted in its place.
pub const DEFENDER_SECRET_ID: &str = "9f8e7d6c-5b4a-4392-8171-605f4e3d2c1b";
/// The app by which people sign in to Oriel: its groups claim is on, and User.Read was granted.
pub const SIGN_ON_CLIENT: &str = "a94bdcf0-21e8-4b6d-9f70-3c58e1d7b210";
/// Its secret.
pub const SIGN_ON_SECRET: &str = "sso8Q~demo.northwind-sign-on.00001";
/// An app as the one before, for which nobody has granted User.Read.
pub const SIGN_ON_CLIENT_WITHOUT_CONSENT: &str = "ba5cedf1-32f9-4c7e-8a81-4d69f2e8c311";
/// The group of Oriel's owners.
pub const OWNER_GROUP: &str = "0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e10";
/// The group of those who search.
pub const ANALYST_GROUP: &str = "1a2b3c4d-5e6f-4708-9182-93a4b5c6d7e8";
/// The group of those who only look.
pub const VIEWER_GROUP: &str = "2b3c4d5e-6f70-4819-a293-a4b5c6d7e8f9";
/// Somebody in [`OWNER_GROUP`] and [`ANALYST_GROUP`].
pub const OWNER_USER: &str = "adele@northwind.example";
/// Somebody in [`ANALYST_GROUP`].
pub const ANALYST_USER: &str = "alex@northwind.example";
/// Somebody in [`ANALYST_GROUP`] and in 240 groups that are none of Oriel's: too many for a token.
pub const WELL_CONNECTED_USER: &str = "grady@northwind.example";
/// Somebody in no group that is Oriel's.
pub const OUTSIDER_USER: &str = "joni@northwind.example";
/// Somebody with the app role `oriel.viewer` and without groups.
pub const ROLE_USER: &str = "lee@northwind.example";
/// Somebody who declines.
pub const DECLINING_USER: &str = "megan@northwind.example";
/// Somebody for whom a consent is missing.
pub const UNCONSENTED_USER: &str = "nestor@northwind.example";
/// Somebody of whom a second factor is wanted.
pub const INTERRUPTED_USER: &str = "patti@northwind.example";
/// The workspace that is connected to the Defender portal.
pub const WORKSPACE: &str = "c3a1e0d2-7f64-4b85-a1c9-3e5d7f9b1a06";
/// A second workspace, of a branch office, that is not connected to the Defender portal.
pub const BRANCH_WORKSPACE: &str = "d4b2f1e3-8075-4c96-b2da-4f6e80ac2b17";
/// A workspace that has no data at all.
pub const EMPTY_WORKSPACE: &str = "e5c30214-9186-4da7-83eb-507f91bd3c28";

/// An app that was never given a permission: it gets a token, without roles.
pub const BARE_CLIENT: &str = "30c8d9a2-5f64-4b2d-8a8c-12d9f3b4c503";
/// An app that may also write.
pub const WRITER_CLIENT: &str = "41d9eab3-6075-4c3e-9b9d-23ea04c5d604";
/// An app as the 2020 guide had it made: `SecurityEvents.Read.All` and `ThreatIndicators.Read.All`.
pub const CLASSIC_CLIENT: &str = "52eafbc4-7186-4d4f-8cae-34fb15d6e705";
/// An app with all permissions but no role on any workspace.
pub const NO_WORKSPACE_CLIENT: &str = "63fb0cd5-8297-4e50-9dbf-450c26e7f806";
/// An app whose secret has expired.
pub const EXPIRED_CLIENT: &str = "740c1de6-93a8-4f61-8ec0-561d37f80907";
/// An app that is switched off.
pub const DISABLED_CLIENT: &str = "851d2ef7-a4b9-4072-9fd1-672e48091a08";
/// An app that a Conditional Access policy keeps out.
pub const BLOCKED_CLIENT: &str = "962e3f08-b5ca-4183-80e2-783f591a2b09";
/// The secret of these seven.
pub const OTHER_SECRET: &str = "oth8Q~demo.northwind-others.000001";

/// An app that signs in by [`CERTIFICATE`].
pub const CERTIFICATE_CLIENT: &str = "a17f401c-c6db-4294-81f3-894a6a2b3c0b";
/// Its certificate and private key, PEM: worthless, and known to everybody.
pub const CERTIFICATE: &str = include_str!("../scenarios/demo/certificate.pem");
/// An app that trusts the machine's own managed identity (`Simulator::identity_endpoint`).
pub const IDENTITY_CLIENT: &str = "b280512d-d7ec-43a5-92a4-9a5b7b3c4d0c";
/// The client id of a second managed identity, which was assigned to the machine and which no app trusts.
pub const ASSIGNED_IDENTITY: &str = "f6c4956b-1b20-47e9-96e8-de9fbf708b10";
/// An app that trusts a token as a cluster keeps it in a file: see [`workload_token`].
pub const WORKLOAD_CLIENT: &str = "c391623e-e8fd-44b6-83b5-ab6c8c4d5e0d";
/// Who issues that token.
pub const WORKLOAD_ISSUER: &str = "https://oidc.northwind.example/";
/// For whom.
pub const WORKLOAD_SUBJECT: &str = "system:serviceaccount:oriel:oriel";
/// For what.
pub const WORKLOAD_AUDIENCE: &str = "api://AzureADTokenExchange";

/// What a cluster would write into the file of [`WORKLOAD_CLIENT`]: a token of this issuer, subject and audience, good from
/// `now` for so many seconds, and signed by the key that the demo knows of its issuer.
#[expect(clippy::expect_used, reason = "the key is part of the program, and a test signs with it")]
pub fn workload_token(issuer: &str, subject: &str, audience: &str, now: jiff::Timestamp, seconds: i64) -> String {
    let now = now.as_second();
    let claims = serde_json::json!({
        "iss": issuer, "sub": subject, "aud": audience, "iat": now, "nbf": now, "exp": now + seconds,
    });
    crate::jwt::signed(&claims, include_str!("../scenarios/demo/issuer.pem")).expect("the demo's key signs")
}

/// "Tailspin Example": a tenant without Defender for Endpoint and without Defender XDR.
pub const LEAN_TENANT: &str = "8e503d2b-6c71-4d9f-8b4e-30af1c7d8b69";
/// Its app.
pub const LEAN_CLIENT: &str = "a73f4019-c6db-4294-91f3-894a6a2b3c10";
/// "Wingtip Example": a tenant whose Defender for Endpoint licence has run out.
pub const UNLICENSED_TENANT: &str = "9f614e3c-7d82-4eaf-9c5f-41b02d8e9c7a";
/// Its app.
pub const UNLICENSED_CLIENT: &str = "b840512a-d7ec-43a5-82a4-9a5b7b3c4d11";

/// The command-and-control domain of the story.
pub const DOMAIN: &str = "update-telemetry.example";
/// The address that it stands at.
pub const ADDRESS: &str = "203.0.113.66";
/// The same server's IPv6 address.
pub const ADDRESS_V6: &str = "2001:db8:66::1";
/// A second domain at that address.
pub const SECOND_DOMAIN: &str = "static-metrics.example";
/// The domain of the phishing campaign that began it.
pub const PHISHING_DOMAIN: &str = "northwind-payroll.example";
/// An address that tries passwords every few days: more than twenty alerts.
pub const SCANNER: &str = "203.0.113.200";
/// A domain whose alerts were all closed as false positives, and that is on Defender's list as allowed.
pub const CLEARED_DOMAIN: &str = "partner-portal.example.net";
/// A domain that devices were kept from reaching, and that none reached.
pub const BLOCKED_DOMAIN: &str = "drop-zone.example";
/// A name whose every neighbour is a trap for a search by words: `update-telemetry.example.net` is another's.
pub const NEIGHBOUR_DOMAIN: &str = "update-telemetry.example.net";
/// A domain that the tenant knows nothing about.
pub const UNKNOWN_DOMAIN: &str = "quiet-harbour.example";
/// An address that the tenant knows nothing about.
pub const UNKNOWN_ADDRESS: &str = "198.51.100.250";
