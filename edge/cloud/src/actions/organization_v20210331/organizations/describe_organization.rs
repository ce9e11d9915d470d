//! An organization as its admin or one of its members sees it (O19). The admin is paid for by nobody and cannot leave. Nobody
//! is the delegated admin of a service: none can be made here.

use crate::actions::errors;
use crate::actions::membership::{self, ORGANIZATION_TYPE, signed};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::organization_v20210331::words::{Language, POLICY_TYPE, quitting};
use crate::envelope::Reply;
use crate::published::organization_v20210331::{DescribeOrganizationRequest, DescribeOrganizationResponse};
use crate::request::Call;
use credere_app::App;
use credere_core::organization::Permissions;

offered! {
    "DescribeOrganization": DescribeOrganizationRequest::PARAMS, Some(20), ReadOrganization,
    [InvalidParameter, OrganizationNotExist]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeOrganizationRequest::read(&call.args)?;
    let language = Language::read(request.lang.as_deref())?;
    let organization = membership::organization(app, call, ERRORS).await?.organization;
    let own = app.own_membership(caller(call), call.caller).await.map_err(errors::of(ERRORS))?;
    let entity_admin = app.is_entity_admin(caller(call), call.caller).await.map_err(errors::of(ERRORS))?;
    let payer = own.as_ref().and_then(|own| own.payer);
    let payer_name = match payer {
        Some(payer) => membership::profile(app, payer, ERRORS).await?.name.unwrap_or_default(),
        None => String::new(),
    };
    let (permissions, joined_at, allow_quit) = match &own {
        Some(own) => (own.member.permissions, own.member.joined_at, own.member.allow_quit),
        None => (Permissions::ALWAYS.into_iter().collect(), organization.created_at, false),
    };
    let admin_name = membership::profile(app, organization.admin, ERRORS).await?.name;
    Reply::of(&DescribeOrganizationResponse {
        org_id: signed(organization.id.0)?,
        host_uin: signed(organization.admin.number())?,
        nick_name: admin_name.unwrap_or_default(),
        org_type: signed(ORGANIZATION_TYPE)?,
        is_manager: own.is_none(),
        org_policy_type: POLICY_TYPE.to_owned(),
        org_policy_name: language.policy(),
        org_permission: language.permissions(permissions),
        root_node_id: signed(organization.id.root().0)?,
        create_time: app.local_time(organization.created_at),
        join_time: app.local_time(joined_at),
        is_allow_quit: quitting(allow_quit),
        pay_uin: payer.map(|payer| payer.to_string()).unwrap_or_default(),
        pay_name: payer_name,
        is_assign_manager: false,
        is_auth_manager: entity_admin,
    })
}
