//! A book as bytes and back, byte for byte the same for the same book. Written in pieces, so that neither side ever
//! holds a second copy of a large book.

use crate::access::KeyAccess;
use crate::book::Book;
use crate::book::buying::Refunds;
use crate::channel::{
    Account, Authorization, Discount, DiscountId, FormerBinding, OpenBill, Order, OrderId, Paid, PaidFor, Partner,
    PayerInterval, Product, Resource, Uin, Voucher, Warned, WebhookId,
};
use crate::ledger::{Calendar, Moment, Month, Shard};
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Version of the encoding. Another one is not read: the book is then replayed from the journal.
const SNAPSHOT_VERSION: u8 = 5;
/// How many things go into one piece.
const PIECE: usize = 4_096;

/// An image does not decode.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// Written in another version.
    #[error("the image has version {0}")]
    Version(u8),
    /// Not what was written.
    #[error("the image does not decode: {0}")]
    Malformed(String),
}

#[derive(Serialize, Deserialize)]
struct Head {
    shard: u16,
    calendar: Calendar,
    seq: u64,
    now: Moment,
    issued: Option<Month>,
    webhooks: Vec<(WebhookId, Option<Uin>)>,
    next_uin: Option<Uin>,
    next_platform_key: u32,
    platform_keys: Vec<(u32, KeyAccess)>,
    accounts: u64,
    products: Vec<Product>,
}

#[derive(Numbered)]
#[repr(u8)]
enum Piece {
    Head(Head) = 1,
    Accounts(Vec<Account>) = 2,
    Partners(Vec<Partner>) = 3,
    Discounts(Vec<Discount>) = 4,
    Orders(Vec<Order>) = 5,
    Authorizations(Vec<(u64, Authorization)>) = 6,
    Refunds(Vec<(OrderId, Refunds)>) = 7,
    Resources(Vec<Resource>) = 8,
    Vouchers(Vec<Voucher>) = 9,
    Bills(Vec<(Uin, Vec<OpenBill>)>) = 10,
    Warned(Vec<(Uin, Warned)>) = 11,
    Former(Vec<(Uin, Vec<FormerBinding>)>) = 12,
    Paid(Vec<(PaidFor, Paid)>) = 13,
    EndedDiscounts(Vec<DiscountId>) = 14,
    RemovedWebhooks(Vec<WebhookId>) = 15,
    Payers(Vec<(Uin, Vec<PayerInterval>)>) = 16,
}

impl Book {
    /// The book in encoded pieces.
    pub fn to_pieces(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let head = Piece::Head(Head {
            shard: self.shard.number(),
            calendar: self.deployment.calendar,
            seq: self.seq,
            now: self.now,
            issued: self.bills.issued,
            webhooks: self.webhooks().collect(),
            next_uin: self.deployment.next_uin,
            next_platform_key: self.deployment.next_platform_key,
            platform_keys: self.platform_keys().iter().map(|(key, access)| (*key, *access)).collect(),
            accounts: self.parties.accounts.list().len() as u64,
            products: self.deployment.products.clone(),
        });
        let authorizations: Vec<(&u64, &Authorization)> = self.buying.authorizations.iter().collect();
        let orders: Vec<&Order> = self.buying.orders.values().collect();
        let discounts: Vec<&Discount> = self.catalogue.discounts.values().collect();
        let accounts = self.parties.accounts.list().chunks(PIECE).map(|part| Piece::Accounts(part.to_vec()));
        let partners = self.partners().map(|partner| Piece::Partners(vec![partner.clone()]));
        let discounts = pieces_of(discounts, |part| Piece::Discounts(part.into_iter().cloned().collect()));
        let orders = pieces_of(orders, |part| Piece::Orders(part.into_iter().cloned().collect()));
        let authorizations = pieces_of(authorizations, |part| {
            Piece::Authorizations(part.into_iter().map(|(seq, open)| (*seq, open.clone())).collect())
        });
        let refunds: Vec<_> = self.buying.refunds.iter().map(|(id, refunds)| (*id, *refunds)).collect();
        let refunds = pieces_of(refunds, Piece::Refunds);
        let resources: Vec<&Resource> = self.metering.resources.values().collect();
        let resources = pieces_of(resources, |part| Piece::Resources(part.into_iter().cloned().collect()));
        let vouchers: Vec<&Voucher> = self.vouchers.all.values().collect();
        let vouchers = pieces_of(vouchers, |part| Piece::Vouchers(part.into_iter().cloned().collect()));
        let mut bills: Vec<(Uin, Vec<OpenBill>)> = Vec::new();
        for (uin, bill) in self.bills.open.all() {
            match bills.last_mut().filter(|(payer, _)| *payer == uin) {
                Some((_, theirs)) => theirs.push(bill.clone()),
                None => bills.push((uin, vec![bill.clone()])),
            }
        }
        let bills = pieces_of(bills, Piece::Bills);
        let warned = pieces_of(self.standing.all_warned(), Piece::Warned);
        let former: Vec<_> = self.parties.former.iter().map(|(uin, bindings)| (*uin, bindings.clone())).collect();
        let former = pieces_of(former, Piece::Former);
        let payers: Vec<_> = self.parties.payers.iter().map(|(uin, payers)| (*uin, payers.clone())).collect();
        let payers = pieces_of(payers, Piece::Payers);
        let paid: Vec<_> = self.buying.paid.iter().map(|(what, paid)| (what.clone(), *paid)).collect();
        let paid = pieces_of(paid, Piece::Paid);
        let ended_discounts =
            pieces_of(self.catalogue.ended_discounts.iter().copied().collect(), Piece::EndedDiscounts);
        let removed_webhooks =
            pieces_of(self.notices.removed_webhooks.iter().copied().collect(), Piece::RemovedWebhooks);
        std::iter::once(head)
            .chain(accounts)
            .chain(partners)
            .chain(discounts)
            .chain(orders)
            .chain(authorizations)
            .chain(refunds)
            .chain(resources)
            .chain(vouchers)
            .chain(bills)
            .chain(warned)
            .chain(former)
            .chain(paid)
            .chain(ended_discounts)
            .chain(removed_webhooks)
            .chain(payers)
            .map(|piece| encode(&piece))
    }
}

