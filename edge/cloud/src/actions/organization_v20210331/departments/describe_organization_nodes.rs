//! An admin lists the departments of its organization: the root, in which all members are. No department has a tag.

use crate::actions::membership::{self, NO_NODE, ROOT_NAME, Slice, malformed, signed};
use crate::actions::offered::{Answered, offered};
use crate::envelope::Reply;
use crate::published::organization_v20210331::{
    DescribeOrganizationNodesRequest, DescribeOrganizationNodesResponse, OrgNode,
};
use crate::request::Call;
use credere_app::App;

offered! {
    "DescribeOrganizationNodes": DescribeOrganizationNodesRequest::PARAMS, Some(20), ReadOrganization,
    [InvalidParameter, OrganizationNotExist, UnauthorizedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeOrganizationNodesRequest::read(&call.args)?;
    let most = DescribeOrganizationNodesRequest::LIMIT_RANGE.end().unsigned_abs();
    let slice = Slice::whole_pages(request.offset, request.limit, most)?;
    let tags = request.tags.unwrap_or_default().len();
    if !DescribeOrganizationNodesRequest::TAGS_LENGTH.contains(&tags) {
        return Err(malformed("Tags", "must name at most 10 tags"));
    }
    let organization = membership::own_organization(app, call, ERRORS).await?.organization;
    let created_at = app.local_time(organization.created_at);
    let root = OrgNode {
        node_id: signed(organization.id.root().0)?,
        name: ROOT_NAME.to_owned(),
        parent_node_id: signed(NO_NODE)?,
        remark: String::new(),
        create_time: created_at.clone(),
        update_time: created_at,
        tags: Some(Vec::new()),
    };
    let found: Vec<OrgNode> = std::iter::once(root).filter(|_| tags == 0).collect();
    let total = signed(found.len() as u64)?;
    let items = found.into_iter().skip(slice.skip_in_memory()).take(slice.limit).collect();
    Reply::of(&DescribeOrganizationNodesResponse { total, items })
}
