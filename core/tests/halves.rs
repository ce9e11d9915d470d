//! Two changes of different parts of one thing, each made without knowing of the other, both hold in whichever order
//! they are decided: a command carries what was sent, and the book has the rest.

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Book, Command, Context, NewResource, Rules, decide};
use credere_core::channel::{
    AccountClass, AllowlistItem, FreezeChange, FreezeModel, FreezeTerms, NonStop, NonStopChange, PartnerKind,
    ResourceName, Settlement, Tier, Uin, Verification,
};
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Factor};

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

fn name() -> ResourceName {
    "ins-1".parse().unwrap()
}

fn obey(book: &mut Book, command: &Command) {
    let actor = Actor::Platform { key: 1, access: KeyAccess::Full };
    let now = Moment::from_micros(0);
    let decision = decide(book, command, &Context { now, actor, rules: &Rules::default() });
    let event = decision.unwrap_or_else(|rejection| panic!("{command:?}: {rejection:?}")).event;
    book.evolve(book.seq() + 1, now, &event).unwrap();
}

/// Reseller 1 with its customer 2, the product `cvm`, and a resource of it.
fn world() -> Book {
    let mut book = Book::new();
    for number in [1, 2] {
        let (class, verification, tier) = (AccountClass::External, Verification::Personal, Tier::None);
        obey(&mut book, &Command::OpenAccount { uin: Some(uin(number)), class, verification, tier });
    }
    for command in [
        Command::RegisterPartner {
            uin: uin(1),
            kind: PartnerKind::Reseller,
            distributor: None,
            allocation_quota: Amount::whole(1_000),
            spend_line: None,
            voucher_quota: Amount::ZERO,
            allowlist: Vec::new(),
        },
        Command::BindCustomer { customer: uin(2), partner: uin(1) },
        Command::AllocateCredit { customer: uin(2), amount: Amount::whole(100), remark: None },
        Command::AddProduct {
            code: "cvm".parse().unwrap(),
            name: "cvm".to_owned(),
            settlement: Settlement::Hourly,
            grace_hours: None,
            retention_days: None,
            freeze: FreezeTerms::default(),
        },
        Command::ActivateResource(Box::new(NewResource {
            account: uin(2),
            name: name(),
            product: "cvm".parse().unwrap(),
            unit_price: Amount::whole(1),
            quantity: Factor::ONE,
            details: String::new(),
        })),
    ] {
        obey(&mut book, &command);
    }
    book
}

/// Obeys the changes in the order given and in the other; what `shown` says must be the same, and what is expected.
#[track_caller]
fn all_hold<T: PartialEq + std::fmt::Debug>(changes: &[Command], shown: impl Fn(&Book) -> T, expected: &T) {
    let (mut forth, mut back) = (world(), world());
    changes.iter().for_each(|change| obey(&mut forth, change));
    changes.iter().rev().for_each(|change| obey(&mut back, change));
    assert_eq!(shown(&forth), *expected);
    assert_eq!(shown(&back), *expected);
}

#[test]
fn of_a_customer() {
    let none = NonStopChange::default();
    let change = |non_stop, special_suspension, partner_warning, own_warning| Command::ChangeCustomer {
        customer: uin(2),
        non_stop,
        special_suspension,
        partner_warning,
        own_warning,
    };
    let changes = [
        change(NonStopChange { prepaid: Some(true), ..none }, None, None, None),
        change(NonStopChange { postpaid: Some(true), ..none }, None, None, None),
        change(none, None, Some(Some(40)), None),
        change(none, None, None, Some(Some(30))),
    ];
    let shown = |book: &Book| {
        let customer = book.customer(uin(2)).unwrap();
        (customer.non_stop, customer.partner_warning, customer.own_warning)
    };
    all_hold(&changes, shown, &(NonStop { prepaid: true, postpaid: true }, Some(40), Some(30)));
}

#[test]
fn of_a_product() {
    let none = FreezeChange::default();
    let change = |name: Option<&str>, grace_hours, retention_days, freeze| Command::ChangeProduct {
        code: "cvm".parse().unwrap(),
        name: name.map(str::to_owned),
        settlement: None,
        grace_hours,
        retention_days,
        freeze,
    };
    let (fixed, twice, fee) = (FreezeModel::Fixed, Factor::from_units(200_000_000).unwrap(), Amount::whole(7));
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
    let change = |class, verification, tier| Command::ChangeAccount { uin: uin(2), class, verification, tier };
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
    let change = |allocation_quota, spend_line, voucher_quota, allowlist| Command::ChangePartner {
        uin: uin(1),
        allocation_quota,
        spend_line,
        voucher_quota,
        allowlist,
    };
    let granted = vec![AllowlistItem::ForceSuspension];
    let changes = [
        change(Some(Amount::whole(2_000)), None, None, None),
        change(None, Some(Amount::whole(3_000)), None, None),
        change(None, None, Some(Amount::whole(4_000)), None),
        change(None, None, None, Some(granted.clone())),
    ];
    let shown = |book: &Book| {
        let partner = book.partner(uin(1)).unwrap();
        let line = partner.spend.as_ref().unwrap().limit();
        (partner.allocation_quota, line, partner.voucher_quota, partner.allowlist.clone())
    };
    all_hold(&changes, shown, &(Amount::whole(2_000), Amount::whole(3_000), Amount::whole(4_000), granted));
}

#[test]
fn of_a_resource() {
    let resize = |unit_price, quantity| Command::ResizeResource { name: name(), unit_price, quantity };
    let three = Factor::from_units(300_000_000).unwrap();
    let changes = [resize(Some(Amount::whole(2)), None), resize(None, Some(three))];
    let shown = |book: &Book| {
        let resource = book.resource(&name()).unwrap();
        (resource.unit_price, resource.quantity)
    };
    all_hold(&changes, shown, &(Amount::whole(2), three));
}
