//! How a world begins: products of every freeze model and settlement, partners of every kind, customers among them, and
//! some accounts that are neither. The acts go through the application and the auditor like all others.

use super::{Chooser, code, uin};
use crate::act::Act;
use credere_auditor::{ONE, Step, Units, amount};
use credere_core::book::{Command, catalogue, finance, parties};
use credere_core::channel::{
    AccountClass, AllowlistItem, FreezeModel, FreezeTerms, PartnerKind, Settlement, Site, Tier, TopUpKind, Uin,
    Verification,
};
use credere_core::money::Factor;

impl Chooser {
    /// The acts that make the world.
    pub(crate) fn foundation(&mut self) -> Vec<Act> {
        let mut acts = Vec::new();
        for (place, model) in
            FreezeModel::ALL.into_iter().chain([FreezeModel::Coefficient, FreezeModel::None]).enumerate()
        {
            acts.extend(self.new_product(place, model).map(Act::platform));
        }
        let accounts: Vec<Uin> =
            [&self.partners, &self.customers, &self.strangers].into_iter().flatten().copied().collect();
        for account in accounts {
            let unverified = self.customers.contains(&account) && self.dice.chance(1, 20);
            let verification = if unverified { Verification::None } else { Verification::Enterprise };
            let mut opened = opening(account, verification);
            opened.entity = self.entity(account).filter(|_| !unverified).and_then(|name| name.parse().ok());
            opened.tier =
                self.dice.pick(&[Tier::None, Tier::Key, Tier::Mid, Tier::LongTail]).copied().unwrap_or(Tier::None);
            opened.followed = self.dice.chance(2, 3);
            opened.site = self.dice.chance(1, 25).then_some(Site::Cn);
            if self.dice.chance(1, 8) {
                opened.class = AccountClass::Internal(if self.dice.chance(1, 2) { 4 } else { 5 });
            }
            acts.push(Act::platform(Command::from(opened)));
        }
        let kinds = [PartnerKind::Reseller, PartnerKind::Distributor, PartnerKind::SecondLevelReseller];
        let partners = self.partners.clone();
        for (place, partner) in partners.iter().enumerate() {
            let kind = kinds[place % 3];
            let above = (kind == PartnerKind::SecondLevelReseller).then(|| partners[place - 1]);
            acts.push(Act::platform(self.new_partner(*partner, kind, above)));
        }
        acts.push(Act::platform(self.new_partner(self.agent(), PartnerKind::Agent, None)));
        for customer in self.customers.clone() {
            let partner = if self.dice.chance(1, 8) { Some(self.agent()) } else { self.dice.pick(&partners).copied() };
            let partner = partner.filter(|_| !self.dice.chance(1, 8));
            if partner.is_none_or(|partner| partner == self.agent()) {
                acts.extend(self.first_money(customer).map(Act::platform));
            }
            let Some(partner) = partner else { continue };
            acts.push(Act::platform(Command::from(parties::BindCustomer { customer, partner })));
            if partner != self.agent() && !self.dice.chance(1, 12) {
                let credit = amount(Units::from(self.dice.between(100, 3_000)) * ONE);
                acts.push(Act::platform(Command::from(parties::AllocateCredit {
                    customer,
                    amount: credit,
                    remark: None,
                })));
            }
        }
        acts.extend(self.first_money(self.agent()).map(Act::platform));
        acts
    }

    /// What somebody begins with that pays for itself.
    fn first_money(&mut self, account: Uin) -> impl Iterator<Item = Command> + use<> {
        let whole = |units: i64| amount(Units::from(units) * ONE);
        let cash = Some(self.dice.between(50, 1_500)).filter(|_| !self.dice.chance(1, 6));
        let cash = cash.map(|cash| finance::TopUp { account, amount: whole(cash), kind: TopUpKind::Cash });
        let gift = Some(self.dice.between(20, 400)).filter(|_| self.dice.chance(1, 2));
        let gift = gift.map(|gift| finance::TopUp { account, amount: whole(gift), kind: TopUpKind::Granted });
        let limit = Some(self.dice.between(50, 800)).filter(|_| self.dice.chance(1, 2));
        let limit = limit.map(|limit| {
            Command::from(finance::ChangeFinance { account, credit_limit: Some(whole(limit)), overdue_amount: None })
        });
        cash.into_iter().chain(gift).map(Command::from).chain(limit)
    }

