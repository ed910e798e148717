//! Connections and validations as the API gives them.

use jiff::Timestamp;
use search::{CheckState, Status, Validation, Verdict};
use serde::Serialize;
use store::connections::Connection;
use store::credentials::Credential;
use utoipa::ToSchema;

use crate::Desk;

/// A connection. Its secret is never part of it.
#[derive(Serialize, ToSchema)]
pub struct ConnectionRecord {
    /// Its id.
    pub id: String,
    /// `sentinel` or `defender`.
    pub product: &'static str,
    /// What it is called.
    pub label: String,
    /// The directory.
    pub tenant_id: String,
    /// The app.
    pub client_id: String,
    /// The cloud.
    pub cloud: String,
    /// The workspaces of Sentinel.
    pub workspace_ids: Vec<String>,
    /// Their names, in the same order.
    pub workspace_labels: Vec<String>,
    /// Capabilities that are not asked.
    pub switched_off: Vec<String>,
    /// Capabilities whose tables are rightly quiet.
    pub quiet: Vec<String>,
    /// How it signs in.
    pub credential: CredentialRecord,
    /// A credential that is to take that one's place.
    pub spare_credential: Option<CredentialRecord>,
    /// The day on which the credential ends, where that is known.
    #[schema(value_type = Option<String>, format = Date)]
    pub secret_ends: Option<jiff::civil::Date>,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// The last validation.
    pub validation: Option<ValidationRecord>,
    /// What was put right when the form was read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A credential, without what is secret in it.
#[derive(Serialize, ToSchema)]
pub struct CredentialRecord {
    /// Its id.
    pub id: String,
    /// `secret`, `certificate`, `managed_identity` or `federated_token`.
    pub kind: &'static str,
    /// Whether the connection signs in by it.
    pub in_use: bool,
    /// The last day on which it is good, where that is known.
    #[schema(value_type = Option<String>, format = Date)]
    pub ends: Option<jiff::civil::Date>,
    /// Days until then; negative once it is past.
    pub days_left: Option<i32>,
    /// A certificate's thumbprint, as the portal shows it.
    pub thumbprint: Option<String>,
    /// The client ID of a user-assigned managed identity.
    pub identity_client_id: Option<String>,
}

/// A credential, without what is secret in it.
pub fn credential_record(desk: &Desk, credential: &Credential) -> CredentialRecord {
    CredentialRecord {
        id: credential.id.to_string(),
        kind: credential.kind.as_str(),
        in_use: credential.in_use,
        ends: credential.ends,
        days_left: credential.days_left(desk.now()),
        thumbprint: credential.certificate.as_deref().map(|pem| desk.certificates.thumbprint(pem)),
        identity_client_id: credential.identity.clone(),
    }
}

/// What is to be expected of a capability.
#[derive(Serialize, ToSchema)]
pub struct FollowRecord {
    /// The capability.
    pub capability: String,
    /// What it is called.
    pub title: String,
    /// `works`, `will_work`, `retired`, `off` or `not_offered`.
    pub verdict: &'static str,
    /// In words.
    pub words: String,
}

/// What was found when a connection was tried.
#[derive(Serialize, ToSchema)]
pub struct ValidationRecord {
    /// `ready`, `attention` or `failed`.
    pub status: &'static str,
    /// The checks, in the order in which they were made.
    pub checks: Vec<CheckRecord>,
    /// What follows, a line for each capability.
    pub follows: Vec<FollowRecord>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub validated_at: Timestamp,
}

/// One thing that was tried.
#[derive(Serialize, ToSchema)]
pub struct CheckRecord {
    /// `form`, `discovery`, `token`, `roles` or `probe`.
    pub check: String,
    /// The capability that it is for.
    pub capability: Option<String>,
    /// The permission that it needs.
    pub permission: Option<String>,
    /// `passed`, `failed` or `skipped`.
    pub state: &'static str,
    /// A stable word for the cause.
    pub code: String,
    /// What was found.
    pub title: String,
    /// What to do.
    pub remedy: Option<String>,
    /// Where to do it.
    pub link: Option<String>,
    /// Microsoft's trace or request id.
    pub trace_id: Option<String>,
    /// Microsoft's correlation id.
    pub correlation_id: Option<String>,
}

/// A connection with its last validation.
pub fn record(desk: &Desk, connection: Connection, validation: Option<&Validation>) -> ConnectionRecord {
    let (workspace_ids, workspace_labels) =
        connection.workspaces.into_iter().map(|workspace| (workspace.id, workspace.label)).unzip();
    ConnectionRecord {
        credential: credential_record(desk, &connection.credential),
        spare_credential: connection.spare.as_ref().map(|spare| credential_record(desk, spare)),
        id: connection.id.to_string(),
        product: connection.product.as_str(),
        label: connection.label,
        tenant_id: connection.tenant_guid,
        client_id: connection.client_id,
        cloud: connection.cloud,
        workspace_ids,
        workspace_labels,
        switched_off: connection.switched_off,
        quiet: connection.quiet,
        secret_ends: connection.credential.ends,
        created_at: connection.created_at,
        updated_at: connection.updated_at,
        validation: validation.map(validation_record),
        notes: Vec::new(),
    }
}

/// What was found when a connection was tried.
pub fn validation_record(validation: &Validation) -> ValidationRecord {
    ValidationRecord {
        status: match validation.status {
            Status::Ready => "ready",
            Status::Attention => "attention",
            Status::Failed => "failed",
        },
        checks: validation
            .checks
            .iter()
            .cloned()
            .map(|check| CheckRecord {
                check: check.check,
                capability: check.capability,
                permission: check.permission,
                state: match check.state {
                    CheckState::Passed => "passed",
                    CheckState::Failed => "failed",
                    CheckState::Skipped => "skipped",
                },
                code: check.code,
                title: check.title,
                remedy: check.remedy,
                link: check.link,
                trace_id: check.trace_id,
                correlation_id: check.correlation_id,
            })
            .collect(),
        follows: validation
            .follows
            .iter()
            .cloned()
            .map(|follow| FollowRecord {
                capability: follow.capability,
                title: follow.title,
                verdict: match follow.verdict {
                    Verdict::Works => "works",
                    Verdict::WillWork => "will_work",
                    Verdict::Retired => "retired",
                    Verdict::Off => "off",
                    Verdict::NotOffered => "not_offered",
                },
                words: follow.words,
            })
            .collect(),
        validated_at: validation.validated_at,
    }
}
