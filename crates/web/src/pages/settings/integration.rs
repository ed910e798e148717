//! The part of the settings page called Microsoft Graph Integration.

mod form;
mod sign_in;
mod state;

use std::collections::HashMap;

use search::{Product, Validation};
use store::connections::{Connection, ConnectionId};
use store::people::Role;

pub use form::{FormPart, Switch, cloud_title};
pub use sign_in::SignInPart;
pub use state::State;

use super::Open;
use super::checklist::Checklist;
use super::credentials::CredentialsPart;
use super::tables::TablesPart;
use crate::connections::filter::{self, Filter, Standing};
use crate::countdown::{Countdown, countdown};
use crate::error::Error;
use crate::guard::Caller;
use crate::support::Contact;
use crate::tenants::Tenants;
use crate::validating::Underway;
use crate::{Desk, markup};
use form::{edit_form, new_form};

/// Everything under the heading.
pub struct Integration {
    /// One block for each product, in the order of the pages.
    pub products: Vec<ProductBlock>,
    /// Whether the reader may change anything.
    pub may_change: bool,
    /// The open connection, if it is being tried at this moment.
    pub validating: Option<String>,
    /// How many connections there are, listed or not.
    pub all: usize,
    /// What the list is narrowed by.
    pub filter: Filter,
    /// The tenants of the reader.
    pub tenants: Tenants,
    /// How many of the listed connections without an open form wait for their turn or are being tried.
    pub many: usize,
}

/// The rows of one product.
pub struct ProductBlock {
    /// Which.
    pub product: Product,
    /// The heading that PassiveTotal's users know.
    pub heading: &'static str,
    /// The present names of what is behind it.
    pub help: &'static str,
    /// The connections that are listed, what needs a hand first.
    pub rows: Vec<Row>,
    /// How many it has, listed or not.
    pub all: usize,
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
    /// The tenant's GUID.
    pub guid: String,
    /// What its tenant is called, where there are several.
    pub badge: Option<String>,
    /// What its workspaces are called, with commas between; a single one without a name is not worth a word.
    pub workspaces: String,
    /// How it stands, as far as one looks for it.
    pub standing: Standing,
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

/// What all rows of a page are read with.
struct Reading<'a> {
    desk: &'a Desk,
    open: &'a Open,
    tenants: &'a Tenants,
    known: Vec<store::tenants::Tenant>,
    validations: HashMap<ConnectionId, Validation>,
    underway: Underway,
    contact: Option<Contact>,
}

impl Integration {
    /// Whether anything is connected.
    pub fn has_rows(&self) -> bool {
        self.all > 0
    }

    /// Whether the list can be narrowed.
    pub fn offers_filter(&self) -> bool {
        self.all >= filter::MANY || !self.filter.is_empty()
    }

    /// Whether several can be tried at once.
    pub fn offers_many(&self) -> bool {
        self.may_change && self.listed() > 1
    }

    /// How many connections are listed.
    pub fn listed(&self) -> usize {
        self.products.iter().map(|block| block.rows.len()).sum()
    }

