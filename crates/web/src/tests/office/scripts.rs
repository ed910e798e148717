//! Writes what the pages ask for without knowing any cloud: what was asked for stands in the text.

use secrecy::{ExposeSecret, SecretString};

use crate::certificates::Facts;
use search::set_up::{ConsentPage, Script, SetUp, Unusable, Wanted};

/// Refuses the name `refused`, and writes anything else.
pub struct Scripts;

impl SetUp for Scripts {
    fn write(&self, wanted: &Wanted) -> Result<Script, Vec<Unusable>> {
        if wanted.name == "refused" {
            return Err(vec![Unusable { field: "name", message: "This name cannot be one.".to_owned() }]);
        }
        Ok(Script {
            file_name: format!("oriel-set-up-{}.sh", wanted.format.as_str()),
            media_type: "text/x-shellscript; charset=utf-8",
            text: format!("# <made up>\n# {wanted:?}\n"),
            notes: vec!["Read it before you run it.".to_owned()],
        })
    }

    fn consent_page(&self, page: &ConsentPage<'_>) -> Option<String> {
        Some(format!("https://login.example/{}/adminconsent?state={}", page.tenant, page.state))
    }
}

/// Takes any text that says so for a certificate.
pub struct NoCertificates;

impl crate::certificates::Certificates for NoCertificates {
    fn read(&self, pem: &SecretString, _: jiff::Timestamp) -> Result<Facts, String> {
        match pem.expose_secret().contains("CERTIFICATE") {
            true => Ok(Facts { public_pem: "PUBLIC PART".into(), ends: jiff::civil::date(2027, 5, 1) }),
            false => Err("This is no certificate.".into()),
        }
    }

    fn make(&self, name: &str, _: jiff::Timestamp, _: u32) -> Result<SecretString, String> {
        Ok(format!("CERTIFICATE and key of {name}").into())
    }

    fn thumbprint(&self, _: &str) -> String {
        "AA11".into()
    }
}

/// Offers a domain, an address, and one that many share; a tenant that is called so has nobody who could say.
pub struct Offering;

impl search::own::Offers for Offering {
    fn offers<'a>(
        &'a self,
        _: &'a str,
    ) -> futures_util::future::BoxFuture<'a, Result<Vec<search::own::Offer>, search::own::NoOffers>> {
        let offer =
            |value: &str, seen, count| search::own::Offer { asset: search::own::read(value).unwrap(), seen, count };
        let offers = vec![
            offer("northwind.example", "Domain in the names of devices", 16),
            offer("198.51.100.2", "Public address of devices", 10),
            offer("104.16.1.1", "Public address of devices", 2),
        ];
        Box::pin(std::future::ready(Ok(offers)))
    }
}
