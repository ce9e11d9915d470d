//! The access matrix, judged cell by cell and printed whole. The printed one is a snapshot: whoever changes a permission
//! sees what else that changed. What must never be otherwise stands below it by hand.

use credere_core::access::{Action, Denial, Reach, Relation, Role, judge};
use credere_core::channel::PartnerKind;
use std::fmt::Write;

const SELLERS: [Role; 3] = [
    Role::Partner(PartnerKind::Reseller),
    Role::Partner(PartnerKind::Distributor),
    Role::Partner(PartnerKind::SecondLevelReseller),
];
const AGENT: Role = Role::Partner(PartnerKind::Agent);

/// Every relation, and none for actions that have no account to act on.
fn relations() -> impl Iterator<Item = Option<Relation>> {
    Relation::ALL.into_iter().map(Some).chain([None])
}

/// Whether the role may do it to anybody at all.
fn ever(action: Action, role: Role) -> bool {
    relations().any(|relation| judge(action, role, relation).is_ok())
}

fn allowed(action: Action, role: Role) -> Vec<Relation> {
    Relation::ALL.into_iter().filter(|relation| judge(action, role, Some(*relation)).is_ok()).collect()
}

/// One line a role: to whom it may, or why not at all.
fn cell(action: Action, role: Role) -> String {
    let verdicts: Vec<_> = relations().map(|relation| judge(action, role, relation)).collect();
    if verdicts.iter().all(Result::is_ok) {
        return "anybody".to_owned();
    }
    if let Some(Err(denial)) = verdicts.first().filter(|first| verdicts.iter().all(|other| other == *first)) {
        return format!("no: {denial:?}");
    }
    let mut text: Vec<String> = allowed(action, role).iter().map(|relation| format!("{relation:?}")).collect();
    if judge(action, role, None).is_ok() {
        text.push("(nobody in particular)".to_owned());
    }
    text.join(", ")
}

#[test]
fn the_matrix() {
    let mut printed = String::new();
    for action in Action::ALL {
        let writes = if action.permission().writes { "writes" } else { "reads" };
        writeln!(printed, "{} ({writes})", action.name()).expect("a string takes text");
        for role in Role::ALL {
            writeln!(printed, "    {:<22}{}", role.name(), cell(action, role)).expect("a string takes text");
        }
    }
    insta::assert_snapshot!(printed);
}

#[test]
fn the_lists_are_whole_and_names_are_unique() {
    let mut actions: Vec<&str> = Action::ALL.iter().map(|action| action.name()).collect();
    let mut roles: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
    let (action_count, role_count) = (actions.len(), roles.len());
    actions.sort_unstable();
    actions.dedup();
    roles.sort_unstable();
    roles.dedup();
    assert_eq!((actions.len(), roles.len()), (action_count, role_count));
    assert_eq!(role_count, 6 + PartnerKind::ALL.len());
}

#[test]
fn only_a_managing_partner_and_the_platform_allocate() {
    for role in Role::ALL {
        let to_whom = allowed(Action::AllocateCredit, role);
        match role {
            Role::Platform => assert_eq!(to_whom, Relation::ALL),
            seller if SELLERS.contains(&seller) => assert_eq!(to_whom, [Relation::DirectCustomer]),
            _ => assert_eq!(to_whom, [], "{}", role.name()),
        }
    }
    for relation in relations() {
        assert_eq!(judge(Action::AllocateCredit, Role::Customer, relation), Err(Denial::WrongRole));
    }
}

#[test]
fn only_a_distributor_feeds_pools_and_only_those_below_it() {
    for role in Role::ALL {
        let to_whom = allowed(Action::AllocatePool, role);
        match role {
            Role::Platform => assert_eq!(to_whom, Relation::ALL),
            Role::Partner(PartnerKind::Distributor) => assert_eq!(to_whom, [Relation::SecondLevel]),
            _ => assert_eq!(to_whom, [], "{}", role.name()),
        }
    }
}

