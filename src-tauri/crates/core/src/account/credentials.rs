//! What signs the person in, call by call: a token as it is, or one that is
//! renewed before it expires and after a `401`.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;

use super::SignInKind;
use super::keyring::Resting;
use super::oidc::{Provider, Tokens};
use crate::website::{SignInWay, Website};
use crate::{Error, Result, Secret};

/// An access token with less life than this is renewed before it is used.
const SPARE_LIFE: Duration = Duration::from_secs(30);

/// What signs the person in.
#[derive(Debug)]
pub struct Credentials {
    kind: SignInKind,
    source: Source,
    /// What the keyring has of it, as far as is known.
    kept: Mutex<Option<Secret>>,
}

#[derive(Debug)]
enum Source {
    Fixed(Secret),
    Renewed(Arc<Grant>),
}

/// What the provider has granted, and the way to more of it.
struct Grant {
    provider: Provider,
    /// The website, as errors name it.
    website: String,
    state: Mutex<State>,
    /// Tells that there is another refresh token.
    changes: watch::Sender<()>,
}

struct State {
    access: Option<Secret>,
    /// When it is to be renewed.
    due: Option<Instant>,
    refresh: Option<Secret>,
    /// The renewal that is under way, for all who wait for one.
    renewal: Option<Shared<BoxFuture<'static, Result<()>>>>,
}

impl Credentials {
    /// A token that the website gave the person.
    pub fn token(token: Secret) -> Self {
        Self::new(SignInKind::Token, Source::Fixed(token))
    }

    /// A token from the website's own sign-in page.
    pub(super) fn web(token: Secret) -> Self {
        Self::new(SignInKind::Web, Source::Fixed(token))
    }

    /// What an OpenID provider has granted.
    pub(super) fn oidc(provider: Provider, website: &Website, tokens: Tokens) -> Self {
        let Tokens { access, life, refresh } = tokens;
        let state = State { access: Some(access), due: due(life), refresh, renewal: None };
        Self::granted(provider, website, state)
    }

    /// What rested in the keyring; nothing where the website no longer has that
    /// way to sign in.
    pub(crate) fn awake(resting: &Secret, website: &Website) -> Option<Self> {
        let awake = match Resting::read(resting) {
            Resting::Token { token } => Self::token(Secret::new(token)),
            Resting::Web { token } => Self::web(Secret::new(token)),
            Resting::Oidc { issuer, refresh } => {
                let client = website.sign_in.iter().find_map(|way| match way {
                    SignInWay::Oidc(client) if client.issuer == issuer => Some(client),
                    _ => None,
                })?;
                let provider = Provider::new(website, client.clone());
                let refresh = Some(Secret::new(refresh));
                let state = State { access: None, due: None, refresh, renewal: None };
                Self::granted(provider, website, state)
            }
        };
        awake.note_kept(resting.clone());
        Some(awake)
    }

    fn granted(provider: Provider, website: &Website, state: State) -> Self {
        let grant = Grant {
            provider,
            website: website.host.clone(),
            state: Mutex::new(state),
            changes: watch::Sender::new(()),
        };
        Self::new(SignInKind::Oidc, Source::Renewed(Arc::new(grant)))
    }

    fn new(kind: SignInKind, source: Source) -> Self {
        Self { kind, source, kept: Mutex::default() }
    }

    pub(crate) fn kind(&self) -> SignInKind {
        self.kind
    }

