//! Reads the operations about products, postpaid resources, usage, vouchers, receipts, and how a customer stands.

use super::words::{ParseError, Word, Words, called};
use super::{By, Name, NewVoucher, Operation, ProductTerms, ReceiptPart, UsageRecord, VoucherFor, VoucherScope};
use credere_core::channel::{
    ActionType, AllowlistItem, FreezeModel, FreezeTerms, PayMode, RefundScope, Settlement, VoucherMode,
};
use credere_core::money::Factor;

/// The operations that begin with their verb.
pub(super) fn operation(words: &mut Words<'_>, verb: &str) -> Result<Operation, ParseError> {
    Ok(match verb {
        "refund" => {
            let order = words.name("an order")?;
            let amount = words.amount()?;
            let scope = if words.accept("of-resource") { RefundScope::Resource } else { RefundScope::Order };
            let promised = if words.accept("promised") { Some(words.name("an order")?) } else { None };
            Operation::RefundOrder { name: called(words)?, order, amount, scope, promised }
        }
        "resize" => {
            let resource = words.name("a resource")?;
            let unit_price = if words.accept("to") { Some(words.amount()?) } else { None };
            Operation::ResizeResource { resource, unit_price, quantity: times(words)? }
        }
        "terminate" => {
            let resource = words.name("a resource")?;
            let final_amount = if words.accept("final") { Some(words.amount()?) } else { None };
            Operation::TerminateResource { resource, final_amount }
        }
        "voucher" => voucher(words)?,
        "pack" => pack(words)?,
        "invalidate" => Operation::InvalidateVoucher { voucher: words.name("a voucher")? },
        "warn" => warning(words)?,
        "subscribe" | "unsubscribe" => {
            Operation::Subscribe { account: words.name("an account")?, on: verb == "subscribe" }
        }
        "allow" => {
            let partner = words.name("a partner")?;
            let feature = words.read("a feature such as `force_suspension`", AllowlistItem::from_name)?;
            Operation::Allow { partner, feature }
        }
        "non-stop" => {
            let customer = words.name("a customer")?;
            let (prepaid, postpaid) = words.read("`prepaid`, `postpaid`, `both` or `off`", |word| match word {
                "prepaid" => Some((true, false)),
                "postpaid" => Some((false, true)),
                "both" => Some((true, true)),
                "off" => Some((false, false)),
                _ => None,
            })?;
            Operation::SetNonStop { customer, prepaid, postpaid }
        }
        _ => {
            words.word("suspension")?;
            Operation::SetSpecialSuspension { customer: words.name("a customer")?, on: words.on_or_off()? }
        }
    })
}

pub(super) fn add_product(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let code = words.code()?;
    Ok(Operation::AddProduct { code, terms: terms(words)? })
}

pub(super) fn change_product(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let code = words.code()?;
    Ok(Operation::ChangeProduct { code, terms: terms(words)? })
}

fn terms(words: &mut Words<'_>) -> Result<ProductTerms, ParseError> {
    let mut terms = ProductTerms::default();
    loop {
        if let Some(settlement) = words.maybe(Settlement::from_name) {
            terms.settlement = Some(settlement);
        } else if words.accept("grace") {
            terms.grace_hours = Some(words.counted('h', "hours such as `2h`")?);
        } else if words.accept("keeps") {
            terms.retention_days = Some(words.counted('d', "days such as `15d`")?);
        } else if words.accept("freezes") {
            terms.freeze = Some(freeze(words)?);
        } else if words.accept("inheritable") {
            terms.inheritable = Some(true);
        } else if words.accept("own-offers") {
            terms.inheritable = Some(false);
        } else {
            return Ok(terms);
        }
    }
}

fn freeze(words: &mut Words<'_>) -> Result<FreezeTerms, ParseError> {
    let expected = "`coefficient`, `fixed`, `re_estimate`, `minimum_fee` or `none`";
    let model = words.read(expected, FreezeModel::from_name)?;
    let terms = FreezeTerms { model, ..FreezeTerms::default() };
    Ok(match model {
        FreezeModel::None => terms,
        FreezeModel::Coefficient | FreezeModel::ReEstimate => FreezeTerms { coefficient: factor(words)?, ..terms },
        FreezeModel::Fixed | FreezeModel::MinimumFee => FreezeTerms { amount: words.amount()?, ..terms },
    })
}

fn factor(words: &mut Words<'_>) -> Result<Factor, ParseError> {
    words.read("a number that is not negative", |word| word.parse().ok())
}