#[test]
fn a_receipt_is_confirmed_by_whoever_was_paid() {
    for role in Role::ALL {
        let to_whom = allowed(Action::ConfirmReceipt, role);
        match role {
            Role::Platform => assert_eq!(to_whom, Relation::ALL),
            seller if SELLERS.contains(&seller) => {
                assert_eq!(to_whom, [Relation::DirectCustomer, Relation::FormerCustomer]);
            }
            _ => assert_eq!(to_whom, [], "{}", role.name()),
        }
    }
}

/// What whoever has an account may do about its own organization.
fn organizations() -> Vec<Action> {
    let (_, actions) = Action::AREAS.iter().find(|(area, _)| *area == "Organizations").expect("there is the area");
    actions.iter().copied().filter(|action| !action.permission().roles.is_empty()).collect()
}

/// What whoever has an account may do about what it buys and pays itself, or somebody else pays for it.
const OWN_ACCOUNT: [Action; 4] =
    [Action::PayOrder, Action::ReadOwnOrders, Action::ReadAccountBills, Action::ReadOwnBalance];

/// All that a role may ever do, but for these.
fn open_to(role: Role) -> Vec<Action> {
    let mut besides = organizations();
    besides.extend(OWN_ACCOUNT);
    Action::ALL.into_iter().filter(|action| ever(*action, role) && !besides.contains(action)).collect()
}

#[test]
fn whoever_has_an_account_pays_and_sees_what_is_its_own() {
    for (action, role) in OWN_ACCOUNT.into_iter().flat_map(|action| Role::ALL.map(|role| (action, role))) {
        let to_whom = allowed(action, role);
        match role {
            Role::Platform => assert_eq!(to_whom, Relation::ALL),
            Role::PlatformRead => assert_eq!(to_whom.is_empty(), action == Action::PayOrder),
            Role::System => assert_eq!(to_whom, []),
            _ => assert_eq!(to_whom, [Relation::Own], "{} {}", action.name(), role.name()),
        }
    }
}

#[test]
fn whoever_has_an_account_has_to_do_with_its_own_organization_only() {
    let platform_only = [Action::ChangeOrganization, Action::ReadOrganizations];
    assert!(!organizations().iter().any(|action| platform_only.contains(action)));
    for (action, role) in organizations().into_iter().flat_map(|action| Role::ALL.map(|role| (action, role))) {
        let to_whom = allowed(action, role);
        match role {
            Role::Platform => assert_eq!(to_whom, Relation::ALL),
            Role::PlatformRead => assert_eq!(to_whom.is_empty(), action != Action::ReadOrganization),
            Role::System => assert_eq!(to_whom, []),
            _ => assert_eq!(to_whom, [Relation::Own], "{} {}", action.name(), role.name()),
        }
    }
}

#[test]
fn an_agent_has_no_part_in_credit() {
    let open_to_agents = open_to(AGENT);
    assert_eq!(open_to_agents, [Action::ReadCountryCodes]);
}

#[test]
fn a_customer_sees_its_own_credit_and_changes_nothing() {
    let open = open_to(Role::Customer);
    let own = [Action::ReadOwnCredit, Action::ReadOwnVouchers, Action::ReadOwnBills];
    assert_eq!(open, [Action::ReadOwnCredit, Action::ReadCountryCodes, Action::ReadOwnVouchers, Action::ReadOwnBills]);
    for action in own {
        assert_eq!(allowed(action, Role::Customer), [Relation::Own]);
    }
}

#[test]
fn a_former_customer_sees_its_own_bills_and_vouchers_and_no_credit() {
    let open = open_to(Role::FormerCustomer);
    assert_eq!(open, [Action::ReadCountryCodes, Action::ReadOwnVouchers, Action::ReadOwnBills]);
    for action in [Action::ReadOwnVouchers, Action::ReadOwnBills] {
        assert_eq!(allowed(action, Role::FormerCustomer), [Relation::Own]);
    }
    assert_eq!(judge(Action::ReadOwnBills, Role::Unaffiliated, Some(Relation::Own)), Err(Denial::WrongRole));
}

