//! What the actions of both versions about organizations share: names and notes of members, permissions by their numbers, pages
//! by offset, whose organization it is, and the words in which published answers show all this. What is wrong with a request
//! alone is refused here, before the caller is looked at.

use super::errors;
use super::offered::caller;
use crate::error::{CloudError, ErrorCode, quoted};
use crate::request::Call;
use credere_app::members::{MemberLabel, OrganizationView};
use credere_app::parties::Profile;
use credere_app::{App, Done, Failure};
use credere_core::book::members::{InviteMember, Reason};
use credere_core::channel::{Uin, is_plain};
use credere_core::organization::{NodeId, OrganizationId, Permission, Permissions};

/// Characters in a member's name at most (O33).
const MEMBER_NAME_MAX: usize = 25;
/// What a member's name may hold besides letters and digits (O33).
const NAME_SIGNS: &str = "+@&._[]-:,";
/// Characters in a note on a member at most (O42).
const MEMBER_REMARK_MAX: usize = 40;
/// Entries on a page when the caller does not say (O20).
pub(super) const LIMIT_DEFAULT: u64 = 10;

/// The only type of organization that is published.
pub(super) const ORGANIZATION_TYPE: u64 = 1;
/// What the department above all others is called.
pub(super) const ROOT_NAME: &str = "Root";
/// What stands in place of the department above the root.
pub(super) const NO_NODE: u64 = 0;

/// A parameter has a value that is not permitted; it has this code in all that is published about organizations.
pub(super) fn malformed(parameter: &str, why: &str) -> CloudError {
    CloudError::new(ErrorCode::InvalidParameter, format!("the parameter {} {why}", quoted(parameter)))
}

/// A member's name.
///
/// # Errors
/// `InvalidParameter` when it is empty, too long, or holds other signs.
pub(super) fn name(text: String) -> Result<String, CloudError> {
    name_in("Name", text)
}

/// The name in this parameter, which holds what a member's may.
///
/// # Errors
/// As there.
pub(super) fn name_in(parameter: &str, text: String) -> Result<String, CloudError> {
    if text.is_empty() || text.chars().nth(MEMBER_NAME_MAX).is_some() {
        return Err(malformed(parameter, &format!("must have 1 to {MEMBER_NAME_MAX} characters")));
    }
    if text.chars().all(|sign| sign.is_ascii_alphanumeric() || NAME_SIGNS.contains(sign)) {
        Ok(text)
    } else {
        Err(malformed(parameter, &format!("may hold letters, digits and `{NAME_SIGNS}`")))
    }
}

/// A note on a member; an empty one is none.
///
/// # Errors
/// `InvalidParameter` when it is too long, or holds a control character.
pub(super) fn remark(text: String) -> Result<Option<String>, CloudError> {
    if text.chars().nth(MEMBER_REMARK_MAX).is_some() {
        return Err(malformed("Remark", &format!("must have at most {MEMBER_REMARK_MAX} characters")));
    }
    if is_plain(&text) {
        Ok(Some(text).filter(|text| !text.is_empty()))
    } else {
        Err(malformed("Remark", "must not hold a control character"))
    }
}

/// Permissions by their numbers, in any order and also twice.
///
/// # Errors
/// `OrganizationPermissionIllegal` when 1 or 2 is missing, and for numbers that are none (O49).
pub(super) fn permissions(ids: &[u64]) -> Result<Permissions, CloudError> {
    let illegal = |message| CloudError::new(ErrorCode::OrganizationPermissionIllegal, message);
    let known: Option<Permissions> = ids.iter().map(|id| Permission::from_id(*id)).collect();
    let known = known.ok_or_else(|| illegal("permissions have the numbers 1 to 10"))?;
    if Permissions::ALWAYS.into_iter().all(|one| known.has(one)) {
        Ok(known)
    } else {
        Err(illegal("the permissions 1 and 2 are always required"))
    }
}

