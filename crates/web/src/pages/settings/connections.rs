//! Connections by form: made, changed, tried, removed. Each ends on the settings page with that connection open.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use search::Product;
use secrecy::SecretString;
use serde::Deserialize;
use store::connections::ConnectionId;
use store::credentials::Kind;

use super::{Open, page};
use crate::Desk;
use crate::connection_form::{self, CredentialDraft, Draft};
use crate::error::{Error, FieldError};
use crate::guard::Owner;
use crate::proof::Proven;
use crate::responses::see;

/// The form of a connection.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    product: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    tenant_id: String,
    #[serde(default)]
    client_id: String,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    client_secret: SecretString,
    #[serde(default)]
    cloud: String,
    #[serde(default)]
    workspaces: String,
    #[serde(default)]
    secret_ends: String,
    /// How it signs in; empty for what is stored.
    #[serde(default)]
    kind: String,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    certificate_pem: SecretString,
    /// "yes" to have a certificate made in the stored one's place.
    #[serde(default)]
    make_certificate: String,
    #[serde(default)]
    identity_client_id: String,
    /// Capabilities whose box is ticked.
    #[serde(default)]
    on: Vec<String>,
    /// Capabilities whose tables are marked as rightly quiet.
    #[serde(default)]
    quiet: Vec<String>,
    /// The connection whose app is to be used.
    #[serde(default)]
    same_as: Option<ConnectionId>,
}

impl Fields {
    fn draft(self, desk: &Desk, product: Product) -> Draft {
        let switched_off = desk
            .capabilities
            .iter()
            .filter(|row| row.product == product && !self.on.contains(&row.name))
            .map(|row| row.name.clone())
            .collect();
        Draft {
            label: self.label,
            tenant_id: self.tenant_id,
            client_id: self.client_id,
            client_secret: self.client_secret,
            cloud: self.cloud,
            workspaces: self.workspaces.lines().map(str::to_owned).collect(),
            switched_off,
            quiet: self.quiet,
            secret_ends: self.secret_ends,
            credential: CredentialDraft {
                kind: self.kind,
                certificate_pem: self.certificate_pem,
                make: self.make_certificate == "yes",
                identity: self.identity_client_id,
            },
        }
    }
}

/// `POST /settings/connections`: saves a new connection and begins to try it.
pub async fn create(
    Proven(caller): Proven,
    State(desk): State<Desk>,
    Form(fields): Form<Fields>,
) -> Result<Response, Error> {
    let product: Product = fields
        .product
        .parse()
        .map_err(|_| Error::field("product", "This is not a product. It is one of: sentinel, defender."))?;
    let same_as = fields.same_as.clone();
    let mut draft = fields.draft(&desk, product);
    if let Some(id) = same_as {
        let other = desk.connection_of(&caller, &id).await?;
        draft.tenant_id = other.tenant_guid.clone();
        draft.client_id = other.client_id.clone();
        draft.cloud = other.cloud.clone();
        draft.credential = desk.credential_of(&other)?;
        if other.credential.kind == Kind::Secret {
            draft.client_secret = std::mem::take(&mut draft.credential.certificate_pem);
        }
        draft.secret_ends = other.credential.ends.map(|date| date.to_string()).unwrap_or_default();
        if draft.label.trim().is_empty() {
            draft.label = other.label.clone();
        }
    }
    match connection_form::check(&desk, product, &draft, None) {
        Ok(checked) => {
            let trimmed = checked.trimmed.join(",");
            match desk.create_connection(&caller.actor, &caller.scope, product, checked).await {
                Ok(id) => {
                    desk.validate(&id.to_string()).await?;
                    Ok(see(&address(&id, &trimmed)).into_response())
                }
                // A tenant that this owner does not look after is told at its field.
                Err(Error::Fields(errors)) => {
                    page(&desk, &caller, Open::New { product, draft: Some(draft), errors }).await
                }
                Err(error) => Err(error),
            }
        }
        Err(errors) => page(&desk, &caller, Open::New { product, draft: Some(draft), errors }).await,
    }
}

/// `POST /settings/connections/{id}`: saves a change and begins to try the connection.
pub async fn update(
    Proven(caller): Proven,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Error> {
    let before = desk.connection_of(&caller, &id).await?;
    let draft = fields.draft(&desk, before.product);
    match connection_form::check(&desk, before.product, &draft, Some(&before)) {
        Ok(checked) => {
            let trimmed = checked.trimmed.join(",");
            match desk.update_connection(&caller.actor, &caller.scope, &before, checked).await {
                Ok(true) => {}
                Ok(false) => return Err(Error::NotFound),
                Err(Error::Fields(errors)) => {
                    let open = Open::Edit { id, draft: Some(draft), errors, trimmed: Vec::new() };
                    return page(&desk, &caller, open).await;
                }
                Err(error) => return Err(error),
            }
            desk.validate(&id.to_string()).await?;
            Ok(see(&address(&id, &trimmed)).into_response())
        }
        Err(errors) => page(&desk, &caller, Open::Edit { id, draft: Some(draft), errors, trimmed: Vec::new() }).await,
    }
}

/// `POST /settings/connections/{id}/validate`
pub async fn validate(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
) -> Result<Redirect, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    desk.note_connection(&caller, "connection.validated", &connection).await;
    desk.validate(&id.to_string()).await?;
    Ok(see(&address(&id, "")))
}

/// What the form that removes a connection says.
#[derive(Deserialize)]
pub struct Removal {
    #[serde(default)]
    sure: String,
}

/// `POST /settings/connections/{id}/remove`: from the page that asked whether it is meant.
pub async fn remove(
    Proven(caller): Proven,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
    Form(removal): Form<Removal>,
) -> Result<Response, Error> {
    desk.connection_of(&caller, &id).await?;
    if removal.sure != "yes" {
        return page(&desk, &caller, Open::Remove(id)).await;
    }
    store::connections::delete(&desk.db, &caller.actor, &caller.scope, &id, desk.now()).await?;
    tracing::info!(connection.id = %id, "a connection was removed");
    Ok(see("/settings?done=removed#integration").into_response())
}

fn address(id: &ConnectionId, trimmed: &str) -> String {
    let trimmed = if trimmed.is_empty() { String::new() } else { format!("&trimmed={trimmed}") };
    format!("/settings?edit={id}{trimmed}#connection-{id}")
}

/// The errors of one field, for a template.
pub fn error_of<'a>(errors: &'a [FieldError], field: &str) -> Option<&'a str> {
    errors.iter().find(|error| error.field == field).map(|error| error.message.as_str())
}
