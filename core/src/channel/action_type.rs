//! What a line of a bill is for, and how that is paid (R81).

use credere_numbered::{Named, Numbered};

/// How a purchase is paid: before use or after it (R81).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered, Named)]
#[repr(u8)]
pub enum PayMode {
    /// Paid before use.
    #[named("prePay")]
    PrePay = 1,
    /// Paid after use.
    #[named("postPay")]
    PostPay = 2,
}

/// What a line is for (R81), by its published name and the further names that some have. Stored: new ones go to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered, Named)]
#[repr(u8)]
pub enum ActionType {
    /// A prepaid purchase.
    #[named("prepay_purchase", "prePurchase", "pre_purchase")]
    PrepayPurchase = 1,
    /// A prepaid renewal.
    #[named("prepay_renew", "preRenew", "pre_renew")]
    PrepayRenew = 2,
    /// A prepaid upgrade, or a downgrade with a negative amount (R82).
    #[named("prepay_modify", "preUpgrade", "preDowngrade", "pre_upgrade", "pre_downgrade")]
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
        match self.pay_mode() {
            PayMode::PostPay => true,
            PayMode::PrePay => matches!(self, ActionType::RipayPurchase),
        }
    }

    /// Whether a record of this type lowers the customer's cost (R82).
    pub const fn lowers(self) -> bool {
        matches!(self, ActionType::PrepayReturn | ActionType::ReconIncrease)
    }
}
