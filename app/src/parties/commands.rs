//! Opening and changing accounts: figures and classes go to the book, names and contact data to the directory.

use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use credere_core::book::{Command, Event, KeyUse, parties};
use credere_core::channel::{AccountClass, EntityId, Site, Tier, Uin, Verification};
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
    /// Where it is; on the deployment's site where absent.
    pub site: Option<Site>,
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
        let NewAccount { uin, class, verification, tier, site, profile } = new;
        let (entity, followed) = (entity_of(&profile).flatten(), followed_by(&profile).unwrap_or(false));
        let command = Command::from(parties::OpenAccount { uin, class, verification, tier, site, entity, followed });
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
        let (entity, followed) = (entity_of(&profile), followed_by(&profile));
        let command = Command::from(parties::ChangeAccount { uin, class, verification, tier, entity, followed });
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

/// Who an account is verified as from now on, as its profile says; a text that is empty is nobody.
pub(crate) fn entity_of(profile: &ProfilePatch) -> Option<Option<EntityId>> {
    profile.entity_id.as_ref().map(|text| text.as_deref().and_then(|text| text.parse().ok()))
}

/// Whether somebody follows it from now on.
pub(crate) fn followed_by(profile: &ProfilePatch) -> Option<bool> {
    profile.channel_manager.as_ref().map(|manager| manager.as_deref().is_some_and(|name| !name.is_empty()))
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
