//! What somebody typed about a connection, and whether it can be right. Page and API go through here both.

use jiff::civil::Date;
use search::Product;
use secrecy::SecretString;
use store::connections::{Connection, Workspace};
use uuid::Uuid;

use crate::error::FieldError;
use crate::state::Desk;

mod credential;

use credential::Stored;
pub use credential::{CredentialDraft, Proposed};

/// The most characters of a label.
const LONGEST_LABEL: usize = 80;
/// The most workspaces of a connection: each is asked in every search.
const MOST_WORKSPACES: usize = 20;

/// A form as it was sent. Nothing in it has been looked at.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What to call the connection; empty for the product's name.
    pub label: String,
    /// The directory.
    pub tenant_id: String,
    /// The app.
    pub client_id: String,
    /// Its secret; empty to keep what is stored.
    pub client_secret: SecretString,
    /// The cloud; empty for the first.
    pub cloud: String,
    /// One each: the ID, then perhaps a name.
    pub workspaces: Vec<String>,
    /// Capabilities that are not to be asked.
    pub switched_off: Vec<String>,
    /// Capabilities whose tables are rightly quiet.
    pub quiet: Vec<String>,
    /// The day on which the secret ends; may be empty. Of no other credential: a certificate tells its end itself.
    pub secret_ends: String,
    /// What kind of credential it is, and what belongs to the other kinds.
    pub credential: CredentialDraft,
}

/// A form that can be right.
#[derive(Debug)]
pub struct Checked {
    /// What to call the connection.
    pub label: String,
    /// The directory's GUID.
    pub tenant_id: String,
    /// The app's GUID.
    pub client_id: String,
    /// A new credential; absent to keep the one that is stored.
    pub credential: Option<Proposed>,
    /// The cloud's name.
    pub cloud: String,
    /// Workspaces of Sentinel.
    pub workspaces: Vec<Workspace>,
    /// Capabilities that are not to be asked.
    pub switched_off: Vec<String>,
    /// Capabilities whose tables are rightly quiet.
    pub quiet: Vec<String>,
    /// The day on which the secret ends.
    pub secret_ends: Option<Date>,
    /// Fields that had white space or quotes round them.
    pub trimmed: Vec<&'static str>,
}

/// Looks at a form. `before` is the connection that it changes, if it changes one.
pub fn check(
    desk: &Desk,
    product: Product,
    draft: &Draft,
    before: Option<&Connection>,
) -> Result<Checked, Vec<FieldError>> {
    let mut form = Form::default();
    let label = form.label(&draft.label, product);
    let tenant_id = form.guid("tenant_id", &draft.tenant_id, TENANT);
    let client_id = form.guid("client_id", &draft.client_id, CLIENT);
    if !client_id.is_empty() && client_id == tenant_id {
        form.wrong(
            "client_id",
            "This is the tenant ID once more. The Application (client) ID stands on the same overview page of the app.",
        );
    }
    let cloud = form.cloud(&draft.cloud, &desk.settings.clouds);
    let to = (&tenant_id, &client_id, &cloud);
    let credential = form.credential(desk, draft, before.map(|before| Stored::of(before, to)));
    let workspaces = form.workspaces(&draft.workspaces, product);
    let known: Vec<&str> =
        desk.capabilities.iter().filter(|row| row.product == product).map(|row| row.name.as_str()).collect();
    let switched_off = form.capabilities("switched_off", &draft.switched_off, &known);
    let quiet = form.capabilities("quiet", &draft.quiet, &known);
    let secret_ends = form.date(&draft.secret_ends);

    if !form.errors.is_empty() {
        return Err(form.errors);
    }
    Ok(Checked {
        label,
        tenant_id,
        client_id,
        credential,
        cloud,
        workspaces,
        switched_off,
        quiet,
        secret_ends,
        trimmed: form.trimmed,
    })
}

/// Looks at a credential that is to stand beside the one in use.
pub fn check_credential(desk: &Desk, draft: &Draft) -> Result<(Proposed, Option<Date>), Vec<FieldError>> {
    let mut form = Form::default();
    let credential = form.credential(desk, draft, None);
    let ends = form.date(&draft.secret_ends);
    match credential {
        Some(credential) if form.errors.is_empty() => Ok((credential, ends)),
        _ => Err(form.errors),
    }
}

/// What is said about a GUID.
struct GuidWords {
    name: &'static str,
    title: &'static str,
    place: &'static str,
}

const TENANT: GuidWords = GuidWords {
    name: "tenant ID",
    title: "Directory (tenant) ID",
    place: "on the app's overview page in the Entra portal",
};
const CLIENT: GuidWords = GuidWords {
    name: "client ID",
    title: "Application (client) ID",
    place: "on the app's overview page in the Entra portal",
};
const WORKSPACE: GuidWords = GuidWords {
    name: "workspace ID",
    title: "Workspace ID",
    place: "on the Log Analytics workspace's overview page in the Azure portal",
};

#[derive(Default)]
struct Form {
    errors: Vec<FieldError>,
    trimmed: Vec<&'static str>,
}

