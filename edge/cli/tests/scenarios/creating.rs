//! Accounts that are opened for organizations, and the entities that those trust. An admin opens an account, and tries again, by an
//! action of the Cloud API, which tells of several conditions that are not met the first; the platform tells everything else.

use crate::client::{failure, number, text};
use crate::cloud::{ORGANIZATION, Reply};
use crate::world::{Asked, HttpWorld, delete, patch, post, without_nulls};
use credere_core::organization::{RecordId, RelationId};
use credere_testkit::scenario::{MemberTerms, Organizing};
use credere_testkit::{CreationView, EntityView, Failure, Figures, Outcome, bare_code};
use serde_json::{Value, json};

/// A number that no record and no relation of a scenario has.
const NEVER: u64 = 999_999_999;
/// What the codes of the action stand for that are about no condition.
const CODES: [(&str, &[&str]); 8] = [
    ("ResourceNotFound.OrganizationNotExist", &["organization_not_found"]),
    ("UnauthorizedOperation", &["not_the_admin"]),
    ("ResourceNotFound.OrganizationAuthRelationNotExist", &["relation_not_found", "relation_not_active"]),
    ("FailedOperation", &["entity_admin_missing"]),
    ("LimitExceeded.CreateMemberOverLimit", &["too_many_creations"]),
    ("LimitExceeded.OrganizationMemberOverLimit", &["too_many_members"]),
    ("FailedOperation.CreateRecordNotExist", &["creation_not_found", "creation_not_failed"]),
    ("FailedOperation.CreateRecordAlreadySuccess", &["creation_not_failed"]),
];

impl HttpWorld {
    /// The request that such an operation is, where the platform asks for it.
    pub(crate) fn asked_of_entities(&self, act: &Organizing) -> Option<Asked> {
        let path = |admin: &str, rest: String| format!("/v1/organizations/{}/{rest}", self.organization(admin));
        let entity = |admin: &str, relation: &str| path(admin, format!("entities/{}", self.relation(relation)));
        Some(match act {
            Organizing::Associate { admin, entity, answers, .. } => {
                let answers = answers.as_deref().map(|name| self.uin(name));
                let body = json!({ "entity_id": entity, "entity_name": entity, "entity_admin_uin": answers });
                post(path(admin, "entities".to_owned()), without_nulls(body))
            }
            Organizing::ChangeEntity { admin, relation, answers } => {
                let answers = answers.as_deref().map(|name| self.uin(name));
                patch(entity(admin, relation), json!({ "entity_admin_uin": answers }))
            }
            Organizing::DecideEntity { admin, relation, approve } => {
                post(format!("{}/decide", entity(admin, relation)), json!({ "approve": approve }))
            }
            Organizing::EndEntity { admin, relation } => delete(entity(admin, relation)),
            Organizing::DecideCreation { admin, member, approve } => {
                let path = path(admin, format!("creations/{}/decide", self.record(member)));
                post(path, json!({ "approve": approve }))
            }
            _ => return None,
        })
    }

    fn relation(&self, name: &str) -> u64 {
        self.names.relations().find(|(known, _)| *known == name).map_or(NEVER, |(_, id)| id.0)
    }

    fn record(&self, member: &str) -> u64 {
        self.names.creations().find(|(known, _)| *known == member).map_or(NEVER, |(_, id)| id.0)
    }

    /// Gives a relation its name.
    pub(crate) fn remember_relation(&mut self, act: &Organizing, made: &Value) -> Result<(), Failure> {
        if let Organizing::Associate { relation, .. } = act {
            self.names.remember_relation(relation, RelationId(number(made, "relation_id")?));
        }
        Ok(())
    }

