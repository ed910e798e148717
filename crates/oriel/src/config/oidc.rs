//! Single sign-on: which provider, and which of its groups may what.

use std::path::PathBuf;

use jiff::SignedDuration;
use serde::Deserialize;
use store::people::Role;
use web::sign_on::{LocalLogin, NewPeopleSee};

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
    /// Which tenants somebody sees who comes in for the first time; without it, every one while no more than one is known.
    pub new_people_see: Option<See>,
    /// Days after the last time somebody came in, from which on their keys open nothing.
    #[serde(default = "keys_without_sign_in_days")]
    pub keys_without_sign_in_days: u16,
}

/// A month without a sign-in is longer than a holiday, and not much longer than it takes to notice that somebody has left.
pub(super) const KEYS_WITHOUT_SIGN_IN_DAYS: u16 = 30;

fn keys_without_sign_in_days() -> u16 {
    KEYS_WITHOUT_SIGN_IN_DAYS
}

/// `new_people_see` in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum See {
    /// Every tenant.
    Every,
    /// None, until an owner grants some.
    None,
}

impl See {
    /// Its name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            See::Every => "every",
            See::None => "none",
        }
    }
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
    /// Which tenants somebody sees who comes in through the provider for the first time.
    pub fn new_people_see(&self) -> NewPeopleSee {
        match self.oidc.as_ref().and_then(|oidc| oidc.new_people_see) {
            Some(See::Every) => NewPeopleSee::Every,
            Some(See::None) => NewPeopleSee::None,
            None => NewPeopleSee::EveryOfOne,
        }
    }

    /// How long keys of people who come in through a provider open something after the last time.
    pub fn keys_without_sign_in(&self) -> SignedDuration {
        let days = self.oidc.as_ref().map_or(KEYS_WITHOUT_SIGN_IN_DAYS, |oidc| oidc.keys_without_sign_in_days);
        SignedDuration::from_hours(24 * i64::from(days))
    }

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
        if oidc.keys_without_sign_in_days == 0 {
            return Err(setting(
                "oidc.keys_without_sign_in_days",
                "with 0 days, no key would open anything: at least 1.",
            ));
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
            ("owner_group = \"o\"\nnew_people_see = \"some\"", "unknown variant"),
            ("owner_group = \"o\"\nkeys_without_sign_in_days = 0", "`oidc.keys_without_sign_in_days`"),
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
    fn newcomers_see_what_is_said_and_else_the_one_tenant_there_is() {
        let see = |more: &str| {
            let file: Oidc = toml::from_str(&format!("{PROVIDER}{more}")).unwrap();
            let config = Config { oidc: Some(file), ..Config::in_folder("x".as_ref()) };
            (config.new_people_see(), config.keys_without_sign_in().as_hours() / 24)
        };
        assert_eq!(see(""), (NewPeopleSee::EveryOfOne, 30));
        assert_eq!(see("new_people_see = \"every\""), (NewPeopleSee::Every, 30));
        assert_eq!(see("new_people_see = \"none\"\nkeys_without_sign_in_days = 7"), (NewPeopleSee::None, 7));
    }

    #[test]
    fn the_group_that_may_do_most_comes_first() {
        let text = format!("{PROVIDER}auditor_group = \"u\"\nviewer_group = \"v\"\nowner_group = \"o\"");
        let file: Oidc = toml::from_str(&text).unwrap();
        assert_eq!(file.groups(), [("o", Role::Owner), ("v", Role::Viewer), ("u", Role::Auditor)]);
    }
}
