//! The part of the settings page called Microsoft Graph Integration.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use search::{Check, CheckState, Product, Status, Validation};
use secrecy::SecretString;
use store::connections::{Connection, ConnectionId};
use store::people::{Person, Role};
use store::tenants::Tenant;

use super::Open;
use crate::Desk;
use crate::connection_form::Draft;
use crate::error::{Error, FieldError};
use crate::state::CapabilityRow;

/// A secret that ends within this many days is warned of.
const WARN_DAYS: i64 = 30;

/// Everything under the heading.
pub struct Integration {
    /// One block for each product, in the order of the pages.
    pub products: Vec<ProductBlock>,
    /// Whether the reader may change anything.
    pub may_change: bool,
    /// The open connection, if it is being tried at this moment.
    pub validating: Option<String>,
}

/// The rows of one product.
pub struct ProductBlock {
    /// Which.
    pub product: Product,
    /// The heading that PassiveTotal's users know.
    pub heading: &'static str,
    /// The present names of what is behind it.
    pub help: &'static str,
    /// What it can answer.
    pub capabilities: Vec<CapabilityRow>,
    /// The connections.
    pub rows: Vec<Row>,
    /// The form of a new connection, if it is open.
    pub form: Option<FormPart>,
}

/// One connection.
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// The tenant: its name where that is known, else its GUID.
    pub tenant: String,
    /// Whether that is its GUID.
    pub tenant_is_id: bool,
    /// How it stands.
    pub state: State,
    /// A word on the end of its secret, if that is near or past.
    pub secret_warning: Option<String>,
    /// Its form, if it is open.
    pub form: Option<FormPart>,
    /// Whether it is asked if it should be removed.
    pub removing: bool,
    /// The checks of its last validation, or of the one under way.
    pub checks: ChecksPart,
}

/// How a connection stands, in words.
pub struct State {
    /// `ready`, `attention`, `failed`, `waiting`: part of a class name.
    pub class: &'static str,
    /// The icon.
    pub icon: &'static str,
    /// The first word.
    pub word: String,
    /// The rest.
    pub rest: String,
    /// When it was tried.
    pub validated_at: Option<Timestamp>,
}

/// The list of checks.
pub struct ChecksPart {
    /// The connection's id.
    pub id: String,
    /// The checks.
    pub checks: Vec<Check>,
    /// Whether more are to come.
    pub running: bool,
}

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
    /// Whether a secret is stored.
    pub has_secret: bool,
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
        super::error_of(&self.errors, field)
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
}

impl Integration {
    /// Whether anything is connected.
    pub fn has_rows(&self) -> bool {
        self.products.iter().any(|block| !block.rows.is_empty())
    }

    /// Reads it for somebody, with what is open.
    pub async fn read(desk: &Desk, person: &Person, open: &Open) -> Result<Integration, Error> {
        let connections = store::connections::list(&desk.db).await?;
        let tenants = store::tenants::list(&desk.db).await?;
        let may_change = person.role == Role::Owner;
        let mut integration = Integration { products: Vec::new(), may_change, validating: None };
        for product in Product::ALL {
            let mut rows = Vec::new();
            for connection in connections.iter().filter(|connection| connection.product == product) {
                let row = Row::read(desk, connection, &tenants, open).await?;
                if row.checks.running && row.form.is_some() {
                    integration.validating = Some(row.id.clone());
                }
                rows.push(row);
            }
            let form = match open {
                Open::New { product: new, draft, errors } if *new == product => {
                    Some(new_form(desk, product, draft.clone(), errors, &connections))
                }
                _ => None,
            };
            let (heading, help) = words(product);
            let capabilities = desk.capabilities.iter().filter(|row| row.product == product).cloned().collect();
            integration.products.push(ProductBlock { product, heading, help, capabilities, rows, form });
        }
        if let Open::Edit { id, .. } | Open::Remove(id) = open
            && !connections.iter().any(|connection| connection.id == *id)
        {
            return Err(Error::NotFound);
        }
        Ok(integration)
    }
}

/// The headings are those of PassiveTotal's settings; the present names stand beside them.
fn words(product: Product) -> (&'static str, &'static str) {
    match product {
        Product::Sentinel => ("Sentinel Configuration", "Microsoft Sentinel, by Microsoft Graph and by its workspaces"),
        Product::Defender => (
            "Advanced Threat Protection (Defender)",
            "Microsoft Defender XDR and Defender for Endpoint, once called Advanced Threat Protection",
        ),
    }
}

impl Row {
    async fn read(desk: &Desk, connection: &Connection, tenants: &[Tenant], open: &Open) -> Result<Row, Error> {
        let id = connection.id.to_string();
        let (checks, state) = checks_and_state(desk, connection).await?;
        let form = match open {
            Open::Edit { id, draft, errors, trimmed } if *id == connection.id => Some(FormPart {
                errors: errors.clone(),
                trimmed: trimmed.clone(),
                ..edit_form(desk, connection, draft.clone())
            }),
            _ => None,
        };
        let removing = matches!(open, Open::Remove(id) if *id == connection.id);
        let name = tenants
            .iter()
            .find(|tenant| tenant.guid == connection.tenant_guid && tenant.cloud == connection.cloud)
            .and_then(|tenant| tenant.name.clone());
        Ok(Row {
            id,
            label: connection.label.clone(),
            tenant_is_id: name.is_none(),
            tenant: name.unwrap_or_else(|| connection.tenant_guid.clone()),
            state,
            secret_warning: secret_warning(connection, desk.now()),
            form,
            removing,
            checks,
        })
    }
}