/// Who is to pay, where that is said: the admin, which is the caller, or where the deployment lets them the admin of the member's
/// entity (O59).
///
/// # Errors
/// `PayUinIllegal` for anybody else.
pub(super) fn payer(app: &App, call: &Call, text: Option<&str>) -> Result<Option<Uin>, CloudError> {
    let others = app.engine().rules().check.entity_admin_pays;
    match text.filter(|text| !text.is_empty()).map(str::parse) {
        None => Ok(None),
        Some(Ok(uin)) if uin == call.caller || others => Ok(Some(uin)),
        Some(_) => Err(illegal_payer()),
    }
}

/// Nobody is named as payer, or nobody that may be.
pub(super) fn illegal_payer() -> CloudError {
    CloudError::new(ErrorCode::PayUinIllegal, "only the organization's admin pays, and it must be named as `PayUin`")
}

/// Which entries of a list are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    /// Entries before them.
    pub(super) skip: u64,
    /// Entries at most.
    pub(super) limit: usize,
}

impl Slice {
    /// Reads how many entries are skipped, and how many come at most: 1 to `max`.
    ///
    /// # Errors
    /// `InvalidParameter` when either is out of its range.
    pub(super) fn read(offset: impl TryInto<u64>, limit: impl TryInto<u64>, max: u64) -> Result<Slice, CloudError> {
        let offset = offset.try_into().map_err(|_| malformed("Offset", "must be 0 or more"))?;
        let limit = limit.try_into().ok().filter(|limit| (1..=max).contains(limit));
        let limit = limit.ok_or_else(|| malformed("Limit", &format!("must be 1 to {max}")))?;
        // No list is so long that an offset cut off here would show anything.
        let skip = offset.min(i64::MAX.unsigned_abs());
        Ok(Slice { skip, limit: usize::try_from(limit).map_err(CloudError::internal)? })
    }

    /// The same, where what is skipped must be whole pages.
    ///
    /// # Errors
    /// As there, and for an offset that is no multiple of the limit (O20).
    pub(super) fn whole_pages(
        offset: impl TryInto<u64>,
        limit: impl TryInto<u64>,
        max: u64,
    ) -> Result<Slice, CloudError> {
        let slice = Slice::read(offset, limit, max)?;
        if slice.skip.is_multiple_of(slice.limit as u64) {
            Ok(slice)
        } else {
            Err(malformed("Offset", "must be a multiple of `Limit`"))
        }
    }

    /// Entries before them, in a list that is in memory.
    pub(super) fn skip_in_memory(self) -> usize {
        usize::try_from(self.skip).unwrap_or(usize::MAX)
    }
}

/// The organization that the caller is in, as its admin or as a member.
///
/// # Errors
/// `OrganizationNotExist` when it is in none.
pub(super) async fn organization(
    app: &App,
    call: &Call,
    listed: &'static [ErrorCode],
) -> Result<OrganizationView, CloudError> {
    app.organization_of(caller(call), call.caller).await.map_err(errors::of(listed))
}

/// The organization that the caller is the admin of.
///
/// # Errors
/// `OrganizationNotExist` when it is in none, `UnauthorizedOperation` when it is only a member.
pub(super) async fn own_organization(
    app: &App,
    call: &Call,
    listed: &'static [ErrorCode],
) -> Result<OrganizationView, CloudError> {
    let view = organization(app, call, listed).await?;
    if view.organization.admin == call.caller {
        Ok(view)
    } else {
        Err(errors::of(listed)(Failure::refused(Reason::NotTheAdmin(call.caller).into())))
    }
}

