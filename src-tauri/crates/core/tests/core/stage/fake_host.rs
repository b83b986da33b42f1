//! A host that is nothing but the trait: it notes what it was asked, keeps a
//! store a window, and misbehaves when told to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use mashdesk_core::exports::Export;
use mashdesk_core::http_cache::Slot;
use mashdesk_core::isolation::{Found, Kind, Observed};
use mashdesk_core::navigation::Origin;
use mashdesk_core::qlik::StoreCookie;
use mashdesk_core::{
    Change, Error, ExportId, Frame, Host, HostError, Next, Secret, SecretUrl, WindowId, Zoom,
};
use tokio::sync::watch;
use url::Url;

/// One call, as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    BuiltAhead(WindowId),
    Building(WindowId, Frame),
    Built(WindowId),
    /// It makes connections there.
    Preconnected(WindowId, Vec<String>),
    Planted(WindowId),
    Redeemed(WindowId, Url),
    /// It asked for its page ahead.
    AskedFor(WindowId, Url),
    Navigated(WindowId, Url),
    Shown(WindowId),
    Message(WindowId, Error, Next),
    Slept(WindowId),
    AskedToReload(WindowId),
    Reloaded(WindowId),
    Zoomed(WindowId, Zoom),
    Focused(WindowId),
    Closed(WindowId),
    Notified(ExportId),
    /// The person was asked where a file goes.
    Asked(PathBuf),
    Changed(Change),
    /// The system's browser was sent there.
    Browsed(Url),
    /// The website's sign-in page: its title, its address, where it is to end.
    SignInWindow(String, Url, Url),
    SignInWindowGone,
    /// Two windows looked at so many kinds of what they might share.
    Observed(usize),
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No window can be made.
    Build,
    /// The store takes a cookie and keeps nothing.
    Forget,
    /// The store takes a cookie and keeps another value.
    Change,
    /// The window goes nowhere.
    Navigate,
    /// There is no browser.
    Browse,
    /// A page that the person would miss, and keeps when asked.
    Busy,
    /// All windows have one store.
    Share,
    /// Nobody can see what windows share.
    Blind,
}

pub(crate) struct FakeHost {
    calls: watch::Sender<Vec<Call>>,
    stores: Mutex<BTreeMap<WindowId, Vec<StoreCookie>>>,
    /// Where windows keep what their pages load.
    slots: Mutex<BTreeMap<WindowId, Option<Slot>>>,
    fault: Mutex<Option<Fault>>,
    may_build: watch::Sender<bool>,
    may_look: watch::Sender<bool>,
    /// How the sign-in window ends: with a fragment, or closed.
    sign_in_end: watch::Sender<Option<Option<String>>>,
    looked_at: AtomicBool,
    /// What must be over before the host can say whether it is looked at.
    before_looking: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    clicked_twice: AtomicBool,
    /// The cookie that comes of redeeming a ticket in a window.
    redeems: Mutex<Option<StoreCookie>>,
    /// Where a window that redeems a ticket comes to, if not there.
    redeem_end: Mutex<Option<Result<Url, Error>>>,
    /// Where the person says that a file goes.
    chosen: Mutex<Option<PathBuf>>,
}

impl Default for FakeHost {
    fn default() -> Self {
        Self {
            calls: watch::Sender::new(Vec::new()),
            stores: Mutex::default(),
            slots: Mutex::default(),
            fault: Mutex::default(),
            may_build: watch::Sender::new(true),
            may_look: watch::Sender::new(true),
            sign_in_end: watch::Sender::new(None),
            looked_at: AtomicBool::new(true),
            before_looking: Mutex::default(),
            clicked_twice: AtomicBool::new(false),
            redeems: Mutex::default(),
            redeem_end: Mutex::default(),
            chosen: Mutex::default(),
        }
    }
}

impl FakeHost {
    /// Whoever waits for a call listens here.
    pub(crate) fn watch(&self) -> watch::Receiver<Vec<Call>> {
        self.calls.subscribe()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.borrow().clone()
    }

