//! What a world must satisfy as to the entities that organizations trust and the accounts that were opened for them: each entity once,
//! whoever was opened is a member exactly where that came about, and nobody waits for an entity that was never named (O34, O36, O40).

use super::entities::RELATIONS;
use super::facts::State;
use super::recount_members::must;
use super::{Auditor, Difference};
use std::collections::BTreeSet;

impl Auditor {
    pub(super) fn recount_creations(&self, all: &mut Vec<Difference>) {
        for (id, organization) in &self.organizations {
            let entities: Vec<&str> = self.relations_of(*id).map(|(_, relation)| relation.entity.as_str()).collect();
            let once = entities.iter().collect::<BTreeSet<_>>().len() == entities.len();
            must(
                all,
                organization.admin,
                "its organization trusts each entity once",
                once && entities.len() <= RELATIONS,
            );
        }
        for relation in self.relations.values() {
            let there = self.organizations.contains_key(&relation.organization);
            if let Some(admin) = relation.admin {
                must(all, admin, "who answers for an entity is there, and so is who trusts it", {
                    there && self.accounts.contains_key(&admin)
                });
            }
        }
        for creation in self.creations.values() {
            let uin = creation.uin;
            must(all, uin, "for whom it was created is there", self.organizations.contains_key(&creation.organization));
            must(all, uin, "what was created is known as that", self.told.get(&uin).is_some_and(|told| told.created));
            let member = self.members.get(&uin).filter(|member| member.created);
            must(
                all,
                uin,
                "it is a created member exactly where its creation is done",
                match creation.state {
                    State::Done => member.is_some_and(|member| member.organization == creation.organization),
                    State::Waiting | State::Refused | State::Failed(_) => {
                        member.is_none() && creation.relation.is_some()
                    }
                },
            );
            let once = self.creations.values().filter(|other| other.uin == uin).count() == 1;
            must(all, uin, "it was created once", once);
        }
        for (uin, member) in self.members.iter().filter(|(_, member)| member.created) {
            let record = self.creations_of(member.organization).any(|(_, creation)| creation.uin == *uin);
            must(all, *uin, "whoever was created has a record", record);
        }
        for (id, organization) in &self.organizations {
            let created = self.told.get(&organization.admin).is_some_and(|told| told.created);
            must(all, organization.admin, &format!("the admin of {id} was not created for another"), !created);
        }
    }
}
