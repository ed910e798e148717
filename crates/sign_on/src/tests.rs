//! The client against a small provider on loopback that can be told to lie. Its tokens are made by hand here, by another
//! library than the one that reads them.

mod forged;
mod groups;
mod provider;
mod remembered;
mod way;

use crate::{Answer, Begin, Error, Identity, Pending};
use provider::Provider;

/// A whole sign-in at a provider that behaves as it was told.
async fn sign_in(provider: &Provider, begin: Begin) -> Result<Identity, Error> {
    let (pending, answer) = answered(provider, begin).await?;
    provider.sign_on.finish(&pending, &answer).await
}

/// A sign-in up to where the browser comes back.
async fn answered(provider: &Provider, begin: Begin) -> Result<(Pending, Answer), Error> {
    let (url, pending) = provider.sign_on.begin(begin).await?;
    Ok((pending, provider.authorize(&url)))
}