#[test]
fn a_key_for_reading_never_writes() {
    for action in Action::ALL {
        let permission = action.permission();
        for relation in relations() {
            let verdict = judge(action, Role::PlatformRead, relation);
            match (permission.platform, permission.writes) {
                (true, true) => assert_eq!(verdict, Err(Denial::ReadOnlyKey), "{}", action.name()),
                (true, false) => assert_eq!(verdict, Ok(()), "{}", action.name()),
                (false, _) => assert_eq!(verdict, Err(Denial::WrongRole), "{}", action.name()),
            }
        }
    }
}

/// What falls due by itself, in the order of the matrix.
const DUTIES: [Action; 8] = [
    Action::ReturnShare,
    Action::Expire,
    Action::ResumeResource,
    Action::SuspendResource,
    Action::DeleteResource,
    Action::ExpireVoucher,
    Action::IssueBills,
    Action::ReviewCustomer,
];

#[test]
fn the_platform_does_everything_but_what_only_time_and_the_folder_do() {
    let closed: Vec<Action> = Action::ALL.into_iter().filter(|action| !ever(*action, Role::Platform)).collect();
    assert_eq!(closed, [DUTIES.as_slice(), &[Action::ResetPlatformKey, Action::AcceptLoss]].concat());
}

#[test]
fn credere_itself_only_lets_time_pass_makes_keys_and_goes_on_after_a_loss() {
    let (taken_back, open): (Vec<Action>, Vec<Action>) =
        Action::ALL.into_iter().filter(|action| ever(*action, Role::System)).partition(|action| {
            matches!(action, Action::RevokeCredential | Action::RevokePlatformKey | Action::RemoveWebhook)
        });
    assert_eq!(taken_back.len(), 3);
    let keys = [Action::IssuePlatformKey, Action::ResetPlatformKey];
    let starts = [Action::AdvanceClock, Action::AcceptClock, Action::AcceptLoss];
    assert_eq!(open, [DUTIES.as_slice(), &keys, &starts].concat());
}

#[test]
fn no_account_reaches_a_stranger_a_sibling_or_its_parent() {
    let away = [Relation::Stranger, Relation::Sibling, Relation::Parent];
    for action in Action::ALL {
        if action.permission().reach == Reach::Anything {
            assert!(!action.permission().writes, "{} shows and changes nothing of anybody's", action.name());
            continue;
        }
        for role in Role::ALL {
            let account = matches!(role, Role::Partner(_) | Role::Customer | Role::FormerCustomer | Role::Unaffiliated);
            for relation in away {
                let verdict = judge(action, role, Some(relation));
                assert!(!account || verdict.is_err(), "{} by {} to {relation:?}", action.name(), role.name());
            }
        }
    }
}

#[test]
fn a_wrong_role_is_told_before_a_wrong_account() {
    let second_level = Role::Partner(PartnerKind::SecondLevelReseller);
    assert_eq!(judge(Action::AllocatePool, second_level, Some(Relation::Stranger)), Err(Denial::WrongRole));
    assert_eq!(judge(Action::AllocateCredit, second_level, Some(Relation::Stranger)), Err(Denial::NotYours));
}

#[test]
fn accounts_only_hand_credit_down_confirm_receipts_and_suspend() {
    let organizations = organizations();
    let by_accounts: Vec<&str> = Action::ALL
        .into_iter()
        .filter(|action| action.permission().writes && !action.permission().roles.is_empty())
        .filter(|action| !organizations.contains(action))
        .map(Action::name)
        .collect();
    let money =
        ["allocate_pool", "note_customer", "allocate_credit", "pay_order", "confirm_receipt", "force_suspension"];
    assert_eq!(by_accounts, money);
}
