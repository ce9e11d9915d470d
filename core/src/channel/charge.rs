//! What a bill line says: who is charged for what, in which month, at which price, and which vouchers paid a part. A
//! charge is made once and never changes; corrections are charges of their own (R94).

use super::voucher::VoucherUse;
use super::{Price, Uin};
use crate::ledger::{Moment, Month};
use crate::money::{Amount, Overflow};
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};

/// How a purchase is paid: before use or after it (R81).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered)]
#[repr(u8)]
pub enum PayMode {
    /// Paid before use.
    PrePay = 1,
    /// Paid after use.
    PostPay = 2,
}

impl PayMode {
    /// Both.
    pub const ALL: [PayMode; 2] = [PayMode::PrePay, PayMode::PostPay];

    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            PayMode::PrePay => "prePay",
            PayMode::PostPay => "postPay",
        }
    }

    /// The mode with this published name.
    pub fn from_name(name: &str) -> Option<PayMode> {
        PayMode::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// What a line is for (R81). Stored: new ones go to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered)]
#[repr(u8)]
pub enum ActionType {
    /// A prepaid purchase.
    PrepayPurchase = 1,
    /// A prepaid renewal.
    PrepayRenew = 2,
    /// A prepaid upgrade, or a downgrade with a negative amount (R82).
    PrepayModify = 3,
    /// A refund of a prepaid order; lowers the cost.
    PrepayReturn = 4,
    /// Usage, whatever its settlement period.
    PostpayDeduct = 5,
    /// Usage settled by the hour.
    PostpayDeductH = 6,
    /// Usage settled by the day.
    PostpayDeductD = 7,
    /// Usage settled by the month.
    PostpayDeductM = 8,
    /// Spot usage.
    PostpayDeductS = 9,
    /// A charge made outside the platform.
    OfflineDeduct = 10,
    /// A charge made by hand.
    OnlineDeduct = 11,
    /// A correction that raises the cost.
    ReconDeduct = 12,
    /// A compensation; lowers the cost.
    ReconIncrease = 13,
    /// The rest to an agreed minimum spend.
    ReconGuarantee = 14,
    /// The one-off price of a reserved instance.
    RipayPurchase = 15,
    /// The hourly price of a reserved instance.
    RiHourPay = 16,
    /// The hourly price of a savings plan.
    SvpHourPay = 17,
}

impl ActionType {
    /// Every type.
    pub const ALL: [ActionType; 17] = [
        ActionType::PrepayPurchase,
        ActionType::PrepayRenew,
        ActionType::PrepayModify,
        ActionType::PrepayReturn,
        ActionType::PostpayDeduct,
        ActionType::PostpayDeductH,
        ActionType::PostpayDeductD,
        ActionType::PostpayDeductM,
        ActionType::PostpayDeductS,
        ActionType::OfflineDeduct,
        ActionType::OnlineDeduct,
        ActionType::ReconDeduct,
        ActionType::ReconIncrease,
        ActionType::ReconGuarantee,
        ActionType::RipayPurchase,
        ActionType::RiHourPay,
        ActionType::SvpHourPay,
    ];

    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            ActionType::PrepayPurchase => "prepay_purchase",
            ActionType::PrepayRenew => "prepay_renew",
            ActionType::PrepayModify => "prepay_modify",
            ActionType::PrepayReturn => "prepay_return",
            ActionType::PostpayDeduct => "postpay_deduct",
            ActionType::PostpayDeductH => "postpay_deduct_h",
            ActionType::PostpayDeductD => "postpay_deduct_d",
            ActionType::PostpayDeductM => "postpay_deduct_m",
            ActionType::PostpayDeductS => "postpay_deduct_s",
            ActionType::OfflineDeduct => "offline_deduct",
            ActionType::OnlineDeduct => "online_deduct",
            ActionType::ReconDeduct => "recon_deduct",
            ActionType::ReconIncrease => "recon_increase",
            ActionType::ReconGuarantee => "recon_guarantee",
            ActionType::RipayPurchase => "ripay_purchase",
            ActionType::RiHourPay => "ri_hour_pay",
            ActionType::SvpHourPay => "svp_hour_pay",
        }
    }

    /// The further names that R81 has for some.
    pub const ALIASES: [(&'static str, ActionType); 8] = [
        ("prePurchase", ActionType::PrepayPurchase),
        ("pre_purchase", ActionType::PrepayPurchase),
        ("preRenew", ActionType::PrepayRenew),
        ("pre_renew", ActionType::PrepayRenew),
        ("preUpgrade", ActionType::PrepayModify),
        ("preDowngrade", ActionType::PrepayModify),
        ("pre_upgrade", ActionType::PrepayModify),
        ("pre_downgrade", ActionType::PrepayModify),
    ];

    /// The type with this published name, or with one of the aliases of R81.
    pub fn from_name(name: &str) -> Option<ActionType> {
        let own = ActionType::ALL.into_iter().map(|action| (action.name(), action));
        own.chain(ActionType::ALIASES).find(|(known, _)| *known == name).map(|(_, action)| action)
    }

    /// How it is paid.
    pub const fn pay_mode(self) -> PayMode {
        match self {
            ActionType::PrepayPurchase
            | ActionType::PrepayRenew
            | ActionType::PrepayModify
            | ActionType::PrepayReturn
            | ActionType::RipayPurchase => PayMode::PrePay,
            ActionType::PostpayDeduct
            | ActionType::PostpayDeductH
            | ActionType::PostpayDeductD
            | ActionType::PostpayDeductM
            | ActionType::PostpayDeductS
            | ActionType::OfflineDeduct
            | ActionType::OnlineDeduct
            | ActionType::ReconDeduct
            | ActionType::ReconIncrease
            | ActionType::ReconGuarantee
            | ActionType::RiHourPay
            | ActionType::SvpHourPay => PayMode::PostPay,
        }
    }

    /// Whether a usage record may name it: what orders and their refunds post has its own door.
    pub const fn metered(self) -> bool {
        match self {
            ActionType::PrepayPurchase
            | ActionType::PrepayRenew
            | ActionType::PrepayModify
            | ActionType::PrepayReturn => false,
            ActionType::PostpayDeduct
            | ActionType::PostpayDeductH
            | ActionType::PostpayDeductD
            | ActionType::PostpayDeductM
            | ActionType::PostpayDeductS
            | ActionType::OfflineDeduct
            | ActionType::OnlineDeduct
            | ActionType::ReconDeduct
            | ActionType::ReconIncrease
            | ActionType::ReconGuarantee
            | ActionType::RipayPurchase
            | ActionType::RiHourPay
            | ActionType::SvpHourPay => true,
        }
    }

    /// Whether a record of this type lowers the customer's cost (R82).
    pub const fn lowers(self) -> bool {
        matches!(self, ActionType::PrepayReturn | ActionType::ReconIncrease)
    }
}

