//! The set-up guide, and the scripts that do what it says.

pub mod consented;

mod ask;
mod returning;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::{CookieJar, Query};
use jiff::tz::TimeZone;
use search::Product;
use search::set_up::{ConsentPage, Format, Missing, Script, Step, Unusable};
use store::connections::Connection;
use store::people::{Person, Role};

use crate::Desk;
use crate::error::Error;
use crate::frame::{Frame, Section};
use crate::guard::{Caller, Owner, SignedIn};
use crate::guide::{self, Needed};
use crate::responses::render;
use crate::{markup, sessions};
use ask::Ask;
pub use ask::CREDENTIALS;

/// Where Entra sends an administrator who has granted consent.
pub const CONSENTED: &str = "/settings/consented";

/// What a validation named that a script can add; [`Missing::of`] reads the same checks.
const NOTHING_MISSING: &str = "The last validation of this connection found no permission and no role missing, so there is nothing to add. \
                               Validate it again if something has changed.";

#[derive(Template)]
#[template(path = "set_up/show.html")]
struct SetUpPage {
    frame: Frame,
    steps: Vec<StepPart>,
    form: Option<FormPart>,
}

/// A step of the guide, with the permissions that are granted in it.
struct StepPart {
    number: usize,
    step: &'static guide::Step,
    permissions: Vec<Needed>,
}

/// The form, for owners.
struct FormPart {
    ask: Ask,
    formats: [Format; 4],
    steps: [Step; 4],
    clouds: Vec<(String, String)>,
    connections: Vec<Choice>,
    written: Option<Script>,
    wrong: Vec<Unusable>,
    consent: Option<Consent>,
}

/// A saved connection, to be chosen.
struct Choice {
    id: String,
    words: String,
    chosen: bool,
}

/// How an administrator of the chosen connection's tenant may grant consent by a link.
struct Consent {
    label: String,
    /// What has to be registered as a redirect address.
    redirect: String,
    /// Entra's page; none where Entra takes no such address.
    page: Option<String>,
}

impl FormPart {
    fn error(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.message.as_str())
    }

    /// What is wrong with something that has no field of its own on the page.
    fn other_errors(&self) -> Vec<&str> {
        const FIELDS: [&str; 7] = ["product", "format", "step", "cloud", "credential", "days", "name"];
        let others = self.wrong.iter().filter(|wrong| wrong.field != "workspace" && !FIELDS.contains(&wrong.field));
        others.map(|wrong| wrong.message.as_str()).collect()
    }

    /// Whether a field that is folded away cannot be right.
    fn further_is_wrong(&self) -> bool {
        ["cloud", "credential", "days", "name", "workspace"].iter().any(|field| self.error(field).is_some())
    }

    fn chosen(&self, product: Product) -> bool {
        self.ask.product.iter().any(|name| name == product.as_str())
    }
}

