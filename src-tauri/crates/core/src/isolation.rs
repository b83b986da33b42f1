//! Whether windows are kept apart, on this computer and now: two windows each
//! plant a canary in everything that pages keep, and look for the other's. The
//! screen does that; what it means is decided here, and no mashup opens before
//! the quick part of it has gone well. Mashups that open together see of each other
//! what matters most, that they have not the same cookies; the rest comes after them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::host::{Host, HostError};
use crate::http_cache::Slot;
use crate::qlik::StoreCookie;
use crate::{Desk, Error, Result, Secret, WindowId};

/// The name of the canary among cookies.
pub const COOKIE: &str = "mashdesk-canary";
/// A host that there is not: what is planted for it goes nowhere.
const NOWHERE: &str = "canary.invalid";

/// What pages keep, or meet in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the web's own name")]
pub enum Kind {
    Cookies,
    LocalStorage,
    IndexedDb,
    CacheStorage,
    BroadcastChannel,
    SharedWorker,
    ServiceWorker,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Cookies,
        Self::LocalStorage,
        Self::IndexedDb,
        Self::CacheStorage,
        Self::BroadcastChannel,
        Self::SharedWorker,
        Self::ServiceWorker,
    ];
    /// What every start looks at.
    pub const QUICK: &[Self] = &[Self::Cookies, Self::LocalStorage];

    /// What it is called between the parts of Mashdesk.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cookies => "cookies",
            Self::LocalStorage => "local_storage",
            Self::IndexedDb => "indexed_db",
            Self::CacheStorage => "cache_storage",
            Self::BroadcastChannel => "broadcast_channel",
            Self::SharedWorker => "shared_worker",
            Self::ServiceWorker => "service_worker",
        }
    }

    /// What people who know call it, in any language.
    pub fn title(self) -> &'static str {
        match self {
            Self::Cookies => "cookies",
            Self::LocalStorage => "localStorage",
            Self::IndexedDb => "IndexedDB",
            Self::CacheStorage => "Cache Storage",
            Self::BroadcastChannel => "BroadcastChannel",
            Self::SharedWorker => "SharedWorker",
            Self::ServiceWorker => "ServiceWorker",
        }
    }
}

/// What a window found where it looked for a canary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// This one, or none.
    Value(Option<String>),
    /// This webview has no such thing.
    Missing,
    /// It could not look.
    Failed(String),
}

/// What a window found, by the names of the kinds.
pub type Sight = BTreeMap<String, Found>;

/// What two windows found, in this order.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The first window's canary.
    pub first: String,
    /// The second window's.
    pub second: String,
    /// What the first one finds after it has planted its own.
    pub first_planted: Sight,
    /// What the second one finds before it plants anything.
    pub second_before: Sight,
    /// What it finds after it has planted its own.
    pub second_planted: Sight,
    /// What the first one finds after that.
    pub first_after: Sight,
}

/// Whether two windows share something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Each has its own.
    Apart,
    /// They have one together.
    Shared,
    /// This webview has no such thing, so there is nothing to share.
    Absent,
    /// It could not be told, for this reason.
    Unproven(String),
}

impl Verdict {
    /// Whether mashups may open for all that this says.
    pub fn is_fine(&self) -> bool {
        matches!(self, Self::Apart | Self::Absent)
    }
}

/// One kind, and whether two windows share it.
pub type Finding = (Kind, Verdict);

/// Whether two windows share one kind.
pub fn judge(kind: Kind, observed: &Observed) -> Verdict {
    let at = |sight: &Sight| match sight.get(kind.name()) {
        Some(found) => found.clone(),
        None => Found::Failed("a window did not say what it found".to_owned()),
    };
    let steps =
        [&observed.first_planted, &observed.second_before, &observed.second_planted, &observed.first_after]
            .map(at);
    if steps.iter().all(|found| *found == Found::Missing) {
        return Verdict::Absent;
    }
    let own = |canary: &String| Found::Value(Some(canary.clone()));
    let (first, second) = (own(&observed.first), own(&observed.second));
    // One look at the neighbour's canary says it, whatever else went wrong.
    if steps[1] == first || steps[2] == first || steps[3] == second {
        return Verdict::Shared;
    }
    if steps == [first, Found::Value(None), second, own(&observed.first)] {
        return Verdict::Apart;
    }
    let failed = steps.into_iter().find_map(|found| match found {
        Found::Failed(reason) => Some(reason),
        Found::Value(_) | Found::Missing => None,
    });
    let lost = || format!("a window did not keep what it put into {}", kind.title());
    Verdict::Unproven(failed.unwrap_or_else(lost))
}