fn times(words: &mut Words<'_>) -> Result<Option<Factor>, ParseError> {
    if words.accept("times") { factor(words).map(Some) } else { Ok(None) }
}

/// What an account activates or has used.
pub(super) fn postpaid(words: &mut Words<'_>, account: &Name, uses: bool) -> Result<Operation, ParseError> {
    let (account, product, amount) = (account.clone(), words.code()?, words.amount()?);
    if !uses {
        let quantity = times(words)?.unwrap_or(Factor::ONE);
        words.word("as")?;
        let name = words.name("what to call the resource")?;
        return Ok(Operation::ActivateResource { name, account, product, unit_price: amount, quantity });
    }
    let (mut resource, mut kind, mut period, mut units) = (None, None, None, None);
    loop {
        if words.accept("by") {
            resource = Some(words.name("a resource")?);
        } else if words.accept("units") {
            units = Some(factor(words)?);
        } else if words.accept("type") {
            kind = Some(action(words)?);
        } else if words.accept("from") {
            let from = words.time()?;
            words.word("until")?;
            period = Some((from, words.time()?));
        } else {
            break;
        }
    }
    let name = called(words)?;
    Ok(Operation::SettleUsage(UsageRecord { name, account, product, amount, units, resource, action: kind, period }))
}

fn action(words: &mut Words<'_>) -> Result<ActionType, ParseError> {
    words.read("a type of bill line such as `postpay_deduct_h`", ActionType::from_name)
}

fn pack(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let units = factor(words)?;
    words.word("of")?;
    let product = words.code()?;
    words.word("for")?;
    let account = words.name("an account")?;
    let until = if words.accept("until") { Some(words.time()?) } else { None };
    Ok(Operation::AddPack { name: called(words)?, account, product, units, until })
}

fn voucher(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let amount = words.amount()?;
    words.word("for")?;
    let whose = if words.accept("partner") {
        let partner = words.name("a partner")?;
        if words.accept("and") {
            words.word("customer")?;
            VoucherFor::PartnerCustomer { partner, customer: words.name("a customer")? }
        } else {
            VoucherFor::Partner(partner)
        }
    } else {
        words.word("customer")?;
        let customer = words.name("a customer")?;
        let issuer = if words.accept("by") { Some(words.name("a partner")?) } else { None };
        VoucherFor::Customer { customer, issuer }
    };
    let trial = words.accept("trial");
    let mode = words.maybe(VoucherMode::from_name).unwrap_or(VoucherMode::All);
    let products = if words.accept("only") {
        VoucherScope::Only(codes(words)?)
    } else if words.accept("except") {
        VoucherScope::Except(codes(words)?)
    } else {
        VoucherScope::All
    };
    let from = if words.accept("from") { Some(words.time()?) } else { None };
    let until = if words.accept("until") { Some(words.time()?) } else { None };
    let name = called(words)?;
    let linked = if words.accept("linked") { Some(words.name("what to call it")?) } else { None };
    Ok(Operation::IssueVoucher(NewVoucher { name, linked, whose, amount, trial, mode, products, from, until }))
}

fn codes(words: &mut Words<'_>) -> Result<Vec<String>, ParseError> {
    let mut codes = vec![words.code()?];
    while words.take(&Word::Comma) {
        codes.push(words.code()?);
    }
    Ok(codes)
}

pub(super) fn receipt(words: &mut Words<'_>, by: By) -> Result<Operation, ParseError> {
    let customer = words.name("a customer")?;
    let month = words.month()?;
    if words.accept("lines") {
        let mut lines = vec![words.name("a bill line")?];
        while words.take(&Word::Comma) {
            lines.push(words.name("a bill line")?);
        }
        return Ok(Operation::ConfirmReceipt { by, customer, month, part: ReceiptPart::Lines(lines) });
    }
    let pay_mode = words.maybe(PayMode::from_name);
    let action = if words.accept("type") { Some(action(words)?) } else { None };
    Ok(Operation::ConfirmReceipt { by, customer, month, part: ReceiptPart::Of { pay_mode, action } })
}

fn warning(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let partners = words.accept("partner");
    if partners {
        words.word("of")?;
    }
    let customer = words.name("a customer")?;
    let level = if words.accept("never") {
        None
    } else {
        words.word("below")?;
        Some(words.read("a percentage", |word| word.parse().ok())?)
    };
    Ok(Operation::SetWarning { customer, partners, level })
}
