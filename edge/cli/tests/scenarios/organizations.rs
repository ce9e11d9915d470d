//! What happens in organizations. What the platform's own systems tell is a request like any other; what admins and members do
//! has a door of their own, so that the server is stopped meanwhile, and the application does it on the server's folder.

use crate::client::{failure, number, text};
use crate::world::{Asked, HttpWorld, patch, post};
use credere_app::clock::Clock;
use credere_app::engine::EngineOptions;
use credere_app::{App, Caller, Failure as AppFailure, MasterKey, Options, Quiet, random};
use credere_core::access::Face;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::organization::{EndedBy, StartedBy};
use credere_store::sqlite::{OpenOptions, SqliteStore};
use credere_testkit::scenario::{Operation, Organizing};
use credere_testkit::{Failure, MemberView, Names, OrganizationsView, Outcome, PayerView};
use serde_json::{Value, json};
use std::sync::Arc;

/// What every server here seals secrets with.
pub(crate) const MASTER_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// A number that no organization of a scenario has.
const NEVER: u64 = 999_999_999;

impl HttpWorld {
    /// The request that such an operation is, where it is one.
    pub(crate) fn asked_of_organizations(&self, act: &Organizing) -> Option<Asked> {
        let of = |admin: &str| self.organization(admin);
        match act {
            Organizing::Grant { admin, accounts, invitations, creations, features } => {
                let mut body = json!({});
                if let Some(features) = features {
                    body["features"] = features.iter().map(|feature| feature.name()).collect();
                }
                for (name, quota) in
                    [("accounts", accounts), ("open_invitations", invitations), ("creations_per_day", creations)]
                {
                    if let Some(quota) = quota {
                        body["quotas"][name] = json!(quota);
                    }
                }
                Some(patch(format!("/v1/organizations/{}", of(admin)), body))
            }
            Organizing::Decide { member, admin, agrees } => {
                let path = format!("/v1/organizations/{}/members/{}/permission-change", of(admin), self.uin(member));
                Some(post(path, json!({ "accept": agrees })))
            }
            Organizing::Transfer { admin, member, amount, .. } => {
                let body = json!({ "member_uin": self.uin(member), "amount": amount.to_string() });
                Some(post(format!("/v1/organizations/{}/transfers", of(admin)), body))
            }
            Organizing::TakeBack { admin, amount, transfer } => {
                let never = || format!("trf_{NEVER}");
                let transfer = self.transfers.get(transfer).cloned().unwrap_or_else(never);
                let path = format!("/v1/organizations/{}/transfers/{transfer}/return", of(admin));
                Some(post(path, json!({ "amount": amount.to_string() })))
            }
            _ => self.asked_of_entities(act),
        }
    }

    /// The organization that an account made last, or none that there is.
    pub(crate) fn organization(&self, admin: &str) -> u64 {
        self.organizations.get(admin).copied().unwrap_or(NEVER)
    }

    /// What an admin or a member does, while the server is down.
    pub(crate) fn organize(&mut self, operation: &Operation) -> Result<Outcome, Failure> {
        for (name, uin) in &self.accounts {
            self.names.remember_account(name, Uin::new(*uin).map_err(failure)?);
        }
        let (actor, command) = self.names.command(operation, Moment::default())?;
        self.stop()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failure)?;
        let app = self.start_app()?;
        let caller = Caller { request_id: random::id(), actor, face: Face::Platform };
        let done = runtime.block_on(app.command(caller, None, command));
        app.close();
        // The folder is one program's at a time.
        drop(app);
        self.start()?;
        match done {
            Ok(done) => {
                self.names.remember(operation, done.seq, &done.event);
                if let Operation::Organize(Organizing::Make { admin }) = operation {
                    self.organizations.insert(admin.clone(), done.seq);
                }
                Ok(Names::outcome(&done.event))
            }
            Err(AppFailure::Refused { rejection, .. }) => Ok(self.names.refusal(&rejection)),
            Err(other) => Err(failure(other)),
        }
    }

    /// The application on the server's folder, as the server itself would start it.
    fn start_app(&self) -> Result<Arc<App>, Failure> {
        let store = SqliteStore::open(self.folder.data(), OpenOptions::default()).map_err(failure)?;
        let rules = self.folder.rules().clone();
        let options = Options {
            currency: "USD".to_owned(),
            zone: "+08:00".to_owned(),
            master_key: MasterKey::from_text(MASTER_KEY).map_err(failure)?,
            platform_key: None,
            clock_ahead: false,
            engine: EngineOptions { clock: Clock::Test, rules, ..EngineOptions::default() },
        };
        App::start(Arc::new(store), options, &Quiet).map_err(failure)
    }

    /// Who is in which organization, and who pays for whom.
    pub(crate) fn shown_organizations(&self) -> Result<OrganizationsView, Failure> {
        let mut view = OrganizationsView::default();
        for shown in self.listed("/v1/organizations?")? {
            let admin = self.name(number(&shown, "admin_uin")?);
            let members = shown["members"].as_array().ok_or_else(|| Failure::new(format!("no members: {shown}")))?;
            let mut listed = Vec::new();
            for member in members {
                let name = self.name(number(member, "uin")?);
                view.members.insert(name.clone(), self.shown_member(member, &admin)?);
                listed.push(name);
            }
            let id = number(&shown, "org_id")?;
            view.creations.extend(self.shown_creations(id, &admin)?);
            view.entities.extend(self.shown_entities(id, &admin)?);
            view.organizations.insert(admin, listed);
        }
        for shown in self.listed("/v1/pay-on-behalf?")? {
            let member = self.name(number(&shown, "member_uin")?);
            view.payers.entry(member).or_default().push(self.shown_interval(&shown)?);
        }
        Ok(view)
    }

    fn shown_member(&self, shown: &Value, admin: &str) -> Result<MemberView, Failure> {
        let payer = shown["payer_uin"].as_u64().map(|uin| self.name(uin));
        if shown["pays_for_itself"] != payer.is_none() {
            return Err(Failure::new(format!("who pays for this member? {shown}")));
        }
        Ok(MemberView {
            admin: admin.to_owned(),
            kind: text(shown, "type")?.to_owned(),
            permissions: ids(&shown["permission_ids"])
                .ok_or_else(|| Failure::new(format!("a member without permissions: {shown}")))?,
            asked: ids(&shown["asked_permission_ids"]),
            may_quit: shown["allow_quit"] == true,
            payer,
        })
    }

    fn shown_interval(&self, shown: &Value) -> Result<PayerView, Failure> {
        let day = |name: &str| Ok::<_, Failure>(text(shown, name)?.chars().take(10).collect());
        let unknown = || Failure::new(format!("an interval that is none: {shown}"));
        let until = if shown["ends_at"].is_null() {
            None
        } else {
            let ended_by = EndedBy::from_name(text(shown, "ended_by")?).ok_or_else(unknown)?;
            Some((day("ends_at")?, ended_by))
        };
        Ok(PayerView {
            payer: self.name(number(shown, "payer_uin")?),
            from: day("starts_at")?,
            started_by: StartedBy::from_name(text(shown, "started_by")?).ok_or_else(unknown)?,
            until,
        })
    }
}

/// Permissions as scenarios write them: `1, 2, 7`.
fn ids(shown: &Value) -> Option<String> {
    let ids: Vec<String> = shown.as_array()?.iter().map(Value::to_string).collect();
    Some(ids.join(", "))
}
