//! Whom to ask: an address or a link that an owner has set.

use std::time::Duration;

use url::Url;

use store::audit::Actor;

use crate::Desk;
use crate::error::Error;

/// The longest that is taken.
pub const LONGEST: usize = 254;
/// How long a page that tells of an error waits for the database, which may be what is broken.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whom to ask when something fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// What is read: the address, or the link as it was written.
    pub text: String,
    /// Where it leads: `mailto:…` or `https://…`.
    pub href: String,
    /// Whether it is a link to a page.
    pub is_page: bool,
}

impl Contact {
    /// Reads what an owner wrote. Nothing written is no contact; the error says what would do.
    pub fn read(text: &str) -> Result<Option<Contact>, String> {
        let text = text.trim();
        let text = text.strip_prefix("mailto:").unwrap_or(text);
        if text.is_empty() {
            return Ok(None);
        }
        if text.chars().count() > LONGEST {
            return Err(format!(
                "This is longer than {LONGEST} characters. Write a shorter link, or an e-mail address."
            ));
        }
        if text.contains("://") {
            return page(text).map(Some);
        }
        if is_mail_address(text) {
            // Of what an address may hold, only these would mean something else in a link.
            let escaped = text.replace('%', "%25").replace('&', "%26").replace('?', "%3F").replace('#', "%23");
            return Ok(Some(Contact { text: text.to_owned(), href: format!("mailto:{escaped}"), is_page: false }));
        }
        Err("This is neither an e-mail address, such as soc-platform@example.com, nor a link that begins with https://."
            .to_owned())
    }
}

fn page(text: &str) -> Result<Contact, String> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| url.scheme() == "https" && url.host_str().is_some_and(|host| !host.is_empty()))
        .ok_or("This is not a link that begins with https://, such as https://help.example.com/oriel.")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "This link holds a user name or a password, and everybody would read it. Leave that part out.".into()
        );
    }
    // As a browser will understand it: a host in another script shows as what it is.
    Ok(Contact { text: url.to_string(), href: url.to_string(), is_page: true })
}

/// One `@`, and around it what addresses are made of. Whether somebody reads there, nobody can see from here.
fn is_mail_address(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let written = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(written) && host.split('.').all(label)
}

impl Desk {
    /// Whom to ask, if an owner has said so.
    pub async fn support_contact(&self) -> Result<Option<Contact>, Error> {
        let kept = store::settings::get(&self.db, store::settings::SUPPORT_CONTACT).await?;
        // What was taken once and is not any more is as good as nothing.
        let contact = kept.and_then(|text| Contact::read(&text).ok().flatten());
        self.memory.remember_contact(contact.clone());
        Ok(contact)
    }

    /// The same for a page that tells of an error: if the database does not answer, what it said last.
    pub(crate) async fn contact_at_hand(&self) -> Option<Contact> {
        match tokio::time::timeout(PATIENCE, self.support_contact()).await {
            Ok(Ok(contact)) => contact,
            Ok(Err(_)) | Err(_) => self.memory.contact(),
        }
    }

    /// Sets whom to ask, or takes it away.
    pub(crate) async fn set_support_contact(&self, by: &Actor, contact: Option<&Contact>) -> Result<(), Error> {
        let name = store::settings::SUPPORT_CONTACT;
        match contact {
            Some(contact) => store::settings::set(&self.db, by, name, &contact.text, self.now()).await?,
            None => store::settings::clear(&self.db, by, name, self.now()).await?,
        }
        self.memory.remember_contact(contact.cloned());
        tracing::info!("the support contact was changed");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Contact;

    #[rstest]
    #[case(" soc-platform@example.com ", "soc-platform@example.com", "mailto:soc-platform@example.com")]
    #[case("mailto:soc@example.com", "soc@example.com", "mailto:soc@example.com")]
    #[case("a&b?c%d@example.com", "a&b?c%d@example.com", "mailto:a%26b%3Fc%25d@example.com")]
    #[case("https://help.example.com/oriel", "https://help.example.com/oriel", "https://help.example.com/oriel")]
    #[case("https://bücher.example", "https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/")]
    fn an_address_or_a_link_is_taken(#[case] text: &str, #[case] shown: &str, #[case] href: &str) {
        let contact = Contact::read(text).unwrap().unwrap();
        assert_eq!((contact.text.as_str(), contact.href.as_str()), (shown, href));
        assert_eq!(contact.is_page, href.starts_with("https"));
        assert_eq!(Contact::read(&contact.text).unwrap().unwrap(), contact, "what is kept is read again");
    }

    #[rstest]
    #[case("javascript:alert(1)")]
    #[case("javascript://example.com/%0aalert(1)")]
    #[case("http://help.example.com/")]
    #[case("https://user:pw@help.example.com/")]
    #[case("data:text/html,x")]
    #[case("the platform team")]
    #[case("a@b@example.com")]
    #[case("a b@example.com")]
    #[case("a\"onclick=x@example.com")]
    #[case("@example.com")]
    #[case("a@.example.com")]
    #[case("a@example.com?subject=x")]
    fn anything_else_is_refused_with_a_sentence(#[case] text: &str) {
        let said = Contact::read(text).unwrap_err();
        assert!(said.starts_with("This ") && said.ends_with('.'), "{said}");
        assert!(Contact::read(&format!("{}@example.com", "a".repeat(300))).is_err());
    }

    #[test]
    fn nothing_written_is_no_contact() {
        assert_eq!(Contact::read(" \n"), Ok(None));
    }
}
