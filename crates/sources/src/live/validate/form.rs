//! What can be seen without asking anybody.

use microsoft::{Proof, RefusalCause};
use search::Check;
use secrecy::ExposeSecret;
use store::connections::Connection;

use super::Checks;
use super::words::{failed, passed};
use crate::asking::Connected;

/// Whether what was saved can be right at all.
pub(super) fn form(stored: &Connection, connected: &Connected, checks: &mut Checks) -> bool {
    let registrations = connected.refusal_link(RefusalCause::AppNotFound);
    let secrets = connected.refusal_link(RefusalCause::SecretIdPasted);
    let is_guid = |text: &str| uuid::Uuid::try_parse(text.trim()).is_ok();
    let mut right = true;
    let mut wrong = |code: &str, title: &str, remedy: &str, link: Option<&String>| {
        right = false;
        checks.add(Check { remedy: Some(remedy.into()), link: link.cloned(), ..failed("form", code, title) });
    };
    if !is_guid(&stored.tenant_guid) {
        wrong(
            "tenant_id",
            "The tenant ID is not a GUID.",
            "Paste the Directory (tenant) ID from the app's overview page.",
            registrations.as_ref(),
        );
    }
    if !is_guid(&stored.client_id) {
        wrong(
            "client_id",
            "The client ID is not a GUID.",
            "Paste the Application (client) ID from the app's overview page.",
            registrations.as_ref(),
        );
    }
    if matches!(&connected.credential.proof, Proof::Secret(secret) if is_guid(secret.expose_secret())) {
        wrong(
            "secret_id_pasted",
            "The secret has the form of a Secret ID.",
            "Paste the secret's Value, which Microsoft shows once, when the secret is made; if it is no longer shown, make a new secret.",
            secrets.as_ref(),
        );
    }
    if connected.workspaces.iter().any(|workspace| !is_guid(&workspace.id)) {
        wrong(
            "workspace_id",
            "A workspace ID is not a GUID.",
            "Paste the Workspace ID from the workspace's overview page.",
            connected.roles_link().as_ref(),
        );
    }
    if right {
        checks.add(passed("form", "What was saved has the right form."));
    }
    right
}
