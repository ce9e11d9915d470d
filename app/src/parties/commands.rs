//! Opening and changing accounts: figures and classes go to the book, names and contact data to the directory.

use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use credere_core::book::{Command, Event, KeyUse, parties};
use credere_core::channel::{AccountClass, Tier, Uin, Verification};
use credere_store::contract::{DirectoryWrite, ProfilePatch};

/// A new account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its number, where the caller names one.
    pub uin: Option<Uin>,
    /// Whether it is anybody's or the platform's own.
    pub class: AccountClass,
    /// How far its identity is verified.
    pub verification: Verification,
    /// Its tier.
    pub tier: Tier,
    /// Names and contact data.
    pub profile: ProfilePatch,
}

/// What changes of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountChange {
    /// New class.
    pub class: Option<AccountClass>,
    /// New verification.
    pub verification: Option<Verification>,
    /// New tier.
    pub tier: Option<Tier>,
    /// New names and contact data.
    pub profile: ProfilePatch,
}

impl App {
    /// Opens an account.
    ///
    /// # Errors
    /// [`Failure`]; refused when the number is taken.
    pub async fn open_account(&self, caller: Caller, key: Option<KeyUse>, new: NewAccount) -> Result<Done, Failure> {
        let NewAccount { uin, class, verification, tier, profile } = new;
        let command = Command::from(parties::OpenAccount { uin, class, verification, tier });
        self.command_with(caller, key, command, Some(write_profile(profile))).await
    }

    /// Changes an account.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is none.
    pub async fn change_account(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        uin: Uin,
        change: AccountChange,
    ) -> Result<Done, Failure> {
        let AccountChange { class, verification, tier, profile } = change;
        let command = Command::from(parties::ChangeAccount { uin, class, verification, tier });
        let directory = (profile != ProfilePatch::default()).then(|| write_profile(profile));
        self.command_with(caller, key, command, directory).await
    }

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

/// Writes the profile of the account that the event is about.
fn write_profile(patch: ProfilePatch) -> crate::engine::DirectoryDraft {
    Box::new(move |_, event, _| match event {
        Event::Parties(parties::Event::AccountOpened(parties::AccountOpened { uin, .. }))
        | Event::Parties(parties::Event::AccountChanged(parties::AccountChanged { uin, .. }))
        | Event::Parties(parties::Event::CustomerNoted(parties::CustomerNoted { customer: uin }))
        | Event::Parties(parties::Event::CustomerUnbound(parties::CustomerUnbound { customer: uin, .. })) => {
            vec![DirectoryWrite::Profile { uin: *uin, patch }]
        }
        _ => Vec::new(),
    })
}