/// `GET /settings/set-up`: the guide for everybody; for owners also the scripts.
pub async fn show(
    SignedIn(caller): SignedIn,
    State(desk): State<Desk>,
    jar: CookieJar,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    let form = match caller.role {
        Role::Owner => Some(form(&desk, &caller, &jar, ask).await?),
        _ => None,
    };
    let status = match &form {
        Some(form) if !form.wrong.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let page = SetUpPage { frame: frame(&caller), steps: steps(&desk), form };
    Ok((status, render(&page)?).into_response())
}

/// `GET /settings/set-up/script`: what the form shows, as a file.
pub async fn script(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Query(mut ask): Query<Ask>,
) -> Result<Response, Error> {
    let connection = connection(&desk, &caller, &ask).await?;
    let written = write(&desk, &mut ask, connection.as_ref()).await?;
    let script = written.map_err(|wrong| {
        Error::Fields(wrong.into_iter().map(|one| crate::FieldError::new(one.field, one.message)).collect())
    })?;
    let headers = [
        (header::CONTENT_TYPE, script.media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", script.file_name)),
    ];
    Ok((headers, script.text).into_response())
}

fn frame(person: &Person) -> Frame {
    super::frame("Set-up guide", person).section(Section::Settings)
}

fn steps(desk: &Desk) -> Vec<StepPart> {
    let today = TimeZone::UTC.to_datetime(desk.now()).date();
    let permissions = |step: &guide::Step| {
        step.permissions.map(|resource| guide::needed(&desk.capabilities, resource, today)).unwrap_or_default()
    };
    (1..).zip(guide::STEPS).map(|(number, step)| StepPart { number, step, permissions: permissions(step) }).collect()
}

async fn connection(desk: &Desk, caller: &Caller, ask: &Ask) -> Result<Option<Connection>, Error> {
    if ask.connection.is_empty() {
        return Ok(None);
    }
    let id = ask.connection.parse().map_err(|_| Error::NotFound)?;
    desk.connection_of(caller, &id).await.map(Some)
}

async fn form(desk: &Desk, caller: &Caller, jar: &CookieJar, mut ask: Ask) -> Result<FormPart, Error> {
    let chosen = connection(desk, caller, &ask).await?;
    let (mut written, mut wrong) = (None, Vec::new());
    if ask.format.is_empty() {
        ask.fill(chosen.as_ref(), &desk.settings.clouds);
    } else {
        match write(desk, &mut ask, chosen.as_ref()).await? {
            Ok(script) => written = Some(script),
            Err(found) => wrong = found,
        }
    }
    let consent = chosen.as_ref().and_then(|connection| consent(desk, jar, connection));
    let all = store::connections::list(&desk.db, &caller.scope).await?;
    let connections = all.iter().map(|connection| Choice {
        id: connection.id.to_string(),
        words: format!("That of {} ({})", markup::clean(&connection.label), connection.product.title()),
        chosen: chosen.as_ref().is_some_and(|chosen| chosen.id == connection.id),
    });
    Ok(FormPart {
        connections: connections.collect(),
        ask,
        formats: Format::ALL,
        steps: Step::ALL,
        clouds: desk
            .settings
            .clouds
            .iter()
            .map(|name| (name.clone(), crate::pages::settings::integration::cloud_title(name).to_owned()))
            .collect(),
        written,
        wrong,
        consent,
    })
}

/// Fills the form, and writes what it asks for.
async fn write(
    desk: &Desk,
    ask: &mut Ask,
    connection: Option<&Connection>,
) -> Result<Result<Script, Vec<Unusable>>, Error> {
    ask.fill(connection, &desk.settings.clouds);
    let missing = match connection {
        Some(connection) if ask.missing == "yes" => {
            let newest = store::validations::newest(&desk.db, &connection.scope(), &connection.id).await?;
            let missing = newest.map(|validation| Missing::of(&validation)).unwrap_or_default();
            if missing.is_empty() {
                return Ok(Err(vec![Unusable { field: "missing", message: NOTHING_MISSING.to_owned() }]));
            }
            Some(missing)
        }
        _ => None,
    };
    Ok(ask.wanted(connection, missing).and_then(|wanted| desk.set_up.write(&wanted)))
}

fn consent(desk: &Desk, jar: &CookieJar, connection: &Connection) -> Option<Consent> {
    let session = sessions::token(desk, jar)?;
    let redirect = desk.settings.public_url.join(CONSENTED).ok()?;
    let state = returning::state(&session, &connection.id, desk.now(), &desk.random);
    let page = ConsentPage {
        cloud: &connection.cloud,
        tenant: &connection.tenant_guid,
        client: &connection.client_id,
        redirect: redirect.as_str(),
        state: &state,
    };
    // Entra takes https, and plain http from the machine itself alone.
    let takes = redirect.scheme() == "https" || redirect.host_str() == Some("localhost");
    Some(Consent {
        label: markup::clean(&connection.label),
        page: takes.then(|| desk.set_up.consent_page(&page)).flatten(),
        redirect: redirect.into(),
    })
}
