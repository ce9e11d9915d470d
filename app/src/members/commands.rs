//! Inviting and changing members: what the admin calls them goes to the directory.

use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::engine::DirectoryDraft;
use crate::failure::Failure;
use credere_core::book::{Event, KeyUse, members};
use credere_store::contract::{DirectoryWrite, ProfilePatch};

/// What an admin calls a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLabel {
    /// Its name in the organization.
    pub name: String,
    /// What the admin notes of it.
    pub remark: Option<String>,
}

/// What changes of that; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberLabelChange {
    /// New name.
    pub name: Option<String>,
    /// New remark; `Some(None)` takes it away.
    pub remark: Option<Option<String>>,
}

impl App {
    /// Invites an account under a name.
    ///
    /// # Errors
    /// [`Failure`]; refused when it may not become a member.
    pub async fn invite_member(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        asked: members::InviteMember,
        label: MemberLabel,
    ) -> Result<Done, Failure> {
        let MemberLabel { name, remark } = label;
        let label = MemberLabelChange { name: Some(name), remark: Some(remark) };
        self.command_with(caller, key, asked.into(), Some(write_label(label))).await
    }

    /// Changes a member, and what it is called.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such member, or it may not become that.
    pub async fn change_member(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        asked: members::ChangeMember,
        label: MemberLabelChange,
    ) -> Result<Done, Failure> {
        self.command_with(caller, key, asked.into(), Some(write_label(label))).await
    }
}

pub(super) fn write_label(label: MemberLabelChange) -> DirectoryDraft {
    let MemberLabelChange { name, remark } = label;
    write_profile(ProfilePatch { member_name: name.map(Some), member_remark: remark, ..ProfilePatch::default() })
}

/// Writes the profile of the member that the event is about.
pub(super) fn write_profile(patch: ProfilePatch) -> DirectoryDraft {
    Box::new(move |_, event, _| match event {
        Event::Members(
            event @ (members::Event::InvitationSent(_)
            | members::Event::MemberChanged(_)
            | members::Event::MemberCreated(_)
            | members::Event::CreationRetried(_)),
        ) => {
            let member = event.account().filter(|_| patch != ProfilePatch::default());
            member.map(|uin| DirectoryWrite::Profile { uin, patch }).into_iter().collect()
        }
        _ => Vec::new(),
    })
}
