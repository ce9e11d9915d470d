//! The laws of offers that are inherited.

use crate::book::Book;
use crate::book::law::Laws;
use crate::organization::Permission;

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    let mut heirs = 0_i128;
    for (account, theirs) in book.catalogue.inheritances.iter() {
        let starts = theirs.iter().skip(1).map(|next| next.since);
        let apart = theirs.iter().zip(starts).all(|(one, next)| one.until.is_some_and(|until| until <= next));
        let others = theirs.iter().all(|one| one.from != *account && one.until.is_none_or(|until| one.since <= until));
        laws.must(*account, "offers are inherited from one other account at a time", apart && others);
        if let Some(from) = book.inherits_offers_from(*account) {
            heirs += 1;
            laws.must(*account, "whose offers others have knows it", book.passes_offers_on(from));
        }
    }
    let counted = book.catalogue.heirs.values().map(|heirs| i128::from(*heirs)).sum();
    laws.expect(crate::channel::Uin::LOWEST, "those that inherit offers are counted once", counted, heirs);
    for (member, paid_for) in book.payers.paid_for.iter() {
        let permitted = book.member(*member).is_some_and(|one| one.permissions.has(Permission::InheritOffers));
        let has = book.inherits_offers_from(*member) == Some(paid_for.payer);
        laws.must(*member, "who is paid for and may has its payer's offers", has || !permitted);
    }
}
