//! Reading organizations, their members and invitations, and who paid for whom.

use super::views::{InvitationState, InvitationView, MemberView, OrganizationView};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Book, Rejection, members};
use credere_core::channel::{Site, Uin};
use credere_core::organization::{INVITATION_SECONDS, InvitationEnd, Member, Organization, OrganizationId};
use credere_store::contract::{InvitationRow, Profile, ShardStore};

/// Whose invitations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationsOf {
    /// Those that this admin's organization has sent.
    Admin(Uin),
    /// Those that this account got.
    Member(Uin),
}

/// Which members of an organization are looked for; what is absent matches any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberSearch {
    /// Its whole number, or a part of what its admin calls it, in any case.
    pub text: Option<String>,
    /// What its entity is called.
    pub entity_name: Option<String>,
}

/// What the book says of an organization.
struct Found {
    organization: Organization,
    site: Site,
    accounts: usize,
}

impl App {
    /// The organization with this number, for the platform.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is none.
    pub async fn organization(&self, caller: Caller, id: OrganizationId) -> Result<OrganizationView, Failure> {
        let found = self
            .read_as(caller, Action::ReadOrganizations, None, |book| {
                book.organization(id).map(|one| found(book, one)).ok_or(no_organization())
            })
            .await?;
        Ok(self.named(vec![found]).await?.remove(0))
    }

    /// The organization that an account is in, as its admin or as a member.
    ///
    /// # Errors
    /// [`Failure`]; refused when it is in none.
    pub async fn organization_of(&self, caller: Caller, account: Uin) -> Result<OrganizationView, Failure> {
        let found = self
            .read_as(caller, Action::ReadOrganization, Some(account), |book| {
                book.organization_of(account).map(|one| found(book, one)).ok_or(no_organization())
            })
            .await?;
        Ok(self.named(vec![found]).await?.remove(0))
    }

    /// The organizations behind a number, oldest first, at most `limit`; of one account only that which it is in.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn organizations(
        &self,
        caller: Caller,
        member: Option<Uin>,
        admin: Option<Uin>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<OrganizationView>, Failure> {
        let found = self
            .read_as(caller, Action::ReadOrganizations, None, |book| {
                let is_in = |one: &Organization, account: Uin| {
                    book.organization_of(account).is_some_and(|theirs| theirs.id == one.id)
                };
                let matches = |one: &&Organization| {
                    member.is_none_or(|member| is_in(one, member)) && admin.is_none_or(|admin| one.admin == admin)
                };
                // Of one account there is one at most, which is found without a look at the others.
                let one = member.or(admin).map(|account| book.organization_of(account));
                let all = one.is_none().then(|| book.organizations_after(OrganizationId(after)));
                let all = all.into_iter().flatten().chain(one.flatten().filter(|one| one.id.0 > after));
                Ok(all.filter(matches).take(limit).map(|one| found(book, one)).collect())
            })
            .await?;
        self.named(found).await
    }

    /// The members of an account's organization, oldest first, after skipping `skip`, at most `limit`; and how many there are.
    ///
    /// # Errors
    /// [`Failure`]; refused when the account is no admin.
    pub async fn members(
        &self,
        caller: Caller,
        admin: Uin,
        skip: usize,
        limit: usize,
    ) -> Result<(Vec<MemberView>, usize), Failure> {
        let (found, total) = self
            .read_as(caller, Action::ReadOrganization, Some(admin), |book| {
                let organization = book.organization_of_admin(admin).ok_or(not_its_admin(book, admin))?.id;
                let page: Vec<_> =
                    book.members_of(organization).skip(skip).take(limit).map(|one| member_of(book, one)).collect();
                Ok((page, book.members_len(organization)))
            })
            .await?;
        Ok((self.with_names(found).await?, total))
    }

