//! `oriel serve`: the server.

use std::process::ExitCode;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Door, Local, Overrides};
use crate::instance::Instance;
use crate::{background, output, serving, signals, tls, together, wiring};

/// Serves until asked to stop.
pub async fn run(door: Door, over: &Overrides) -> anyhow::Result<ExitCode> {
    let stop = signals::stop_signal();
    let instance = Instance::open(Config::read_with(over, door)?).await?;
    let listener = listen(&instance.config).await?;
    serve(instance, listener, stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// Binds the configured address.
pub async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "`listen`: {} cannot be listened on. Is another server there? Choose another with --listen",
            config.listen
        )
    })
}

/// Serves on a bound listener until `stop`; without an owner, it first offers the one-time link.
pub async fn serve(instance: Instance, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    let tls = instance.config.tls.as_ref().map(tls::acceptor).transpose()?;
    let bounds = wiring::bounds(&instance.config)?;
    let listening = listener.local_addr()?;
    let desk = wiring::desk(&instance, listening)?;
    let public = desk.settings.public_url.clone();
    let telling = tokio::spawn(crate::systemd::Manager::of_environment().tell(stop.clone()));
    let off = instance.config.oidc.as_ref().is_some_and(|oidc| oidc.local_login == Local::Off);
    let ownerless = !store::people::any_owner(&instance.db).await?;
    if ownerless && off {
        output::talk("There is no owner yet. Whoever is in the group of owners becomes one by signing in.");
    } else if ownerless {
        // Not through the log: a log is kept and sent on, and this link makes an owner.
        let link = web::first_start::offer(&desk).await?;
        output::talk(format!(
            "There is no owner yet. Within 30 minutes, open this link to become the owner:\n\n  {link}\n"
        ));
    }
    let membership = together::join(&instance, &desk.memory).await.context("the database does not answer")?;
    let served_all = CancellationToken::new();
    let member = tokio::spawn(membership.keep(served_all.clone()));
    tracing::info!(address = %public, %listening, "Oriel is ready");
    let working = tokio::spawn(background::run(
        background::of(&instance),
        instance.db.clone(),
        instance.config.lives,
        stop.clone(),
    ));
    let served =
        serving::serve(listener, tls, web::router(desk), bounds, stop.clone()).await.context("the server stopped");
    stop.cancel();
    // They use the database, so they end first. What was under way has spent its part of the budgets until now.
    served_all.cancel();
    let _ = tokio::join!(working, member);
    instance.db.close().await;
    let _ = telling.await;
    served
}
