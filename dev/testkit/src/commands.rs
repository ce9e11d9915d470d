//! The plainest command of each kind, for tests to name only what they are about:
//! `PlaceOrder { park: true, ..commands::order(customer, "cvm", amount) }`. What is left out is absent, external, verified,
//! settled by the hour, bought, delivered at once, for every product, and without details.

use credere_core::book::{buying, catalogue, finance, members, metering, packs, parties, standing, vouchers};
use credere_core::channel::{
    AccountClass, DiscountScope, FreezeChange, FreezeTerms, NonStopChange, OrderKind, PartnerKind, ProductCode,
    Settlement, Tier, TopUpKind, Uin, Verification, VoucherMode, VoucherUsage,
};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Factor, Rate};
use credere_core::organization::{InvitationId, Permission, Permissions};

/// Opens an account under this number.
pub fn open(uin: Uin) -> parties::OpenAccount {
    let (class, verification, tier) = (AccountClass::External, Verification::Enterprise, Tier::None);
    parties::OpenAccount { uin: Some(uin), class, verification, tier, site: None, entity: None, followed: false }
}

/// Changes nothing of an account.
pub fn change_account(uin: Uin) -> parties::ChangeAccount {
    parties::ChangeAccount { uin, class: None, verification: None, tier: None, entity: None, followed: None }
}

/// Pays money in.
pub fn top_up(account: Uin, amount: Amount) -> finance::TopUp {
    finance::TopUp { account, amount, kind: TopUpKind::Cash }
}

/// Changes nothing of what an account may owe.
pub fn change_finance(account: Uin) -> finance::ChangeFinance {
    finance::ChangeFinance { account, credit_limit: None, overdue_amount: None }
}

/// Adds a card that is good for as long as anything.
pub fn add_card(account: Uin) -> finance::AddCard {
    let (last4, expires) = ("4242".parse().expect("they are four digits"), Month::from_number(u32::MAX));
    finance::AddCard { account, last4, expires }
}

/// Makes an account a partner with this quota, and as much of a spend line where its kind has one.
pub fn register(uin: Uin, kind: PartnerKind, quota: Amount) -> parties::RegisterPartner {
    parties::RegisterPartner {
        uin,
        kind,
        distributor: None,
        allocation_quota: quota,
        spend_line: None,
        voucher_quota: Amount::ZERO,
        allowlist: Vec::new(),
    }
}

/// Changes nothing of a partner.
pub fn change_partner(uin: Uin) -> parties::ChangePartner {
    parties::ChangePartner { uin, allocation_quota: None, spend_line: None, voucher_quota: None, allowlist: None }
}

/// Hands credit down to a customer, or takes it back.
pub fn allocate(customer: Uin, amount: Amount) -> parties::AllocateCredit {
    parties::AllocateCredit { customer, amount, remark: None }
}

/// Grants to a pool, or pulls from it.
pub fn pool(second_level: Uin, amount: Amount) -> parties::AllocatePool {
    parties::AllocatePool { second_level, amount, remark: None }
}

/// Adds a product that is called by its code.
pub fn add_product(code: &str) -> catalogue::AddProduct {
    catalogue::AddProduct {
        code: product(code),
        name: code.to_owned(),
        settlement: Settlement::Hourly,
        grace_hours: None,
        retention_days: None,
        freeze: FreezeTerms::default(),
        inheritable: true,
    }
}

/// Changes nothing of a product.
pub fn change_product(code: &str) -> catalogue::ChangeProduct {
    catalogue::ChangeProduct {
        code: product(code),
        name: None,
        settlement: None,
        grace_hours: None,
        retention_days: None,
        freeze: FreezeChange::default(),
        inheritable: None,
    }
}

/// Sets a discount of a partner, from now on and for good.
pub fn discount(scope: DiscountScope, partner: Uin, rate: Rate) -> catalogue::SetDiscount {
    catalogue::SetDiscount { scope, partner, product: None, rate, starts_at: None, ends_at: None }
}

