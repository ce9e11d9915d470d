//! Two changes of different parts of one thing, each made without knowing of the other, both hold in whichever order
//! they are decided: a command carries what was sent, and the book has the rest.

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

mod set_up;

use credere_core::book::{Book, Command, catalogue, metering, parties, standing};
use credere_core::channel::{
    AccountClass, AllowlistItem, FreezeChange, FreezeModel, FreezeTerms, NonStop, NonStopChange, PartnerKind,
    ResourceName, Tier, Verification,
};
use credere_core::money::Factor;
use credere_testkit::commands;
use set_up::{PLATFORM, add_cvm, moment, obey, open, register, uin, whole};

fn name() -> ResourceName {
    "ins-1".parse().unwrap()
}

/// Reseller 1 with its customer 2, the product `cvm`, and a resource of it.
fn world() -> Book {
    let mut book = Book::new();
    for command in [
        open(1),
        open(2),
        register(1, PartnerKind::Reseller, None, 1_000),
        Command::from(parties::BindCustomer { customer: uin(2), partner: uin(1) }),
        commands::allocate(uin(2), whole(100)).into(),
        add_cvm(FreezeTerms::default()),
        commands::activate(uin(2), "ins-1", "cvm", whole(1)).into(),
    ] {
        obey(&mut book, moment(0), PLATFORM, &command);
    }
    book
}

/// Obeys the changes in the order given and in the other; what `shown` says must be the same, and what is expected.
#[track_caller]
fn all_hold<T: PartialEq + std::fmt::Debug>(changes: &[Command], shown: impl Fn(&Book) -> T, expected: &T) {
    let (mut forth, mut back) = (world(), world());
    for change in changes {
        obey(&mut forth, moment(0), PLATFORM, change);
    }
    for change in changes.iter().rev() {
        obey(&mut back, moment(0), PLATFORM, change);
    }
    assert_eq!(shown(&forth), *expected);
    assert_eq!(shown(&back), *expected);
}

#[test]
fn of_a_customer() {
    let (none, nothing) = (NonStopChange::default(), || commands::change_customer(uin(2)));
    let changes = [
        standing::ChangeCustomer { non_stop: NonStopChange { prepaid: Some(true), ..none }, ..nothing() },
        standing::ChangeCustomer { non_stop: NonStopChange { postpaid: Some(true), ..none }, ..nothing() },
        standing::ChangeCustomer { partner_warning: Some(Some(40)), ..nothing() },
        standing::ChangeCustomer { own_warning: Some(Some(30)), ..nothing() },
    ]
    .map(Command::from);
    let shown = |book: &Book| {
        let customer = book.customer(uin(2)).unwrap();
        (customer.spending.non_stop, customer.partner_warning, customer.own_warning)
    };
    all_hold(&changes, shown, &(NonStop { prepaid: true, postpaid: true }, Some(40), Some(30)));
}

#[test]
fn of_a_product() {
    let none = FreezeChange::default();
    let change = |name: Option<&str>, grace_hours, retention_days, freeze| {
        let (name, nothing) = (name.map(str::to_owned), commands::change_product("cvm"));
        Command::from(catalogue::ChangeProduct { name, grace_hours, retention_days, freeze, ..nothing })
    };
    let (fixed, twice, fee) = (FreezeModel::Fixed, Factor::from_units(200_000_000).unwrap(), whole(7));
    let changes = [
        change(None, None, None, FreezeChange { model: Some(fixed), ..none }),
        change(None, None, None, FreezeChange { coefficient: Some(twice), ..none }),
        change(None, None, None, FreezeChange { amount: Some(fee), ..none }),
        change(Some("server"), None, None, none),
        change(None, Some(5), None, none),
        change(None, None, Some(9), none),
    ];
    let shown = |book: &Book| {
        let product = book.product(&"cvm".parse().unwrap()).unwrap().1;
        (product.name.clone(), product.grace_hours(), product.retention_days, product.freeze)
    };
    let freeze = FreezeTerms { model: fixed, coefficient: twice, amount: fee };
    all_hold(&changes, shown, &("server".to_owned(), 5, 9, freeze));
}

#[test]
fn of_an_account() {
    let change = |class, verification, tier| {
        let (uin, entity, followed) = (uin(2), None, None);
        Command::from(parties::ChangeAccount { uin, class, verification, tier, entity, followed })
    };
    let changes = [
        change(Some(AccountClass::Internal(4)), None, None),
        change(None, Some(Verification::Enterprise), None),
        change(None, None, Some(Tier::Key)),
    ];
    let shown = |book: &Book| {
        let account = book.account(uin(2)).unwrap();
        (account.class, account.verification, account.tier)
    };
    all_hold(&changes, shown, &(AccountClass::Internal(4), Verification::Enterprise, Tier::Key));
}

#[test]
fn of_a_partner() {
    let change = |allocation_quota, spend_line, voucher_quota, allowlist| {
        Command::from(parties::ChangePartner { uin: uin(1), allocation_quota, spend_line, voucher_quota, allowlist })
    };
    let granted = vec![AllowlistItem::ForceSuspension];
    let changes = [
        change(Some(whole(2_000)), None, None, None),
        change(None, Some(whole(3_000)), None, None),
        change(None, None, Some(whole(4_000)), None),
        change(None, None, None, Some(granted.clone())),
    ];
    let shown = |book: &Book| {
        let partner = book.partner(uin(1)).unwrap();
        let line = partner.spend.as_ref().unwrap().limit();
        (partner.allocation_quota, line, partner.voucher_quota, partner.allowlist.clone())
    };
    all_hold(&changes, shown, &(whole(2_000), whole(3_000), whole(4_000), granted));
}

#[test]
fn of_a_resource() {
    let resize = |unit_price, quantity| {
        let resource = Some(world().resource(&name()).unwrap().id.into());
        Command::from(metering::ResizeResource { resource, unit_price, quantity })
    };
    let three = Factor::from_units(300_000_000).unwrap();
    let changes = [resize(Some(whole(2)), None), resize(None, Some(three))];
    let shown = |book: &Book| {
        let resource = book.resource(&name()).unwrap();
        (resource.unit_price, resource.quantity)
    };
    all_hold(&changes, shown, &(whole(2), three));
}