    /// The members of an account's organization that match a search, oldest first, after skipping `skip`, at most `limit`; and
    /// how many match.
    ///
    /// # Errors
    /// [`Failure`]; refused when the account is no admin.
    pub async fn find_members(
        &self,
        caller: Caller,
        admin: Uin,
        search: MemberSearch,
        skip: usize,
        limit: usize,
    ) -> Result<(Vec<MemberView>, usize), Failure> {
        if search == MemberSearch::default() {
            return self.members(caller, admin, skip, limit).await;
        }
        let found: Vec<MemberView> = self
            .read_as(caller, Action::ReadOrganization, Some(admin), |book| {
                let organization = book.organization_of_admin(admin).ok_or(not_its_admin(book, admin))?.id;
                Ok(book.members_of(organization).map(|one| member_of(book, one)).collect())
            })
            .await?;
        let profiles = self.profiles(found.iter().map(|one| one.member.uin).collect()).await?;
        let matching: Vec<MemberView> = found
            .into_iter()
            .zip(profiles)
            .filter(|(one, profile)| search.matches(one.member.uin, profile))
            .map(|(one, profile)| MemberView { name: profile.member_name, remark: profile.member_remark, ..one })
            .collect();
        let total = matching.len();
        Ok((matching.into_iter().skip(skip).take(limit).collect(), total))
    }

    /// All members of an organization, oldest first, for the platform.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn all_members(&self, caller: Caller, id: OrganizationId) -> Result<Vec<MemberView>, Failure> {
        let found = self
            .read_as(caller, Action::ReadOrganizations, None, |book| {
                Ok(book.members_of(id).map(|one| member_of(book, one)).collect())
            })
            .await?;
        self.with_names(found).await
    }

    /// One member of an organization, for the platform.
    ///
    /// # Errors
    /// [`Failure`]; refused when the account is not its member.
    pub async fn membership(&self, caller: Caller, id: OrganizationId, uin: Uin) -> Result<MemberView, Failure> {
        let found = self
            .read_as(caller, Action::ReadOrganizations, None, |book| {
                let member = book.member(uin).filter(|one| one.organization == id);
                member.map(|one| member_of(book, one)).ok_or(members::Reason::MemberNotFound(uin).into())
            })
            .await?;
        Ok(self.with_names(vec![found]).await?.remove(0))
    }

    /// One member of an account's organization.
    ///
    /// # Errors
    /// [`Failure`]; refused when the account is no admin, and when the other is not its member.
    pub async fn member(&self, caller: Caller, admin: Uin, member: Uin) -> Result<MemberView, Failure> {
        let found = self
            .read_as(caller, Action::ReadOrganization, Some(admin), |book| {
                let organization = book.organization_of_admin(admin).ok_or(not_its_admin(book, admin))?.id;
                let member_in = book.member(member).filter(|one| one.organization == organization);
                member_in.map(|one| member_of(book, one)).ok_or(members::Reason::MemberNotFound(member).into())
            })
            .await?;
        Ok(self.with_names(vec![found]).await?.remove(0))
    }

    /// An account as a member, as it sees itself.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn own_membership(&self, caller: Caller, account: Uin) -> Result<Option<MemberView>, Failure> {
        let found = self
            .read_as(caller, Action::ReadOrganization, Some(account), |book| {
                Ok(book.member(account).map(|one| member_of(book, one)))
            })
            .await?;
        Ok(self.with_names(found.into_iter().collect()).await?.pop())
    }

    /// An account's invitations, sent or received, newest first, after skipping `skip`, at most `limit`; and how many there
    /// are.
    ///
    /// # Errors
    /// [`Failure`]; refused when whoever asks for what it sent is no admin.
    pub async fn invitations(
        &self,
        caller: Caller,
        whose: InvitationsOf,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<InvitationView>, u64), Failure> {
        let account = match whose {
            InvitationsOf::Admin(uin) | InvitationsOf::Member(uin) => uin,
        };
        let clock = self.engine.clock();
        let (organization, now) = self
            .read_as(caller, Action::ReadOrganization, Some(account), |book| {
                let organization = match whose {
                    InvitationsOf::Admin(admin) => {
                        Some(book.organization_of_admin(admin).ok_or(not_its_admin(book, admin))?.id)
                    }
                    InvitationsOf::Member(_) => None,
                };
                Ok((organization, clock.now(book.now())))
            })
            .await?;
        let look = move |store: &dyn ShardStore| match organization {
            Some(organization) => store.invitations_of(organization, skip, limit),
            None => store.invitations_to(account, skip, limit),
        };
        let (rows, total) = self.engine.long_history(caller.actor, look).await?;
        // What an admin calls an account is told of its own invitation only, and not of one that is over: another admin may call
        // the account something else by now.
        let current = |book: &Book, row: &InvitationRow| match row.end {
            Some(InvitationEnd::Accepted) => {
                book.member(row.member).is_some_and(|one| one.organization == row.organization)
            }
            Some(_) => false,
            None => book.invitation(row.id).is_some(),
        };
        let current = self.read(|book| rows.iter().map(|row| current(book, row)).collect::<Vec<_>>()).await?;
        let mut current = current.into_iter();
        let uins = rows.iter().flat_map(|row| [row.admin, row.member]).collect();
        let profiles = self.profiles(uins).await?;
        let mut profiles = profiles.into_iter();
        let view = |row: InvitationRow| {
            let (admin, member) = (profiles.next().unwrap_or_default(), profiles.next().unwrap_or_default());
            let expires_at = row.sent_at.plus_seconds(INVITATION_SECONDS);
            let named = current.next().unwrap_or_default();
            let noted = named && matches!(whose, InvitationsOf::Admin(_));
            InvitationView {
                state: InvitationState::of(&row, expires_at, now),
                id: row.id,
                admin: row.admin,
                admin_name: admin.name,
                admin_email: admin.email,
                member: row.member,
                member_name: member.member_name.filter(|_| named),
                member_remark: member.member_remark.filter(|_| noted),
                permissions: row.permissions,
                sent_at: row.sent_at,
                expires_at,
            }
        };
        Ok((rows.into_iter().map(view).collect(), total))
    }

    async fn named(&self, found: Vec<Found>) -> Result<Vec<OrganizationView>, Failure> {
        let profiles = self.profiles(found.iter().map(|one| one.organization.admin).collect()).await?;
        let view = |(Found { organization, site, accounts }, profile): (Found, Profile)| OrganizationView {
            organization,
            site,
            name: profile.entity_name.or(profile.name),
            accounts,
        };
        Ok(found.into_iter().zip(profiles).map(view).collect())
    }

    async fn with_names(&self, found: Vec<MemberView>) -> Result<Vec<MemberView>, Failure> {
        let profiles = self.profiles(found.iter().map(|one| one.member.uin).collect()).await?;
        let named = |(one, profile): (MemberView, Profile)| MemberView {
            name: profile.member_name,
            remark: profile.member_remark,
            ..one
        };
        Ok(found.into_iter().zip(profiles).map(named).collect())
    }
}

