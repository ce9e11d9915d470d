//! What can be asked for about organizations and their members.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Organizations"
            CreateOrganization = "create_organization", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            ChangeOrganization = "change_organization", PLATFORM_WRITE;
            DeleteOrganization = "delete_organization", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            ReadOrganizations = "read_organizations", PLATFORM_READ;
            ReadOrganization = "read_organization", PLATFORM_READ.and(ACCOUNTS, Reach::Own);
            InviteMember = "invite_member", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            CancelInvitation = "cancel_invitation", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            DenyInvitation = "deny_invitation", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            AcceptInvitation = "accept_invitation", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            ChangeMember = "change_member", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            DecidePermissions = "decide_permissions", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            RemoveMembers = "remove_members", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            QuitOrganization = "quit_organization", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            CreateMember = "create_member", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            RetryCreation = "retry_creation", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            DecideCreation = "decide_creation", PLATFORM_WRITE;
            AssociateEntity = "associate_entity", PLATFORM_WRITE;
            ChangeEntity = "change_entity", PLATFORM_WRITE;
            DecideEntity = "decide_entity", PLATFORM_WRITE;
            EndEntity = "end_entity", PLATFORM_WRITE;
    } } };
}
pub(super) use rows;
