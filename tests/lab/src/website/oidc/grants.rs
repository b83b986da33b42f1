//! What people granted: codes that are good once, access tokens that live shortly, and refresh
//! tokens that change with every use. All that came of one consent is a family, and goes at once.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use super::OFFLINE;
use crate::website::secret;

/// How long a code waits to be swapped for tokens.
const CODE_LIFE: Duration = Duration::from_secs(60);

/// What a person allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::website) struct Grant {
    pub(in crate::website) person: String,
    pub(super) scopes: Vec<String>,
}

/// A grant, and what its code is bound to.
#[derive(Clone, Debug)]
pub(super) struct Consent {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    /// The PKCE challenge, S256.
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
}

/// What a code or a refresh token is swapped for.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) scopes: Vec<String>,
}

/// Why there are no tokens; the words are for developers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) &'static str);

#[derive(Debug, Default)]
pub(super) struct Grants {
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    /// The families that are good; whatever is of another one is void.
    families: HashMap<Uuid, Grant>,
    codes: HashMap<String, Code>,
    access: HashMap<String, (Uuid, Duration)>,
    refresh: HashMap<String, Uuid>,
    /// Codes and refresh tokens that were used: who shows one again did not get it from us.
    spent: HashMap<String, Uuid>,
}

#[derive(Debug)]
struct Code {
    consent: Consent,
    family: Uuid,
    made: Duration,
}

impl Grants {
    /// A code for what the person just allowed.
    pub(super) fn code_for(&self, consent: Consent, now: Duration) -> String {
        let (code, family) = (secret::random(), Uuid::new_v4());
        let mut books = self.books.lock();
        books.families.insert(family, consent.grant.clone());
        books.codes.insert(code.clone(), Code { consent, family, made: now });
        code
    }

    /// Swaps a code for tokens. It is spent by the attempt; a second one ends its family.
    pub(super) fn redeem(
        &self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        now: Duration,
        life: Duration,
    ) -> Result<(Tokens, Consent), Refused> {
        let mut books = self.books.lock();
        let Some(Code { consent, family, made }) = books.codes.remove(code) else {
            return Err(books.end_if_spent(code, "the code is unknown"));
        };
        books.spent.insert(code.to_owned(), family);
        if now >= made + CODE_LIFE {
            return Err(Refused("the code is too old"));
        }
        if consent.redirect_uri != redirect_uri {
            return Err(Refused("the code is for another redirect_uri"));
        }
        if challenge_of(verifier) != consent.challenge {
            return Err(Refused("the code_verifier is not the one of the code_challenge"));
        }
        Ok((books.issue(family, now + life)?, consent))
    }

    /// Swaps a refresh token for new tokens. A second use ends its family: either the thief or
    /// the robbed comes late, and nobody can tell which.
    pub(super) fn renew(&self, refresh: &str, now: Duration, life: Duration) -> Result<Tokens, Refused> {
        let mut books = self.books.lock();
        let Some(family) = books.refresh.remove(refresh) else {
            return Err(books.end_if_spent(refresh, "the refresh token is unknown"));
        };
        books.spent.insert(refresh.to_owned(), family);
        books.issue(family, now + life)
    }

    /// The grant that an access token is of, while the token is good.
    pub(super) fn holder(&self, access: &str, now: Duration) -> Option<Grant> {
        let books = self.books.lock();
        let (family, until) = books.access.get(access)?;
        if now >= *until {
            return None;
        }
        books.families.get(family).cloned()
    }

    /// Voids an access token, or with a refresh token all that came of its consent (RFC 7009).
    pub(super) fn revoke(&self, token: &str) {
        let mut books = self.books.lock();
        books.access.remove(token);
        let family = books.refresh.remove(token).or_else(|| books.spent.get(token).copied());
        if let Some(family) = family {
            books.end(family);
        }
    }

    pub(super) fn void_access_tokens(&self) {
        self.books.lock().access.clear();
    }
}

