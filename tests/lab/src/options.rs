//! Every choice a run of the lab can make: sizes, ports, and each behaviour of Qlik that nobody
//! has verified, under a name and with the default we believe in.

use std::{net::Ipv4Addr, path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};

/// How the lab is set up. `Options::default()` is what `mashdesk-lab` runs without arguments.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Seed of the apps, their ids, data and colours.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many apps there are.
    #[arg(long, default_value_t = 300)]
    pub apps: usize,
    /// How many rows each app has; a few hundred at most by default.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rows: Option<u32>,
    /// The page that a mashup's address shows.
    #[arg(long, default_value = "mashup.html")]
    pub front_page: String,
    /// Serve the proxy and the website over https (QPS always is).
    #[arg(long)]
    pub https: bool,
    /// Prefix of the virtual proxy; empty for none.
    #[arg(long, default_value = "ticket")]
    pub virtual_proxy: String,
    /// Which Qlik user opens an app.
    #[arg(long, value_enum, default_value_t = IdentityModel::UserPerApp)]
    pub identity: IdentityModel,
    /// User directory of the dummy users of `user-per-app`.
    #[arg(long, default_value = "MASHUPS")]
    pub user_directory: String,

    /// Ask for a CSRF token on the engine's websocket, as servers since November 2024 do.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    pub csrf: bool,
    /// Whether a websocket that redeems a ticket needs a CSRF token as well.
    #[arg(long, value_enum, default_value_t = CsrfWithTicket::Waived)]
    pub csrf_with_ticket: CsrfWithTicket,

    /// Port of the proxy; 0 for any.
    #[arg(long, default_value_t = 0)]
    pub proxy_port: u16,
    /// Port of QPS; 0 for any.
    #[arg(long, default_value_t = 0)]
    pub qps_port: u16,
    /// Port of the website; 0 for any.
    #[arg(long, default_value_t = 0)]
    pub website_port: u16,

    /// Address of this computer by which the proxy and the website are known, if something there
    /// forwards their ports.
    #[arg(long, default_value = "127.0.0.1")]
    pub known_at: Ipv4Addr,

    /// Seconds without a request after which a session times out.
    #[arg(long, default_value_t = 1800)]
    pub inactivity: u64,
    /// Seconds an ended session still holds its slot.
    #[arg(long, default_value_t = 300)]
    pub cool_down: u64,
    /// Seconds a ticket can wait to be redeemed.
    #[arg(long, default_value_t = 60)]
    pub ticket_life: u64,
    /// Sessions an identity may hold before the websocket refuses it.
    #[arg(long, default_value_t = 5)]
    pub session_limit: usize,

    /// Serve every export once only, even when the mashup did not ask for it.
    #[arg(long)]
    pub serve_once: bool,
    /// What a session gets that asks for content of another user.
    #[arg(long, value_enum, default_value_t = WrongUserContent::Forbidden403)]
    pub wrong_user_content: WrongUserContent,
    /// What a valid ticket does to a browser that has a session already.
    #[arg(long, value_enum, default_value_t = SecondTicketWithCookie::NewSession)]
    pub second_ticket_with_cookie: SecondTicketWithCookie,
    /// What a ticket that cannot be redeemed does to a browser that has a session.
    #[arg(long, value_enum, default_value_t = BadTicketWithCookie::Ignored)]
    pub bad_ticket_with_cookie: BadTicketWithCookie,
    /// What QPS does to a client without a certificate.
    #[arg(long, value_enum, default_value_t = MissingCertificate::TlsFailure)]
    pub missing_certificate: MissingCertificate,
    /// Status of QPS's answer to a body that it cannot read.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u16).range(400..600))]
    pub bad_body_status: u16,
    /// `SameSite` of the session cookie.
    #[arg(long, value_enum, default_value_t = SameSite::Absent)]
    pub same_site: SameSite,

    /// Tickets are links that redirect to Qlik through a load balancer.
    #[arg(long)]
    pub sign_in_links: bool,
    /// The mashups' pages are at `localhost`, another site than Qlik's `127.0.0.1`.
    #[arg(long)]
    pub cross_site: bool,

    /// Hand the website's cookie over with a ticket to whom can plant it; otherwise everybody gets a
    /// one-time code.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    pub mashup_cookies: bool,
    /// Tell the app of changes by `GET {api}/events`; otherwise the website answers 404 there.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    pub events: bool,

    /// The ways to sign in that the website offers, the preferred one first.
    #[arg(long, value_enum, value_delimiter = ',', num_args = 1.., default_values_t = SignInWay::ALL)]
    pub sign_in: Vec<SignInWay>,
    /// Seconds an access token of the website's OpenID provider is good for.
    #[arg(long, default_value_t = 300)]
    pub access_token_life: u64,

    /// Folder for `client.pem`, `client_key.pem`, `root.pem` and the website's permissions; a
    /// temporary one by default.
    #[arg(long)]
    pub files: Option<PathBuf>,
}

