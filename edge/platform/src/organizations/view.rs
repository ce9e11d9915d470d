//! Organizations as JSON.

use crate::accounts::SiteName;
use crate::call::Call;
use crate::wire::{AccountNumber, names};
use credere_app::members::{MemberView, OrganizationView};
use credere_core::organization::{Feature, MemberKind, Permission, Quotas};
use serde::Serialize;
use utoipa::ToSchema;

names! {
    /// What the platform grants to single organizations.
    #[schema(as = OrganizationFeature)]
    pub(super) enum FeatureName of Feature {
        /// Its admin may give members money and take back what is left of it (id 3).
        FundAllocation,
        /// Its admin may set members' credit limits (id 10).
        CreditSetting,
    }
}

names! {
    /// How a member came to be one.
    #[schema(as = MemberType)]
    pub(super) enum MemberTypeName of MemberKind {
        /// Its account was there, and accepted an invitation.
        Invited,
        /// Its account was opened for the organization.
        Created,
    }
}

names! {
    /// Whether a member has agreed to what its admin asks for.
    #[schema(as = PermissionStatus)]
    pub(super) enum PermissionStatusName {
        /// Nothing waits for it.
        Confirmed,
        /// It was asked for other permissions.
        Unconfirmed,
    }
}

/// How many of each an organization may have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganizationQuotas)]
pub(super) struct QuotasBody {
    /// Accounts, its admin among them.
    accounts: u32,
    /// Departments besides the root.
    departments: u32,
    /// Invitations that are open at one moment.
    open_invitations: u32,
    /// Accounts that are created for it in a day.
    creations_per_day: u32,
}

impl From<Quotas> for QuotasBody {
    fn from(quotas: Quotas) -> QuotasBody {
        let Quotas { accounts, departments, open_invitations, creations_per_day } = quotas;
        QuotasBody { accounts, departments, open_invitations, creations_per_day }
    }
}

/// A department.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Department)]
pub(super) struct DepartmentBody {
    node_id: u64,
    /// The one above; 0 for the root.
    parent_node_id: u64,
    name: String,
    /// How far below the root it lies.
    depth: u32,
}

/// A member of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberBody {
    uin: AccountNumber,
    /// What its admin calls it.
    name: Option<String>,
    r#type: MemberTypeName,
    /// The department that it is in.
    node_id: u64,
    /// What its admin may do for it: 1 sees bills, 2 the balance, 7 pays on its behalf, and so on.
    #[schema(value_type = Vec<crate::described::PermissionNumber>)]
    permission_ids: Vec<u8>,
    /// What its admin asks for instead; `null` unless it has not agreed yet.
    #[schema(value_type = Option<Vec<crate::described::PermissionNumber>>)]
    asked_permission_ids: Option<Vec<u8>>,
    /// Whether nobody else pays for it.
    pays_for_itself: bool,
    /// Who pays on its behalf.
    payer_uin: Option<AccountNumber>,
    /// Whether it may leave by itself.
    allow_quit: bool,
    permission_status: PermissionStatusName,
    /// Whether it is of another entity than who pays for it by now.
    entity_differs: bool,
    #[schema(format = DateTime)]
    joined_at: String,
}

impl MemberBody {
    pub(super) fn new(call: &Call, view: MemberView) -> MemberBody {
        let MemberView { member, name, payer, entity_differs, .. } = view;
        let permission_status = match member.asked {
            Some(_) => PermissionStatusName::Unconfirmed,
            None => PermissionStatusName::Confirmed,
        };
        let ids =
            |permissions: credere_core::organization::Permissions| permissions.iter().map(Permission::id).collect();
        MemberBody {
            uin: AccountNumber(member.uin),
            name,
            r#type: member.kind.into(),
            node_id: member.organization.root().0,
            permission_ids: ids(member.permissions),
            asked_permission_ids: member.asked.map(|asked| ids(asked.permissions)),
            pays_for_itself: payer.is_none(),
            payer_uin: payer.map(AccountNumber),
            allow_quit: member.allow_quit,
            permission_status,
            entity_differs,
            joined_at: call.time(member.joined_at),
        }
    }
}

/// An organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub(super) struct OrganizationBody {
    org_id: u64,
    admin_uin: AccountNumber,
    /// The admin's entity, or what the admin is called.
    name: Option<String>,
    site: SiteName,
    #[schema(format = DateTime)]
    created_at: String,
    /// The department above all others.
    root_node_id: u64,
    /// Whether accounts that were created for it may be closed while they have resources.
    member_deletion: bool,
    /// What it was granted.
    features: Vec<FeatureName>,
    quotas: QuotasBody,
    /// How many accounts are in it, its admin among them.
    accounts: u64,
    departments: Vec<DepartmentBody>,
    /// Its members, oldest first; the admin is none.
    members: Vec<MemberBody>,
}

impl OrganizationBody {
    pub(super) fn new(call: &Call, view: OrganizationView, members: Vec<MemberView>) -> OrganizationBody {
        let OrganizationView { organization, site, name, accounts } = view;
        let root = organization.id.root().0;
        let settings = organization.settings;
        OrganizationBody {
            org_id: organization.id.0,
            admin_uin: AccountNumber(organization.admin),
            name,
            site: site.into(),
            created_at: call.time(organization.created_at),
            root_node_id: root,
            member_deletion: settings.member_deletion,
            features: settings.features.into_iter().map(FeatureName::from).collect(),
            quotas: settings.quotas.into(),
            accounts: accounts as u64,
            departments: vec![DepartmentBody { node_id: root, parent_node_id: 0, name: "Root".to_owned(), depth: 0 }],
            members: members.into_iter().map(|member| MemberBody::new(call, member)).collect(),
        }
    }
}
