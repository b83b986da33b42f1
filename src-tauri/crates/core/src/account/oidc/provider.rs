//! An OpenID provider, as its metadata describes it. What it says is checked by
//! the library: the issuer, the ID token's signature, audience, time and nonce.

use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
    CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthorizationCode, ClaimsVerificationError, ClientId,
    CsrfToken, DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardErrorResponse, TokenResponse, http,
};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use url::{Url, form_urlencoded};

use super::wire::{Unanswered, Wire};
use crate::navigation::Origin;
use crate::website::{OidcClient, Website, in_short};
use crate::{Error, Result, Secret};

/// The rest of the metadata that matters here.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Additional {
    revocation_endpoint: Option<Url>,
    /// RFC 9207.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Additional {}

type Metadata = ProviderMetadata<
    Additional,
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

type ConfiguredClient = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

type TokenError = RequestTokenError<Unanswered, StandardErrorResponse<CoreErrorResponseType>>;

/// A provider, and who Mashdesk is to it.
#[derive(Debug)]
pub(in crate::account) struct Provider {
    wire: Wire,
    client: OidcClient,
    host: String,
    metadata: OnceCell<Metadata>,
}

/// What a code or a refresh token was swapped for.
pub(in crate::account) struct Tokens {
    pub(in crate::account) access: Secret,
    /// How long the access token is good for, where the provider tells.
    pub(in crate::account) life: Option<Duration>,
    pub(in crate::account) refresh: Option<Secret>,
}

/// A question to the person, and what its answer must fit.
pub(super) struct Authorization {
    pub(super) url: Url,
    pub(super) state: CsrfToken,
    pub(super) nonce: Nonce,
    /// Whether the answer has to name the issuer.
    pub(super) names_issuer: bool,
}

impl Provider {
    pub(in crate::account) fn new(website: &Website, client: OidcClient) -> Self {
        let host = Url::parse(&client.issuer).ok().and_then(|url| Origin::of(&url));
        Self {
            wire: Wire(website.http.clone()),
            host: host.map_or_else(|| client.issuer.clone(), |origin| origin.host().to_owned()),
            client,
            metadata: OnceCell::new(),
        }
    }

    /// Host and port, as errors name it.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(in crate::account) fn issuer(&self) -> &str {
        &self.client.issuer
    }

    /// The question that the browser puts to the person.
    pub(super) async fn authorization(
        &self,
        back: &RedirectUrl,
        challenge: PkceCodeChallenge,
    ) -> Result<Authorization> {
        let metadata = self.metadata().await?;
        if Origin::of(metadata.authorization_endpoint().url()).is_none() {
            return Err(self.nonsense(Unanswered::Insecure));
        }
        let client = self.client(metadata).set_redirect_uri(back.clone());
        // The library asks for `openid` itself.
        let scopes = self.client.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let names_issuer = metadata.additional_metadata().authorization_response_iss_parameter_supported;
        Ok(Authorization { url, state, nonce, names_issuer })
    }

    /// Swaps a code for tokens.
    pub(super) async fn redeem(
        &self,
        code: Secret,
        verifier: PkceCodeVerifier,
        back: &RedirectUrl,
        nonce: &Nonce,
    ) -> Result<Tokens> {
        let client = self.client(self.metadata().await?).set_redirect_uri(back.clone());
        let answer = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .map_err(|error| self.nonsense(error))?
            .set_pkce_verifier(verifier)
            .request_async(&self.wire)
            .await
            .map_err(|error| self.refused(error))?;
        let id_token = answer.id_token().ok_or_else(|| self.nonsense("an answer without an ID token"))?;
        let verifier = client.id_token_verifier();
        let claims = id_token.claims(&verifier, nonce).map_err(|error| match error {
            ClaimsVerificationError::InvalidNonce(_) => Error::SignInState { host: self.host.clone() },
            other => self.nonsense(other),
        })?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(|error| self.nonsense(error))?;
            let key = id_token.signing_key(&verifier).map_err(|error| self.nonsense(error))?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key)
                .map_err(|error| self.nonsense(error))?;
            if actual != *expected {
                return Err(self.nonsense("an ID token of another access token"));
            }
        }
        Ok(tokens(&answer))
    }

    /// Swaps a refresh token for new tokens; nothing where it is refused.
    pub(in crate::account) async fn renew(&self, refresh: &Secret) -> Result<Option<Tokens>> {
        let client = self.client(self.metadata().await?);
        let refresh = RefreshToken::new(refresh.expose().to_owned());
        let answer = client
            .exchange_refresh_token(&refresh)
            .map_err(|error| self.nonsense(error))?
            .request_async(&self.wire)
            .await;
        match answer {
            Ok(answer) => Ok(Some(tokens(&answer))),
            Err(error) if is_final(&error) => Ok(None),
            Err(error) => Err(self.refused(error)),
        }
    }

    /// Has a refresh token forgotten (RFC 7009), where the provider can do that.
    pub(in crate::account) async fn revoke(&self, refresh: &Secret) -> Result<()> {
        let Some(address) = &self.metadata().await?.additional_metadata().revocation_endpoint else {
            return Ok(());
        };
        // By hand: the library takes no provider on loopback for this call.
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", refresh.expose())
            .append_pair("token_type_hint", "refresh_token")
            .append_pair("client_id", &self.client.client_id)
            .finish();
        let request: HttpRequest = http::Request::post(address.as_str())
            .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into_bytes())
            .map_err(|error| self.nonsense(error))?;
        let status = self.wire.send(request).await.map_err(|error| self.nonsense(error))?.status();
        if status.is_success() { Ok(()) } else { Err(self.nonsense(format!("status {}", status.as_u16()))) }
    }

    async fn metadata(&self) -> Result<&Metadata> {
        self.metadata
            .get_or_try_init(async || {
                let issuer =
                    IssuerUrl::new(self.client.issuer.clone()).map_err(|error| self.nonsense(error))?;
                Metadata::discover_async(issuer, &self.wire).await.map_err(|error| match error {
                    DiscoveryError::Request(error) => self.nonsense(error),
                    DiscoveryError::Response(status, ..) if !status.is_success() => {
                        self.nonsense(format!("status {} for its metadata", status.as_u16()))
                    }
                    DiscoveryError::Validation(words) => self.nonsense(words),
                    _ => self.nonsense("metadata that cannot be read"),
                })
            })
            .await
    }

    fn client(&self, metadata: &Metadata) -> ConfiguredClient {
        let id = ClientId::new(self.client.client_id.clone());
        CoreClient::from_provider_metadata(metadata.clone(), id, None)
    }

    fn refused(&self, error: TokenError) -> Error {
        match error {
            RequestTokenError::ServerResponse(said) => self.nonsense(said.error().as_ref()),
            RequestTokenError::Request(error) => self.nonsense(error),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                self.nonsense("an answer that cannot be read")
            }
        }
    }

    fn nonsense(&self, reason: impl ToString) -> Error {
        Error::SignInProvider { host: self.host.clone(), reason: in_short(&reason.to_string()) }
    }
}

/// Whether asking again with the same refresh token is no use.
fn is_final(error: &TokenError) -> bool {
    match error {
        RequestTokenError::ServerResponse(said) => {
            let passes = ["server_error", "temporarily_unavailable", "slow_down"];
            !passes.contains(&said.error().as_ref())
        }
        _ => false,
    }
}

fn tokens(answer: &CoreTokenResponse) -> Tokens {
    Tokens {
        access: Secret::new(answer.access_token().secret()),
        life: answer.expires_in(),
        refresh: answer.refresh_token().map(|token| Secret::new(token.secret())),
    }
}
