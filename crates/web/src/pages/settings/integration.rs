//! The part of the settings page called Microsoft Graph Integration.

mod form;
mod sign_in;
mod state;

use search::Product;
use store::connections::Connection;
use store::people::{Person, Role};
use store::tenants::Tenant;

pub use form::{FormPart, Switch, cloud_title};
pub use sign_in::SignInPart;
pub use state::State;

use super::Open;
use super::checklist::Checklist;
use super::credentials::CredentialsPart;
use super::tables::TablesPart;
use crate::Desk;
use crate::countdown::{Countdown, countdown};
use crate::error::Error;
use form::{edit_form, new_form};

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
    /// A word on the end of its credential, if that is near or past.
    pub countdown: Option<Countdown>,
    /// Its form, if it is open.
    pub form: Option<FormPart>,
    /// Whether it is asked if it should be removed.
    pub removing: bool,
    /// The checks of its last validation, or of the one under way.
    pub checks: Checklist,
    /// Its tables, as they were when they were last looked at; read for the open connection only.
    pub tables: TablesPart,
    /// Its credentials.
    pub credentials: CredentialsPart,
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
                    Some(new_form(desk, product, draft.as_ref(), errors, &connections))
                }
                _ => None,
            };
            let (heading, help) = words(product);
            integration.products.push(ProductBlock { product, heading, help, rows, form });
        }
        if let Open::Edit { id, .. } | Open::Credentials { id, .. } | Open::Remove(id) = open
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
            Open::Edit { id, draft, errors, trimmed } if *id == connection.id => {
                Some(FormPart { trimmed: trimmed.clone(), ..edit_form(desk, connection, draft.as_ref(), errors) })
            }
            Open::Credentials { id, .. } if *id == connection.id => Some(edit_form(desk, connection, None, &[])),
            _ => None,
        };
        let tables = match form {
            Some(_) => TablesPart::read(desk, connection).await?,
            None => TablesPart { rows: Vec::new(), taken: None },
        };
        let came = match open {
            Open::Credentials { id, came } if *id == connection.id => Some(came),
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
            countdown: countdown(&connection.credential, desk.now()),
            form,
            removing,
            checks,
            tables,
            credentials: CredentialsPart::new(desk, connection, came),
        })
    }
}

/// The checks of a connection and how it stands, from the validation under way or the last one.
pub async fn checks_and_state(desk: &Desk, connection: &Connection) -> Result<(Checklist, State), Error> {
    let id = connection.id.to_string();
    if let Some(progress) = desk.validation_under_way(&id).await? {
        let checks = progress.borrow().checks.clone();
        return Ok((Checklist::new(&id, connection.product, &checks, &[], true), State::validating()));
    }
    let newest = store::validations::newest(&desk.db, &connection.id).await?;
    let state = if desk.validation_broke_off(&id).await? { State::broken() } else { State::of(newest.as_ref()) };
    let (checks, follows) = newest.map(|validation| (validation.checks, validation.follows)).unwrap_or_default();
    let checklist = Checklist::new(&id, connection.product, &checks, &follows, false);
    Ok((checklist.ask(desk.support_contact().await?), state))
}