/// Which Qlik user opens an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IdentityModel {
    /// One dummy user an app, `userId = appId`: five sessions for everyone together.
    UserPerApp,
    /// `userDirectory = appId`, `userId` the person: five sessions a person.
    DirectoryPerApp,
}

/// Whether a websocket that redeems a ticket needs a CSRF token as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CsrfWithTicket {
    /// No: whoever holds a ticket is not a forged request.
    Waived,
    /// Yes, which leaves no way to redeem a ticket on the websocket alone.
    Required,
}

/// What a session gets that asks for content of another user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WrongUserContent {
    /// A plain refusal.
    #[value(name = "403")]
    Forbidden403,
    /// As if the content did not exist.
    #[value(name = "404")]
    NotFound404,
    /// The way to the login page.
    #[value(name = "302")]
    Redirect302,
}

/// What a valid ticket does to a browser that has a session already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SecondTicketWithCookie {
    /// A new session whose cookie replaces the old one; the old session lives on, unreachable.
    NewSession,
    /// The session stays and the ticket is not looked at.
    KeepSession,
}

/// What a ticket that cannot be redeemed does to a browser that has a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BadTicketWithCookie {
    /// Nothing.
    Ignored,
    /// The way to the login page, as without a session.
    Redirect302,
}

/// What QPS does to a client without a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MissingCertificate {
    /// The TLS handshake fails.
    TlsFailure,
    /// The handshake passes and every request gets 403.
    #[value(name = "403")]
    Forbidden403,
}

/// `SameSite` of the session cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SameSite {
    /// The attribute is left out, as before November 2019.
    Absent,
    /// `SameSite=None`, which mashups on another site need.
    None,
    /// `SameSite=Lax`.
    Lax,
}

/// A way to sign in to the website, as the contract has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SignInWay {
    /// OpenID Connect, in the person's browser.
    Oidc,
    /// The website's own page, in a window of the app.
    Web,
    /// A token that the person pastes.
    Token,
}

impl SignInWay {
    const ALL: [Self; 3] = [Self::Oidc, Self::Web, Self::Token];
}

impl Options {
    /// `inactivity` as a duration.
    pub fn inactivity(&self) -> Duration {
        Duration::from_secs(self.inactivity)
    }

    /// `cool_down` as a duration.
    pub fn cool_down(&self) -> Duration {
        Duration::from_secs(self.cool_down)
    }

    /// `ticket_life` as a duration.
    pub fn ticket_life(&self) -> Duration {
        Duration::from_secs(self.ticket_life)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            apps: 300,
            rows: None,
            front_page: "mashup.html".into(),
            https: false,
            virtual_proxy: "ticket".into(),
            identity: IdentityModel::UserPerApp,
            user_directory: "MASHUPS".into(),
            csrf: true,
            csrf_with_ticket: CsrfWithTicket::Waived,
            proxy_port: 0,
            qps_port: 0,
            website_port: 0,
            known_at: Ipv4Addr::LOCALHOST,
            inactivity: 1800,
            cool_down: 300,
            ticket_life: 60,
            session_limit: 5,
            serve_once: false,
            wrong_user_content: WrongUserContent::Forbidden403,
            second_ticket_with_cookie: SecondTicketWithCookie::NewSession,
            bad_ticket_with_cookie: BadTicketWithCookie::Ignored,
            missing_certificate: MissingCertificate::TlsFailure,
            bad_body_status: 400,
            same_site: SameSite::Absent,
            sign_in_links: false,
            cross_site: false,
            mashup_cookies: true,
            events: true,
            sign_in: SignInWay::ALL.into(),
            access_token_life: 300,
            files: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn the_command_line_and_the_library_share_their_defaults() {
        let line = Line::parse_from(["mashdesk-lab"]);
        assert_eq!(format!("{:?}", line.options), format!("{:?}", Options::default()));
    }
}