    /// Reads it for somebody, with what is open.
    pub async fn read(desk: &Desk, caller: &Caller, open: &Open, filter: Filter) -> Result<Integration, Error> {
        let connections = store::connections::list(&desk.db, &caller.scope).await?;
        let tenants = desk.tenants(&caller.scope).await?;
        let reading = Reading {
            desk,
            open,
            tenants: &tenants,
            known: store::tenants::list(&desk.db, &caller.scope).await?,
            validations: store::validations::all(&desk.db, &caller.scope).await?,
            underway: desk.in_progress().await?,
            contact: desk.support_contact().await?,
        };
        let is_open = open.connection().cloned();
        let mut products = Vec::new();
        let (mut validating, mut many) = (None, 0);
        for product in Product::ALL {
            let of_product = || connections.iter().filter(|connection| connection.product == product);
            let mut rows = Vec::new();
            for connection in of_product() {
                let standing = Standing::of(connection, reading.validations.get(&connection.id), desk.now());
                // What is open is not hidden by what it is being changed to.
                if is_open.as_ref() != Some(&connection.id) && !filter.admits(connection, standing, &tenants) {
                    continue;
                }
                let row = reading.row(connection, standing).await?;
                match row.form {
                    Some(_) if row.checks.running => validating = Some(row.id.clone()),
                    None if reading.underway.holds(&row.id) => many += 1,
                    _ => {}
                }
                rows.push(row);
            }
            rows.sort_by_cached_key(|row: &Row| (row.standing, row.label.to_lowercase()));
            let form = match open {
                Open::New { product: new, draft, errors } if *new == product => {
                    Some(new_form(desk, product, draft.as_ref(), errors, &connections))
                }
                _ => None,
            };
            let (heading, help) = words(product);
            products.push(ProductBlock { product, heading, help, rows, all: of_product().count(), form });
        }
        if is_open.is_some_and(|id| !connections.iter().any(|connection| connection.id == id)) {
            return Err(Error::NotFound);
        }
        let may_change = caller.role == Role::Owner;
        Ok(Integration { products, may_change, validating, all: connections.len(), filter, tenants, many })
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

impl Reading<'_> {
    async fn row(&self, connection: &Connection, standing: Standing) -> Result<Row, Error> {
        let (desk, open) = (self.desk, self.open);
        let id = connection.id.to_string();
        let newest = self.validations.get(&connection.id);
        let (checks, state) =
            checks_and_state_of(desk, connection, &self.underway, newest, self.contact.clone()).await?;
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
        let name = self.known.iter().find(|tenant| tenant.id == connection.tenant_id);
        let name = name.and_then(|tenant| tenant.name.clone());
        Ok(Row {
            id,
            label: connection.label.clone(),
            tenant_is_id: name.is_none(),
            tenant: name.unwrap_or_else(|| connection.tenant_guid.clone()),
            guid: connection.tenant_guid.clone(),
            badge: self.tenants.of_connection(connection),
            workspaces: workspaces(connection),
            standing,
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

fn workspaces(connection: &Connection) -> String {
    let names: Vec<String> = connection
        .workspaces
        .iter()
        .map(|workspace| markup::clean(&workspace.label))
        .filter(|label| !label.is_empty())
        .collect();
    match connection.workspaces.len() {
        0 => String::new(),
        1 => names.join(", "),
        all if names.len() < all => format!("{all} workspaces"),
        _ => names.join(", "),
    }
}

/// The checks of a connection and how it stands, from the validation under way or the last one.
pub async fn checks_and_state(
    desk: &Desk,
    connection: &Connection,
    underway: &Underway,
) -> Result<(Checklist, State), Error> {
    let newest = store::validations::newest(&desk.db, &connection.scope(), &connection.id).await?;
    checks_and_state_of(desk, connection, underway, newest.as_ref(), desk.support_contact().await?).await
}

async fn checks_and_state_of(
    desk: &Desk,
    connection: &Connection,
    underway: &Underway,
    newest: Option<&Validation>,
    contact: Option<Contact>,
) -> Result<(Checklist, State), Error> {
    let id = connection.id.to_string();
    if underway.tried.contains(&id)
        && let Some(progress) = desk.validation_under_way(&id).await?
    {
        let checks = progress.borrow().checks.clone();
        return Ok((Checklist::new(&id, connection.product, &checks, &[], true), State::validating()));
    }
    let state = match underway.waits.contains(&id) {
        true => State::waits(),
        false if desk.validation_broke_off(&id).await? => State::broken(),
        false => State::of(newest),
    };
    let (checks, follows) = newest.map_or((&[][..], &[][..]), |newest| (&newest.checks, &newest.follows));
    Ok((Checklist::new(&id, connection.product, checks, follows, false).ask(contact), state))
}
