//! API credentials: made, shown once, sealed, looked up for signatures, taken back at once.

use super::views::CredentialView;
use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use crate::secrets::{SECRET_ID_PREFIX, SecretText, may_be_secret_id, new_secret};
use credere_core::access::Action;
use credere_core::book::{Command, Event, KeyUse, Rejection, parties};
use credere_core::channel::Uin;
use credere_store::contract::{CredentialRow, DirectoryWrite, StoreError};
use std::sync::Arc;

/// A signature that was received. The store tells nothing of it that is not needed.
pub use credere_store::contract::SignatureRow as SeenSignature;
pub use credere_store::contract::Signatures;

/// A credential as it is answered to the one who asked for it.
#[derive(Debug, Clone)]
pub struct NewCredential {
    /// The public half.
    pub secret_id: String,
    /// The secret half; absent in a repeated answer.
    pub secret_key: Option<SecretText>,
    /// Whether this repeats an earlier answer.
    pub replayed: bool,
}

impl App {
    /// Where the signatures of requests are remembered.
    pub fn signatures(&self) -> Arc<dyn Signatures> {
        self.deployment.clone()
    }

    /// Makes a credential that signs Cloud API calls as `uin`.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such account.
    pub async fn issue_credential(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        uin: Uin,
    ) -> Result<NewCredential, Failure> {
        let broken = |error: String| Failure::Store(StoreError::io(error));
        let secret_id = new_secret(SECRET_ID_PREFIX).map_err(broken)?.expose().to_owned();
        let secret_key = new_secret("").map_err(broken)?;
        let sealed_key = self.master_key.seal(secret_key.expose(), &secret_id).map_err(broken)?;
        let command = Command::from(parties::IssueCredential { uin, secret_id: secret_id.clone() });
        let write = {
            let secret_id = secret_id.clone();
            Box::new(move |_, _: &Event, created_at| {
                vec![DirectoryWrite::Credential(CredentialRow { secret_id, uin, sealed_key, created_at })]
            })
        };
        let done = self.command_with(caller, key, command, Some(write)).await?;
        Ok(match *done.event {
            Event::Parties(parties::Event::CredentialIssued(parties::CredentialIssued {
                secret_id: first, ..
            })) if done.replayed => NewCredential { secret_id: first, secret_key: None, replayed: true },
            _ => NewCredential { secret_id, secret_key: Some(secret_key), replayed: false },
        })
    }

    /// An account's API credentials, oldest first.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such account.
    pub async fn credentials(&self, caller: Caller, uin: Uin) -> Result<Vec<CredentialView>, Failure> {
        self.read_as(caller, Action::ReadCredentials, Some(uin), |book| {
            book.account(uin)
                .map(|_| ())
                .ok_or(Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Account, uin)))
        })
        .await?;
        let rows = self.engine.directory(move |store| store.credentials_of(uin)).await?;
        let view = |row: CredentialRow| CredentialView { secret_id: row.secret_id, created_at: row.created_at };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Takes a credential back, at once.
    ///
    /// # Errors
    /// [`Failure`]; refused when the account has no such credential.
    pub async fn revoke_credential(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        uin: Uin,
        secret_id: String,
    ) -> Result<Done, Failure> {
        let command = Command::from(parties::RevokeCredential { uin, secret_id: secret_id.clone() });
        let what = command.action();
        self.engine.peek(|book| book.permit(caller.actor, what.0, what.1)).map_err(Failure::refused)?;
        if let Some(done) = self.answered(caller, key).await? {
            return Ok(done);
        }
        let wanted = secret_id.clone();
        let known = self.engine.directory(move |store| store.credential(&wanted)).await?;
        if known.is_none_or(|row| row.uin != uin) {
            return Err(self.refuse(caller, key, what, Rejection::Parties(parties::Reason::CredentialNotFound)).await);
        }
        let write = Box::new(move |_, _: &Event, _| vec![DirectoryWrite::CredentialRevoked { secret_id }]);
        self.command_with(caller, key, command, Some(write)).await
    }

    /// Whom a credential signs for, and its secret; `None` when there is none. Blocks for one read of the store.
    ///
    /// # Errors
    /// [`StoreError`], also when the secret does not open under the master key.
    pub fn credential_secret(&self, secret_id: &str) -> Result<Option<(Uin, SecretText)>, StoreError> {
        let row = if may_be_secret_id(secret_id) { self.engine.store().credential(secret_id)? } else { None };
        let Some(row) = row else {
            // An unknown identifier costs as much as a known one.
            let _ = self.master_key.open(&self.decoy, secret_id);
            return Ok(None);
        };
        match self.master_key.open(&row.sealed_key, secret_id) {
            Some(secret) => Ok(Some((row.uin, secret))),
            None => Err(StoreError::corrupt(format!("the secret of `{secret_id}` does not open"))),
        }
    }
}
