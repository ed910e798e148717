//! `oriel demo`: a fictional tenant and the server in one process, in a folder that is thrown away.

use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use search::{Product, Validator};
use secrecy::SecretString;
use simulator::{Options, Scenario, Simulator, demo};
use store::people::{self, NewPerson, Role};
use tokio::net::TcpListener;
use web::connection_form::Draft;

use crate::commands::connection;
use crate::commands::serve;
use crate::config::{Cloud, Config};
use crate::instance::Instance;
use crate::{output, signals, wiring};

/// The cloud of the demo, in the list of the settings page.
const CLOUD: &str = "simulated";
/// The name that signs in.
const PERSON: &str = "demo";

/// Where it listens.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Port on 127.0.0.1; 0 for any that is free.
    #[arg(long, value_name = "PORT", default_value_t = 8440)]
    port: u16,
}

/// Starts it and tells how to get in. Never touches an existing folder or database: configuration is not read.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    // Listened for from the beginning: whoever stops it early finds no folder left behind either.
    let stop = signals::stop_signal();
    let folder = tempfile::Builder::new().prefix("oriel-demo-").tempdir()?;
    let listener = match TcpListener::bind(("127.0.0.1", arguments.port)).await {
        Ok(listener) => listener,
        // Someone who tries Oriel out should not have to look for a free port.
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await?,
    };
    let options = Options { listen: ([127, 0, 0, 1], 0).into(), clock: Arc::new(Timestamp::now) };
    let simulator = Simulator::start(Scenario::demo(), options).await?;
    let instance = Instance::open(config(folder.path(), &simulator)?).await?;
    let password = furnish(&instance).await?;
    output::talk(welcome(&listener.local_addr()?.to_string(), &password));
    serve::serve(instance, listener, stop).await?;
    simulator.stop().await;
    Ok(ExitCode::SUCCESS)
}

fn config(folder: &std::path::Path, simulator: &Simulator) -> anyhow::Result<Config> {
    let mut config = Config::in_folder(folder);
    config.identity_endpoint = Some(simulator.identity_endpoint());
    let base = simulator.base();
    let surface = |name: &str| base.join(name);
    let cloud = Cloud {
        login: surface("login")?,
        graph: surface("graph")?,
        defender: Some(surface("defender")?),
        log_analytics: surface("log_analytics")?,
        portal: Some("https://security.microsoft.com".parse()?),
        azure_portal: Some("https://portal.azure.com".parse()?),
        graph_resource: None,
        defender_resource: None,
        log_analytics_resource: None,
    };
    config.clouds.insert(CLOUD.to_owned(), cloud);
    Ok(config)
}

/// A person who may sign in, and both products connected. Answers with the password.
async fn furnish(instance: &Instance) -> anyhow::Result<String> {
    let password = password();
    let password_hash = web::passwords::hash(&SecretString::from(password.clone()), &wiring::random())?;
    people::add(
        &instance.db,
        &store::audit::Actor::oriel(),
        &NewPerson {
            name: PERSON.into(),
            role: Role::Owner,
            password_hash,
            password_given: false,
            scope: store::grants::Scope::All,
        },
        instance.now(),
    )
    .await?;
    let apps = [
        (Product::Sentinel, demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, vec![demo::WORKSPACE.to_owned()]),
        (Product::Defender, demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET, Vec::new()),
    ];
    for (product, client_id, secret, workspaces) in apps {
        let draft = Draft {
            label: "Northwind".into(),
            tenant_id: demo::TENANT.into(),
            client_id: client_id.into(),
            client_secret: SecretString::from(secret),
            cloud: CLOUD.into(),
            workspaces,
            ..Draft::default()
        };
        let id = connection::save(instance, product, draft).await?;
        instance.live.validate(&search::Attempt::of(id.to_string()), None).await?;
    }
    Ok(password)
}

/// Five groups of four letters: enough to be unguessable, short enough to type.
fn password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 20];
    wiring::random()(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn welcome(address: &str, password: &str) -> String {
    format!(
        "\nOriel, with a fictional tenant. Everything is gone when it stops (Ctrl-C).\n\n  \
         open      http://{address}\n  sign in   {PERSON}\n  password  {password}\n  \
         search    {domain}  or  {ip}\n\n\
         To connect it yourself, under Account settings → Microsoft Graph Integration, cloud “{CLOUD}”:\n\n  \
         tenant ID    {tenant}\n  \
         Sentinel     client ID {sentinel}, secret {sentinel_secret}, workspace {workspace}\n  \
         Defender     client ID {defender}, secret {defender_secret}\n",
        domain = demo::DOMAIN,
        ip = demo::ADDRESS,
        tenant = demo::TENANT,
        sentinel = demo::SENTINEL_CLIENT,
        sentinel_secret = demo::SENTINEL_SECRET,
        workspace = demo::WORKSPACE,
        defender = demo::DEFENDER_CLIENT,
        defender_secret = demo::DEFENDER_SECRET,
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_password_is_new_each_time_and_long_enough() {
        let (first, second) = (super::password(), super::password());
        assert_ne!(first, second);
        assert_eq!(first.len(), 24);
        assert!(web::passwords::check(&first.into(), &web::passwords::Words::of(super::PERSON, None)).is_ok());
    }
}