impl Books {
    fn issue(&mut self, family: Uuid, until: Duration) -> Result<Tokens, Refused> {
        let Some(Grant { scopes, .. }) = self.families.get(&family).cloned() else {
            return Err(Refused("the grant was withdrawn"));
        };
        let access = secret::random();
        self.access.insert(access.clone(), (family, until));
        let offline = scopes.iter().any(|scope| scope == OFFLINE);
        let refresh = offline.then(secret::random);
        if let Some(refresh) = &refresh {
            self.refresh.insert(refresh.clone(), family);
        }
        Ok(Tokens { access, refresh, scopes })
    }

    fn end_if_spent(&mut self, value: &str, otherwise: &'static str) -> Refused {
        match self.spent.get(value).copied() {
            Some(family) => {
                self.end(family);
                Refused("used a second time: everything that came of the consent is void")
            }
            None => Refused(otherwise),
        }
    }

    fn end(&mut self, family: Uuid) {
        self.families.remove(&family);
        self.access.retain(|_, (other, _)| *other != family);
        self.refresh.retain(|_, other| *other != family);
    }
}

/// The S256 challenge of a verifier (RFC 7636).
fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// The scopes of `asked` that exist, each once.
pub(super) fn known_scopes(asked: &str) -> Vec<String> {
    let asked: HashSet<&str> = asked.split_whitespace().collect();
    super::SCOPES.into_iter().filter(|scope| asked.contains(scope)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1000);
    const LIFE: Duration = Duration::from_secs(300);
    const BACK: &str = "http://127.0.0.1:1/back";
    // The pair of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn consent(scopes: &str) -> Consent {
        Consent {
            grant: Grant { person: "ana".into(), scopes: known_scopes(scopes) },
            redirect_uri: BACK.into(),
            challenge: CHALLENGE.into(),
            nonce: None,
        }
    }

    fn tokens(grants: &Grants, scopes: &str) -> Tokens {
        let code = grants.code_for(consent(scopes), NOW);
        grants.redeem(&code, BACK, VERIFIER, NOW, LIFE).unwrap().0
    }

    #[test]
    fn a_code_needs_its_verifier_its_redirect_and_its_time() {
        let grants = Grants::default();
        let late = NOW + CODE_LIFE;
        for (redirect, verifier, now) in
            [(BACK, CHALLENGE, NOW), ("http://127.0.0.1:2/back", VERIFIER, NOW), (BACK, VERIFIER, late)]
        {
            let code = grants.code_for(consent("openid"), NOW);
            assert!(grants.redeem(&code, redirect, verifier, now, LIFE).is_err(), "{redirect} {verifier}");
        }
    }

    #[test]
    fn an_access_token_is_good_until_its_time_is_over() {
        let grants = Grants::default();
        let Tokens { access, .. } = tokens(&grants, "openid");
        assert_eq!(grants.holder(&access, NOW + LIFE - Duration::from_millis(1)).unwrap().person, "ana");
        assert_eq!(grants.holder(&access, NOW + LIFE), None);
    }

    #[test]
    fn a_family_ends_as_a_whole_and_alone() {
        let grants = Grants::default();
        let (ended, other) =
            (tokens(&grants, "openid offline_access"), tokens(&grants, "openid offline_access"));
        let first = ended.refresh.unwrap();
        let second = grants.renew(&first, NOW, LIFE).unwrap();
        assert!(grants.renew(&first, NOW, LIFE).is_err());
        assert!(grants.renew(&second.refresh.unwrap(), NOW, LIFE).is_err());
        assert_eq!(grants.holder(&ended.access, NOW), None);
        assert_eq!(grants.holder(&second.access, NOW), None);
        assert!(grants.renew(&other.refresh.unwrap(), NOW, LIFE).is_ok());
    }

    #[test]
    fn only_offline_access_is_worth_a_refresh_token() {
        assert!(tokens(&Grants::default(), "openid profile unheard_of").refresh.is_none());
    }
}
