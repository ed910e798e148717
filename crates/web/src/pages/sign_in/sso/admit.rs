//! Whom the provider has named, as somebody of ours.

use store::people::{self, NewPerson, Person, Subject};

use crate::Desk;
use crate::error::Error;
use crate::people::scope_of_newcomers;
use crate::sessions::Visitor;
use crate::sign_on::{Arrived, Refused};

/// Why somebody is refused whose name is not to be written down any more.
pub const FORGOTTEN: &str = "forgotten";
/// A name has room for so many characters.
const LONGEST_NAME: usize = 64;
/// Names that are tried before it is given up: so many people are not called alike.
const NAMES: u32 = 50;

/// The person, with the role that the provider gives at this moment; or why they may not come in. Somebody is known by
/// issuer and subject and by nothing else: a name or an e-mail address is what an administrator elsewhere has typed.
pub async fn admit(desk: &Desk, visitor: &Visitor, arrived: Arrived) -> Result<Result<Person, Refused>, Error> {
    let now = desk.now();
    let (issuer, subject) = (&arrived.issuer, &arrived.subject);
    let mut known = people::by_subject(&desk.db, issuer, subject).await?;
    let unknown = known.is_none();
    if unknown {
        known = people::by_forgotten_subject(&desk.db, &desk.masker().await?, issuer, subject).await?;
    }
    let role = match arrived.role {
        Ok(role) => role,
        Err(sentence) => {
            if let Some(person) = &known {
                people::shut_out(&desk.db, &visitor.person(person), &person.id, now).await?;
            }
            return Ok(Err(Refused { kind: "no_group", sentence }));
        }
    };
    match known {
        Some(person) if person.disabled_at.is_some() => {
            let sentence = "Your account was disabled here. An owner can let you in again.";
            let kind = if unknown { FORGOTTEN } else { "disabled" };
            Ok(Err(Refused { kind, sentence: sentence.to_owned() }))
        }
        Some(person) => {
            let renewed = people::renew(&desk.db, &visitor.person(&person), &person.id, role, now).await?;
            Ok(Ok(renewed.unwrap_or(person)))
        }
        None => {
            let by = visitor.stranger(&arrived.name);
            let scope = scope_of_newcomers(desk).await?;
            let subject = Subject { issuer: &arrived.issuer, subject: &arrived.subject };
            for name in names(&arrived.name) {
                let (scope, password_hash) = (scope.clone(), String::new());
                let new = NewPerson { name, role, scope, password_hash, password_given: false };
                match people::add_from_sign_on(&desk.db, &by, subject, &new, now).await {
                    Err(store::Error::NameTaken { .. }) => {}
                    added => return Ok(Ok(added?)),
                }
            }
            let sentence = "Too many people are called like you here. An owner has to remove an account of that name.";
            Ok(Err(Refused { kind: "name_taken", sentence: sentence.to_owned() }))
        }
    }
}

/// The name, and others for whoever is not the first of that name: it opens nobody else's account.
fn names(name: &str) -> impl Iterator<Item = String> {
    let bare: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME - 5).collect();
    let bare = if bare.trim().is_empty() { "nameless".to_owned() } else { bare.trim().to_owned() };
    (1..=NAMES).map(move |number| if number == 1 { bare.clone() } else { format!("{bare} ({number})") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_of_a_name_has_another() {
        let three = |name: &str| names(name).take(3).collect::<Vec<_>>();
        assert_eq!(three("alice@example.com"), ["alice@example.com", "alice@example.com (2)", "alice@example.com (3)"]);
        assert_eq!(three("\u{7}\u{0}")[0], "nameless");
        assert!(three(&"ä".repeat(300)).iter().all(|name| name.chars().count() <= LONGEST_NAME));
    }
}