    /// Opens an account as its admin, or tries again.
    pub(crate) fn create(&mut self, act: &Organizing) -> Result<Outcome, Failure> {
        let (admin, member, terms, under, again) = match act {
            Organizing::Create { admin, member, terms, under } => (admin, member, terms, under.as_deref(), false),
            Organizing::Retry { admin, member, terms } => (admin, member, terms, None, true),
            _ => return Err(Failure::new("this opens no account")),
        };
        let MemberTerms { permissions, payer, .. } = terms;
        let permissions = permissions.unwrap_or_default();
        let body = without_nulls(json!({
            "Name": "Example-member",
            "AccountName": "Example-account",
            "PolicyType": "Financial",
            "PermissionIds": permissions.iter().map(|one| one.id()).collect::<Vec<_>>(),
            "NodeId": self.root_of(admin)?,
            "PayUin": payer.as_deref().map(|name| self.uin(name).to_string()),
            "RecordId": again.then(|| self.record(member)),
            "AuthRelationId": under.map(|under| self.relation(under)),
        }));
        match self.call_as(self.uin(admin), ORGANIZATION, "CreateOrganizationMember", body.to_string())? {
            Reply::Refused(code) => Ok(refused(&code)),
            Reply::Done(fields) => {
                let uin = fields.get("Uin").ok_or_else(|| Failure::new(format!("no number in {fields:?}")))?;
                let uin: u64 = uin.get().parse().map_err(failure)?;
                self.remember_created(admin, member, uin)?;
                Ok(Outcome::done("done"))
            }
        }
    }

    fn remember_created(&mut self, admin: &str, member: &str, uin: u64) -> Result<(), Failure> {
        let listed = self.listed(&format!("/v1/organizations/{}/creations?", self.organization(admin)))?;
        let theirs = listed.iter().find(|creation| creation["uin"] == uin);
        let theirs = theirs.ok_or_else(|| Failure::new(format!("{uin} has no record in {listed:?}")))?;
        self.names.remember_creation(member, RecordId(number(theirs, "record_id")?));
        self.accounts.insert(member.to_owned(), uin);
        Ok(())
    }

    /// The root of an admin's organization, or of none.
    fn root_of(&self, admin: &str) -> Result<u64, Failure> {
        let theirs = self.listed(&format!("/v1/organizations?admin_uin={}&", self.uin(admin)))?;
        theirs.first().map_or(Ok(NEVER), |organization| number(organization, "root_node_id"))
    }

    /// The accounts that were opened for an organization.
    pub(crate) fn shown_creations(&self, id: u64, admin: &str) -> Result<Vec<(String, CreationView)>, Failure> {
        let view = |shown: &Value| {
            let under = shown["relation_id"].as_u64();
            let view = CreationView {
                admin: admin.to_owned(),
                state: text(shown, "state")?.to_owned(),
                code: shown["code"].as_str().map(bare_code),
                under: under.map(|id| self.names.name_of_relation(RelationId(id))),
            };
            Ok((self.name(number(shown, "uin")?), view))
        };
        self.listed(&format!("/v1/organizations/{id}/creations?"))?.iter().map(view).collect()
    }

    /// The entities that an organization trusts, or is asked to.
    pub(crate) fn shown_entities(&self, id: u64, admin: &str) -> Result<Vec<(String, EntityView)>, Failure> {
        let view = |shown: &Value| {
            let view = EntityView {
                of: admin.to_owned(),
                entity: text(shown, "entity_id")?.to_owned(),
                state: text(shown, "state")?.to_owned(),
                admin: shown["entity_admin_uin"].as_u64().map(|uin| self.name(uin)),
            };
            Ok((self.names.name_of_relation(RelationId(number(shown, "relation_id")?)), view))
        };
        self.listed(&format!("/v1/organizations/{id}/entities?"))?.iter().map(view).collect()
    }
}

/// What the action's refusal may stand for; a code of no other meaning is that of the first condition that is not met.
fn refused(code: &str) -> Outcome {
    match CODES.iter().find(|(known, _)| *known == code) {
        Some((_, [first, others @ ..])) => {
            let or = others.iter().map(|word| (*word).to_owned()).collect();
            Outcome { or, figures: Figures::Unknown, ..Outcome::refused(*first) }
        }
        Some((_, [])) | None => {
            let conditions = vec![(String::new(), bare_code(code))];
            Outcome { conditions, figures: Figures::Unknown, ..Outcome::refused("conditions_not_met") }
        }
    }
}