    pub(crate) fn has(&self, call: &Call) -> bool {
        self.calls.borrow().contains(call)
    }

    /// Where a window keeps what its pages load.
    pub(crate) fn slot(&self, window: WindowId) -> Option<Slot> {
        self.slots.lock().expect("no panic before").get(&window).expect("it is built").clone()
    }

    pub(crate) fn misbehave(&self, fault: impl Into<Option<Fault>>) {
        *self.fault.lock().expect("no panic before") = fault.into();
    }

    /// Windows take until [`build_on`](Self::build_on) to be made.
    pub(crate) fn hold_building(&self) {
        self.may_build.send_replace(false);
    }

    pub(crate) fn build_on(&self) {
        self.may_build.send_replace(true);
    }

    /// Two windows look at nothing before they may.
    pub(crate) fn hold_looks(&self) {
        self.may_look.send_replace(false);
    }

    pub(crate) fn allow_looks(&self) {
        self.may_look.send_replace(true);
    }

    /// The person looks at something else.
    pub(crate) fn look_away(&self) {
        self.looked_at.store(false, Ordering::Relaxed);
    }

    /// The main thread does this before it says whether it is looked at.
    pub(crate) fn is_busy_with(&self, work: impl FnOnce() + Send + 'static) {
        *self.before_looking.lock().expect("no panic before") = Some(Box::new(work));
    }

    /// A window that redeems a ticket gets this cookie, and comes to this end.
    pub(crate) fn redeem_with(&self, cookie: Option<StoreCookie>, end: Option<Result<Url, Error>>) {
        *self.redeems.lock().expect("no panic before") = cookie;
        *self.redeem_end.lock().expect("no panic before") = end;
    }

    /// The person clicks everything twice.
    pub(crate) fn click_twice(&self) {
        self.clicked_twice.store(true, Ordering::Relaxed);
    }

    /// The person, asked where a file goes, says that.
    pub(crate) fn choose(&self, path: Option<PathBuf>) {
        *self.chosen.lock().expect("no panic before") = path;
    }

    /// The store of a window, while it has one.
    pub(crate) fn store(&self, window: WindowId) -> Option<Vec<StoreCookie>> {
        self.stores.lock().expect("no panic before").get(&window).cloned()
    }

    /// Puts a cookie in a store, as a page would.
    pub(crate) fn put(&self, window: WindowId, cookie: StoreCookie) {
        self.stores.lock().expect("no panic before").entry(window).or_default().push(cookie);
    }

    /// The value of one cookie in a window's store.
    pub(crate) fn cookie(&self, window: WindowId, name: &str) -> Option<String> {
        let store = self.store(window)?;
        store.iter().find(|cookie| cookie.name == name).map(|cookie| cookie.value.expose().to_owned())
    }

    /// Where a window was sent, in order.
    pub(crate) fn addresses(&self, window: WindowId) -> Vec<Url> {
        let address = |call: &Call| match call {
            Call::Navigated(to, url) if *to == window => Some(url.clone()),
            _ => None,
        };
        self.calls.borrow().iter().filter_map(address).collect()
    }

    /// Where windows made connections ahead, in order.
    pub(crate) fn preconnections(&self) -> Vec<(WindowId, Vec<String>)> {
        let connection = |call: &Call| match call {
            Call::Preconnected(window, origins) => Some((*window, origins.clone())),
            _ => None,
        };
        self.calls.borrow().iter().filter_map(connection).collect()
    }

    /// What a window had to say, in order.
    pub(crate) fn messages(&self, window: WindowId) -> Vec<Error> {
        let message = |call: &Call| match call {
            Call::Message(by, error, _) if *by == window => Some(error.clone()),
            _ => None,
        };
        self.calls.borrow().iter().filter_map(message).collect()
    }

    /// Where the browser was sent, in order.
    pub(crate) fn browsed(&self) -> Vec<Url> {
        let address = |call: &Call| match call {
            Call::Browsed(url) => Some(url.clone()),
            _ => None,
        };
        self.calls.borrow().iter().filter_map(address).collect()
    }