fn pieces_of<T, P>(items: Vec<T>, wrap: impl Fn(Vec<T>) -> P) -> impl Iterator<Item = P> {
    let mut items = items.into_iter();
    std::iter::from_fn(move || {
        let part: Vec<T> = items.by_ref().take(PIECE).collect();
        (!part.is_empty()).then(|| wrap(part))
    })
}

fn encode(piece: &Piece) -> Vec<u8> {
    // INVARIANT: a piece holds numbers, text and lists only, which always encode into memory.
    postcard::to_extend(piece, vec![SNAPSHOT_VERSION]).expect("a snapshot piece encodes")
}

/// Puts a book together from its pieces, in the order in which they were written.
#[derive(Debug, Default)]
pub struct BookReader {
    book: Book,
    begun: bool,
}

impl BookReader {
    /// Takes the next piece.
    ///
    /// # Errors
    /// [`SnapshotError`]; the image is then of no use.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), SnapshotError> {
        let malformed = |what: &str| SnapshotError::Malformed(what.to_owned());
        let (version, body) = piece.split_first().ok_or_else(|| malformed("a piece is empty"))?;
        if *version != SNAPSHOT_VERSION {
            return Err(SnapshotError::Version(*version));
        }
        let piece: Piece = postcard::from_bytes(body).map_err(|error| SnapshotError::Malformed(error.to_string()))?;
        let book = &mut self.book;
        if self.begun == matches!(piece, Piece::Head(_)) {
            return Err(malformed("the head is not the first piece"));
        }
        match piece {
            Piece::Head(head) => {
                self.begun = true;
                book.shard = Shard::new(head.shard).ok_or_else(|| malformed("there is no such shard"))?;
                (book.seq, book.now, book.bills.issued) = (head.seq, head.now, head.issued);
                (book.deployment.calendar, book.deployment.next_uin) = (head.calendar, head.next_uin);
                head.webhooks.into_iter().for_each(|(id, account)| book.index_webhook(id, account));
                book.expect_charges();
                book.deployment.next_platform_key = head.next_platform_key;
                head.platform_keys.into_iter().for_each(|(key, access)| book.deployment.add_key(key, access));
                book.parties
                    .accounts
                    .reserve(usize::try_from(head.accounts).map_err(|_| malformed("too many accounts"))?);
                for (number, product) in head.products.iter().enumerate() {
                    let number = u32::try_from(number).map_err(|_| malformed("too many products"))?;
                    book.deployment.product_numbers.insert(product.code.clone(), number);
                }
                book.deployment.products = head.products;
            }
            Piece::Accounts(accounts) => {
                for account in accounts {
                    if let Some(day) = account.customer.as_ref().and_then(|customer| customer.low_since) {
                        book.standing.low.insert((day, account.uin));
                    }
                    let uin = account.uin;
                    book.parties.accounts.add(account).ok_or_else(|| malformed("an account is there twice"))?;
                    book.take_number(uin);
                }
            }
            Piece::Partners(partners) => partners.into_iter().for_each(|partner| book.index_partner(partner)),
            Piece::Discounts(discounts) => {
                for discount in discounts {
                    book.index_discount(discount);
                }
            }
            Piece::Orders(orders) => book.buying.orders.extend(orders.into_iter().map(|order| (order.id, order))),
            Piece::Authorizations(authorizations) => {
                for (seq, open) in authorizations {
                    book.index_authorization(seq, open);
                }
            }
            Piece::Refunds(refunds) => book.buying.refunds.extend(refunds),
            Piece::Resources(resources) => resources.into_iter().for_each(|resource| book.index_resource(resource)),
            Piece::Vouchers(vouchers) => {
                vouchers.into_iter().for_each(|voucher| book.vouchers.put(voucher, book.now));
            }
            Piece::Bills(bills) => {
                let each = bills.into_iter().flat_map(|(uin, theirs)| theirs.into_iter().map(move |bill| (uin, bill)));
                each.for_each(|(uin, bill)| book.bills.open.put(uin, bill));
            }
            Piece::Warned(warned) => {
                warned.into_iter().for_each(|(uin, warned)| book.standing.put_warned(uin, warned));
            }
            Piece::Former(former) => {
                let each = former.into_iter().flat_map(|(uin, theirs)| theirs.into_iter().map(move |one| (uin, one)));
                each.for_each(|(uin, one)| book.index_former(uin, one));
            }
            Piece::Paid(paid) => book.buying.paid.extend(paid),
            Piece::EndedDiscounts(ended) => book.catalogue.ended_discounts.extend(ended),
            Piece::Payers(payers) => book.parties.payers.extend(payers),
            Piece::RemovedWebhooks(removed) => book.notices.removed_webhooks.extend(removed),
        }
        Ok(())
    }

    /// The book, once all pieces are in.
    ///
    /// # Errors
    /// [`SnapshotError`] when there was no piece at all.
    pub fn finish(self) -> Result<Book, SnapshotError> {
        if self.begun { Ok(self.book) } else { Err(SnapshotError::Malformed("it has no pieces".to_owned())) }
    }
}