impl MemberSearch {
    fn matches(&self, uin: Uin, profile: &Profile) -> bool {
        let holds = |name: &str, part: &str| name.to_lowercase().contains(&part.to_lowercase());
        let named = |text: &str| profile.member_name.as_deref().is_some_and(|name| holds(name, text));
        self.text.as_deref().is_none_or(|text| uin.to_string() == text || named(text))
            && self.entity_name.as_deref().is_none_or(|entity| profile.entity_name.as_deref() == Some(entity))
    }
}

fn found(book: &Book, organization: &Organization) -> Found {
    let site = book.account_facts(organization.admin).site;
    Found { organization: organization.clone(), site, accounts: book.members_len(organization.id) + 1 }
}

fn member_of(book: &Book, member: &Member) -> MemberView {
    let payer = book.payer_of(member.uin);
    let entity = |uin| &book.account_facts(uin).entity;
    let entity_differs = payer.is_some_and(|payer| entity(payer) != entity(member.uin));
    MemberView { member: member.clone(), name: None, remark: None, payer, entity_differs }
}

fn no_organization() -> Rejection {
    members::Reason::OrganizationNotFound.into()
}

/// What is told whoever asks for an admin's things and is none.
fn not_its_admin(book: &Book, account: Uin) -> Rejection {
    if book.member(account).is_some() { members::Reason::NotTheAdmin(account).into() } else { no_organization() }
}