    /// The sign-in window comes to its end with this fragment, or is closed.
    pub(crate) fn end_sign_in_window(&self, fragment: Option<&str>) {
        self.sign_in_end.send_replace(Some(fragment.map(str::to_owned)));
    }

    fn note(&self, call: Call) {
        self.calls.send_modify(|calls| calls.push(call));
    }

    fn suffers(&self, fault: Fault) -> bool {
        *self.fault.lock().expect("no panic before") == Some(fault)
    }
}

/// Notes that the sign-in window went, also where nobody waits for it any more.
struct Gone<'a>(&'a FakeHost);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.note(Call::SignInWindowGone);
    }
}

impl Host for FakeHost {
    async fn build_ahead(&self, window: WindowId, slot: Option<&Slot>) -> Result<(), Error> {
        self.slots.lock().expect("no panic before").insert(window, slot.cloned());
        self.stores.lock().expect("no panic before").insert(window, Vec::new());
        self.note(Call::BuiltAhead(window));
        Ok(())
    }

    async fn build(&self, window: WindowId, frame: &Frame, slot: Option<&Slot>) -> Result<(), Error> {
        self.note(Call::Building(window, frame.clone()));
        let mut may_build = self.may_build.subscribe();
        may_build.wait_for(|may| *may).await.expect("the host lives");
        if self.suffers(Fault::Build) {
            return Err(Error::StoreFailed { reason: "no screen".to_owned() });
        }
        let old = self.stores.lock().expect("no panic before").insert(window, Vec::new());
        assert!(old.is_none() || self.has(&Call::BuiltAhead(window)), "a window is made once");
        self.slots.lock().expect("no panic before").entry(window).or_insert_with(|| slot.cloned());
        self.note(Call::Built(window));
        Ok(())
    }

    async fn observe(&self, kinds: &'static [Kind], _slots: Option<[Slot; 2]>) -> Result<Observed, Error> {
        self.note(Call::Observed(kinds.len()));
        let mut may_look = self.may_look.subscribe();
        may_look.wait_for(|may| *may).await.expect("the host lives");
        if self.suffers(Fault::Blind) {
            return Err(Error::IsolationUnproven { reason: "no window".to_owned() });
        }
        let shared = self.suffers(Fault::Share);
        let sight = |canary: Option<&str>| {
            let found = Found::Value(canary.map(str::to_owned));
            kinds.iter().map(|kind| (kind.name().to_owned(), found.clone())).collect()
        };
        Ok(Observed {
            first: "a".to_owned(),
            second: "b".to_owned(),
            first_planted: sight(Some("a")),
            second_before: sight(shared.then_some("a")),
            second_planted: sight(Some("b")),
            first_after: sight(Some(if shared { "b" } else { "a" })),
        })
    }

    fn preconnect(&self, window: WindowId, origins: &[Origin]) {
        assert!(self.has(&Call::Built(window)), "there is a window to do it");
        let origins = origins.iter().map(ToString::to_string).collect();
        self.note(Call::Preconnected(window, origins));
    }

    async fn plant(&self, window: WindowId, cookies: &[StoreCookie]) -> Result<Vec<StoreCookie>, HostError> {
        let mut kept = cookies.to_vec();
        if self.suffers(Fault::Forget) {
            kept.clear();
        }
        if self.suffers(Fault::Change) {
            kept.iter_mut().for_each(|cookie| cookie.value = Secret::new("another"));
        }
        {
            let mut stores = self.stores.lock().expect("no panic before");
            stores.get(&window).ok_or(HostError("no such window".to_owned()))?;
            let shared = self.suffers(Fault::Share);
            for (_, store) in stores.iter_mut().filter(|(own, _)| shared || **own == window) {
                for cookie in &kept {
                    // As RFC 6265 has it: the same name, domain and path is the same cookie.
                    store.retain(|old| {
                        (&old.name, &old.domain, &old.path) != (&cookie.name, &cookie.domain, &cookie.path)
                    });
                    store.push(cookie.clone());
                }
            }
        }
        self.note(Call::Planted(window));
        self.cookies(window).await
    }

