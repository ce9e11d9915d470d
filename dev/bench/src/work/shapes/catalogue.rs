//! Products, and discounts: as many that are over, that run for other products, that have not begun, and that were ended.

use super::grown::{BOUGHT, DAY, Grown, RESELLER, RICH, VOUCHED, code, customer, nth, uin};
use super::metering::usage;
use super::shape::{Asked, Shape, platform};
use credere_core::book::catalogue;
use credere_core::channel::{
    DiscountId, DiscountScope, FreezeChange, FreezeModel, FreezeTerms, ProductCode, Settlement,
};
use credere_core::money::{Amount, Rate};

fn nth_product(place: u64) -> ProductCode {
    code(&format!("p-{place}"))
}

fn add(code: ProductCode) -> catalogue::AddProduct {
    let freeze = FreezeTerms { model: FreezeModel::Fixed, amount: Amount::whole(1), ..FreezeTerms::default() };
    let (name, grace_hours, retention_days, settlement) = (String::new(), None, None, Settlement::Hourly);
    catalogue::AddProduct { code, name, settlement, grace_hours, retention_days, freeze, inheritable: true }
}

pub(super) fn grow_products(grown: &mut Grown) -> anyhow::Result<()> {
    for product in [BOUGHT, VOUCHED] {
        grown.obey(add(code(product)))?;
    }
    for place in 0..grown.size {
        grown.obey(add(nth_product(place)))?;
    }
    Ok(())
}

/// A discount of the one customer, or of its partner itself, that takes nothing off.
fn discount(of_partner: bool, product: Option<ProductCode>) -> catalogue::SetDiscount {
    let (customer, partner) = (uin(RICH), uin(RESELLER));
    let scope = if of_partner { DiscountScope::Partner(partner) } else { DiscountScope::Customer(customer) };
    catalogue::SetDiscount { scope, partner, product, rate: Rate::ONE, starts_at: None, ends_at: None }
}

pub(super) fn grow_discounts(grown: &mut Grown) -> anyhow::Result<()> {
    let (begun, later) = (grown.now, grown.now.plus_seconds(1_000 * DAY));
    for of_partner in [true, false] {
        for place in 0..grown.size {
            // They end one after the other, as they do where time goes on.
            let over = begun.plus_seconds(1 + i64::try_from(place)?);
            grown.obey(catalogue::SetDiscount { ends_at: Some(over), ..discount(of_partner, None) })?;
            grown.obey(catalogue::SetDiscount { starts_at: Some(later), ..discount(of_partner, None) })?;
            grown.obey(discount(of_partner, Some(nth_product(place))))?;
            grown.obey(discount(of_partner, None))?;
            let id = DiscountId(grown.book.seq());
            if grown.keeps(place) && !of_partner {
                grown.discounts.push(id);
            } else {
                grown.obey(catalogue::EndDiscount { id })?;
            }
        }
    }
    // All of the first kind come to their end while something goes on.
    let steps = (grown.size / 1_000).max(1);
    for step in 1..=steps {
        let seconds = 1 + i64::try_from(grown.size * step / steps)?;
        grown.now = grown.now.max(begun.plus_seconds(seconds));
        grown.obey(usage(grown.now, customer(0), Amount::from_units(1)))?;
    }
    Ok(())
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("add a product", |_, round| platform(add(code(&format!("new-{round}"))))),
        // What everybody's resources are of.
        Shape::of("change a product", |_, round| {
            platform(catalogue::ChangeProduct {
                code: code(BOUGHT),
                name: None,
                settlement: None,
                grace_hours: Some(3 + u32::try_from(round)?),
                retention_days: None,
                freeze: FreezeChange::default(),
                inheritable: None,
            })
        }),
        Shape::of("set a discount", |_, _| platform(discount(false, Some(code(VOUCHED))))),
        Shape::of("end a discount", |grown, round| {
            platform(catalogue::EndDiscount { id: nth(&grown.discounts, round)? })
        }),
        Shape::of("end a discount again, which is refused", |grown, round| {
            let id = nth(&grown.discounts, round)?;
            Ok(Asked::Refused(super::grown::PLATFORM, catalogue::EndDiscount { id }.into()))
        }),
    ]
}
