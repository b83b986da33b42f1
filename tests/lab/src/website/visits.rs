//! How a window's fresh store gets into a mashup's pages: a one-time code in the URL, swapped for
//! a cookie that opens this mashup's pages only.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use uuid::Uuid;

use super::secret;

/// How long a code waits to be used.
pub(super) const CODE_LIFE: Duration = Duration::from_secs(60);

/// One window's way into one mashup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) person: String,
    pub(super) mashup: String,
    pub(super) window: Uuid,
}

#[derive(Debug, Default)]
pub(super) struct Visits {
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    codes: HashMap<String, (Visit, Instant)>,
    cookies: HashMap<String, Visit>,
}

impl Visits {
    /// A code for `visit`; it replaces the one this window did not use.
    pub(super) fn invite(&self, visit: Visit, now: Instant) -> String {
        let code = secret::random();
        let mut books = self.books.lock();
        books.codes.retain(|_, (other, made)| {
            now < *made + CODE_LIFE && !same_window(other, &visit.person, visit.window)
        });
        books.codes.insert(code.clone(), (visit, now));
        code
    }

    /// Swaps a code for a cookie. A code is spent by its first use, wherever that was.
    pub(super) fn admit(&self, code: &str, mashup: &str, now: Instant) -> Option<String> {
        let (visit, made) = self.books.lock().codes.remove(code)?;
        let good = visit.mashup == mashup && now < made + CODE_LIFE;
        good.then(|| self.enter(visit))
    }

    /// A cookie for `visit`; it replaces the one that this window had.
    pub(super) fn enter(&self, visit: Visit) -> String {
        let cookie = secret::random();
        let mut books = self.books.lock();
        books.cookies.retain(|_, other| !same_window(other, &visit.person, visit.window));
        books.cookies.insert(cookie.clone(), visit);
        cookie
    }

    /// Whose visit a cookie stands for.
    pub(super) fn by_cookie(&self, cookie: &str) -> Option<Visit> {
        self.books.lock().cookies.get(cookie).cloned()
    }

    /// The cookies that are good now.
    pub(super) fn cookies(&self) -> Vec<String> {
        self.books.lock().cookies.keys().cloned().collect()
    }

    pub(super) fn forget(&self) {
        *self.books.lock() = Books::default();
    }

    /// Voids what the window has: it was closed.
    pub(super) fn end(&self, person: &str, window: Uuid) {
        let mut books = self.books.lock();
        books.codes.retain(|_, (visit, _)| !same_window(visit, person, window));
        books.cookies.retain(|_, visit| !same_window(visit, person, window));
    }
}

fn same_window(visit: &Visit, person: &str, window: Uuid) -> bool {
    visit.person == person && visit.window == window
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(mashup: &str) -> Visit {
        Visit { person: "ana".into(), mashup: mashup.into(), window: Uuid::new_v4() }
    }

    #[test]
    fn a_code_admits_once() {
        let (visits, now) = (Visits::default(), Instant::now());
        let code = visits.invite(visit("m001"), now);
        let cookie = visits.admit(&code, "m001", now).unwrap();
        assert_eq!(visits.by_cookie(&cookie).unwrap().mashup, "m001");
        assert_eq!(visits.admit(&code, "m001", now), None);
    }

    #[test]
    fn a_code_is_void_for_another_mashup_and_spent_by_the_attempt() {
        let (visits, now) = (Visits::default(), Instant::now());
        let code = visits.invite(visit("m001"), now);
        assert_eq!(visits.admit(&code, "m002", now), None);
        assert_eq!(visits.admit(&code, "m001", now), None);
    }

    #[test]
    fn a_code_is_void_after_its_time() {
        let (visits, now) = (Visits::default(), Instant::now());
        let late = visits.invite(visit("m001"), now);
        let timely = visits.invite(visit("m001"), now);
        assert_eq!(visits.admit(&late, "m001", now + CODE_LIFE), None);
        assert!(visits.admit(&timely, "m001", now + CODE_LIFE - Duration::from_millis(1)).is_some());
    }

    #[test]
    fn closing_a_window_voids_what_it_had_and_nothing_else() {
        let (visits, now) = (Visits::default(), Instant::now());
        let (closed, open) = (visit("m001"), visit("m001"));
        let unused = visits.invite(closed.clone(), now);
        let cookie = visits.admit(&visits.invite(open.clone(), now), "m001", now).unwrap();
        visits.end("ana", closed.window);
        visits.end("ben", open.window);
        assert_eq!(visits.admit(&unused, "m001", now), None);
        assert_eq!(visits.by_cookie(&cookie), Some(open));
    }
}