/// A canary as a cookie for `host`: of that host alone and hidden from pages, as a
/// session cookie is.
pub fn cookie(canary: &str, host: &str) -> StoreCookie {
    StoreCookie {
        name: COOKIE.to_owned(),
        value: Secret::new(canary),
        domain: host.to_owned(),
        path: "/".to_owned(),
        secure: false,
        http_only: true,
        same_site: None,
    }
}

/// What has been seen so far in this run.
#[derive(Default)]
pub(crate) struct Proof {
    /// Two mashups' windows that opened together have not the same cookies.
    cookies: bool,
    /// What two windows of their own saw.
    quick: Option<Result<()>>,
}

impl Proof {
    /// What is not looked at again: that all is well, or that it is not.
    fn known(&self) -> Option<Result<()>> {
        self.quick.clone().filter(|quick| matches!(quick, Ok(()) | Err(Error::IsolationBroken { .. })))
    }
}

/// Has two windows look, and judges.
///
/// # Errors
/// [`Error::IsolationUnproven`] where the windows did not answer, or why they
/// could not be made.
pub async fn check(
    host: &impl Host,
    kinds: &'static [Kind],
    slots: Option<[Slot; 2]>,
) -> Result<Vec<Finding>> {
    let observed = host.observe(kinds, slots).await?;
    Ok(kinds.iter().map(|kind| (*kind, judge(*kind, &observed))).collect())
}

/// What findings mean for mashups: nothing, or why none may open.
fn consequence(findings: &[Finding]) -> Result<()> {
    let shared: Vec<&str> = findings
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Shared)
        .map(|(kind, _)| kind.title())
        .collect();
    if !shared.is_empty() {
        return Err(Error::IsolationBroken { what: shared.join(", ") });
    }
    findings.iter().try_for_each(|(_, verdict)| match verdict {
        Verdict::Unproven(reason) => Err(Error::IsolationUnproven { reason: reason.clone() }),
        _ => Ok(()),
    })
}

impl<H: Host> Desk<H> {
    /// Whether windows are kept apart in everything, as a person asks it. Where
    /// they are not, no mashup opens from now on.
    ///
    /// # Errors
    /// As [`check`].
    pub async fn check_isolation(&self) -> Result<Vec<Finding>> {
        let mut proof = self.proof.lock().await;
        let findings = self.look(Kind::ALL).await?;
        proof.quick = Some(consequence(&findings));
        Ok(findings)
    }

    /// Lets mashups open, or says why not: the quick part, once a run. What could
    /// not be told is looked at again by whoever asks next.
    pub(crate) async fn kept_apart(&self) -> Result<()> {
        let mut proof = self.proof.lock().await;
        match proof.known() {
            Some(known) => known,
            None => self.see(&mut proof).await,
        }
    }

    /// Lets a mashup's window have a ticket, or says why not. Where several windows
    /// open together before anything was seen, two of them are enough; `is_built`
    /// is when its own is there, an error if it never is.
    pub(crate) async fn may_have_a_ticket(
        &self,
        window: WindowId,
        is_built: impl Future<Output = Result<()>>,
    ) -> Result<()> {
        {
            let proof = self.proof.lock().await;
            if let Some(known) = proof.known() {
                return known;
            }
        }
        // Not while others wait for what is seen: this one may be who they wait for.
        let other = self.sessions.companion(window, is_built).await?;
        let mut proof = self.proof.lock().await;
        if let Some(known) = proof.known() {
            return known;
        }
        // What two windows of their own could not tell counts for more.
        if proof.quick.is_none() {
            if proof.cookies {
                return Ok(());
            }
            if let Some(other) = other {
                match self.compare(window, other).await {
                    Ok(()) => {
                        proof.cookies = true;
                        return Ok(());
                    }
                    Err(error @ Error::IsolationBroken { .. }) => {
                        tracing::error!(%error, "no mashup opens");
                        proof.quick = Some(Err(error.clone()));
                        return Err(error);
                    }
                    Err(error) => tracing::debug!(%window, %error, "two other windows will tell"),
                }
            }
        }
        self.see(&mut proof).await
    }

    async fn see(&self, proof: &mut Proof) -> Result<()> {
        let found = self.look(Kind::QUICK).await.and_then(|findings| consequence(&findings));
        if let Err(error) = &found {
            tracing::error!(%error, "no mashup opens");
        }
        proof.quick = Some(found.clone());
        found
    }

