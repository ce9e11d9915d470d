//! `credere organization`: what the platform sees of organizations, and what it grants them. Their admins and members have the
//! Cloud API.

use crate::client::calls::{Page, delete, encode, get, list, patch, post, said, text};
use crate::client::http::Call;
use clap::{Args, Subcommand};
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum OrganizationCommand {
    /// List organizations, the oldest first.
    List {
        /// That this account is in, as its admin or as a member.
        #[arg(long)]
        member: Option<u64>,
        /// That this account is the admin of.
        #[arg(long)]
        admin: Option<u64>,
        #[command(flatten)]
        page: Page,
    },
    /// Show an organization with its members.
    Show { organization: u64 },
    /// Change what an organization is granted, and how many of each it may have.
    Change {
        organization: u64,
        /// All that it is granted: fund_allocation, credit_setting.
        #[arg(long, value_delimiter = ',', required_unless_present_any = ["no_features", "accounts", "departments",
            "open_invitations", "creations_per_day", "member_deletion"])]
        features: Option<Vec<String>>,
        /// Nothing is granted any more.
        #[arg(long, conflicts_with = "features")]
        no_features: bool,
        /// Accounts that may be in it, its admin among them.
        #[arg(long)]
        accounts: Option<u32>,
        /// Departments besides the root.
        #[arg(long)]
        departments: Option<u32>,
        /// Invitations that may be open at one moment.
        #[arg(long)]
        open_invitations: Option<u32>,
        /// Accounts that may be created for it in a day.
        #[arg(long)]
        creations_per_day: Option<u32>,
        /// Whether accounts that were created for it may be closed while they have resources.
        #[arg(long)]
        member_deletion: Option<bool>,
    },
    /// Put the bills of its members together: what each pays itself, and what the admin pays on its behalf.
    Bills {
        organization: u64,
        month: String,
        /// Only these members.
        #[arg(long, value_delimiter = ',')]
        members: Vec<u64>,
    },
    /// Hand money of the admin to a member that pays for itself.
    Transfer {
        organization: u64,
        member: u64,
        /// How much; above zero.
        amount: String,
    },
    /// Give the admin back what a member has not spent of a transfer.
    Return {
        organization: u64,
        /// Which one, `trf_42`.
        transfer: String,
        /// How much; above zero.
        amount: String,
    },
    /// List what was handed to members, the newest first.
    Transfers {
        organization: u64,
        /// To this member, also one that has left.
        #[arg(long)]
        member: Option<u64>,
        #[command(flatten)]
        page: Page,
    },
    /// Tell that a member agrees to the permissions that its admin asks for.
    Agree { organization: u64, member: u64 },
    /// Tell that it does not.
    Decline { organization: u64, member: u64 },
    /// List the entities besides the admin's that an organization trusts, or is asked to.
    Entities {
        organization: u64,
        #[command(flatten)]
        page: Page,
    },
    /// Let accounts of another entity join an organization.
    Trust {
        organization: u64,
        /// The entity, as its accounts are verified as it.
        entity: String,
        /// What it is called.
        #[arg(long)]
        name: String,
        /// Who answers for it: an account that is verified as it.
        #[arg(long)]
        answers: Option<u64>,
    },
    /// Change who answers for an entity.
    Answers {
        organization: u64,
        relation: u64,
        /// An account that is verified as it.
        #[arg(required_unless_present = "nobody")]
        account: Option<u64>,
        /// Nobody answers for it any more.
        #[arg(long, conflicts_with = "account")]
        nobody: bool,
    },
    /// Decide on an entity that an invitation applied for.
    DecideEntity {
        organization: u64,
        relation: u64,
        #[command(flatten)]
        verdict: Verdict,
    },
    /// End an organization's trust in an entity.
    Distrust { organization: u64, relation: u64 },
    /// List the accounts that were created for an organization.
    Creations {
        organization: u64,
        #[command(flatten)]
        page: Page,
    },
    /// Tell whether whoever answers for its entity agrees to an account that was created under it.
    DecideCreation {
        organization: u64,
        record: u64,
        #[command(flatten)]
        verdict: Verdict,
    },
}

