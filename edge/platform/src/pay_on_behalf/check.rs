//! `POST /v1/pay-on-behalf/check`: whether an account may pay on behalf of another, or end that, and everything that is in the
//! way.

use super::TAG;
use crate::accounts::SiteName;
use crate::body::Question;
use crate::call::{Answer, shown};
use crate::problem::Problem;
use crate::wire::AccountNumber;
use credere_app::payers::Asked;
use credere_core::book::Pair;
use credere_core::organization::{Failure, Permission, Permissions, Row, Verdict};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Whether the conditions for entering or those for leaving are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckDirection)]
enum Direction {
    /// The admin begins to pay for the member.
    Enable,
    /// It ceases to.
    Disable,
}

/// Who would pay for whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayOnBehalfQuestion, example = json!({
    "admin_uin": 100_000_000_001_u64, "member_uin": 100_000_000_002_u64, "direction": "enable"
}))]
pub(crate) struct QuestionBody {
    /// The organization's admin, or the account that would be.
    admin_uin: AccountNumber,
    /// Its member, or the account that would be.
    member_uin: AccountNumber,
    direction: Direction,
    /// What the admin is to be allowed, 1 to 10: 1 sees bills, 2 the balance, 6 passes its offers on, 7 pays on behalf.
    /// `[1, 2, 7]` where absent. Leaving does not ask for it.
    #[schema(value_type = Option<Vec<crate::described::PermissionNumber>>, max_items = 10)]
    permission_ids: Option<Vec<u64>>,
    /// Who is to pay; the admin where absent, and nobody where `null`. Leaving does not ask for it.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<AccountNumber>)]
    pay_uin: Option<Option<AccountNumber>>,
    /// On which site; no condition asks for it.
    #[serde(rename = "site")]
    _site: Option<SiteName>,
}

/// Tells what is left out from what is `null`.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<AccountNumber>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What every condition comes to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayOnBehalfCheck, example = json!({
    "allowed": false,
    "checks": [{
        "rule": "O57", "subject": "member", "applies": true, "passed": false,
        "code": "UnsupportedOperation.MemberAccountArrears", "detail": "available -0.01"
    }]
}))]
pub(crate) struct CheckBody {
    /// Whether all of them hold.
    allowed: bool,
    /// Every condition, also behind one that does not hold. The first that does not is what the Cloud API says.
    checks: Vec<ConditionBody>,
}

/// A condition, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayOnBehalfCondition)]
pub(crate) struct ConditionBody {
    /// Which rule it is.
    #[schema(example = "O57")]
    rule: String,
    /// Whom it is about: `member` or `payer`.
    subject: &'static str,
    /// Whether it has a place here; where it has none it is passed, and `detail` says why.
    applies: bool,
    passed: bool,
    /// The Cloud API's code for it; `null` unless it failed.
    code: Option<&'static str>,
    /// What was looked at.
    detail: String,
}

impl From<Row> for ConditionBody {
    fn from(row: Row) -> ConditionBody {
        ConditionBody {
            rule: row.condition.to_string(),
            subject: row.subject.name(),
            applies: row.applies,
            passed: row.failure.is_none(),
            code: row.failure.map(Failure::code),
            detail: row.detail.into_owned(),
        }
    }
}

impl From<Verdict> for CheckBody {
    fn from(verdict: Verdict) -> CheckBody {
        CheckBody { allowed: verdict.allowed(), checks: verdict.rows.into_iter().map(ConditionBody::from).collect() }
    }
}

impl QuestionBody {
    fn asked(&self) -> Result<Asked, Problem> {
        let ids = self.permission_ids.as_deref().unwrap_or(&[1, 2, 7]);
        if ids.len() > Permission::ALL.len() {
            return Err(Problem::invalid("permission_ids", "there are no more than 10 permissions"));
        }
        let read = |(at, id): (usize, &u64)| {
            let unknown = || format!("`{id}` is no permission: they are 1 to 10");
            Permission::from_id(*id).ok_or_else(|| Problem::invalid(format!("permission_ids[{at}]"), unknown()))
        };
        let permissions = ids.iter().enumerate().map(read).collect::<Result<Permissions, Problem>>()?;
        let payer = self.pay_uin.unwrap_or(Some(self.admin_uin)).map(|number| number.0);
        Ok(match self.direction {
            Direction::Enable => Asked::Joining(permissions, payer),
            Direction::Disable => Asked::Leaving,
        })
    }
}

/// Checks whether an account may pay on behalf of another.
///
/// Judges every condition for entering (`enable`) or for leaving (`disable`) on both accounts as they stand, whether or not there
/// is an organization, and tells all of them. It changes nothing, so a key that only reads may ask, and no answer is kept; the
/// same conditions are judged again, together with the change, when an account joins or leaves.
#[utoipa::path(
    post,
    path = "/v1/pay-on-behalf/check",
    tag = TAG,
    request_body = QuestionBody,
    responses(
        (status = 200, description = "Every condition", body = CheckBody),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn check_pay_on_behalf(Question { call, value }: Question<QuestionBody>) -> Answer {
    let asked = value.asked()?;
    let pair = Pair { admin: value.admin_uin.0, member: value.member_uin.0 };
    let verdict = call.app().check_pay_on_behalf(call.caller, pair, asked).await?;
    shown(&CheckBody::from(verdict))
}
