//! Platform keys: made, shown once, kept as a hash, taken back at once.

use super::accepted_keys::{access_name, digest, name_of};
use crate::app::App;
use crate::caller::Caller;
use crate::command::{Done, done, unexpected};
use crate::engine::{Request, Work};
use crate::failure::Failure;
use crate::secrets::{SecretText, new_secret};
use credere_core::access::KeyAccess;
use credere_core::book::{Command, Event, KeyUse, deployment};
use credere_store::contract::{DirectoryWrite, PlatformKeyRow, StoreError};

/// A platform key as it is answered to the one who asked for it.
#[derive(Debug, Clone)]
pub struct NewPlatformKey {
    /// Its number.
    pub number: u32,
    /// The key; absent in a repeated answer.
    pub key: Option<SecretText>,
    /// Whether this repeats an earlier answer.
    pub replayed: bool,
}

/// What becomes of the other keys when one is made in place of a lost one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherKeys {
    /// They go on.
    Leave,
    /// They are taken back.
    Revoke,
}

/// A platform key that was made in place of a lost one.
#[derive(Debug, Clone)]
pub struct ResetKey {
    /// Its number.
    pub number: u32,
    /// The key, to be shown once.
    pub key: SecretText,
    /// The numbers of the others.
    pub others: Vec<u32>,
}

impl App {
    /// The number and access of a platform key, if it is accepted.
    pub fn platform_key(&self, key: &str) -> Option<(u32, KeyAccess)> {
        // The book has the last word: a key may have been taken back while whoever asked for it hung up.
        let known = self.platform_keys.find(key);
        known.filter(|(number, _)| self.engine.peek(|book| book.platform_keys().contains_key(number)))
    }

    /// Makes a platform key.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn issue_platform_key(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        name: &str,
        access: KeyAccess,
    ) -> Result<NewPlatformKey, Failure> {
        let secret = new_secret("cred_").map_err(|error| Failure::Store(StoreError::io(error)))?;
        let work = issue(key, name, Command::from(deployment::IssuePlatformKey { access }), &secret);
        let outcomes = self.engine.submit(Request { info: caller.info(), work }).await?;
        self.issued(done(outcomes)?, access, secret)
    }

    pub(crate) fn issue_key_blocking(
        &self,
        caller: Caller,
        name: &str,
        access: KeyAccess,
        given: Option<SecretText>,
    ) -> Result<SecretText, Failure> {
        let secret = match given {
            Some(given) => given,
            None => new_secret("cred_").map_err(|error| Failure::Store(StoreError::io(error)))?,
        };
        let work = issue(None, name, Command::from(deployment::IssuePlatformKey { access }), &secret);
        let outcomes = self.engine.submit_blocking(Request { info: caller.info(), work })?;
        self.issued(done(outcomes)?, access, secret.clone())?;
        Ok(secret)
    }

    /// Makes a platform key with full access in place of one that was lost; the others go on, or are taken back once it is
    /// durable. For whoever has the data folder, while nothing is served.
    ///
    /// # Errors
    /// [`Failure`]
    pub fn reset_platform_key(&self, others: OtherKeys) -> Result<ResetKey, Failure> {
        let caller = Caller::system();
        let secret = new_secret("cred_").map_err(|error| Failure::Store(StoreError::io(error)))?;
        let work = issue(None, "reset", Command::from(deployment::ResetPlatformKey), &secret);
        let outcomes = self.engine.submit_blocking(Request { info: caller.info(), work })?;
        let number = self.issued(done(outcomes)?, KeyAccess::Full, secret.clone())?.number;
        let known: Vec<u32> = self.engine.peek(|book| book.platform_keys().keys().copied().collect());
        let rest: Vec<u32> = known.into_iter().filter(|other| *other != number).collect();
        if others == OtherKeys::Revoke {
            for key in &rest {
                let work = revoke(None, *key);
                done(self.engine.submit_blocking(Request { info: caller.info(), work })?)?;
            }
        }
        Ok(ResetKey { number, key: secret, others: rest })
    }

    fn issued(&self, done: Done, access: KeyAccess, secret: SecretText) -> Result<NewPlatformKey, Failure> {
        let Event::Deployment(deployment::Event::PlatformKeyIssued(deployment::PlatformKeyIssued {
            key: number, ..
        })) = *done.event
        else {
            return Err(unexpected());
        };
        if done.replayed {
            return Ok(NewPlatformKey { number, key: None, replayed: true });
        }
        self.platform_keys.accept(secret.expose(), number, access);
        Ok(NewPlatformKey { number, key: Some(secret), replayed: false })
    }

    /// Takes a platform key back, at once. The last one with full access stays.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn revoke_platform_key(&self, caller: Caller, key: Option<KeyUse>, number: u32) -> Result<Done, Failure> {
        let outcomes = self.engine.submit(Request { info: caller.info(), work: revoke(key, number) }).await?;
        let done = done(outcomes)?;
        self.platform_keys.refuse(number);
        Ok(done)
    }
}

fn revoke(key: Option<KeyUse>, number: u32) -> Work {
    let write = move |_, _: &Event, _| vec![DirectoryWrite::PlatformKeyRevoked { id: name_of(number) }];
    let command = Command::from(deployment::RevokePlatformKey { key: number });
    Work::Command { key, command, directory: Some(Box::new(write)), held: None }
}

fn issue(key: Option<KeyUse>, name: &str, command: Command, secret: &SecretText) -> Work {
    let (name, digest) = (name.to_owned(), digest(secret.expose()));
    Work::Command {
        key,
        command,
        directory: Some(Box::new(move |_, event, created_at| match event {
            Event::Deployment(deployment::Event::PlatformKeyIssued(deployment::PlatformKeyIssued { key, access })) => {
                vec![DirectoryWrite::PlatformKey(PlatformKeyRow {
                    id: name_of(*key),
                    name,
                    access: access_name(*access).to_owned(),
                    digest,
                    created_at,
                })]
            }
            _ => Vec::new(),
        })),
        held: None,
    }
}
