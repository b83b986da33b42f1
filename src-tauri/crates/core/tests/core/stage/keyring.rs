//! A keyring in memory, which can be locked or slow.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use mashdesk_core::{Secret, TokenStore, TokenStoreError};
use tokio::sync::watch;

use super::in_time;

#[derive(Default)]
struct Inside {
    tokens: BTreeMap<String, String>,
    locked: bool,
    asks_the_person: bool,
}

pub(crate) struct Keyring {
    inside: Mutex<Inside>,
    answered: Condvar,
    waiting: watch::Sender<bool>,
    saves: watch::Sender<usize>,
}

impl Default for Keyring {
    fn default() -> Self {
        Self {
            inside: Mutex::default(),
            answered: Condvar::new(),
            waiting: watch::Sender::new(false),
            saves: watch::Sender::new(0),
        }
    }
}

impl Keyring {
    pub(crate) fn keep(&self, website: &str, token: &str) {
        self.inside.lock().expect("no panic before").tokens.insert(website.to_owned(), token.to_owned());
    }

    pub(crate) fn kept(&self) -> BTreeMap<String, String> {
        self.inside.lock().expect("no panic before").tokens.clone()
    }

    /// Every call fails from now on.
    pub(crate) fn lock(&self) {
        self.inside.lock().expect("no panic before").locked = true;
    }

    /// Reading waits for the person until the question is dropped.
    pub(crate) fn ask_the_person(self: &Arc<Self>) -> Question {
        self.inside.lock().expect("no panic before").asks_the_person = true;
        Question(Arc::clone(self))
    }

    /// Returns when a call waits for the person.
    pub(crate) async fn asked(&self) {
        self.waiting.subscribe().wait_for(|waiting| *waiting).await.expect("the keyring lives");
    }

    /// Returns when it has been written that many times.
    pub(crate) async fn saved(&self, times: usize) {
        let mut saves = self.saves.subscribe();
        in_time("an entry in the keyring", saves.wait_for(|saves| *saves >= times))
            .await
            .expect("the keyring lives");
    }

    fn served<T>(&self, call: impl FnOnce(&mut Inside) -> T) -> Result<T, TokenStoreError> {
        let mut inside = self.inside.lock().expect("no panic before");
        if inside.locked { Err(TokenStoreError("it is locked".to_owned())) } else { Ok(call(&mut inside)) }
    }
}

/// A question on the screen, which a failing test must not leave there.
pub(crate) struct Question(Arc<Keyring>);

impl Drop for Question {
    fn drop(&mut self) {
        let mut inside = self.0.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.asks_the_person = false;
        self.0.answered.notify_all();
    }
}

impl TokenStore for Keyring {
    fn load(&self, website: &str) -> Result<Option<Secret>, TokenStoreError> {
        let inside = self.inside.lock().expect("no panic before");
        if inside.asks_the_person {
            self.waiting.send_replace(true);
        }
        drop(self.answered.wait_while(inside, |inside| inside.asks_the_person).expect("no panic before"));
        self.served(|inside| inside.tokens.get(website).map(Secret::new))
    }

    fn save(&self, website: &str, token: &Secret) -> Result<(), TokenStoreError> {
        self.served(|inside| drop(inside.tokens.insert(website.to_owned(), token.expose().to_owned())))?;
        self.saves.send_modify(|saves| *saves += 1);
        Ok(())
    }

    fn forget(&self, website: &str) -> Result<(), TokenStoreError> {
        self.served(|inside| drop(inside.tokens.remove(website)))
    }
}
