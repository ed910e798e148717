//! The form of a connection, as the page shows it.

use search::Product;
use secrecy::SecretString;
use store::connections::Connection;
use store::credentials::Kind;

use super::SignInPart;
use crate::Desk;
use crate::connection_form::{CredentialDraft, Draft};
use crate::error::FieldError;
use crate::pages::settings::error_of;
use crate::state::CapabilityRow;

/// The form of a connection.
pub struct FormPart {
    /// Where it is sent.
    pub action: String,
    /// What makes the ids of its fields differ from those of another form.
    pub key: String,
    /// The product.
    pub product: Product,
    /// What the fields hold. The secret is never among it.
    pub draft: Draft,
    /// How it signs in.
    pub signs_in: SignInPart,
    /// Whether the connection is there already.
    pub saved: bool,
    /// The clouds to choose from: name and title.
    pub clouds: Vec<(String, String)>,
    /// Where the app's overview page is, in that cloud.
    pub portal: Option<&'static str>,
    /// The switches.
    pub switches: Vec<Switch>,
    /// What cannot be right.
    pub errors: Vec<FieldError>,
    /// What was put right.
    pub trimmed: Vec<String>,
    /// Other connections whose app could be used: id and words for the button.
    pub same_as: Vec<(String, String)>,
}

impl FormPart {
    /// What is wrong with a field.
    pub fn error(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    /// Whether any capability is marked as rightly quiet.
    pub fn any_quiet(&self) -> bool {
        !self.draft.quiet.is_empty()
    }

    /// The workspaces, one a line.
    pub fn workspaces(&self) -> String {
        self.draft.workspaces.join("\n")
    }
}

/// The switch of one capability.
pub struct Switch {
    /// The capability.
    pub row: CapabilityRow,
    /// Whether it is asked.
    pub on: bool,
    /// Whether its table is rightly quiet.
    pub quiet: bool,
}

/// The form of a connection, with what is stored or what was typed.
pub fn edit_form(desk: &Desk, connection: &Connection, draft: Option<&Draft>, errors: &[FieldError]) -> FormPart {
    let credential = &connection.credential;
    // A certificate tells its end itself: the field is a secret's.
    let ends = credential.ends.filter(|_| credential.kind == Kind::Secret);
    let stored = || Draft {
        label: connection.label.clone(),
        tenant_id: connection.tenant_guid.clone(),
        client_id: connection.client_id.clone(),
        cloud: connection.cloud.clone(),
        workspaces: connection
            .workspaces
            .iter()
            .map(|workspace| format!("{} {}", workspace.id, workspace.label).trim().to_owned())
            .collect(),
        switched_off: connection.switched_off.clone(),
        quiet: connection.quiet.clone(),
        secret_ends: ends.map(|date| date.to_string()).unwrap_or_default(),
        credential: CredentialDraft {
            kind: credential.kind.as_str().to_owned(),
            identity: credential.identity.clone().unwrap_or_default(),
            ..CredentialDraft::default()
        },
        ..Draft::default()
    };
    let draft = draft.cloned().unwrap_or_else(stored);
    form(desk, connection.product, Some(connection), draft, errors)
}

/// The form of a connection that is to be.
pub fn new_form(
    desk: &Desk,
    product: Product,
    draft: Option<&Draft>,
    errors: &[FieldError],
    connections: &[Connection],
) -> FormPart {
    let others: Vec<&Connection> = connections.iter().filter(|connection| connection.product != product).collect();
    let several = others.len() > 1;
    let same_as = others
        .iter()
        .map(|other| {
            let label = if several { format!(" ({})", other.label) } else { String::new() };
            (other.id.to_string(), format!("Use the same app as {}{label}", other.product.title()))
        })
        .collect();
    FormPart { same_as, ..form(desk, product, None, draft.cloned().unwrap_or_default(), errors) }
}

fn form(
    desk: &Desk,
    product: Product,
    connection: Option<&Connection>,
    draft: Draft,
    errors: &[FieldError],
) -> FormPart {
    let id = connection.map(|connection| &connection.id);
    let key = id.map_or(format!("new-{product}"), ToString::to_string);
    let stays = connection.map(|connection| connection.credential.kind);
    let switches = desk
        .capabilities
        .iter()
        .filter(|row| row.product == product)
        .map(|row| Switch {
            row: row.clone(),
            on: !draft.switched_off.contains(&row.name),
            quiet: draft.quiet.contains(&row.name),
        })
        .collect();
    FormPart {
        action: id.map_or("/settings/connections".to_owned(), |id| format!("/settings/connections/{id}")),
        signs_in: SignInPart::new(key.clone(), &draft, stays, errors),
        key,
        product,
        saved: id.is_some(),
        clouds: desk.settings.clouds.iter().map(|cloud| (cloud.clone(), cloud_title(cloud).to_owned())).collect(),
        portal: portal(if draft.cloud.is_empty() { desk.settings.clouds.first() } else { Some(&draft.cloud) }),
        // Whatever was typed into the field of the secret is not sent back.
        draft: Draft {
            client_secret: SecretString::default(),
            credential: CredentialDraft { certificate_pem: SecretString::default(), ..draft.credential },
            ..draft
        },
        switches,
        errors: errors.to_vec(),
        trimmed: Vec::new(),
        same_as: Vec::new(),
    }
}

/// What a built-in cloud is called on a page.
pub fn cloud_title(name: &str) -> &str {
    match name {
        "global" => "Global",
        "gcc" => "US Government GCC",
        "gcc-high" => "US Government GCC High",
        "dod" => "US Department of Defense",
        "china" => "China (21Vianet)",
        other => other,
    }
}

/// The list of apps in the portal of a cloud.
fn portal(cloud: Option<&String>) -> Option<&'static str> {
    match cloud?.as_str() {
        "global" | "gcc" => {
            Some("https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade")
        }
        "gcc-high" | "dod" => {
            Some("https://entra.microsoft.us/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade")
        }
        "china" => Some("https://portal.azure.cn/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade"),
        _ => None,
    }
}
