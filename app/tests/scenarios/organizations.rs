//! Who is in which organization, who is invited, and who pays for whom, as the application's queries tell it.

use crate::support::platform;
use crate::world::{RECORDS_MAX, failure};
use credere_app::App;
use credere_app::members::{InvitationState, InvitationsOf};
use credere_app::payers::IntervalQuery;
use credere_core::ledger::Calendar;
use credere_testkit::scenario::Name;
use credere_testkit::{Failure, InvitationView, Names, OrganizationsView, permission_list};
use std::collections::BTreeMap;

pub(crate) async fn organizations(app: &App, names: &Names) -> Result<OrganizationsView, Failure> {
    let mut view = OrganizationsView::default();
    for found in app.organizations(platform(), None, None, 0, RECORDS_MAX).await.map_err(failure)? {
        let admin = found.organization.admin;
        let (members, total) = app.members(platform(), admin, 0, RECORDS_MAX).await.map_err(failure)?;
        if found.accounts != total + 1 || members.len() != total {
            return Err(Failure::new(format!("an organization of {} has {total} members", found.accounts)));
        }
        let mut listed = Vec::new();
        for one in members {
            let name = names.name(one.member.uin);
            view.members.insert(name.clone(), names.member(&one.member, admin, one.payer));
            listed.push(name);
        }
        let id = found.organization.id;
        for one in app.creations(platform(), id, 0, RECORDS_MAX).await.map_err(failure)? {
            view.creations.insert(names.name(one.creation.uin), names.creation(&one.creation, admin));
        }
        for relation in app.entity_relations(platform(), id).await.map_err(failure)? {
            view.entities.insert(names.name_of_relation(relation.id), names.entity(&relation, admin));
        }
        view.organizations.insert(names.name(admin), listed);
    }
    for (member, _, interval) in
        app.payer_intervals(platform(), IntervalQuery::default(), None, RECORDS_MAX).await.map_err(failure)?
    {
        view.payers.entry(names.name(member)).or_default().push(names.paid(&interval, Calendar::default()));
    }
    view.invitations = Some(invitations(app, names).await?);
    Ok(view)
}

/// Every invitation that was named, as whoever was invited sees it.
async fn invitations(app: &App, names: &Names) -> Result<BTreeMap<Name, InvitationView>, Failure> {
    let mut shown = BTreeMap::new();
    for (_, uin) in names.accounts() {
        let theirs = InvitationsOf::Member(uin);
        let (rows, _) = app.invitations(platform(), theirs, 0, RECORDS_MAX).await.map_err(failure)?;
        for row in rows {
            let known = names.invitations().find(|(_, id)| *id == row.id);
            let Some((name, _)) = known else { continue };
            let view = InvitationView {
                admin: names.name(row.admin),
                member: names.name(row.member),
                permissions: permission_list(row.permissions),
                state: match row.state {
                    InvitationState::Open => "open",
                    InvitationState::Expired => "expired",
                    InvitationState::Ended(end) => end.name(),
                }
                .to_owned(),
            };
            shown.insert(name.clone(), view);
        }
    }
    Ok(shown)
}
