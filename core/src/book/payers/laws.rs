//! The laws of who pays for whom.

use crate::book::Book;
use crate::book::law::Laws;
use crate::organization::Permission;

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    for (account, payers) in book.payers.intervals.iter() {
        let starts = payers.iter().skip(1).map(|next| next.from);
        let apart = payers.iter().zip(starts).all(|(one, next)| one.until.is_some_and(|(until, _)| until <= next));
        let others =
            payers.iter().all(|one| one.payer != *account && one.until.is_none_or(|(until, _)| one.from <= until));
        laws.must(*account, "one other account pays at a time", apart && others);
        let now = payers.last().filter(|last| last.until.is_none()).map(|last| last.payer);
        laws.must(*account, "who pays now is in the last interval", now == book.payer_of(*account));
    }
    for (member, paid_for) in book.payers.paid_for.iter() {
        laws.must(*member, "who pays is paid for by nobody", book.payer_of(paid_for.payer).is_none());
        laws.must(*member, "who pays knows for whom", book.paid_for_by(paid_for.payer).any(|one| one == *member));
        let allowed = book.member(*member).is_some_and(|one| one.permissions.has(Permission::PayOnBehalf));
        laws.must(*member, "who is paid for is a member that allows it", allowed);
    }
    let listed: usize = book.payers.members.keys().map(|payer| book.paid_for_by(*payer).count()).sum();
    laws.must_all("those that are paid for are listed once", listed == book.payers.paid_for.len());
}