/// Yes or no, one of which must be said.
#[derive(Debug, Args)]
#[group(required = true)]
pub(crate) struct Verdict {
    /// Yes.
    #[arg(long)]
    approve: bool,
    /// No.
    #[arg(long, conflicts_with = "approve")]
    refuse: bool,
}

impl OrganizationCommand {
    pub(super) fn call(self) -> Call {
        match self {
            OrganizationCommand::List { member, admin, page } => {
                let filters = [("member_uin", member.map(text)), ("admin_uin", admin.map(text))];
                list("/v1/organizations", page, filters)
            }
            OrganizationCommand::Show { organization } => get(format!("/v1/organizations/{organization}")),
            OrganizationCommand::Change {
                organization,
                features,
                no_features,
                accounts,
                departments,
                open_invitations,
                creations_per_day,
                member_deletion,
            } => {
                let quotas = said(json!({
                    "accounts": accounts,
                    "departments": departments,
                    "open_invitations": open_invitations,
                    "creations_per_day": creations_per_day,
                }));
                let quotas = quotas.as_object().is_some_and(|some| !some.is_empty()).then_some(quotas);
                let features = if no_features { Some(Vec::new()) } else { features };
                let body = json!({ "features": features, "quotas": quotas, "member_deletion": member_deletion });
                patch(format!("/v1/organizations/{organization}"), said(body))
            }
            OrganizationCommand::Bills { organization, month, members } => {
                let members: Vec<String> = members.into_iter().map(|uin| format!("member_uin={uin}")).collect();
                let query = if members.is_empty() { String::new() } else { format!("?{}", members.join("&")) };
                get(format!("/v1/organizations/{organization}/bills/{}{query}", encode(&month)))
            }
            OrganizationCommand::Transfer { organization, member, amount } => {
                let body = json!({ "member_uin": member, "amount": amount });
                post(format!("/v1/organizations/{organization}/transfers"), body)
            }
            OrganizationCommand::Return { organization, transfer, amount } => {
                let path = format!("/v1/organizations/{organization}/transfers/{}/return", encode(&transfer));
                post(path, json!({ "amount": amount }))
            }
            OrganizationCommand::Transfers { organization, member, page } => {
                let path = format!("/v1/organizations/{organization}/transfers");
                list(&path, page, [("member_uin", member.map(text))])
            }
            OrganizationCommand::Agree { organization, member } => decided(organization, member, true),
            OrganizationCommand::Decline { organization, member } => decided(organization, member, false),
            OrganizationCommand::Entities { organization, page } => list(&entities(organization), page, []),
            OrganizationCommand::Trust { organization, entity, name, answers } => {
                let body = json!({ "entity_id": entity, "entity_name": name, "entity_admin_uin": answers });
                post(entities(organization), said(body))
            }
            OrganizationCommand::Answers { organization, relation, account, nobody: _ } => {
                patch(format!("{}/{relation}", entities(organization)), json!({ "entity_admin_uin": account }))
            }
            OrganizationCommand::DecideEntity { organization, relation, verdict } => {
                post(format!("{}/{relation}/decide", entities(organization)), json!({ "approve": verdict.approve }))
            }
            OrganizationCommand::Distrust { organization, relation } => {
                delete(format!("{}/{relation}", entities(organization)))
            }
            OrganizationCommand::Creations { organization, page } => list(&creations(organization), page, []),
            OrganizationCommand::DecideCreation { organization, record, verdict } => {
                post(format!("{}/{record}/decide", creations(organization)), json!({ "approve": verdict.approve }))
            }
        }
    }
}

fn entities(organization: u64) -> String {
    format!("/v1/organizations/{organization}/entities")
}

fn creations(organization: u64) -> String {
    format!("/v1/organizations/{organization}/creations")
}

fn decided(organization: u64, member: u64, accept: bool) -> Call {
    let path = format!("/v1/organizations/{organization}/members/{member}/permission-change");
    post(path, json!({ "accept": accept }))
}
