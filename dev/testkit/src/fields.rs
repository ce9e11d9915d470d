//! What a check compares: everything that is shown under the names that scenarios use. A value is absent when this world does
//! not show it.

use crate::world::{
    AuthorizationView, InvitationView, LineView, MemberView, OrderView, OrganizationsView, PackView, PartyView, Pays,
    ResourceView, VoucherView,
};
use credere_core::money::Amount;
use std::collections::BTreeMap;

type Fields = BTreeMap<String, Option<String>>;

impl PartyView {
    /// The figures of the party.
    pub(crate) fn figures(&self) -> Fields {
        let mut all = BTreeMap::new();
        let mut put = |name: &str, value: Option<String>| all.insert(name.to_owned(), value);
        put("bound to", Some(self.bound_to.clone().unwrap_or("nobody".to_owned())));
        put("credit", Some(if self.credit.is_some() { "some" } else { "none" }.to_owned()));
        if let Some(credit) = &self.credit {
            put("total", Some(credit.total.to_string()));
            put("used", Some(credit.used.to_string()));
            put("prepay_frozen", Some(credit.prepay_frozen.to_string()));
            put("postpay_frozen", Some(credit.postpay_frozen.to_string()));
            put("available", Some(credit.available.to_string()));
            put("remaining_voucher", Some(credit.remaining_voucher.to_string()));
            put("state", Some(credit.state.clone()));
        }
        put("finance", Some(if self.finance.is_some() { "some" } else { "none" }.to_owned()));
        if let Some(finance) = &self.finance {
            put("finance cash", Some(finance.cash.to_string()));
            put("finance granted", Some(finance.granted.to_string()));
            put("finance credit_limit", Some(finance.credit_limit.to_string()));
            put("finance credit_used", Some(finance.credit_used.to_string()));
            put("finance frozen", Some(finance.frozen.to_string()));
            put("finance overdue_amount", Some(finance.overdue_amount.to_string()));
            put("finance available", Some(finance.available.to_string()));
            put("finance state", Some(finance.state.clone()));
            let from = finance.inherits_offers_from.clone();
            put("finance inherits_offers_from", Some(from.unwrap_or("nobody".to_owned())));
        }
        if let Some(partner) = &self.partner {
            put("kind", Some(partner.kind.clone()));
            put("under", Some(partner.distributor.clone().unwrap_or("nobody".to_owned())));
            put("quota", Some(partner.quota.to_string()));
            put("allocated", Some(partner.allocated.to_string()));
            put("allocatable", Some(partner.allocatable.to_string()));
            if let Some(spend) = &partner.spend {
                put("spend line", Some(spend.line.to_string()));
                put("spend used", Some(spend.used.to_string()));
                put("spend frozen", Some(spend.frozen.to_string()));
                put("spend available", Some(spend.available.to_string()));
            }
            if let Some(pool) = &partner.pool {
                put("pool total", Some(pool.total.to_string()));
                put("pool remaining", Some(pool.remaining.to_string()));
            }
            let sums = partner.customers.as_ref();
            put("customers total", sums.map(|sums| sums.total.to_string()));
            put("customers available", sums.map(|sums| sums.available.to_string()));
            let vouchers = partner.vouchers.as_ref();
            put("vouchers quota", vouchers.map(|vouchers| vouchers.quota.to_string()));
            put("vouchers issued", vouchers.map(|vouchers| vouchers.issued.to_string()));
            put("vouchers remaining", vouchers.map(|vouchers| vouchers.remaining.to_string()));
        }
        all
    }
}

impl Pays {
    fn fields(&self) -> [(String, Option<String>); 2] {
        [
            ("payer".to_owned(), Some(self.payer.clone())),
            ("paying_partner".to_owned(), Some(self.paying_partner.clone().unwrap_or_else(|| "nobody".to_owned()))),
        ]
    }
}

impl OrderView {
    pub(crate) fn fields(&self) -> Fields {
        let fields = BTreeMap::from([
            ("customer".to_owned(), Some(self.customer.clone())),
            ("state".to_owned(), Some(self.state.clone())),
            ("list".to_owned(), Some(self.list.to_string())),
            ("amount".to_owned(), Some(self.amount.to_string())),
            ("partner_amount".to_owned(), Some(self.partner_amount.to_string())),
            ("voucher_amount".to_owned(), self.voucher_amount.map(|amount| amount.to_string())),
            ("refunded".to_owned(), self.refunded.map(|amount| amount.to_string())),
        ]);
        fields.into_iter().chain(self.pays.fields()).collect()
    }
}

impl ResourceView {
    pub(crate) fn fields(&self) -> Fields {
        let fields = BTreeMap::from([
            ("account".to_owned(), Some(self.account.clone())),
            ("state".to_owned(), Some(self.state.clone())),
            ("unit_price".to_owned(), Some(self.unit_price.to_string())),
            ("quantity".to_owned(), Some(self.quantity.to_string())),
            ("frozen".to_owned(), Some(self.frozen.to_string())),
            ("partner_frozen".to_owned(), self.partner_frozen.map(|amount| amount.to_string())),
        ]);
        fields.into_iter().chain(self.pays.fields()).collect()
    }
}

