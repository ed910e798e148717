//! Whose calls are counted together.

use crate::Call;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Interface {
    Graph,
    Hunting,
    Defender,
    LogAnalytics,
}

/// Whose calls are counted together. Hunting has one budget a tenant, whichever app asks; the others one an app and tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(super) interface: Interface,
    pub(super) cloud: String,
    pub(super) tenant: String,
    pub(super) client: String,
}

impl Key {
    /// Whose budget a call is sent on.
    pub(crate) fn new(call: &Call<'_>, interface: Interface) -> Key {
        let credential = call.credential;
        Key {
            interface,
            cloud: credential.cloud.name.clone(),
            tenant: credential.tenant.to_ascii_lowercase(),
            client: match interface {
                Interface::Hunting => String::new(),
                _ => credential.client.to_ascii_lowercase(),
            },
        }
    }

    pub(crate) fn interface(&self) -> Interface {
        self.interface
    }

    /// In one line, for another instance: interface, tenant, app, cloud.
    pub(crate) fn text(&self) -> String {
        format!("{} {} {} {}", self.interface.name(), self.tenant, self.client, self.cloud)
    }

    /// What [`text`](Key::text) of another instance says; `None` if a later Oriel wrote it in words of its own.
    pub(crate) fn read(text: &str) -> Option<Key> {
        let mut words = text.splitn(4, ' ');
        let interface = Interface::read(words.next()?)?;
        let (tenant, client, cloud) = (words.next()?, words.next()?, words.next()?);
        Some(Key { interface, cloud: cloud.to_owned(), tenant: tenant.to_owned(), client: client.to_owned() })
    }
}

impl Interface {
    const ALL: [Interface; 4] = [Interface::Graph, Interface::Hunting, Interface::Defender, Interface::LogAnalytics];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Interface::Graph => "graph",
            Interface::Hunting => "hunting",
            Interface::Defender => "defender",
            Interface::LogAnalytics => "log_analytics",
        }
    }

    fn read(name: &str) -> Option<Interface> {
        Interface::ALL.into_iter().find(|interface| interface.name() == name)
    }
}
