//! An admin ends its organization, once nobody is a member any more (O13).

use crate::actions::offered::{Answered, offered};
use crate::actions::once;
use crate::envelope::Reply;
use crate::published::organization_v20210331::DeleteOrganizationRequest;
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, members};

offered! {
    "DeleteOrganization": DeleteOrganizationRequest::PARAMS, Some(20), DeleteOrganization,
    [OrganizationNotEmpty, InvalidParameter, OrganizationNotExist, UnauthorizedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    DeleteOrganizationRequest::read(&call.args)?;
    let command = members::DeleteOrganization { admin: call.caller };
    once::command(app, call, Command::from(command), ERRORS).await?;
    Ok(Reply::empty())
}
