//! What can be seen without asking anybody.

use microsoft::Proof;
use search::Check;
use secrecy::ExposeSecret;
use store::connections::Connection;

use super::Checks;
use super::words::{failed, passed};
use crate::asking::Connected;

/// Whether what was saved can be right at all.
pub(super) fn form(stored: &Connection, connected: &Connected, checks: &mut Checks) -> bool {
    let is_guid = |text: &str| uuid::Uuid::try_parse(text.trim()).is_ok();
    let mut right = true;
    let mut wrong = |code: &str, title: &str, remedy: &str| {
        right = false;
        checks.add(Check { remedy: Some(remedy.into()), ..failed("form", code, title) });
    };
    if !is_guid(&stored.tenant_guid) {
        wrong(
            "tenant_id",
            "The tenant ID is not a GUID.",
            "Paste the Directory (tenant) ID from the app's overview page.",
        );
    }
    if !is_guid(&stored.client_id) {
        wrong(
            "client_id",
            "The client ID is not a GUID.",
            "Paste the Application (client) ID from the app's overview page.",
        );
    }
    if matches!(&connected.credential.proof, Proof::Secret(secret) if is_guid(secret.expose_secret())) {
        wrong(
            "secret_id_pasted",
            "The secret has the form of a Secret ID.",
            "Paste the secret's Value, which Microsoft shows once, when the secret is made.",
        );
    }
    if connected.workspaces.iter().any(|workspace| !is_guid(&workspace.id)) {
        wrong(
            "workspace_id",
            "A workspace ID is not a GUID.",
            "Paste the Workspace ID from the workspace's overview page.",
        );
    }
    if right {
        checks.add(passed("form", "What was saved has the right form."));
    }
    right
}