    async fn cookies(&self, window: WindowId) -> Result<Vec<StoreCookie>, HostError> {
        self.store(window).ok_or(HostError("no such window".to_owned()))
    }

    async fn redeem(&self, window: WindowId, redeem_url: &SecretUrl) -> Result<Url, Error> {
        let url = Url::parse(redeem_url.expose()).expect("a URL");
        self.note(Call::Redeemed(window, url.clone()));
        if let Some(cookie) = self.redeems.lock().expect("no panic before").clone() {
            self.put(window, cookie);
        }
        let end = self.redeem_end.lock().expect("no panic before").clone();
        end.unwrap_or(Ok(url))
    }

    fn ask(&self, window: WindowId, url: &SecretUrl) {
        assert!(self.has(&Call::Built(window)), "there is a window to do it");
        self.note(Call::AskedFor(window, Url::parse(url.expose()).expect("a URL")));
    }

    fn navigate(&self, window: WindowId, url: &SecretUrl) -> Result<(), HostError> {
        if self.suffers(Fault::Navigate) {
            return Err(HostError("no webview".to_owned()));
        }
        self.note(Call::Navigated(window, Url::parse(url.expose()).expect("a URL")));
        Ok(())
    }

    fn show(&self, window: WindowId) {
        self.note(Call::Shown(window));
    }

    fn message(&self, window: WindowId, error: &Error, next: Next) {
        self.note(Call::Message(window, error.clone(), next));
    }

    async fn typed(&self, _: WindowId) -> bool {
        self.suffers(Fault::Busy)
    }

    async fn may_reload(&self, window: WindowId) -> bool {
        self.note(Call::AskedToReload(window));
        !self.suffers(Fault::Busy)
    }

    async fn may_sleep(&self, _: WindowId) -> bool {
        !self.suffers(Fault::Busy)
    }

    fn sleep(&self, window: WindowId) {
        self.note(Call::Slept(window));
    }

    async fn clicked_twice(&self, _: WindowId) -> bool {
        self.clicked_twice.load(Ordering::Relaxed)
    }

    async fn ask_where(&self, _: WindowId, folder: &Path, file_name: &str) -> Option<PathBuf> {
        self.note(Call::Asked(folder.join(file_name)));
        self.chosen.lock().expect("no panic before").clone()
    }

    fn reload(&self, window: WindowId) {
        self.note(Call::Reloaded(window));
    }

    fn zoom(&self, window: WindowId, zoom: Zoom) {
        self.note(Call::Zoomed(window, zoom));
    }

    fn focus(&self, window: WindowId) {
        self.note(Call::Focused(window));
    }

    fn close(&self, window: WindowId) {
        self.stores.lock().expect("no panic before").remove(&window);
        self.note(Call::Closed(window));
    }

    async fn browse(&self, url: &Url) -> Result<(), HostError> {
        if self.suffers(Fault::Browse) {
            return Err(HostError("no browser".to_owned()));
        }
        self.note(Call::Browsed(url.clone()));
        Ok(())
    }

    fn sign_in_page(&self, error: Option<&Error>) -> String {
        error.map_or_else(|| "done".to_owned(), ToString::to_string)
    }

    async fn sign_in_window(&self, title: &str, login: &Url, done: &Url) -> Result<Option<Secret>, Error> {
        let mut end = self.sign_in_end.subscribe();
        let _gone = Gone(self);
        self.note(Call::SignInWindow(title.to_owned(), login.clone(), done.clone()));
        let end = end.wait_for(Option::is_some).await.expect("the host lives").clone();
        Ok(end.flatten().map(Secret::new))
    }

    fn is_looked_at(&self) -> bool {
        let work = self.before_looking.lock().expect("no panic before").take();
        if let Some(work) = work {
            work();
        }
        self.looked_at.load(Ordering::Relaxed)
    }

    fn notify(&self, export: &Export) {
        self.note(Call::Notified(export.id));
    }

    fn changed(&self, change: Change) {
        self.note(Call::Changed(change));
    }
}
