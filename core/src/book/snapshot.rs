//! A book as bytes and back, byte for byte the same for the same book. Written in pieces, so that neither side ever
//! holds a second copy of a large book. What changed since the last image is an image that builds on it: its pieces hold
//! the pages that changed, whole.

use super::pages::{Changes, Collection, Part, SnapshotError, VERSION, decode, encode};
use crate::access::KeyAccess;
use crate::book::Book;
use crate::channel::{Product, Return, Uin, WebhookId};
use crate::ledger::{Calendar, Moment, Month, Shard};
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is written with every image, changed or not: where the book stands, and what there is little of.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    shard: u16,
    calendar: Calendar,
    seq: u64,
    now: Moment,
    issued: Option<Month>,
    charged_upto: Option<Month>,
    webhooks: Vec<WebhookId>,
    next_uin: Option<Uin>,
    next_platform_key: u32,
    platform_keys: Vec<(u32, KeyAccess)>,
    products: Cow<'a, [Product]>,
    returning: Vec<Return>,
}

/// The number of the head's piece.
const HEAD: u8 = 1;

/// All that the book holds in pages, each under the number of its pieces. A number is never given twice.
macro_rules! collections {
    ($($number:literal = $area:ident.$name:ident),* $(,)?) => {
        impl Book {
            fn collections(&self) -> impl Iterator<Item = (u8, &dyn Collection)> {
                [$(($number, &self.$area.$name as &dyn Collection)),*].into_iter()
            }

            fn collections_mut(&mut self) -> impl Iterator<Item = (u8, &mut dyn Collection)> {
                [$(($number, &mut self.$area.$name as &mut dyn Collection)),*].into_iter()
            }
        }
    };
}

collections! {
    2 = parties.accounts,
    3 = parties.partners,
    4 = catalogue.discounts,
    5 = buying.orders,
    6 = buying.authorizations,
    7 = buying.refunds,
    8 = metering.resources,
    9 = vouchers.all,
    10 = bills.open,
    11 = standing.warned,
    12 = parties.former,
    13 = buying.paid,
    14 = catalogue.ended_discounts,
    15 = notices.removed_webhooks,
    16 = payers.intervals,
    17 = notices.webhooks,
    18 = parties.facts,
    19 = members.organizations,
    20 = members.members,
    21 = members.invitations,
    22 = payers.paid_for,
    23 = members.relations,
    24 = members.creations,
    28 = catalogue.inheritances,
    29 = packs.all,
    33 = transfers.all,
    34 = notices.requests,
}

impl Book {
    /// The book in encoded pieces.
    pub fn to_pieces(&self) -> Changes {
        let parts: Vec<Box<dyn Part>> = self.collections().map(|(kind, held)| held.whole(kind)).collect();
        Changes::new(self.head(), parts)
    }

    /// What changed since the book was last taken, or was read; from now on changes count from here. Costs a look at each
    /// page that changed, and none at the others.
    pub fn take_changes(&mut self) -> Changes {
        let head = self.head();
        Changes::new(head, self.collections_mut().map(|(kind, held)| held.take_changed(kind)).collect())
    }

    /// All of the book, as [`Book::to_pieces`]; from now on changes count from here.
    pub fn take_whole(&mut self) -> Changes {
        let whole = self.to_pieces();
        self.collections_mut().for_each(|(_, held)| held.forget_changes());
        whole
    }

    fn head(&self) -> Vec<u8> {
        encode(
            HEAD,
            &Head {
                shard: self.shard.number(),
                calendar: self.deployment.calendar,
                seq: self.seq,
                now: self.now,
                issued: self.bills.issued,
                charged_upto: self.bills.charged_upto,
                webhooks: self.deployment.webhooks.iter().copied().collect(),
                next_uin: self.deployment.next_uin,
                next_platform_key: self.deployment.next_platform_key,
                platform_keys: self.platform_keys().iter().map(|(key, access)| (*key, *access)).collect(),
                products: Cow::Borrowed(&self.deployment.products),
                returning: self.buying.returning.iter().cloned().collect(),
            },
        )
    }

    fn set_head(&mut self, head: Head<'_>) -> Result<(), SnapshotError> {
        let malformed = |what: &str| SnapshotError::Malformed(what.to_owned());
        self.shard = Shard::new(head.shard).ok_or_else(|| malformed("there is no such shard"))?;
        (self.seq, self.now) = (head.seq, head.now);
        (self.bills.issued, self.bills.charged_upto) = (head.issued, head.charged_upto);
        self.buying.returning = head.returning.into();
        let deployment = &mut self.deployment;
        (deployment.calendar, deployment.next_uin) = (head.calendar, head.next_uin);
        deployment.webhooks = head.webhooks.into_iter().collect();
        deployment.next_platform_key = head.next_platform_key;
        head.platform_keys.into_iter().for_each(|(key, access)| deployment.add_key(key, access));
        for (number, product) in head.products.iter().enumerate() {
            let number = u32::try_from(number).map_err(|_| malformed("too many products"))?;
            deployment.product_numbers.insert(product.code.clone(), number);
        }
        deployment.products = head.products.into_owned();
        Ok(())
    }
}

/// Puts a book together from its pieces: those of the newest image first, in the order in which they were written, then
/// those of the image that it builds on, and so on. What is there in a newer form is passed over.
#[derive(Debug, Default)]
pub struct BookReader {
    book: Book,
    begun: bool,
    seen: HashSet<(u8, u64), FixedState>,
}

impl BookReader {
    /// Takes the next piece.
    ///
    /// # Errors
    /// [`SnapshotError`]; the image is then of no use.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), SnapshotError> {
        let malformed = |what: &str| SnapshotError::Malformed(what.to_owned());
        let (version, rest) = piece.split_first().ok_or_else(|| malformed("a piece is empty"))?;
        if *version != VERSION {
            return Err(SnapshotError::Version(*version));
        }
        let (kind, body) = rest.split_first().ok_or_else(|| malformed("a piece is empty"))?;
        if *kind == HEAD {
            let head = decode(body)?;
            if !self.begun {
                self.begun = true;
                self.book.set_head(head)?;
            }
            return Ok(());
        }
        if !self.begun {
            return Err(malformed("the head is not the first piece"));
        }
        let (_, held) = self
            .book
            .collections_mut()
            .find(|(number, _)| number == kind)
            .ok_or_else(|| malformed("there are no such pieces"))?;
        held.put(body, &mut |page| self.seen.insert((*kind, page)))
    }

    /// The book, once all pieces are in.
    ///
    /// # Errors
    /// [`SnapshotError`] when there was no piece at all, or when some are missing.
    pub fn finish(mut self) -> Result<Book, SnapshotError> {
        if !self.begun {
            return Err(SnapshotError::Malformed("it has no pieces".to_owned()));
        }
        self.book.collections_mut().try_for_each(|(_, held)| held.settle())?;
        self.book.index();
        Ok(self.book)
    }
}

impl Book {
    /// Makes what is found by something else than its number findable, once everything is there.
    fn index(&mut self) {
        self.index_parties();
        self.index_members();
        self.index_transfers();
        let low = self.parties.accounts.iter().filter_map(|one| Some((one.customer.as_ref()?.low_since?, one.uin)));
        self.standing.index(low);
        self.catalogue.index_all(self.now);
        self.index_inheritances();
        self.vouchers.index_all();
        self.packs.index_all();
        self.index_authorizations();
        self.index_payers();
        self.index_resources();
    }
}
