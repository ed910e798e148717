//! The credentials of a connection: another one is added, tried, switched to, removed; a certificate's public part is
//! downloaded.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use search::Validation;
use secrecy::SecretString;
use serde::Deserialize;
use store::connections::{Connection, ConnectionId};
use store::credentials::{self, Credential, CredentialId};

use super::checklist::Checklist;
use super::integration::SignInPart;
use super::{Open, error_of, page};
use crate::Desk;
use crate::api::connections::credentials::not_switched;
use crate::connection_form::{self, CredentialDraft, Draft};
use crate::connections::Switch;
use crate::countdown::{Countdown, countdown};
use crate::error::{Error, FieldError};
use crate::guard::Owner;
use crate::proof::Proven;
use crate::responses::see;

/// How something that was done to the credentials came out.
#[derive(Default)]
pub struct Came {
    /// What was typed about another one.
    pub draft: Option<Draft>,
    /// What cannot be right.
    pub errors: Vec<FieldError>,
    /// What was found with one of them.
    pub tried: Option<(CredentialId, Validation)>,
}

/// The credentials of a connection, as the page shows them.
pub struct CredentialsPart {
    /// The connection's id.
    pub id: String,
    /// Those it holds, the one in use first.
    pub held: Vec<CredentialPart>,
    /// The form that adds another one, where there is room.
    pub add: Option<SignInPart>,
    /// Whether that form is open.
    pub adding: bool,
    /// Why nothing was done.
    pub error: Option<String>,
}

/// A credential, as the page shows it.
pub struct CredentialPart {
    /// The path of what can be done with it.
    pub address: String,
    /// "Certificate".
    pub title: &'static str,
    /// Whether the connection signs in by it.
    pub in_use: bool,
    /// The last day on which it is good.
    pub ends: Option<jiff::civil::Date>,
    /// A word on that day, if it is near or past.
    pub countdown: Option<Countdown>,
    /// A certificate's thumbprint.
    pub thumbprint: Option<String>,
    /// The client ID of a user-assigned managed identity.
    pub identity: Option<String>,
    /// What was found with it just now.
    pub tried: Option<Tried>,
}

/// What was found with a credential just now.
pub struct Tried {
    /// Whether it signs in.
    pub signs_in: bool,
    /// The checks.
    pub checks: Checklist,
}

impl CredentialsPart {
    /// The credentials of a connection, after something was done to them.
    pub fn new(desk: &Desk, connection: &Connection, came: Option<&Came>) -> CredentialsPart {
        let nothing = Came::default();
        let Came { draft, errors, tried } = came.unwrap_or(&nothing);
        let id = connection.id.to_string();
        let part = |credential: &Credential| {
            let tried = tried.as_ref().filter(|(tried, _)| *tried == credential.id);
            CredentialPart {
                address: format!("/settings/connections/{id}/credentials/{}", credential.id),
                title: credential.kind.title(),
                in_use: credential.in_use,
                ends: credential.ends,
                countdown: countdown(credential, desk.now()),
                thumbprint: credential.certificate.as_deref().map(|pem| desk.certificates.thumbprint(pem)),
                identity: credential.identity.clone(),
                tried: tried.map(|(key, found)| Tried {
                    signs_in: found.signs_in(),
                    checks: Checklist::beside(
                        key.as_str(),
                        &id,
                        connection.product,
                        &found.checks,
                        &found.follows,
                        false,
                    ),
                }),
            }
        };
        let blank = Draft::default();
        let typed = draft.as_ref().unwrap_or(&blank);
        let add = || SignInPart::new(format!("spare-{id}"), typed, None, errors);
        CredentialsPart {
            held: std::iter::once(&connection.credential).chain(&connection.spare).map(part).collect(),
            add: connection.spare.is_none().then(add),
            adding: draft.is_some(),
            // What is wrong with a field stands at the field.
            error: error_of(errors, "credential").filter(|_| draft.is_none()).map(str::to_owned),
            id,
        }
    }
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
    Proven(caller): Proven,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    let draft = Draft {
        client_secret: fields.client_secret,
        secret_ends: fields.secret_ends,
        credential: CredentialDraft {
            kind: fields.kind,
            certificate_pem: fields.certificate_pem,
            make: false,
            identity: fields.identity_client_id,
        },
        ..Draft::default()
    };
    let came = match connection_form::check_credential(&desk, &draft) {
        Ok((proposed, ends)) => match desk.add_credential(&caller.actor, &connection, proposed, ends).await {
            Ok(Some(_)) => return Ok(see(&address(&id)).into_response()),
            Ok(None) => return Err(Error::NotFound),
            // Somebody has added one meanwhile: there is no form any more at which to say it.
            Err(Error::Fields(errors)) => Came { errors, ..Came::default() },
            Err(error) => return Err(error),
        },
        Err(errors) => Came { draft: Some(draft), errors, tried: None },
    };
    page(&desk, &caller, Open::Credentials { id, came }).await
}

/// `POST /settings/connections/{id}/credentials/{credential}/validate`: tries it, and shows what was found.
pub async fn validate(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
) -> Result<Response, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    let validation = desk.try_credential(&connection, &credential).await?.ok_or(Error::NotFound)?;
    let came = Came { tried: Some((credential, validation)), ..Came::default() };
    page(&desk, &caller, Open::Credentials { id, came }).await
}

/// Whether to switch although it was not seen to sign in.
#[derive(Deserialize)]
pub struct Switching {
    #[serde(default)]
    anyway: String,
}

/// `POST /settings/connections/{id}/credentials/{credential}/use`: tries it first.
pub async fn switch(
    Proven(caller): Proven,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
    Form(form): Form<Switching>,
) -> Result<Response, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    match desk.switch_credential(&caller.actor, &connection, &credential, form.anyway == "yes").await? {
        Switch::Done(tried) => {
            if tried.is_none() {
                desk.validate(&id.to_string()).await?;
            }
            Ok(see(&address(&id)).into_response())
        }
        Switch::DoesNotSignIn(validation) => {
            let errors = vec![FieldError::new("credential", not_switched(&validation))];
            let came = Came { errors, tried: Some((credential, validation)), draft: None };
            page(&desk, &caller, Open::Credentials { id, came }).await
        }
        Switch::NothingToSwitchTo => Err(Error::NotFound),
    }
}

/// `POST /settings/connections/{id}/credentials/{credential}/remove`
pub async fn remove(
    Proven(caller): Proven,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
) -> Result<Response, Error> {
    desk.connection_of(&caller, &id).await?;
    match desk.remove_credential(&caller.actor, &caller.scope, &id, &credential).await? {
        true => Ok(see(&address(&id)).into_response()),
        false => Err(Error::NotFound),
    }
}

/// `GET /settings/connections/{id}/credentials/{credential}/certificate`: what is uploaded in the portal.
pub async fn certificate(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
) -> Result<Response, Error> {
    desk.connection_of(&caller, &id).await?;
    let held = credentials::list(&desk.db, &caller.scope, &id).await?;
    let pem = held.into_iter().find(|held| held.id == credential).and_then(|held| held.certificate);
    let pem = pem.ok_or(Error::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-pem-file"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"oriel-certificate.pem\""),
    ];
    Ok((headers, pem).into_response())
}

fn address(id: &ConnectionId) -> String {
    format!("/settings?edit={id}#credentials-{id}")
}