    /// Everything in it that nobody else may see.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        match &self.source {
            Source::Fixed(token) => vec![token.clone()],
            Source::Renewed(grant) => {
                let state = grant.state.lock();
                state.access.iter().chain(&state.refresh).cloned().collect()
            }
        }
    }

    /// What the keyring keeps; nothing where it would be good for this run only.
    pub(super) fn resting(&self) -> Option<Secret> {
        let resting = match (&self.source, self.kind) {
            (Source::Fixed(token), SignInKind::Web) => Resting::Web { token: token.expose().to_owned() },
            (Source::Fixed(token), _) => Resting::Token { token: token.expose().to_owned() },
            (Source::Renewed(grant), _) => Resting::Oidc {
                issuer: grant.provider.issuer().to_owned(),
                refresh: grant.state.lock().refresh.as_ref()?.expose().to_owned(),
            },
        };
        Some(resting.write())
    }

    /// Notes what the keyring has.
    pub(super) fn note_kept(&self, resting: Secret) {
        *self.kept.lock() = Some(resting);
    }

    /// Whether the keyring has it as it is now.
    pub(super) fn is_kept(&self) -> bool {
        let resting = self.resting();
        resting.is_some() && *self.kept.lock() == resting
    }

    /// Tells of every change of what the keyring should keep.
    pub(super) fn changes(&self) -> Option<watch::Receiver<()>> {
        match &self.source {
            Source::Fixed(_) => None,
            Source::Renewed(grant) => Some(grant.changes.subscribe()),
        }
    }

    /// The token for a call, fresh.
    pub(crate) async fn bearer(&self) -> Result<Secret> {
        match &self.source {
            Source::Fixed(token) => Ok(token.clone()),
            Source::Renewed(grant) => grant.bearer().await,
        }
    }

    /// Another token, after a `401` to this one; nothing where there is no other.
    pub(crate) async fn another(&self, refused: &Secret) -> Result<Option<Secret>> {
        match &self.source {
            Source::Fixed(_) => Ok(None),
            Source::Renewed(grant) => {
                grant.renew(Some(refused)).await?;
                Ok(grant.state.lock().access.clone())
            }
        }
    }

    /// Has the provider forget the grant, where it can.
    pub(super) async fn revoke(&self) -> Result<()> {
        let Source::Renewed(grant) = &self.source else { return Ok(()) };
        // A renewal may be on its way: its token is the one to be revoked.
        let renewal = grant.state.lock().renewal.clone();
        if let Some(renewal) = renewal {
            let _ = renewal.await;
        }
        let refresh = grant.state.lock().refresh.take();
        match refresh {
            Some(refresh) => grant.provider.revoke(&refresh).await,
            None => Ok(()),
        }
    }
}

impl Grant {
    async fn bearer(self: &Arc<Self>) -> Result<Secret> {
        let (access, due) = {
            let state = self.state.lock();
            (
                state.access.clone(),
                state.refresh.is_some() && state.due.is_some_and(|due| Instant::now() >= due),
            )
        };
        if let (Some(access), false) = (&access, due) {
            return Ok(access.clone());
        }
        match (self.renew(access.as_ref()).await, access) {
            (Ok(()), _) => self.state.lock().access.clone().ok_or_else(|| self.needed()),
            (Err(error @ Error::SignInNeeded { .. }), _) | (Err(error), None) => Err(error),
            // It may be good for a little while yet.
            (Err(_), Some(access)) => Ok(access),
        }
    }

    /// Gets another access token in place of a stale one: one renewal, however
    /// many ask for it.
    async fn renew(self: &Arc<Self>, stale: Option<&Secret>) -> Result<()> {
        let renewal = {
            let mut state = self.state.lock();
            if state.access.as_ref() != stale {
                return Ok(());
            }
            match (&state.renewal, state.refresh.clone()) {
                (Some(renewal), _) => renewal.clone(),
                (None, None) => return Err(self.needed()),
                (None, Some(refresh)) => {
                    let grant = Arc::clone(self);
                    // A task of its own: who asks may go away, and the new
                    // refresh token must not go with them.
                    let renewing = tokio::spawn(async move { grant.ask_provider(&refresh).await });
                    let lost = self.needed();
                    let renewal = renewing.map(|ended| ended.unwrap_or(Err(lost))).boxed().shared();
                    state.renewal.insert(renewal).clone()
                }
            }
        };
        renewal.await
    }

    async fn ask_provider(&self, refresh: &Secret) -> Result<()> {
        let renewed = self.provider.renew(refresh).await;
        let mut state = self.state.lock();
        state.renewal = None;
        match renewed {
            Ok(Some(Tokens { access, life, refresh })) => {
                state.access = Some(access);
                state.due = due(life);
                if refresh.is_some() {
                    state.refresh = refresh;
                    self.changes.send_replace(());
                }
                Ok(())
            }
            Ok(None) => {
                // It will not get any better by asking again.
                state.refresh = None;
                Err(self.needed())
            }
            Err(error) => Err(error),
        }
    }

    fn needed(&self) -> Error {
        Error::SignInNeeded { host: self.website.clone() }
    }
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant").field("issuer", &self.provider.issuer()).finish_non_exhaustive()
    }
}

fn due(life: Option<Duration>) -> Option<Instant> {
    Some(Instant::now() + life?.saturating_sub(SPARE_LIFE))
}