impl PackView {
    pub(crate) fn fields(&self) -> Fields {
        BTreeMap::from([
            ("account".to_owned(), Some(self.account.clone())),
            ("product".to_owned(), Some(self.product.clone())),
            ("units".to_owned(), Some(self.units.to_string())),
            ("remaining".to_owned(), Some(self.remaining.to_string())),
            ("state".to_owned(), Some(self.state.clone())),
        ])
    }
}

impl VoucherView {
    pub(crate) fn fields(&self) -> Fields {
        BTreeMap::from([
            ("owner".to_owned(), Some(self.owner.clone())),
            ("amount".to_owned(), Some(self.amount.to_string())),
            ("remaining".to_owned(), Some(self.remaining.to_string())),
            ("status".to_owned(), Some(self.status.clone())),
        ])
    }
}

impl LineView {
    pub(crate) fn fields(&self) -> Fields {
        let fields = BTreeMap::from([
            ("account".to_owned(), Some(self.account.clone())),
            ("month".to_owned(), Some(self.month.to_string())),
            ("type".to_owned(), Some(self.action.name().to_owned())),
            ("product".to_owned(), Some(self.product.clone())),
            ("list".to_owned(), Some(self.list.to_string())),
            ("voucher_amount".to_owned(), Some(self.voucher_amount.to_string())),
            ("amount".to_owned(), Some(self.amount.to_string())),
            ("partner_amount".to_owned(), self.partner_amount.map(|amount| amount.to_string())),
            ("confirmed".to_owned(), Some(if self.confirmed { "yes" } else { "no" }.to_owned())),
        ]);
        fields.into_iter().chain(self.pays.fields()).collect()
    }
}

impl AuthorizationView {
    pub(crate) fn fields(&self) -> Fields {
        let shown = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
        let fields = BTreeMap::from([
            ("state".to_owned(), Some(self.state.clone())),
            ("list".to_owned(), shown(self.list)),
            ("amount".to_owned(), shown(self.amount)),
            ("partner_amount".to_owned(), shown(self.partner_amount)),
        ]);
        fields.into_iter().chain(self.pays.iter().flat_map(Pays::fields)).collect()
    }
}

impl OrganizationsView {
    /// An account as a member.
    pub(crate) fn member(&self, name: &str) -> Fields {
        let member = self.members.get(name);
        let mut fields = member.map(MemberView::fields).unwrap_or_default();
        fields.insert("of".to_owned(), Some(or_nobody(member.map(|member| member.admin.clone()))));
        fields
    }

    /// What has become of an account that was created.
    pub(crate) fn creation(&self, name: &str) -> Fields {
        let found = self.creations.get(name);
        let or_none = |text: Option<&String>| Some(text.map_or("none", String::as_str).to_owned());
        Fields::from([
            ("state".to_owned(), or_none(found.map(|it| &it.state))),
            ("by".to_owned(), or_none(found.map(|it| &it.admin))),
            ("under".to_owned(), or_none(found.and_then(|it| it.under.as_ref()))),
            ("code".to_owned(), or_none(found.and_then(|it| it.code.as_ref()))),
        ])
    }

    /// What has become of a relation to an entity.
    pub(crate) fn entity(&self, name: &str) -> Fields {
        let found = self.entities.get(name);
        let or_none = |text: Option<&String>| Some(text.map_or("none", String::as_str).to_owned());
        Fields::from([
            ("state".to_owned(), or_none(found.map(|it| &it.state))),
            ("of".to_owned(), or_none(found.map(|it| &it.of))),
            ("named".to_owned(), or_none(found.map(|it| &it.entity))),
            ("admin".to_owned(), Some(or_nobody(found.and_then(|it| it.admin.clone())))),
        ])
    }

    /// An organization by its admin.
    pub(crate) fn organization(&self, admin: &str) -> Option<Fields> {
        let members = self.organizations.get(admin)?;
        let paid = self.members.iter().filter(|(_, member)| member.payer.as_deref() == Some(admin));
        let paid: Vec<String> = paid.map(|(name, _)| name.clone()).collect();
        Some(Fields::from([
            ("members".to_owned(), Some(listed(members))),
            ("pays_for".to_owned(), Some(listed(&paid))),
        ]))
    }
}

impl MemberView {
    fn fields(&self) -> Fields {
        Fields::from([
            ("kind".to_owned(), Some(self.kind.clone())),
            ("permissions".to_owned(), Some(self.permissions.clone())),
            ("asked".to_owned(), Some(self.asked.clone().unwrap_or_else(|| "none".to_owned()))),
            ("may_quit".to_owned(), Some(if self.may_quit { "yes" } else { "no" }.to_owned())),
            ("payer".to_owned(), Some(or_nobody(self.payer.clone()))),
        ])
    }
}

impl InvitationView {
    pub(crate) fn fields(&self) -> Fields {
        Fields::from([
            ("state".to_owned(), Some(self.state.clone())),
            ("member".to_owned(), Some(self.member.clone())),
            ("by".to_owned(), Some(self.admin.clone())),
            ("permissions".to_owned(), Some(self.permissions.clone())),
        ])
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn or_nobody(name: Option<String>) -> String {
    name.unwrap_or_else(|| "nobody".to_owned())
}
