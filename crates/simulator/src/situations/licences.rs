//! Products that the organisation does not have.

use super::{Form, Situation, defender, with_app};
use crate::demo;
use crate::scenario::Licence;

pub(super) fn all() -> Vec<Situation> {
    vec![
        Situation::new(
            "no-defender-for-endpoint",
            "The organisation has no Defender for Endpoint (AADSTS500011) and no Defender XDR",
            Form { tenant: demo::LEAN_TENANT, ..with_app(defender(), demo::LEAN_CLIENT) },
        ),
        Situation::new(
            "endpoint-licence-ended",
            "The licence of Defender for Endpoint has run out (401, “reason of failure”)",
            Form { tenant: demo::UNLICENSED_TENANT, ..with_app(defender(), demo::UNLICENSED_CLIENT) },
        ),
        Situation::new(
            "account-not-provisioned",
            "Defender XDR is not set up (403, “Account is not provisioned”)",
            defender(),
        )
        .tenant(|tenant| tenant.xdr_licence = Licence::Inactive),
    ]
}
