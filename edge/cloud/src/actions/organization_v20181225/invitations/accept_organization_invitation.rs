//! Whoever is invited joins the organization. All conditions are judged again, as things stand now (O41); while one is not met the
//! invitation stays open.

use crate::actions::offered::{Answered, offered};
use crate::actions::once;
use crate::envelope::Reply;
use crate::published::organization_v20181225::AcceptOrganizationInvitationRequest;
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, members};
use credere_core::organization::InvitationId;

// The conditions for joining are told by the codes of the newer version.
offered! {
    "AcceptOrganizationInvitation": AcceptOrganizationInvitationRequest::PARAMS, Some(20), AcceptInvitation,
    [AuthInfoEmpty, AuthInfoNotSame, AuthNotEnterprise, InOrganizationAlready, OrganizationPermissionIllegal, PayUinIllegal, TooManyMembers, InvitationNotExist, AbnormalFinancialStatusOfAdmin, AbnormalFinancialStatusOfMember, AddDelegatePayerNotAllow, AddDiscountInheritNotAllow, AgentNotSame, ExistedAgent, ExistedClient, InconsistentUserTypes, MemberAccountArrears, MemberDiscountInheritExisted, MemberExistAccountLevelDiscountInherit, MemberHasVoucher, MemberIsAgent, MemberIsNotClient, OrderInProgressExisted, OwnerDiscountInheritExisted, PayerArrearsAndNoCreditAccount, PayerExistAccountLevelDiscountInherit, SecondaryDistributorSubClientExisted]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = AcceptOrganizationInvitationRequest::read(&call.args)?;
    let invitation = InvitationId(request.id);
    let command = members::AcceptInvitation { member: call.caller, invitation };
    once::command(app, call, Command::from(command), ERRORS).await?;
    Ok(Reply::empty())
}
