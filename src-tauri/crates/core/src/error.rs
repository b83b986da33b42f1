//! Everything that can go wrong, each with what a person must be told.

use serde::{Deserialize, Serialize};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
///
/// Serialised it is `{"code": "...", "details": {...}}`: the code names an
/// entry in the launcher's message files, the details fill its placeholders.
/// None of them holds a secret. The `Display` form is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", content = "details", rename_all = "snake_case")]
#[expect(missing_docs, reason = "a field is the placeholder of its name in the message files")]
pub enum Error {
    /// What was typed is no address of a website.
    #[error("not a website's address: {input}")]
    WebsiteUrlInvalid { input: String },
    /// `http` to another machine: tickets would travel in the clear.
    #[error("{host} would be reached without encryption")]
    WebsiteInsecure { host: String },
    /// No connection.
    #[error("{host} cannot be reached: {reason}")]
    WebsiteUnreachable { host: String, reason: String },
    /// The operating system does not trust the certificate.
    #[error("the certificate of {host} is not trusted: {reason}")]
    WebsiteTls { host: String, reason: String },
    /// A connection, but no answer in time.
    #[error("{host} did not answer in time")]
    WebsiteTimeout { host: String },
    /// Something answers there, but not with Mashdesk's discovery document.
    #[error("{host} has no discovery document")]
    WebsiteForeign { host: String },
    /// An answer that the contract does not know.
    #[error("{host} answered nonsense: {what}")]
    WebsiteGarbage { host: String, what: String },
    /// Redirected, as to a login page.
    #[error("{host} redirects to {location}")]
    WebsiteRedirected { host: String, location: String },
    /// An error of the website's own.
    #[error("{host} failed with status {status}")]
    WebsiteError { host: String, status: u16 },
    /// `429` or `503`.
    #[error("{host} is busy for {seconds} s")]
    WebsiteBusy { host: String, seconds: u64 },
    /// No website is set up yet.
    #[error("no website is set up")]
    WebsiteUnset,
    /// The person's sign-in is missing or has expired.
    #[error("{host} wants the person to sign in")]
    SignInNeeded { host: String },
    /// The token that was given is not good.
    #[error("{host} refused the sign-in")]
    SignInRefused { host: String },
    /// The answer of a sign-in is not to our question: its state, nonce or
    /// issuer is another. Nothing of it was used.
    #[error("the answer of {host} is not to this sign-in")]
    SignInState { host: String },
    /// The person, or the provider, said no.
    #[error("the sign-in was denied at {host}")]
    SignInDenied { host: String },
    /// Whoever signs the person in answered nonsense, or cannot be reached.
    #[error("{host} could not sign the person in: {reason}")]
    SignInProvider { host: String, reason: String },
    /// The browser never came back.
    #[error("the browser did not come back from {host}")]
    SignInAbandoned { host: String },
    /// The website says no; the reason is its own.
    #[error("{mashup} is not for this person: {reason}")]
    NotAuthorised { mashup: String, reason: String },
    /// The website knows no such mashup.
    #[error("unknown mashup {mashup}")]
    UnknownMashup { mashup: String },
    /// Qlik gives an identity five sessions, and they are taken; `yours` by
    /// this person's own windows here.
    #[error("{used} of {limit} sessions are in use for {mashup}")]
    SessionLimit { mashup: String, used: u32, limit: u32, yours: u32 },
    /// The website has withdrawn access while the window was open.
    #[error("access to {mashup} was withdrawn")]
    Revoked { mashup: String },
    /// The process that draws the page has died.
    #[error("the page has crashed")]
    PageCrashed,
    /// Qlik sent the ticket to its login page: used, expired or unknown.
    #[error("{host} did not accept the ticket")]
    TicketRefused { host: String },
    /// Qlik refused the request itself.
    #[error("{host} refused the ticket with status {status}")]
    RedeemForbidden { host: String, status: u16 },
    /// Qlik answered, but without the session cookie that the website named.
    #[error("{host} set no cookie {cookie}")]
    RedeemNoCookie { host: String, cookie: String },
    /// Any other answer.
    #[error("{host} answered the ticket with status {status}")]
    RedeemUnexpected { host: String, status: u16 },
    /// `429` or `503`.
    #[error("{host} is busy for {seconds} s")]
    RedeemBusy { host: String, seconds: u64 },
    /// No connection to Qlik.
    #[error("{host} cannot be reached: {reason}")]
    RedeemUnreachable { host: String, reason: String },
    /// The operating system does not trust Qlik's certificate.
    #[error("the certificate of {host} is not trusted: {reason}")]
    RedeemTls { host: String, reason: String },
    /// Qlik did not answer in time.
    #[error("{host} did not answer in time")]
    RedeemTimeout { host: String },
    /// The window or its store could not be made.
    #[error("no window with a store of its own: {reason}")]
    StoreFailed { reason: String },
    /// The system shares stores without a word.
    #[error("{system} is too old: {needed} or later is needed")]
    SystemTooOld { system: String, needed: String },
    /// Two windows were seen to share something: no mashup opens.
    #[error("windows are not kept apart: they share {what}")]
    IsolationBroken { what: String },
    /// It could not be seen whether windows share something.
    #[error("it could not be told whether windows are kept apart: {reason}")]
    IsolationUnproven { reason: String },
    /// The store did not keep the session cookie.
    #[error("the store did not keep the cookie {cookie}")]
    CookieNotPlanted { cookie: String },
    /// The mashup's page did not load.
    #[error("the page at {host} did not load: {reason}")]
    PageFailed { host: String, reason: String },
    /// The webview does not trust the page's certificate.
    #[error("the certificate of the page at {host} is not trusted")]
    PageTls { host: String },
    /// The page went to a site that is not the mashup's.
    #[error("the page went to {host}")]
    PageBlocked { host: String },
    /// The page's own site redirects it to a site that is not the mashup's.
    #[error("{host} sends the page elsewhere")]
    PageSentAway { host: String },
    /// A mashup's page opens windows faster than anybody can look.
    #[error("{mashup} opens too many windows")]
    TooManyWindows { mashup: String },
    /// A mashup's page saves files faster than anybody can look.
    #[error("{mashup} saves too many files")]
    TooManyFiles { mashup: String },
    /// A mashup's page does nothing but ask.
    #[error("{mashup} shows too many dialogs")]
    TooManyDialogs { mashup: String },
    /// Qlik shows its login page in spite of a fresh session.
    #[error("{host} shows its login page")]
    LoginPage { host: String },
    /// Qlik refused to hand the export out.
    #[error("{host} refused the export with status {status}")]
    ExportRefused { host: String, status: u16 },
    /// Qlik has no such file, or no longer: some are handed out once only.
    #[error("{host} no longer has the export")]
    ExportGone { host: String },
    /// The connection broke in the middle of an export.
    #[error("the export from {host} was cut short")]
    ExportCut { host: String },
    /// No connection for an export.
    #[error("{host} cannot be reached for the export: {reason}")]
    ExportUnreachable { host: String, reason: String },
    /// The folder for exports cannot be written.
    #[error("cannot save in {path}: {reason}")]
    ExportFolder { path: String, reason: String },
    /// A file that the page itself made was not saved.
    #[error("the page's own download did not end well")]
    DownloadFailed,
    /// The operating system's keyring did not serve.
    #[error("the keyring did not serve: {reason}")]
    KeyringUnavailable { reason: String },
    /// The settings could not be read; they were put aside.
    #[error("the settings in {path} could not be read: {reason}")]
    SettingsBroken { path: String, reason: String },
    /// The settings could not be saved.
    #[error("the settings cannot be saved in {path}: {reason}")]
    SettingsUnwritable { path: String, reason: String },
    /// The system has no program for it, or refused to start one.
    #[error("the system did not open {what}: {reason}")]
    SystemRefused { what: String, reason: String },
    /// A `mashdesk://` link that is not one to a mashup; `link` is its beginning.
    #[error("no link to a mashup: {link}")]
    LinkInvalid { link: String },
    /// IT has settled it; the person cannot.
    #[error("{setting} is managed by policy")]
    Managed { setting: String },
    /// IT's policy cannot be used, and the app does not run without it.
    #[error("the policy in {place} is broken: {reason}")]
    PolicyBroken { place: String, reason: String },
    /// The proxy wants to know who asks.
    #[error("the proxy on the way to {host} wants a name and a password")]
    ProxyAuth { host: String },
    /// The proxy cannot be connected to.
    #[error("the proxy {proxy} cannot be reached: {reason}")]
    ProxyUnreachable { proxy: String, reason: String },
    /// Nobody knows the website's name.
    #[error("{host} has no address: {reason}")]
    NameUnresolved { host: String, reason: String },
    /// The website speaks another version of the contract.
    #[error("{host} speaks version {version} of the contract")]
    ContractVersion { host: String, version: u32 },
    /// The clocks of this computer and of the website differ.
    #[error("the clock is {minutes} minutes off")]
    ClockOff { minutes: i64 },
    /// The catalog is empty.
    #[error("{host} lists no mashup")]
    NoMashups { host: String },
    /// Qlik refuses content to a session of its own.
    #[error("{host} refused content with status {status}")]
    ContentRefused { host: String, status: u16 },
    /// Qlik refuses the engine's websocket.
    #[error("{host} refused the websocket with status {status}")]
    EngineRefused { host: String, status: u16 },
    /// The engine's websocket does not come up, or says that it ends.
    #[error("the engine at {host} does not answer: {reason}")]
    EngineSilent { host: String, reason: String },
    /// This computer lacks something that windows need.
    #[error("this computer lacks {what}")]
    ComputerLacks { what: String },
    /// The disk is nearly full.
    #[error("{free} MB are free in {path}")]
    DiskFull { path: String, free: u64 },
    /// What a server offers as a newer version is not what it should be; nothing
    /// of it was installed.
    #[error("the update from {host} is refused: {reason}")]
    UpdateRefused { host: String, reason: String },
    /// A newer version is good, but the system did not install it.
    #[error("version {version} could not be installed: {reason}")]
    UpdateFailed { version: String, reason: String },
    /// The window is no longer open.
    #[error("the window is gone")]
    WindowGone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_crosses_the_border_as_a_code_and_its_details() {
        let busy = Error::WebsiteBusy { host: "portal.example".to_owned(), seconds: 30 };
        assert_eq!(
            serde_json::to_value(&busy).expect("JSON"),
            serde_json::json!({"code": "website_busy", "details": {"host": "portal.example", "seconds": 30}}),
        );
        assert_eq!(
            serde_json::to_value(Error::WindowGone).expect("JSON"),
            serde_json::json!({"code": "window_gone"}),
        );
    }
}