/// Adds a pack that is over at a moment.
pub fn add_pack(account: Uin, code: &str, units: Factor, expires_at: Moment) -> packs::AddPack {
    packs::AddPack { account, product: product(code), units, expires_at }
}

/// Buys something that is delivered at once.
pub fn order(account: Uin, code: &str, amount: Amount) -> buying::PlaceOrder {
    buying::PlaceOrder {
        account,
        product: product(code),
        kind: OrderKind::Purchase,
        amount,
        capture: true,
        park: false,
        resource: None,
        details: NO_DETAILS.to_owned(),
    }
}

/// Holds an amount.
pub fn authorize(account: Uin, code: &str, amount: Amount) -> buying::Authorize {
    buying::Authorize { account, product: product(code), amount, expires_at: None }
}

/// Runs one unit of something under a name.
pub fn activate(account: Uin, name: &str, code: &str, unit_price: Amount) -> metering::ActivateResource {
    metering::ActivateResource {
        account,
        name: name.parse().expect("the names of resources in tests are names"),
        product: product(code),
        unit_price,
        quantity: Factor::ONE,
        details: NO_DETAILS.to_owned(),
    }
}

/// Something that was used by no resource that is named, from when until when.
pub fn usage(account: Uin, code: &str, amount: Amount, period: (Moment, Moment)) -> metering::SettleUsage {
    metering::SettleUsage {
        account,
        product: product(code),
        amount,
        units: None,
        period_start: period.0,
        period_end: period.1,
        resource: None,
        action: None,
        details: NO_DETAILS.to_owned(),
    }
}

/// A voucher for every product and way of paying, that pays from when until when.
pub fn voucher(
    kind: vouchers::NewVoucherKind,
    owner: Uin,
    amount: Amount,
    pays: (Moment, Moment),
) -> vouchers::IssueVoucher {
    vouchers::IssueVoucher {
        kind,
        owner,
        amount,
        usage: VoucherUsage::CustomerOffer,
        mode: VoucherMode::All,
        products: vouchers::NewVoucherProducts::All,
        effective_at: pays.0,
        expires_at: pays.1,
    }
}

/// Changes nothing of how a customer stands.
pub fn change_customer(customer: Uin) -> standing::ChangeCustomer {
    standing::ChangeCustomer {
        customer,
        non_stop: NonStopChange::default(),
        special_suspension: None,
        partner_warning: None,
        own_warning: None,
    }
}

/// Makes an organization.
pub fn create_organization(admin: Uin) -> members::CreateOrganization {
    members::CreateOrganization { admin }
}

/// Invites an account to an organization, whose admin pays where the permissions have that; it may not leave by itself.
pub fn invite(admin: Uin, member: Uin, permissions: Permissions) -> members::InviteMember {
    let payer = permissions.has(Permission::PayOnBehalf).then_some(admin);
    members::InviteMember { admin, member, permissions, payer, allow_quit: false, applied: None }
}

/// Opens an account for an organization, whose admin pays where the permissions have that.
pub fn create_member(admin: Uin, permissions: Permissions) -> members::CreateMember {
    let payer = permissions.has(Permission::PayOnBehalf).then_some(admin);
    members::CreateMember { admin, permissions, payer, relation: None }
}

/// Accepts an invitation.
pub fn accept(member: Uin, invitation: InvitationId) -> members::AcceptInvitation {
    members::AcceptInvitation { member, invitation }
}

/// Changes nothing of a member; its admin pays where somebody is to.
pub fn change_member(admin: Uin, member: Uin) -> members::ChangeMember {
    members::ChangeMember { admin, member, permissions: None, payer: Some(admin), allow_quit: None }
}

/// Takes a member out of its organization.
pub fn remove_member(admin: Uin, member: Uin) -> members::RemoveMembers {
    members::RemoveMembers { admin, members: vec![member] }
}

const NO_DETAILS: &str = "{}";

fn product(code: &str) -> ProductCode {
    code.parse().expect("the products of tests have codes")
}
