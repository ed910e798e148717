//! Why somebody was not signed in, in the caller's terms.

/// Why somebody was not signed in. The sentences may be shown to the person; none holds a token, a code or a secret. What
/// the provider wrote is shortened and has no control characters, and is hostile all the same: escape it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// A setting with which the provider cannot be asked.
    #[error("`{setting}`: {message}")]
    Setting {
        /// Its name in the configuration: `oidc.issuer`.
        setting: &'static str,
        /// What is wrong with it and what would do.
        message: String,
    },
    /// No answer from the provider.
    #[error("{host} cannot be reached: {reason}.")]
    Unreachable {
        /// The host.
        host: String,
        /// What the network said.
        reason: String,
    },
    /// An address that the provider named is none that may be asked.
    #[error("The provider names the address {address}, and Oriel does not ask it: {reason}.")]
    Address {
        /// The address, without its query.
        address: String,
        /// Why not.
        reason: &'static str,
    },
    /// What the provider says of itself cannot be used.
    #[error("What the provider says of itself cannot be used: {0}.")]
    Provider(String),
    /// The browser came back with something else than it was sent off with.
    #[error("This answer does not belong to the sign-in that was begun in this browser. Sign in again.")]
    Mixed,
    /// The provider answered with an error instead of a code.
    #[error("{}", refused(error, description))]
    Refused {
        /// Its name in the protocol: `access_denied`.
        error: String,
        /// The provider's own words, shortened; may be empty.
        description: String,
    },
    /// The code was not changed for a token.
    #[error("The provider did not accept Oriel's request for a token ({error}). {description}")]
    Exchange {
        /// Its name in the protocol: `invalid_grant`, `invalid_client`.
        error: String,
        /// The provider's own words, shortened; may be empty.
        description: String,
    },
    /// The token that came back does not hold.
    #[error("The provider's token is not accepted: {0}.")]
    Token(String),
    /// The person is in more groups than a token has room for, and this sign-in was not asked to look them up: begin anew
    /// with [`look_up_groups`](crate::Begin::look_up_groups).
    #[error("The person's groups have to be looked up.")]
    GroupsElsewhere,
    /// The person is in more groups than a token has room for, and they could not be looked up.
    #[error(
        "You are in more groups than Entra puts into a token, and looking them up did not work: {0}. An administrator can \
         help in one of three ways: in the app registration, under Token configuration, let the groups claim hold “Groups \
         assigned to the application” only; or use app roles instead of groups; or grant the delegated permission User.Read \
         of Microsoft Graph with admin consent."
    )]
    GroupsUnknown(String),
}

/// The protocol's names in words. They are the same at every provider; what stands in the description is not.
fn refused(error: &str, description: &str) -> String {
    let words = match error {
        "access_denied" => "The sign-in was declined: by you, or because you may not use this application.",
        "consent_required" => {
            "The provider wants a consent that nobody has given yet. An administrator can give it for everybody, in the \
             registration of this application."
        }
        "login_required" | "interaction_required" | "account_selection_required" => {
            "The provider wants something of you first, such as a second factor or another password. Sign in again and \
             follow its pages."
        }
        "temporarily_unavailable" | "server_error" => {
            "The provider is not able to sign anybody in just now. Try again later."
        }
        "unauthorized_client" | "invalid_client" => {
            "The provider does not know this application, or does not let it sign people in. Whoever runs Oriel has to check \
             `oidc.client_id` and the registration."
        }
        "invalid_request" | "invalid_scope" | "unsupported_response_type" => {
            "The provider does not take the request as Oriel makes it. Whoever runs Oriel has to check the registration, the \
             redirect address first."
        }
        _ => "The provider did not sign you in.",
    };
    match description {
        "" => format!("{words} ({error})"),
        said => format!("{words} It says: {said} ({error})"),
    }
}

/// The provider's words as they may be passed on: one line, no control characters, not endless.
pub(crate) fn words(text: &str) -> String {
    const LONGEST: usize = 300;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    let cut = text.chars().nth(LONGEST).is_some();
    format!("{}{}", line.trim(), if cut { "…" } else { "" })
}