impl Form {
    fn wrong(&mut self, field: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError::new(field, message));
    }

    /// The text without what surrounds it when it is copied; that there was something is remembered.
    fn clean<'a>(&mut self, field: &'static str, text: &'a str) -> &'a str {
        let cleaned = trim(text);
        if cleaned.len() != text.len() && !cleaned.is_empty() && !self.trimmed.contains(&field) {
            self.trimmed.push(field);
        }
        cleaned
    }

    fn label(&mut self, text: &str, product: Product) -> String {
        let label = text.trim();
        if label.chars().count() > LONGEST_LABEL {
            self.wrong("label", format!("A label has at most {LONGEST_LABEL} characters."));
        }
        if label.chars().any(char::is_control) {
            self.wrong("label", "A label is one line of text.");
        }
        if label.is_empty() { product.title().to_owned() } else { label.to_owned() }
    }

    fn guid(&mut self, field: &'static str, text: &str, words: GuidWords) -> String {
        let text = self.clean(field, text);
        if let Some(guid) = guid(text) {
            return guid;
        }
        let GuidWords { name, title, place } = words;
        self.wrong(
            field,
            if text.is_empty() {
                format!("A {name} is needed: the {title}, {place}.")
            } else if text.contains('.') && field == "tenant_id" {
                format!("This is a domain of the tenant. Oriel needs its {title}, a GUID, {place}.")
            } else if text.starts_with('/') {
                format!("This is the resource's path. Oriel needs the {title}, a GUID, {place}.")
            } else {
                let length = match text.chars().count() {
                    1 => "1 character".to_owned(),
                    length => format!("{length} characters"),
                };
                format!(
                    "This is not a {name}: it has {length}, and a GUID such as 00000000-0000-0000-0000-000000000000 has \
                     36. Copy the {title}, {place}."
                )
            },
        );
        String::new()
    }

    fn cloud(&mut self, text: &str, clouds: &[String]) -> String {
        let name = text.trim();
        match clouds.iter().find(|cloud| name.is_empty() || cloud.eq_ignore_ascii_case(name)) {
            Some(cloud) => cloud.clone(),
            None => {
                self.wrong("cloud", format!("This cloud is not known here. It is one of: {}.", clouds.join(", ")));
                String::new()
            }
        }
    }

    fn workspaces(&mut self, lines: &[String], product: Product) -> Vec<Workspace> {
        let mut workspaces: Vec<Workspace> = Vec::new();
        for line in lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()) {
            let (id, label) =
                line.split_once(|letter: char| letter.is_whitespace() || letter == ',').unwrap_or((line, ""));
            let errors = self.errors.len();
            let id = self.guid("workspace_ids", id, WORKSPACE);
            if self.errors.len() > errors {
                return workspaces;
            }
            if workspaces.iter().all(|known| known.id != id) {
                let label = label.trim().trim_start_matches(',').trim();
                workspaces.push(Workspace { id, label: label.chars().take(LONGEST_LABEL).collect() });
            }
        }
        if product != Product::Sentinel && !workspaces.is_empty() {
            self.wrong("workspace_ids", "Workspaces belong to Sentinel. Leave them out here.");
        }
        if workspaces.len() > MOST_WORKSPACES {
            self.wrong(
                "workspace_ids",
                format!("A connection has at most {MOST_WORKSPACES} workspaces; make a second connection."),
            );
        }
        workspaces
    }

    fn capabilities(&mut self, field: &'static str, names: &[String], known: &[&str]) -> Vec<String> {
        let mut names = names.to_vec();
        names.sort();
        names.dedup();
        if names.iter().any(|name| !known.contains(&name.as_str())) {
            self.wrong(field, format!("There is no such capability. They are: {}.", known.join(", ")));
        }
        names
    }

    fn date(&mut self, text: &str) -> Option<Date> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let date = text.parse().ok();
        if date.is_none() {
            self.wrong("secret_ends", "This is not a date. Write it as 2027-05-01.");
        }
        date
    }
}

/// What is said about a field that had something round it, if it is one of those that are cleaned.
pub fn trimmed_sentence(field: &str) -> Option<String> {
    let name = match field {
        "tenant_id" => TENANT.name,
        "client_id" => CLIENT.name,
        "client_secret" => "client secret",
        "workspace_ids" => WORKSPACE.name,
        "identity_client_id" => "client ID of the managed identity",
        _ => return None,
    };
    Some(format!("White space or quotes round the {name} were left aside."))
}

/// A GUID in the form in which it is compared, if the text is one. Braces are allowed, as some tools print them.
fn guid(text: &str) -> Option<String> {
    let bare = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    (bare.len() == 36).then(|| Uuid::try_parse(bare).ok()).flatten().map(|guid| guid.hyphenated().to_string())
}

/// Takes off what copying from a portal, a mail or a table leaves round a value.
fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| {
        letter.is_whitespace()
            || matches!(letter, '"' | '\'' | '`' | '“' | '”' | '„' | '‘' | '’' | '\u{200b}' | '\u{feff}')
    })
}
