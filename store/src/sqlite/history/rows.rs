//! History's rows as columns: for each table what is written and how it is read back.

use crate::contract::{AllocationRow, AuditRow, AuthorizationRow, OrderRow, StoreError};
use crate::sqlite::rows::{Fields, Stored, value};
use rusqlite::types::ValueRef;

impl Stored for AllocationRow {
    const TABLE: &'static str = "allocation_row";
    const COLUMNS: &'static [&'static str] =
        &["account", "seq", "operator", "amount", "total_after", "available_after", "remark", "at"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let AllocationRow { seq, account, operator, amount, total_after, available_after, remark, at } = self;
        Ok(vec![
            value::uin(*account)?,
            value::whole(*seq)?,
            value::uin(*operator)?,
            value::amount(*amount),
            value::amount(*total_after),
            value::amount(*available_after),
            value::optional_text(remark),
            value::moment(*at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<AllocationRow, StoreError> {
        Ok(AllocationRow {
            account: fields.uin()?,
            seq: fields.whole()?,
            operator: fields.uin()?,
            amount: fields.amount()?,
            total_after: fields.amount()?,
            available_after: fields.amount()?,
            remark: fields.optional_text()?,
            at: fields.moment()?,
        })
    }
}

impl Stored for OrderRow {
    const TABLE: &'static str = "order_row";
    const COLUMNS: &'static [&'static str] = &[
        "seq",
        "account",
        "payer",
        "product",
        "kind",
        "state",
        "list_amount",
        "discount_rate",
        "voucher_amount",
        "amount",
        "partner_amount",
        "refunded_amount",
        "created_at",
        "updated_at",
        "details",
        "facts",
    ];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::whole(self.seq)?,
            value::uin(self.account)?,
            value::uin(self.payer)?,
            value::text(&self.product),
            value::text(&self.kind),
            value::text(&self.state),
            value::amount(self.list_amount),
            ValueRef::Integer(i64::from(self.discount_rate.units())),
            value::amount(self.voucher_amount),
            value::amount(self.amount),
            value::amount(self.partner_amount),
            value::amount(self.refunded_amount),
            value::moment(self.created_at),
            value::moment(self.updated_at),
            value::text(&self.details),
            ValueRef::Blob(&self.facts),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<OrderRow, StoreError> {
        Ok(OrderRow {
            seq: fields.whole()?,
            account: fields.uin()?,
            payer: fields.uin()?,
            product: fields.text()?,
            kind: fields.text()?,
            state: fields.text()?,
            list_amount: fields.amount()?,
            discount_rate: fields.rate()?,
            voucher_amount: fields.amount()?,
            amount: fields.amount()?,
            partner_amount: fields.amount()?,
            refunded_amount: fields.amount()?,
            created_at: fields.moment()?,
            updated_at: fields.moment()?,
            details: fields.text()?,
            facts: fields.blob()?.to_vec(),
        })
    }
}

impl Stored for AuthorizationRow {
    const TABLE: &'static str = "authorization_row";
    const COLUMNS: &'static [&'static str] = &[
        "opened_seq",
        "account",
        "product",
        "state",
        "list_amount",
        "amount",
        "partner_amount",
        "captured_list_amount",
        "captured_amount",
        "captured_partner_amount",
        "opened_at",
        "expires_at",
        "closed_at",
    ];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::whole(self.opened_seq)?,
            value::uin(self.account)?,
            value::text(&self.product),
            value::text(&self.state),
            value::amount(self.list_amount),
            value::amount(self.amount),
            value::amount(self.partner_amount),
            value::amount(self.captured_list_amount),
            value::amount(self.captured_amount),
            value::amount(self.captured_partner_amount),
            value::moment(self.opened_at),
            value::moment(self.expires_at),
            value::moment(self.closed_at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<AuthorizationRow, StoreError> {
        Ok(AuthorizationRow {
            opened_seq: fields.whole()?,
            account: fields.uin()?,
            product: fields.text()?,
            state: fields.text()?,
            list_amount: fields.amount()?,
            amount: fields.amount()?,
            partner_amount: fields.amount()?,
            captured_list_amount: fields.amount()?,
            captured_amount: fields.amount()?,
            captured_partner_amount: fields.amount()?,
            opened_at: fields.moment()?,
            expires_at: fields.moment()?,
            closed_at: fields.moment()?,
        })
    }
}

impl Stored for AuditRow {
    const TABLE: &'static str = "audit_row";
    const COLUMNS: &'static [&'static str] =
        &["seq", "at", "request_id", "actor", "face", "action", "account", "outcome", "code", "detail"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::whole(self.seq)?,
            value::moment(self.at),
            value::text(&self.request_id),
            value::text(&self.actor),
            value::text(&self.face),
            value::text(&self.action),
            value::optional_uin(self.account)?,
            value::text(&self.outcome),
            value::optional_text(&self.code),
            value::text(&self.detail),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<AuditRow, StoreError> {
        Ok(AuditRow {
            seq: fields.whole()?,
            at: fields.moment()?,
            request_id: fields.text()?,
            actor: fields.text()?,
            face: fields.text()?,
            action: fields.text()?,
            account: fields.optional_uin()?,
            outcome: fields.text()?,
            code: fields.optional_text()?,
            detail: fields.text()?,
        })
    }
}
