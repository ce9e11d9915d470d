//! The channel: who sells to whom, who pays whom, and what a purchase must pass. Types and pure rules; how they change
//! the whole is the business of `book`.

mod account;
mod authorization;
mod catalogue;
mod ids;
mod order;
mod partner;
mod price;
mod purchase;

pub use account::{Account, AccountClass, Customer, Tier, Verification};
pub use authorization::{Authorization, EXPIRES_AFTER_DEFAULT, EXPIRES_AFTER_MAX};
pub(crate) use catalogue::best;
pub use catalogue::{Discount, DiscountScope, Product, Settlement};
pub use ids::{AuthorizationId, DiscountId, OrderId, ParseIdError, ProductCode, Uin};
pub use order::{Order, OrderKind, OrderState};
pub use partner::{AllowlistItem, Partner, PartnerKind};
pub use price::Price;
pub use purchase::{Check, Need, Side, Verdict, check_purchase};
