//! Single sign-on: which provider, and which of its groups may what.

use std::path::PathBuf;

use serde::Deserialize;
use store::people::Role;
use web::sign_on::LocalLogin;

use super::{Config, Error, setting};

/// The provider of single sign-on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// The issuer, letter by letter as it calls itself: `https://login.microsoftonline.com/TENANT-ID/v2.0`.
    pub issuer: String,
    /// The application's id at the provider.
    pub client_id: String,
    /// File that holds its secret; without one, the application is proven by PKCE alone.
    pub client_secret_file: Option<PathBuf>,
    /// The group, or app role, of owners: as it stands in the token, for Entra's groups their object id.
    pub owner_group: Option<String>,
    /// That of analysts.
    pub analyst_group: Option<String>,
    /// That of viewers.
    pub viewer_group: Option<String>,
    /// That of auditors.
    pub auditor_group: Option<String>,
    /// Whether people sign in by a password of Oriel's beside it.
    #[serde(default)]
    pub local_login: Local,
}

/// `local_login` in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Local {
    /// They do.
    #[default]
    On,
    /// Owners do, in an emergency.
    BreakGlass,
    /// Nobody does.
    Off,
}

impl From<Local> for LocalLogin {
    fn from(local: Local) -> LocalLogin {
        match local {
            Local::On => LocalLogin::On,
            Local::BreakGlass => LocalLogin::BreakGlass,
            Local::Off => LocalLogin::Off,
        }
    }
}

impl Local {
    /// Its name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Local::On => "on",
            Local::BreakGlass => "break-glass",
            Local::Off => "off",
        }
    }
}

impl Oidc {
    /// The groups that let somebody in, with the role of each, the one that may do most first.
    pub fn groups(&self) -> Vec<(&str, Role)> {
        let all = [
            (&self.owner_group, Role::Owner),
            (&self.analyst_group, Role::Analyst),
            (&self.viewer_group, Role::Viewer),
            (&self.auditor_group, Role::Auditor),
        ];
        all.into_iter().filter_map(|(group, role)| Some((group.as_deref()?, role))).collect()
    }
}

impl Config {
    /// Refuses what cannot be right.
    pub(super) fn check_oidc(&self) -> Result<(), Error> {
        let Some(oidc) = &self.oidc else { return Ok(()) };
        for (key, value) in [("oidc.issuer", &oidc.issuer), ("oidc.client_id", &oidc.client_id)] {
            if value.trim().is_empty() || value.trim() != value {
                return Err(setting(key, "it is empty, or has white space around it."));
            }
        }
        let groups = oidc.groups();
        if groups.is_empty() {
            let message = "nobody could come in: name at least one of `owner_group`, `analyst_group`, `viewer_group` and \
                           `auditor_group`.";
            return Err(setting("oidc", message));
        }
        if groups.iter().any(|(group, _)| group.trim().is_empty()) {
            return Err(setting("oidc", "a group has no name; leave out the line of a role that nobody is to have."));
        }
        if oidc.local_login == Local::Off && oidc.owner_group.is_none() {
            let message = "with passwords off and no `owner_group`, nobody could ever be an owner: name that group, or choose \
                           “break-glass”.";
            return Err(setting("oidc.local_login", message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), String> {
        let file: Oidc = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let config = Config { oidc: Some(file), ..Config::in_folder("x".as_ref()) };
        config.check_oidc().map_err(|error| error.to_string())
    }

    const PROVIDER: &str = "issuer = \"https://login.example.com\"\nclient_id = \"a\"\n";

    #[test]
    fn what_cannot_be_right_is_named() {
        for (more, words) in [
            ("", "nobody could come in"),
            ("owner_group = \"\"", "no name"),
            ("viewer_group = \"v\"\nlocal_login = \"off\"", "`oidc.local_login`"),
            ("owner_group = \"o\"\nlocal_login = \"sometimes\"", "unknown variant"),
            ("owner_group = \"o\"\nclient_secret = \"x\"", "unknown field"),
        ] {
            let told = check(&format!("{PROVIDER}{more}")).unwrap_err();
            assert!(told.contains(words), "{told}");
        }
        let told =
            check("issuer = \" https://login.example.com\"\nclient_id = \"a\"\nowner_group = \"o\"").unwrap_err();
        assert!(told.starts_with("`oidc.issuer`"), "{told}");
        check(&format!("{PROVIDER}owner_group = \"o\"\nlocal_login = \"break-glass\"")).unwrap();
    }

    #[test]
    fn the_group_that_may_do_most_comes_first() {
        let text = format!("{PROVIDER}auditor_group = \"u\"\nviewer_group = \"v\"\nowner_group = \"o\"");
        let file: Oidc = toml::from_str(&text).unwrap();
        assert_eq!(file.groups(), [("o", Role::Owner), ("v", Role::Viewer), ("u", Role::Auditor)]);
    }
}
