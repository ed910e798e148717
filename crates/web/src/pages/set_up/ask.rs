//! What the form asks for: choices and texts in an address, none of them trusted.

use search::Product;
use search::set_up::{Missing, SignsInBy, Unusable, Wanted};
use serde::Deserialize;
use store::connections::Connection;

/// The form, as it stands in an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ask {
    /// `sentinel`, `defender`, or both.
    pub product: Vec<String>,
    /// Id of a saved connection whose app registration is meant; empty for a new one.
    pub connection: String,
    /// `az`, `powershell`, `manifest`, `request`. Without it the form is shown, and nothing written.
    pub format: String,
    /// `all`, `registration`, `consent`, `role`.
    pub step: String,
    /// The cloud's name.
    pub cloud: String,
    /// `secret`, `certificate`, `managed-identity`, `kept`.
    pub credential: String,
    /// Workspaces, one a line or with commas between.
    pub workspace: String,
    /// Days that a client secret is to be good.
    pub days: String,
    /// What the app is to be called.
    pub name: String,
    /// `yes` for only what the connection's last validation found missing.
    pub missing: String,
}

/// The ways to sign in, as the form has them.
pub const CREDENTIALS: [(&str, &str); 4] = [
    ("secret", "Client secret"),
    ("certificate", "Certificate"),
    ("managed-identity", "Managed identity"),
    ("kept", "As it is (the app has one)"),
];

impl Ask {
    /// Fills what was left open: from the connection, else with what most need. Credential and workspaces stay open on the
    /// form, so that choosing another app there takes that app's.
    pub fn fill(&mut self, connection: Option<&Connection>, clouds: &[String]) {
        let or = |text: &mut String, default: &str| {
            *text = text.trim().to_owned();
            if text.is_empty() {
                default.clone_into(text);
            }
        };
        if self.product.is_empty() {
            self.product = match connection {
                Some(connection) => vec![connection.product.as_str().to_owned()],
                None => Product::ALL.map(|product| product.as_str().to_owned()).to_vec(),
            };
        }
        or(&mut self.step, "all");
        or(&mut self.cloud, clouds.first().map_or("global", String::as_str));
        or(&mut self.days, &Wanted::DAYS.to_string());
        or(&mut self.name, Wanted::NAME);
        if let Some(connection) = connection {
            self.cloud.clone_from(&connection.cloud);
        }
    }

    /// What is to be written, or which fields cannot be right. To be called on a filled form.
    pub fn wanted(&self, connection: Option<&Connection>, missing: Option<Missing>) -> Result<Wanted, Vec<Unusable>> {
        let mut wrong = Vec::new();
        let mut refuse = |field: &'static str, message: String| wrong.push(Unusable { field, message });
        let mut products = Vec::new();
        for name in &self.product {
            match name.parse::<Product>() {
                Ok(product) if !products.contains(&product) => products.push(product),
                Ok(_) => {}
                Err(error) => refuse("product", format!("{error}.")),
            }
        }
        let format = self.format.parse().map_err(|error| refuse("format", format!("{error}."))).ok();
        let step = self.step.parse().map_err(|error| refuse("step", format!("{error}."))).ok();
        let days = self.days.parse::<u32>().ok();
        if days.is_none() {
            refuse("days", "Write a whole number of days, for instance 180.".to_owned());
        }
        // One that is to take the other's place is the one that the app does not have yet.
        let public = connection.and_then(|connection| {
            let spare = connection.spare.as_ref().and_then(|spare| spare.certificate.clone());
            spare.or_else(|| connection.credential.certificate.clone())
        });
        let fits = if connection.is_some() { "kept" } else { "secret" };
        let credential = match Some(self.credential.trim()).filter(|chosen| !chosen.is_empty()).unwrap_or(fits) {
            "secret" => Some(SignsInBy::Secret),
            "certificate" => Some(SignsInBy::Certificate(public)),
            "managed-identity" => Some(SignsInBy::ManagedIdentity(None)),
            "kept" => Some(SignsInBy::WhatItHas),
            _ => None,
        };
        if credential.is_none() {
            refuse("credential", "Choose one of the ways to sign in.".to_owned());
        }
        let (Some(format), Some(step), Some(days), Some(credential)) = (format, step, days, credential) else {
            return Err(wrong);
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let typed = self.workspace.split([',', '\n', '\r']).map(str::trim).filter(|text| !text.is_empty());
        let mut workspaces: Vec<String> = typed.map(str::to_owned).collect();
        if workspaces.is_empty() {
            let known = connection.iter().flat_map(|connection| &connection.workspaces);
            workspaces.extend(known.map(|workspace| workspace.id.clone()));
        }
        Ok(Wanted {
            step,
            cloud: self.cloud.clone(),
            tenant: connection.map(|connection| connection.tenant_guid.clone()),
            client: connection.map(|connection| connection.client_id.clone()),
            workspaces,
            credential,
            days,
            name: self.name.clone(),
            only: missing,
            without: connection.map(|connection| connection.switched_off.clone()).unwrap_or_default(),
            ..Wanted::new(products, format)
        })
    }

    /// The same form as a query, for the link that downloads what is shown.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for product in &self.product {
            query.append_pair("product", product);
        }
        for (name, value) in [
            ("connection", &self.connection),
            ("format", &self.format),
            ("step", &self.step),
            ("cloud", &self.cloud),
            ("credential", &self.credential),
            ("workspace", &self.workspace),
            ("days", &self.days),
            ("name", &self.name),
            ("missing", &self.missing),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

#[cfg(test)]
mod tests {
    use search::set_up::{Format, Step};

    use super::*;

    #[test]
    fn an_empty_form_is_filled_with_what_most_need() {
        let mut ask = Ask { format: "az".into(), ..Ask::default() };
        ask.fill(None, &["lab".to_owned()]);
        let wanted = ask.wanted(None, None).unwrap();
        assert_eq!((wanted.format, wanted.step, wanted.days), (Format::Az, Step::All, 180));
        assert_eq!((wanted.cloud.as_str(), wanted.products.len()), ("lab", 2));
        assert_eq!((wanted.tenant, wanted.client, wanted.only), (None, None, None));
    }

    #[test]
    fn every_field_that_cannot_be_right_is_named_at_once() {
        let mut ask = Ask {
            product: vec!["mail".into()],
            format: "bash".into(),
            step: "fifth".into(),
            days: "many".into(),
            credential: "key".into(),
            ..Ask::default()
        };
        ask.fill(None, &[]);
        let wrong = ask.wanted(None, None).unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|one| one.field).collect();
        assert_eq!(fields, ["product", "format", "step", "days", "credential"]);
        assert!(wrong.iter().all(|one| one.message.ends_with('.')), "{wrong:?}");
    }

    #[test]
    fn workspaces_stand_one_a_line_or_with_commas_between_and_the_query_gives_them_back() {
        let mut ask = Ask { format: "az".into(), workspace: " soc-eu, soc-us\r\n\r\nthird ".into(), ..Ask::default() };
        ask.fill(None, &[]);
        assert_eq!(ask.wanted(None, None).unwrap().workspaces, ["soc-eu", "soc-us", "third"]);
        let again = ask.query();
        assert!(again.contains("product=sentinel&product=defender&format=az&step=all"), "{again}");
        assert!(again.contains("workspace=+soc-eu%2C+soc-us%0D%0A%0D%0Athird+"), "{again}");
    }
}