/// The checks of a connection and how it stands, from the validation under way or the last one.
pub async fn checks_and_state(desk: &Desk, connection: &Connection) -> Result<(ChecksPart, State), Error> {
    let id = connection.id.to_string();
    if let Some(progress) = desk.validation_under_way(&id).await? {
        let checks = progress.borrow().checks.clone();
        return Ok((ChecksPart { id, checks, running: true }, State::validating()));
    }
    let newest = store::validations::newest(&desk.db, &connection.id).await?;
    let state = if desk.validation_broke_off(&id).await? { State::broken() } else { State::of(newest.as_ref()) };
    let checks = newest.map(|validation| validation.checks).unwrap_or_default();
    Ok((ChecksPart { id, checks, running: false }, state))
}

impl State {
    /// While it is being tried.
    pub fn validating() -> State {
        State { class: "waiting", icon: "clock", word: "Validating".into(), rest: String::new(), validated_at: None }
    }

    /// After a validation that Oriel could not carry out.
    fn broken() -> State {
        State {
            class: "failed",
            icon: "cross",
            word: "Not validated".into(),
            rest: "Oriel broke off; the reason is in the log of the server".into(),
            validated_at: None,
        }
    }

    /// After its last validation.
    pub fn of(validation: Option<&Validation>) -> State {
        let Some(validation) = validation else {
            return State {
                class: "waiting",
                icon: "clock",
                word: "Not validated yet".into(),
                rest: String::new(),
                validated_at: None,
            };
        };
        let failed: Vec<&Check> = validation.checks.iter().filter(|check| check.state == CheckState::Failed).collect();
        let first = failed.first().map(|check| check.title.clone()).unwrap_or_default();
        let (class, icon, word, rest) = match validation.status {
            Status::Ready => ("ready", "dot", "Ready".to_owned(), capabilities_word(&validation.checks)),
            Status::Attention => {
                let things = if failed.len() == 1 { "thing" } else { "things" };
                ("attention", "warn", format!("{} {things} to fix", failed.len()), first)
            }
            Status::Failed => ("failed", "cross", "Does not work".to_owned(), first),
        };
        State { class, icon, word, rest, validated_at: Some(validation.validated_at) }
    }
}

/// "3 of 4 capabilities": those whose checks all passed, of those that were tried.
fn capabilities_word(checks: &[Check]) -> String {
    let mut works: BTreeMap<&str, bool> = BTreeMap::new();
    for check in checks.iter().filter(|check| check.state != CheckState::Skipped) {
        if let Some(capability) = &check.capability {
            *works.entry(capability).or_insert(true) &= check.state == CheckState::Passed;
        }
    }
    match (works.values().filter(|works| **works).count(), works.len()) {
        (_, 0) => String::new(),
        (1, 1) => "1 capability".to_owned(),
        (passed, all) if passed == all => format!("{all} capabilities"),
        (passed, all) => format!("{passed} of {all} capabilities"),
    }
}

fn secret_warning(connection: &Connection, now: Timestamp) -> Option<String> {
    let ends = connection.secret_ends?;
    let today = TimeZone::UTC.to_datetime(now).date();
    let days = today.until(ends).map(|span: Span| i64::from(span.get_days())).ok()?;
    match days {
        ..0 => Some("secret has ended".to_owned()),
        0 => Some("secret ends today".to_owned()),
        1 => Some("secret ends tomorrow".to_owned()),
        2..=WARN_DAYS => Some(format!("secret ends in {days} days")),
        _ => None,
    }
}

fn edit_form(desk: &Desk, connection: &Connection, draft: Option<Draft>) -> FormPart {
    let draft = draft.unwrap_or_else(|| Draft {
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
        secret_ends: connection.secret_ends.map(|date| date.to_string()).unwrap_or_default(),
        ..Draft::default()
    });
    form(desk, connection.product, Some(&connection.id), draft)
}

fn new_form(
    desk: &Desk,
    product: Product,
    draft: Option<Draft>,
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
    FormPart { errors: errors.to_vec(), same_as, ..form(desk, product, None, draft.unwrap_or_default()) }
}

fn form(desk: &Desk, product: Product, id: Option<&ConnectionId>, draft: Draft) -> FormPart {
    let switches = desk
        .capabilities
        .iter()
        .filter(|row| row.product == product)
        .map(|row| Switch { row: row.clone(), on: !draft.switched_off.contains(&row.name) })
        .collect();
    FormPart {
        action: id.map_or("/settings/connections".to_owned(), |id| format!("/settings/connections/{id}")),
        key: id.map_or(format!("new-{product}"), ToString::to_string),
        product,
        has_secret: id.is_some(),
        clouds: desk.settings.clouds.iter().map(|cloud| (cloud.clone(), cloud_title(cloud).to_owned())).collect(),
        portal: portal(if draft.cloud.is_empty() { desk.settings.clouds.first() } else { Some(&draft.cloud) }),
        // Whatever was typed into the field of the secret is not sent back.
        draft: Draft { client_secret: SecretString::default(), ..draft },
        switches,
        errors: Vec::new(),
        trimmed: Vec::new(),
        same_as: Vec::new(),
    }
}

fn cloud_title(name: &str) -> &str {
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
