//! The shapes that the library is told to read: the standard claims, and whatever else stands in a token or a document.

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, Client, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IdTokenClaims, IdTokenFields, ProviderMetadata, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The claims that are not of the standard. Entra's are on
/// <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Further(pub(crate) Map<String, Value>);

impl AdditionalClaims for Further {}

impl Further {
    /// The texts of a claim that is a text or a list of them.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }
}

/// What a discovery document says beyond the standard's first part.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct FurtherMetadata {
    /// OpenID Connect RP-Initiated Logout 1.0.
    #[serde(default)]
    pub(crate) end_session_endpoint: Option<String>,
}

impl AdditionalProviderMetadata for FurtherMetadata {}

pub(crate) type Metadata = ProviderMetadata<
    FurtherMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub(crate) type Claims = IdTokenClaims<Further, CoreGenderClaim>;

type Fields = IdTokenFields<
    Further,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// What the token endpoint answers.
pub(crate) type Tokens = StandardTokenResponse<Fields, CoreTokenType>;

/// The library's client, made from a discovery document: it knows where to authorize, and perhaps where tokens are.
pub(crate) type Oidc = Client<
    Further,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
