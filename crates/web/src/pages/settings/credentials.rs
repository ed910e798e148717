//! The credentials of a connection: another one is added, switched to, removed; a certificate's public part is downloaded.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use secrecy::SecretString;
use serde::Deserialize;
use store::connections::{Connection, ConnectionId};
use store::credentials::{self, Credential, CredentialId};

use super::{Open, page};
use crate::Desk;
use crate::api::connections::credentials::switched;
use crate::connection_form::{self, CredentialDraft, Draft};
use crate::error::Error;
use crate::guard::Owner;
use crate::responses::see;

/// A credential, as the page shows it.
pub struct CredentialPart {
    /// Its id.
    pub id: String,
    /// "Certificate".
    pub title: &'static str,
    /// Whether the connection signs in by it.
    pub in_use: bool,
    /// The last day on which it is good.
    pub ends: Option<jiff::civil::Date>,
    /// A certificate's thumbprint.
    pub thumbprint: Option<String>,
    /// The client ID of a user-assigned managed identity.
    pub identity: Option<String>,
}

/// The credentials of a connection, the one in use first.
pub fn parts(desk: &Desk, connection: &Connection) -> Vec<CredentialPart> {
    let part = |credential: &Credential| CredentialPart {
        id: credential.id.to_string(),
        title: credential.kind.title(),
        in_use: credential.in_use,
        ends: credential.ends,
        thumbprint: credential.certificate.as_deref().map(|pem| desk.certificates.thumbprint(pem)),
        identity: credential.identity.clone(),
    };
    std::iter::once(&connection.credential).chain(&connection.spare).map(part).collect()
}

/// The form that adds one.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    kind: String,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    client_secret: SecretString,
    #[serde(default)]
    secret_ends: String,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    certificate_pem: SecretString,
    #[serde(default)]
    identity_client_id: String,
}

/// `POST /settings/connections/{id}/credentials`
pub async fn create(
    Owner(person): Owner,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Error> {
    let connection = found(&desk, &id).await?;
    let draft = Draft {
        client_secret: fields.client_secret,
        secret_ends: fields.secret_ends,
        credential: CredentialDraft {
            kind: fields.kind,
            certificate_pem: fields.certificate_pem,
            identity: fields.identity_client_id,
        },
        ..Draft::default()
    };
    match connection_form::check_credential(&desk, &draft) {
        Ok((proposed, ends)) => {
            desk.add_credential(&connection, proposed, ends).await?.ok_or(Error::NotFound)?;
            Ok(see(&address(&id)).into_response())
        }
        Err(errors) => page(&desk, &person, Open::Edit { id, draft: None, errors, trimmed: Vec::new() }).await,
    }
}

/// Whether to switch although it was not seen to sign in.
#[derive(Deserialize)]
pub struct Switching {
    #[serde(default)]
    anyway: String,
}

/// `POST /settings/connections/{id}/credentials/{credential}/use`: tries it first.
pub async fn switch(
    Owner(person): Owner,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
    Form(form): Form<Switching>,
) -> Result<Response, Error> {
    let connection = found(&desk, &id).await?;
    match switched(&desk, &connection, &credential, form.anyway == "yes").await {
        Ok(()) => {
            desk.validate(&id.to_string()).await?;
            Ok(see(&address(&id)).into_response())
        }
        Err(Error::Fields(errors)) => {
            page(&desk, &person, Open::Edit { id, draft: None, errors, trimmed: Vec::new() }).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /settings/connections/{id}/credentials/{credential}/remove`
pub async fn remove(
    Owner(_): Owner,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
) -> Result<Response, Error> {
    match credentials::remove(&desk.db, &id, &credential, desk.now()).await? {
        true => Ok(see(&address(&id)).into_response()),
        false => Err(Error::NotFound),
    }
}

/// `GET /settings/connections/{id}/credentials/{credential}/certificate`: what is uploaded in the portal.
pub async fn certificate(
    Owner(_): Owner,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
) -> Result<Response, Error> {
    let held = credentials::list(&desk.db, &id).await?;
    let pem = held.into_iter().find(|held| held.id == credential).and_then(|held| held.certificate);
    let pem = pem.ok_or(Error::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-pem-file"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"oriel-certificate.pem\""),
    ];
    Ok((headers, pem).into_response())
}

async fn found(desk: &Desk, id: &ConnectionId) -> Result<Connection, Error> {
    store::connections::find(&desk.db, id).await?.ok_or(Error::NotFound)
}

fn address(id: &ConnectionId) -> String {
    format!("/settings?edit={id}#credentials-{id}")
}
