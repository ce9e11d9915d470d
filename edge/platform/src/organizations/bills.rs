//! `GET /v1/organizations/{org_id}/bills/{month}`, and the same as CSV: what the months of an organization's members come to
//! (O98).

use super::{TAG, organization_in_path};
use crate::bills::month_in_path;
use crate::call::{Answer, At, Call, shown};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::{AccountNumber, Money};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use credere_app::bills::ConsolidatedView;
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use utoipa::{IntoParams, ToSchema};

/// Which members, each named by a parameter of its own.
#[derive(Debug)]
pub(crate) struct MembersQuery(Vec<AccountNumber>);

/// The only parameter.
const MEMBER: &str = "member_uin";

impl<'de> Deserialize<'de> for MembersQuery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<MembersQuery, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = MembersQuery;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("members")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MembersQuery, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if name == MEMBER {
                        members.push(map.next_value()?);
                    } else {
                        // Behind its name, so that it is this parameter that is blamed.
                        map.next_value_seed(Unknown(name))?;
                    }
                }
                Ok(MembersQuery(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A parameter that there is not.
struct Unknown(String);

impl<'de> DeserializeSeed<'de> for Unknown {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(D::Error::unknown_field(&self.0, &[MEMBER]))
    }
}

/// The same for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what is read by hand")]
struct MembersParams {
    /// A member; any number of them, and all members when none is named. Each must have permission 4.
    #[param(inline)]
    member_uin: Option<Vec<AccountNumber>>,
}

/// What a member's month comes to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberBill, example = json!({ "uin": 100_000_000_777_u64, "self": "12.00", "on_behalf": "40.00" }))]
struct MemberBody {
    uin: AccountNumber,
    /// What it pays itself.
    #[serde(rename = "self")]
    own: Money,
    /// What the organization's admin pays on its behalf.
    on_behalf: Money,
}

/// The bills of some members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsolidatedBills, example = json!({
    "month": "2026-01", "members": [{ "uin": 100_000_000_777_u64, "self": "12.00", "on_behalf": "40.00" }],
    "total": "52.00"
}))]
struct ConsolidatedBody {
    month: String,
    /// As they were named, each once; when none was, all of them, the oldest first.
    members: Vec<MemberBody>,
    /// All of it.
    total: Money,
}

/// Puts the bills of an organization's members together.
///
/// A report for its admin, which changes nobody's debt (O98): of each member what it pays itself and what the admin pays on its
/// behalf.
#[utoipa::path(
    get,
    path = "/v1/organizations/{org_id}/bills/{month}",
    tag = TAG,
    params(
        ("org_id" = u64, Path, description = "The organization's number"),
        ("month" = inline(crate::described::MonthText), Path, description = "Such as `2026-10`; not one that has not begun"),
        MembersParams,
    ),
    responses(
        (status = 200, description = "The report", body = ConsolidatedBody),
        (status = 400, description = "`invalid_value` about `month` or `member_uin`"),
        (status = 404, description = "`organization_not_found`, `member_not_found`"),
        (status = 422, description = "`permission_missing`: a member has not permission 4 (O49)"),
    )
)]
pub(crate) async fn consolidate_bills(
    call: Call,
    At((id, month)): At<(String, String)>,
    Query(query): Query<MembersQuery>,
) -> Answer {
    let id = organization_in_path(&id)?;
    let (month, as_csv) = match month.strip_suffix(".csv") {
        Some(month) => (month, true),
        None => (month.as_str(), false),
    };
    let month = month_in_path(&call, month).await?;
    let named = query.0.into_iter().map(|member| member.0).collect();
    let view = call.app().consolidated_bills(call.caller, id, month, named).await?;
    if as_csv {
        return csv(&call, &view, id.0);
    }
    let member = |one: &credere_app::bills::MemberBill| MemberBody {
        uin: AccountNumber(one.member),
        own: Money(one.own),
        on_behalf: Money(one.on_behalf),
    };
    let members = view.members.iter().map(member).collect();
    shown(&ConsolidatedBody { month: view.month.to_string(), members, total: Money(view.total) })
}

/// Downloads the bills of an organization's members together as CSV.
///
/// One member a row, under a row of names; amounts are plain decimals.
#[utoipa::path(
    get,
    path = "/v1/organizations/{org_id}/bills/{month}.csv",
    tag = TAG,
    params(
        ("org_id" = u64, Path, description = "The organization's number"),
        ("month" = inline(crate::described::MonthText), Path, description = "Such as `2026-10`; not one that has not begun"),
        MembersParams,
    ),
    responses(
        (status = 200, description = "The report", body = String, content_type = "text/csv"),
        (status = 404, description = "`organization_not_found`, `member_not_found`"),
        (status = 422, description = "`permission_missing`: a member has not permission 4 (O49)"),
    )
)]
#[expect(dead_code, reason = "describes the file; the report's own route serves it")]
pub(super) fn consolidated_bills_as_csv() {}

/// The file that [`consolidated_bills_as_csv`] describes. What is in it is all written by this server.
fn csv(call: &Call, view: &ConsolidatedView, organization: u64) -> Answer {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| {
        tracing::error!(%error, "a report cannot be written");
        Problem::internal()
    };
    writer.write_record(["month", "member_uin", "self", "on_behalf", "currency"]).map_err(failed)?;
    for one in &view.members {
        let (uin, own, on_behalf) = (one.member.to_string(), one.own.to_string(), one.on_behalf.to_string());
        let row = [&*view.month.to_string(), &uin, &own, &on_behalf, call.app().currency()];
        writer.write_record(row).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|_| Problem::internal())?;
    let mut response = Body::from(bytes).into_response();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    let name = format!("attachment; filename=\"organization-{organization}-{}.csv\"", view.month);
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
