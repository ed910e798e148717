//! Scripts, manifest and request: what they hold, whether they can be read, and what they do to a made-up tenant.

// It needs a terminal, and what is there to make one on Linux.
#[cfg(target_os = "linux")]
mod az;
mod powershell;
mod shell;
#[cfg(target_os = "linux")]
mod tenant;
mod written;

use std::sync::Arc;

use microsoft::Cloud;
use search::Product;
use search::set_up::{Format, Script, SetUp, SignsInBy, Step, Wanted};

use super::SetUpScripts;

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const CLIENT: &str = "66666666-7777-8888-9999-000000000000";
const WORKSPACE: &str = "9b9b5a0c-3c1d-4e5f-8a9b-0c1d2e3f4a5b";
/// A sequence, and no more: what is in a certificate is Microsoft's to look at.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";

fn scripts() -> SetUpScripts {
    at("2026-11-25T12:00:00Z")
}

fn at(now: &str) -> SetUpScripts {
    let now = now.parse().unwrap();
    let mut clouds: Vec<Arc<Cloud>> = Cloud::all_built_in().into_iter().map(Arc::new).collect();
    let url = |text: &str| text.parse().unwrap();
    let lab = Cloud::named(
        "lab",
        url("https://login.lab.example"),
        url("https://graph.lab.example"),
        Some(url("https://defender.lab.example")),
        url("https://logs.lab.example"),
        None,
    );
    clouds.push(Arc::new(lab));
    SetUpScripts::new(&clouds, Arc::new(move || now))
}

fn both(format: Format) -> Wanted {
    Wanted::new(Product::ALL.to_vec(), format)
}

fn write(wanted: &Wanted) -> Script {
    scripts().write(wanted).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

fn fields(wanted: &Wanted) -> Vec<&'static str> {
    scripts().write(wanted).unwrap_err().into_iter().map(|wrong| wrong.field).collect()
}

/// Scripts of one form in every shape that they take: step, credential, products, cloud, and an app with an awkward name.
fn shapes(format: Format) -> Vec<(String, String)> {
    let credentials = [
        SignsInBy::Secret,
        SignsInBy::Certificate(Some(CERTIFICATE.to_owned())),
        SignsInBy::Certificate(None),
        SignsInBy::ManagedIdentity(Some(CLIENT.to_owned())),
        SignsInBy::ManagedIdentity(None),
        SignsInBy::WhatItHas,
    ];
    let mut all = Vec::new();
    let mut add = |shape: String, wanted: Wanted| all.push((shape, write(&wanted).text));
    for credential in credentials {
        add(format!("{credential:?}"), Wanted { credential, ..both(format) });
    }
    for step in Step::ALL {
        let workspaces = vec![WORKSPACE.to_owned(), "SOC-EU".to_owned()];
        let (tenant, client) = (Some(TENANT.to_owned()), Some(CLIENT.to_owned()));
        let name = "O'Brien & Sons' Oriel".to_owned();
        add(format!("{step:?}"), Wanted { step, workspaces, tenant, client, name, ..both(format) });
    }
    for product in Product::ALL {
        add(product.to_string(), Wanted::new(vec![product], format));
    }
    for cloud in ["gcc", "gcc-high", "dod", "china"] {
        add(cloud.to_owned(), Wanted { cloud: cloud.to_owned(), ..both(format) });
    }
    all
}