    fn new_product(&mut self, place: usize, model: FreezeModel) -> Option<Command> {
        let code = code(&format!("product-{place}"))?;
        self.products.push(code.clone());
        let settlement = Settlement::ALL[place % 3];
        let freeze = self.freeze(model);
        let grace_hours = self.dice.chance(1, 4).then(|| u32::try_from(self.dice.below(100)).unwrap_or(0));
        let retention_days = self.dice.chance(1, 2).then(|| 1 + u32::try_from(self.dice.below(30)).unwrap_or(0));
        Some(Command::from(catalogue::AddProduct {
            name: code.to_string(),
            code,
            settlement,
            grace_hours,
            retention_days,
            freeze,
            inheritable: !self.dice.chance(1, 4),
        }))
    }

    pub(super) fn freeze(&mut self, model: FreezeModel) -> FreezeTerms {
        let coefficient = self.dice.between(0, 300_000_000).unsigned_abs();
        let coefficient = if self.dice.chance(1, 3) { 50_000_000 } else { coefficient };
        let fee = Units::from(self.dice.between(0, 20 * 100_000_000));
        FreezeTerms { model, coefficient: Factor::from_units(coefficient).unwrap_or(Factor::ONE), amount: amount(fee) }
    }

    fn new_partner(&mut self, partner: Uin, kind: PartnerKind, distributor: Option<Uin>) -> Command {
        let each = Units::from(self.size.customers / self.size.partners.max(1) + 1);
        let quota = match kind {
            PartnerKind::Agent => 0,
            // A pool comes out of the distributor's quota, which has its own customers besides.
            PartnerKind::Distributor => each * 6_000,
            PartnerKind::SecondLevelReseller | PartnerKind::Reseller => each * 2_200,
        };
        let owes = matches!(kind, PartnerKind::Reseller | PartnerKind::Distributor);
        let spend = (owes && self.dice.chance(2, 3)).then(|| each * Units::from(self.dice.between(300, 2_500)));
        let mut allowlist = vec![AllowlistItem::CustomerDiscounts];
        if self.dice.chance(2, 3) {
            allowlist.push(AllowlistItem::ForceSuspension);
        }
        if self.dice.chance(2, 3) {
            allowlist.push(AllowlistItem::SpecialSuspension);
        }
        Command::from(parties::RegisterPartner {
            uin: partner,
            kind,
            distributor,
            allocation_quota: amount(quota * ONE),
            spend_line: spend.map(|line| amount(line * ONE)),
            voucher_quota: amount(Units::from(self.dice.between(0, 3_000)) * ONE),
            allowlist,
        })
    }

    /// Somebody who cannot become a partner in this way.
    pub(super) fn no_partner(&mut self, account: Uin) -> Command {
        let kinds = [PartnerKind::Reseller, PartnerKind::SecondLevelReseller, PartnerKind::Agent];
        let kind = self.dice.pick(&kinds).copied().unwrap_or(PartnerKind::Agent);
        // Of the strangers the second never becomes one: what it asks for is refused for its terms.
        let stranger = self.dice.chance(1, 2);
        let (account, above) = if stranger { (uin(3_002), self.partners.first().copied()) } else { (account, None) };
        let needs_above = kind == PartnerKind::SecondLevelReseller;
        let above = above.filter(|_| !needs_above || self.dice.chance(1, 2));
        let negative = stranger && above.is_none() && !needs_above;
        let mut command = self.new_partner(account, kind, above);
        if let Command::Parties(parties::Command::RegisterPartner(parties::RegisterPartner {
            allocation_quota,
            spend_line,
            ..
        })) = &mut command
        {
            if negative {
                *allocation_quota = amount(-1);
            }
            *spend_line = (kind == PartnerKind::Agent).then_some(amount(ONE)).or(*spend_line);
        }
        command
    }

    /// An account that is there already, asked for once more.
    pub(super) fn opened_again(&mut self, account: Uin) -> Step {
        let taken = self.dice.chance(9, 10) || account == uin(9_999);
        let account = if taken { self.customers.first().copied().unwrap_or(account) } else { account };
        Step::Command(Command::from(opening(account, Verification::Personal)))
    }
}

fn opening(account: Uin, verification: Verification) -> parties::OpenAccount {
    parties::OpenAccount {
        uin: Some(account),
        class: AccountClass::External,
        verification,
        tier: Tier::None,
        site: None,
        entity: None,
        followed: false,
    }
}