/// What the directory knows of an account.
///
/// # Errors
/// The code of a failure.
pub(super) async fn profile(app: &App, account: Uin, listed: &'static [ErrorCode]) -> Result<Profile, CloudError> {
    let found = app.profiles(vec![account]).await.map_err(errors::of(listed))?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// The department with this number, which is the root: there are no others.
///
/// # Errors
/// `OrganizationNodeNotExist` for any other.
pub(super) fn node(organization: OrganizationId, number: impl TryInto<u64>) -> Result<NodeId, CloudError> {
    let root = organization.root();
    if number.try_into().ok() == Some(root.0) {
        Ok(root)
    } else {
        Err(CloudError::new(ErrorCode::OrganizationNodeNotExist, "the organization has no such department"))
    }
}

/// The account that a request names is not a member: no account can have such a number.
pub(super) fn no_member(listed: &[ErrorCode]) -> CloudError {
    let fitting = [ErrorCode::OrganizationMemberNotExist, ErrorCode::MemberNotExist];
    let code = fitting.into_iter().find(|code| listed.contains(code)).unwrap_or(ErrorCode::InvalidParameter);
    CloudError::new(code, "the account is not a member of the organization")
}

/// What is asked of an account that is invited.
pub(super) struct Invited {
    /// What the admin is to be allowed to do for it.
    pub(super) permissions: Permissions,
    /// Who is to pay, where it is said.
    pub(super) payer: Option<Uin>,
    /// Whether it may leave by itself.
    pub(super) allow_quit: bool,
    /// What its entity is called, where it is applied for trust in it.
    pub(super) applied: Option<String>,
    /// What the admin calls it.
    pub(super) label: MemberLabel,
}

/// Invites an account, in the name of the caller.
///
/// # Errors
/// [`Failure`]
pub(super) async fn invite(app: &App, call: &Call, member: Uin, invited: Invited) -> Result<Done, Failure> {
    let Invited { permissions, payer, allow_quit, applied, label } = invited;
    let asked = InviteMember { admin: call.caller, member, permissions, payer, allow_quit, applied };
    app.invite_member(caller(call), super::once::key(call), asked, label).await
}

/// A number where a signed one is published.
pub(super) fn signed(number: u64) -> Result<i64, CloudError> {
    i64::try_from(number).map_err(CloudError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T: std::fmt::Debug>(result: Result<T, CloudError>) -> ErrorCode {
        result.unwrap_err().code()
    }

    #[test]
    fn names_hold_letters_digits_and_some_signs() {
        for text in ["a", "Team-1:[x]_&.,+@", &"x".repeat(25)] {
            assert_eq!(name(text.to_owned()).unwrap(), text);
        }
        for text in ["", "two words", "tab\t", "é", "a/b", &"x".repeat(26)] {
            assert_eq!(code(name(text.to_owned())), ErrorCode::InvalidParameter, "{text}");
        }
    }

    #[test]
    fn notes_stand_in_one_line() {
        assert_eq!(remark("é".repeat(40)).unwrap(), Some("é".repeat(40)));
        assert_eq!(remark(String::new()).unwrap(), None);
        for text in ["x".repeat(41), "a\nb".to_owned()] {
            assert_eq!(code(remark(text)), ErrorCode::InvalidParameter);
        }
    }

    #[test]
    fn permissions_need_1_and_2() {
        assert_eq!(permissions(&[7, 2, 1, 1]).unwrap().to_string(), "[1, 2, 7]");
        for ids in [&[][..], &[1], &[2, 7], &[1, 2, 0], &[1, 2, 11]] {
            assert_eq!(code(permissions(ids)), ErrorCode::OrganizationPermissionIllegal, "{ids:?}");
        }
    }

    #[test]
    fn what_is_skipped_may_have_to_be_whole_pages() {
        assert_eq!(Slice::read(3_u64, 2_u64, 50).unwrap(), Slice { skip: 3, limit: 2 });
        assert_eq!(Slice::whole_pages(100_i64, 50_i64, 50).unwrap(), Slice { skip: 100, limit: 50 });
        for (offset, limit) in [(3_i64, 2_i64), (0, 0), (0, 51), (-1, 1), (0, -1), (1, 50)] {
            assert_eq!(code(Slice::whole_pages(offset, limit, 50)), ErrorCode::InvalidParameter, "{offset}");
        }
    }

    #[test]
    fn there_is_no_department_but_the_root() {
        assert_eq!(node(OrganizationId(7), 7_i64).unwrap(), NodeId(7));
        for number in [-7, 0, 8] {
            assert_eq!(code(node(OrganizationId(7), number)), ErrorCode::OrganizationNodeNotExist);
        }
    }
}
