//! Pages and API through the router, with made-up sources and a real database.

mod api;
mod behind_a_proxy;
mod connections;
mod credentials;
mod first_start;
mod looks;
mod names;
mod office;
mod operations;
mod own_assets;
mod report;
mod security;
mod set_up;
mod settings;
mod sign_in;
mod support;
mod switches;
mod transcript;
