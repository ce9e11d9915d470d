//! An admin lists the members of its organization, oldest first, and finds them by number, name, entity or department. Members
//! have no tags, and no organization service can be asked about.

use crate::actions::errors;
use crate::actions::membership::{self, ROOT_NAME, Slice, malformed, signed};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::organization_v20210331::words::{Language, POLICY_TYPE, quitting};
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::published::organization_v20210331::{
    DescribeOrganizationMembersRequest, DescribeOrganizationMembersResponse, OrgMember,
};
use crate::request::Call;
use credere_app::App;
use credere_app::members::{MemberSearch, MemberView};
use credere_app::parties::Profile;
use credere_core::organization::MemberKind;

offered! {
    "DescribeOrganizationMembers": DescribeOrganizationMembersRequest::PARAMS, Some(20), ReadOrganization,
    [InvalidParameter, OrganizationNodeNotExist, OrganizationNotExist, OrganizationServiceNotExist, UnauthorizedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeOrganizationMembersRequest::read(&call.args)?;
    let most = *DescribeOrganizationMembersRequest::LIMIT_RANGE.end();
    let slice = Slice::whole_pages(request.offset, request.limit, most)?;
    let language = Language::read(request.lang.as_deref())?;
    let tags = request.tags.unwrap_or_default().len();
    if !DescribeOrganizationMembersRequest::TAGS_LENGTH.contains(&tags) {
        return Err(malformed("Tags", "must name at most 10 tags"));
    }
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let organization = membership::own_organization(app, call, ERRORS).await?.organization;
    if let Some(number) = request.node_id {
        membership::node(organization.id, number)?;
    }
    if given(request.product).is_some() {
        return Err(CloudError::new(ErrorCode::OrganizationServiceNotExist, "there is no such organization service"));
    }
    let search = MemberSearch { text: given(request.search_key), entity_name: given(request.auth_name) };
    let elsewhere = given(request.node_name).is_some_and(|name| name != ROOT_NAME);
    let (members, total) = if elsewhere || tags > 0 {
        (Vec::new(), 0)
    } else {
        let (skip, caller) = (slice.skip_in_memory(), caller(call));
        let found = app.find_members(caller, call.caller, search, skip, slice.limit).await;
        found.map_err(errors::of(ERRORS))?
    };
    let accounts = members.iter().flat_map(|view| [view.member.uin, view.payer.unwrap_or(view.member.uin)]).collect();
    let profiles = app.profiles(accounts).await.map_err(errors::of(ERRORS))?;
    let mut profiles = profiles.into_iter();
    let mut items = Vec::with_capacity(members.len());
    for view in members {
        let (own, payer) = (profiles.next().unwrap_or_default(), profiles.next().unwrap_or_default());
        items.push(item(app, language, view, own, payer)?);
    }
    Reply::of(&DescribeOrganizationMembersResponse { items, total: total as u64 })
}

fn item(
    app: &App,
    language: Language,
    view: MemberView,
    own: Profile,
    payer: Profile,
) -> Result<OrgMember, CloudError> {
    let MemberView { member, name, remark, payer: payer_uin, .. } = view;
    let joined_at = app.local_time(member.joined_at);
    let kind = match member.kind {
        MemberKind::Invited => "Invite",
        MemberKind::Created => "Create",
    };
    let confirmed = if member.asked.is_some() { "UnConfirmed" } else { "Confirmed" };
    Ok(OrgMember {
        member_uin: signed(member.uin.number())?,
        name: name.unwrap_or_default(),
        member_type: kind.to_owned(),
        org_policy_type: POLICY_TYPE.to_owned(),
        org_policy_name: language.policy(),
        org_permission: language.permissions(member.permissions),
        node_id: signed(member.organization.root().0)?,
        node_name: ROOT_NAME.to_owned(),
        remark: remark.unwrap_or_default(),
        create_time: joined_at.clone(),
        update_time: joined_at,
        is_allow_quit: quitting(member.allow_quit),
        pay_uin: payer_uin.map(|payer| payer.to_string()).unwrap_or_default(),
        pay_name: payer_uin.and(payer.name).unwrap_or_default(),
        org_identity: Vec::new(),
        bind_status: "Unbound".to_owned(),
        permission_status: confirmed.to_owned(),
        tags: Some(Vec::new()),
        nick_name: Some(own.name.unwrap_or_default()),
    })
}