    /// Whether two mashups' windows, in which nothing is yet, have not the same cookies.
    /// Their canaries stay, and go nowhere.
    async fn compare(&self, window: WindowId, other: WindowId) -> Result<()> {
        let sight = |cookies: Vec<StoreCookie>| {
            let canary = cookies.into_iter().find(|cookie| cookie.name == COOKIE && cookie.domain == NOWHERE);
            let found = Found::Value(canary.map(|canary| canary.value.expose().to_owned()));
            Sight::from([(Kind::Cookies.name().to_owned(), found)])
        };
        let [first, second] = [window, other].map(|window| window.to_string());
        let look = async {
            Ok::<_, HostError>(Observed {
                first_planted: sight(self.host.plant(window, &[cookie(&first, NOWHERE)]).await?),
                second_before: sight(self.host.cookies(other).await?),
                second_planted: sight(self.host.plant(other, &[cookie(&second, NOWHERE)]).await?),
                first_after: sight(self.host.cookies(window).await?),
                first,
                second,
            })
        };
        let observed = look.await.map_err(|error| Error::IsolationUnproven { reason: error.to_string() })?;
        consequence(&[(Kind::Cookies, judge(Kind::Cookies, &observed))])
    }

    /// Has two windows look that are made as mashups' windows are, cache and all.
    async fn look(&self, kinds: &'static [Kind]) -> Result<Vec<Finding>> {
        let windows = [WindowId::new(), WindowId::new()];
        let slots = windows.map(|window| {
            self.http_caches.take(window, None);
            self.http_caches.slot(window)
        });
        let [first, second] = slots;
        let found = check(&self.host, kinds, first.zip(second).map(<[Slot; 2]>::from)).await;
        for window in windows {
            self.http_caches.give_back(window);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(canary: &str) -> Found {
        Found::Value((!canary.is_empty()).then(|| canary.to_owned()))
    }

    fn observed(steps: [Found; 4]) -> Observed {
        let [first_planted, second_before, second_planted, first_after] =
            steps.map(|found| Sight::from([("cookies".to_owned(), found)]));
        Observed {
            first: "a".to_owned(),
            second: "b".to_owned(),
            first_planted,
            second_before,
            second_planted,
            first_after,
        }
    }

    #[test]
    fn what_two_windows_saw_and_what_it_means() {
        let lost = || Verdict::Unproven("a window did not keep what it put into cookies".to_owned());
        let table = [
            (["a", "", "b", "a"].map(value), Verdict::Apart),
            // One store: the later canary takes over the earlier.
            (["a", "a", "b", "b"].map(value), Verdict::Shared),
            (["a", "a", "b", "a"].map(value), Verdict::Shared),
            (["a", "", "b", "b"].map(value), Verdict::Shared),
            (["a", "", "a", "a"].map(value), Verdict::Shared),
            // Where nothing is kept, nothing is proved.
            (["", "", "", ""].map(value), lost()),
            (["a", "", "", "a"].map(value), lost()),
            (["a", "", "b", ""].map(value), lost()),
            // What was there before is not from this check.
            (["a", "x", "b", "a"].map(value), lost()),
            ([(); 4].map(|()| Found::Missing), Verdict::Absent),
            ([value("a"), Found::Missing, Found::Missing, value("a")], lost()),
            (
                [value("a"), value(""), Found::Failed("no".to_owned()), value("a")],
                Verdict::Unproven("no".to_owned()),
            ),
            ([value("a"), value("a"), Found::Failed("no".to_owned()), value("a")], Verdict::Shared),
        ];
        for (steps, wanted) in table {
            assert_eq!(judge(Kind::Cookies, &observed(steps.clone())), wanted, "{steps:?}");
        }
        let Verdict::Unproven(_) = judge(Kind::IndexedDb, &observed(["a", "", "b", "a"].map(value))) else {
            panic!("what nobody looked at is not proved");
        };
    }

    #[test]
    fn one_shared_kind_is_enough_to_refuse() {
        let unproven = || Verdict::Unproven("no answer".to_owned());
        assert_eq!(
            consequence(&[(Kind::Cookies, Verdict::Apart), (Kind::IndexedDb, Verdict::Absent)]),
            Ok(())
        );
        assert_eq!(
            consequence(&[(Kind::Cookies, unproven())]),
            Err(Error::IsolationUnproven { reason: "no answer".to_owned() })
        );
        let findings = [
            (Kind::Cookies, unproven()),
            (Kind::LocalStorage, Verdict::Shared),
            (Kind::IndexedDb, Verdict::Shared),
        ];
        let what = "localStorage, IndexedDB".to_owned();
        assert_eq!(consequence(&findings), Err(Error::IsolationBroken { what }));
    }
}
