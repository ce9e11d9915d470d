//! The managing partner's note on a customer, and the end of a binding, which takes the note with it.

use super::accounts::write_profile;
use super::{Caller, Done};
use crate::app::App;
use crate::failure::Failure;
use credere_core::book::{Command, KeyUse, parties};
use credere_core::channel::Uin;
use credere_store::contract::ProfilePatch;

impl App {
    /// Changes the managing partner's note on a customer.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn note_customer(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        customer: Uin,
        note: String,
    ) -> Result<Done, Failure> {
        let patch = ProfilePatch { remark: Some(Some(note)), ..ProfilePatch::default() };
        self.command_with(caller, key, Command::from(parties::NoteCustomer { customer }), Some(write_profile(patch)))
            .await
    }

    /// Ends a binding (R140-R141).
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn unbind_customer(&self, caller: Caller, key: Option<KeyUse>, customer: Uin) -> Result<Done, Failure> {
        let patch = ProfilePatch { remark: Some(None), ..ProfilePatch::default() };
        self.command_with(caller, key, Command::from(parties::UnbindCustomer { customer }), Some(write_profile(patch)))
            .await
    }
}
