//! Vouchers, resources and notices as columns.

use crate::contract::{NoticeKey, NoticeRow, ResourceRow, StoreError, VoucherRow, VoucherUseRow};
use crate::sqlite::rows::{Fields, Stored, Wide, value};
use credere_core::channel::{NoticeKind, Subscription};
use credere_core::ledger::Month;
use rusqlite::types::ValueRef;

/// A voucher with its products' codes as bytes.
pub(super) struct VoucherColumns {
    pub(super) voucher: VoucherRow,
    products: Vec<u8>,
}

impl VoucherColumns {
    pub(super) fn new(voucher: VoucherRow) -> Result<VoucherColumns, StoreError> {
        let products = postcard::to_allocvec(&voucher.products)
            .map_err(|error| StoreError::Io(format!("a voucher cannot be written: {error}")))?;
        Ok(VoucherColumns { voucher, products })
    }
}

impl Stored for VoucherColumns {
    const TABLE: &'static str = "voucher_row";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "owner",
        "customer",
        "issuer",
        "amount",
        "remaining",
        "status",
        "usage",
        "payment_mode",
        "products_mode",
        "products",
        "effective_at",
        "expires_at",
        "issued_at",
        "changed_at",
    ];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let VoucherColumns { voucher, products } = self;
        Ok(vec![
            value::whole(voucher.id)?,
            value::text(&voucher.kind),
            value::uin(voucher.owner)?,
            value::optional_uin(voucher.customer)?,
            value::optional_uin(voucher.issuer)?,
            value::amount(voucher.amount),
            value::amount(voucher.remaining),
            value::text(&voucher.status),
            value::text(&voucher.usage),
            value::text(&voucher.payment_mode),
            value::text(&voucher.products_mode),
            ValueRef::Blob(products),
            value::moment(voucher.effective_at),
            value::moment(voucher.expires_at),
            value::moment(voucher.issued_at),
            value::moment(voucher.changed_at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<VoucherColumns, StoreError> {
        let (id, kind, owner) = (fields.whole()?, fields.text()?, fields.uin()?);
        let (customer, issuer) = (fields.optional_uin()?, fields.optional_uin()?);
        let (amount, remaining) = (fields.amount()?, fields.amount()?);
        let (status, usage, payment_mode, products_mode) =
            (fields.text()?, fields.text()?, fields.text()?, fields.text()?);
        let products = fields.blob()?.to_vec();
        let voucher = VoucherRow {
            id,
            kind,
            owner,
            customer,
            issuer,
            amount,
            remaining,
            status,
            usage,
            payment_mode,
            products_mode,
            products: postcard::from_bytes(&products)
                .map_err(|_| StoreError::Corrupt("history.db: a voucher's products do not decode".into()))?,
            effective_at: fields.moment()?,
            expires_at: fields.moment()?,
            issued_at: fields.moment()?,
            changed_at: fields.moment()?,
        };
        Ok(VoucherColumns { voucher, products })
    }
}

impl Stored for VoucherUseRow {
    const TABLE: &'static str = "voucher_use";
    const COLUMNS: &'static [&'static str] =
        &["voucher", "line_seq", "account", "order_seq", "product", "action", "amount", "month", "at"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::whole(self.voucher)?,
            value::whole(self.line_seq)?,
            value::uin(self.account)?,
            value::optional_whole(self.order_seq)?,
            value::text(&self.product),
            value::action(self.action),
            value::amount(self.amount),
            value::month(self.month),
            value::moment(self.at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<VoucherUseRow, StoreError> {
        Ok(VoucherUseRow {
            voucher: fields.whole()?,
            line_seq: fields.whole()?,
            account: fields.uin()?,
            order_seq: fields.optional_whole()?,
            product: fields.text()?,
            action: fields.action()?,
            amount: fields.amount()?,
            month: fields.month()?,
            at: fields.moment()?,
        })
    }
}

/// What a voucher paid in one month, and between which journal positions.
#[derive(Debug, Clone)]
pub(super) struct MonthOfUses {
    pub(super) voucher: u64,
    pub(super) month: Month,
    pub(super) uses: u64,
    pub(super) amount: Wide,
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
}

impl Stored for MonthOfUses {
    const TABLE: &'static str = "voucher_month";
    const COLUMNS: &'static [&'static str] = &["voucher", "month", "uses", "amount", "first_seq", "last_seq"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::whole(self.voucher)?,
            value::month(self.month),
            value::whole(self.uses)?,
            value::wide(&self.amount),
            value::whole(self.first_seq)?,
            value::whole(self.last_seq)?,
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<MonthOfUses, StoreError> {
        Ok(MonthOfUses {
            voucher: fields.whole()?,
            month: fields.month()?,
            uses: fields.whole()?,
            amount: fields.wide()?,
            first_seq: fields.whole()?,
            last_seq: fields.whole()?,
        })
    }
}

impl Stored for ResourceRow {
    const TABLE: &'static str = "resource_row";
    const COLUMNS: &'static [&'static str] = &[
        "seq",
        "name",
        "account",
        "product",
        "unit_price",
        "quantity",
        "frozen",
        "partner_frozen",
        "state",
        "since",
        "activated_at",
        "details",
    ];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::whole(self.seq)?,
            value::text(&self.name),
            value::uin(self.account)?,
            value::text(&self.product),
            value::amount(self.unit_price),
            value::whole(self.quantity)?,
            value::amount(self.frozen),
            value::amount(self.partner_frozen),
            value::text(&self.state),
            value::moment(self.since),
            value::moment(self.activated_at),
            value::text(&self.details),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<ResourceRow, StoreError> {
        Ok(ResourceRow {
            seq: fields.whole()?,
            name: fields.text()?,
            account: fields.uin()?,
            product: fields.text()?,
            unit_price: fields.amount()?,
            quantity: fields.whole()?,
            frozen: fields.amount()?,
            partner_frozen: fields.amount()?,
            state: fields.text()?,
            since: fields.moment()?,
            activated_at: fields.moment()?,
            details: fields.text()?,
        })
    }
}

impl Stored for NoticeRow {
    const TABLE: &'static str = "notice_row";
    const COLUMNS: &'static [&'static str] =
        &["seq", "place", "recipient", "customer", "kind", "level", "available", "total", "channels", "at"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::whole(self.key.seq)?,
            value::small(self.key.place),
            value::uin(self.recipient)?,
            value::uin(self.customer)?,
            value::text(self.kind.name()),
            self.level.map_or(ValueRef::Null, value::small),
            value::amount(self.available),
            value::amount(self.total),
            value::small(bits(self.channels)),
            value::moment(self.at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<NoticeRow, StoreError> {
        Ok(NoticeRow {
            key: NoticeKey { seq: fields.whole()?, place: fields.small()? },
            recipient: fields.uin()?,
            customer: fields.uin()?,
            kind: fields.decoded(|name| NoticeKind::from_name(name.as_str().ok()?))?,
            level: fields.decoded(|level| match level {
                ValueRef::Null => Some(None),
                level => u8::try_from(level.as_i64().ok()?).ok().map(Some),
            })?,
            available: fields.amount()?,
            total: fields.amount()?,
            channels: fields.decoded(|bits| subscription(bits.as_i64().ok()?))?,
            at: fields.moment()?,
        })
    }
}

fn bits(channels: Subscription) -> u8 {
    let Subscription { channel_service, message_center, email, webhook } = channels;
    u8::from(channel_service) | u8::from(message_center) << 1 | u8::from(email) << 2 | u8::from(webhook) << 3
}

fn subscription(bits: i64) -> Option<Subscription> {
    (0..16).contains(&bits).then_some(Subscription {
        channel_service: bits & 1 != 0,
        message_center: bits & 2 != 0,
        email: bits & 4 != 0,
        webhook: bits & 8 != 0,
    })
}