/// One binding of a customer to a managing partner. A customer that is bound again later has another one, and what was
/// charged before stays with the old (R141).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Binding {
    /// The managing partner, M(c) of R7.
    pub partner: Uin,
    /// Journal position of the binding.
    pub seq: u64,
}

/// A binding that has ended. What was used while it was in force is charged under it, however late that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FormerBinding {
    /// The binding.
    pub binding: Binding,
    /// From when it was in force.
    pub from: Moment,
    /// Until when; that moment itself is outside.
    pub until: Moment,
}

impl FormerBinding {
    /// Whether it was in force at this moment.
    pub fn in_force(&self, at: Moment) -> bool {
        self.from <= at && at < self.until
    }
}

/// What one bill line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Who used or bought it: the bill's owner.
    pub account: Uin,
    /// Under which binding; `None` when a partner is charged for its own use.
    pub binding: Option<Binding>,
    /// The partner that owes it to the platform, Q(c) of R7.
    pub paying_partner: Uin,
    /// The product's number.
    pub product: u32,
    /// What the charge is for.
    pub action: ActionType,
    /// The bill that it is on.
    pub month: Month,
    /// From when it was used; the moment of the charge for what is paid before use.
    pub period_start: Moment,
    /// The end of the period that is charged, which is not part of it.
    pub period_end: Moment,
    /// Before vouchers, on both sides. Negative for what lowers the cost.
    pub price: Price,
    /// Which of the customer's vouchers paid a part (type III).
    pub vouchers: Vec<VoucherUse>,
    /// Which of the paying partner's vouchers paid a part of its side (types I and II).
    pub partner_vouchers: Vec<VoucherUse>,
}

impl Charge {
    /// What the customer's vouchers paid.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen for a charge that was decided: vouchers pay at most its price.
    pub fn voucher_amount(&self) -> Result<Amount, Overflow> {
        sum(&self.vouchers)
    }

    /// What the customer owes: its price less vouchers.
    ///
    /// # Errors
    /// As [`Charge::voucher_amount`].
    pub fn amount(&self) -> Result<Amount, Overflow> {
        self.price.customer.minus(self.voucher_amount()?)
    }

    /// What the paying partner owes the platform: its price less its own vouchers (R28).
    ///
    /// # Errors
    /// As [`Charge::voucher_amount`].
    pub fn partner_amount(&self) -> Result<Amount, Overflow> {
        self.price.partner.minus(sum(&self.partner_vouchers)?)
    }
}

/// What several vouchers paid together.
///
/// # Errors
/// [`Overflow`]
pub fn sum(uses: &[VoucherUse]) -> Result<Amount, Overflow> {
    uses.iter().try_fold(Amount::ZERO, |all, one| all.plus(one.amount))
}
