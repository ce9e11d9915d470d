//! What a damaged journal comes to where it is about the entities that organizations trust and the accounts that were opened for
//! them: an event that does not fit is refused with its position, and a book whose relations do not hold breaks a law by name.

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Book, Command, Context, Event, Rules, check_laws, decide, members, parties};
use credere_core::channel::{AccountClass, EntityId, Site, Tier, Uin, Verification};
use credere_core::ledger::Moment;
use credere_core::organization::{
    Creation, CreationState, EntityRelation, OrganizationId, Permissions, RecordId, RelationId, RelationState,
};
use credere_testkit::commands;

const ADMIN: u64 = 1;
const ANSWERS: u64 = 2;
const NEW: u64 = 9;
/// A number that nothing has.
const NOWHERE: u64 = 404;
const NOW: Moment = Moment::from_micros(0);

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

/// Decides what the platform asks for, which must go through, and applies what comes of it.
#[track_caller]
fn obey(book: &mut Book, command: &Command) {
    let actor = Actor::Platform { key: 1, access: KeyAccess::Full };
    let decision = decide(book, command, &Context { now: NOW, actor, rules: &Rules::default() }).unwrap();
    book.evolve(book.seq() + 1, NOW, &decision.event).unwrap();
}

/// An organization that trusts an entity, and an account that waits under it.
struct Set {
    book: Book,
    organization: OrganizationId,
    relation: RelationId,
    waiting: RecordId,
}

fn entity(name: &str) -> EntityId {
    name.parse().unwrap()
}

fn set() -> Set {
    let mut book = Book::new();
    for (number, name) in [(ADMIN, "E1"), (ANSWERS, "E2")] {
        let (site, entity) = (Some(Site::Cn), Some(entity(name)));
        let open = parties::OpenAccount { site, entity, ..commands::open(uin(number)) };
        obey(&mut book, &open.into());
    }
    obey(&mut book, &commands::create_organization(uin(ADMIN)).into());
    let organization = OrganizationId(book.seq());
    let (name, admin) = ("Example Holding".to_owned(), Some(uin(ANSWERS)));
    let associate = members::AssociateEntity { organization, entity: entity("E2"), name, admin };
    obey(&mut book, &associate.into());
    let relation = RelationId(book.seq());
    let create = members::CreateMember {
        relation: Some(relation),
        ..commands::create_member(uin(ADMIN), Permissions::ALWAYS.into_iter().collect())
    };
    obey(&mut book, &create.into());
    let waiting = RecordId(book.seq());
    check_laws(&book).unwrap();
    Set { book, organization, relation, waiting }
}

impl Set {
    /// Why an event does not fit.
    fn misfit(&self, event: impl Into<Event>) -> &'static str {
        let (mut book, event) = (self.book.clone(), event.into());
        let seq = book.seq() + 1;
        let inconsistent = book.evolve(seq, NOW, &event).unwrap_err();
        assert_eq!((inconsistent.seq, inconsistent.event), (seq, event.name()));
        inconsistent.what
    }

    fn next(&self) -> u64 {
        self.book.seq() + 1
    }

    fn relation_to(&self, name: &str) -> EntityRelation {
        EntityRelation {
            id: RelationId(self.next()),
            organization: self.organization,
            entity: entity(name),
            name: "Example Works".to_owned(),
            state: RelationState::Active,
            admin: None,
        }
    }

    /// An account that is opened, and is a member at once.
    fn created(&self, account: Uin) -> members::MemberCreated {
        let opened = parties::AccountOpened {
            uin: account,
            class: AccountClass::External,
            verification: Verification::Enterprise,
            tier: Tier::None,
            site: Site::Cn,
            entity: Some(entity("E1")),
            followed: false,
        };
        let creation = Creation {
            id: RecordId(self.next()),
            organization: self.organization,
            uin: account,
            relation: None,
            permissions: Permissions::ALWAYS.into_iter().collect(),
            payer: None,
            at: NOW,
            state: CreationState::Done,
        };
        let lines_after = Vec::new();
        members::MemberCreated { admin: uin(ADMIN), creation, opened, bound: None, begun: None, lines_after }
    }

    fn decided(&self, record: RecordId) -> members::CreationDecided {
        members::CreationDecided {
            organization: self.organization,
            admin: uin(ADMIN),
            record,
            member: self.book.creation(self.waiting).unwrap().uin,
            permissions: Permissions::ALWAYS.into_iter().collect(),
            approve: true,
            state: CreationState::Done,
            begun: None,
            lines_after: Vec::new(),
        }
    }
}

#[test]
fn an_account_is_opened_under_its_own_number_for_an_organization_that_is_there() {
    let set = set();
    let right = set.created(uin(NEW));
    set.book.clone().evolve(set.next(), NOW, &Event::from(right.clone())).unwrap();
    let with = |creation: Creation| members::MemberCreated { creation, ..right.clone() };
    let creation = || right.creation.clone();
    assert_eq!(set.misfit(with(Creation { id: RecordId(NOWHERE), ..creation() })), "the creation has another number");
    assert_eq!(set.misfit(with(Creation { uin: uin(NEW + 1), ..creation() })), "another account was opened");
    let elsewhere = Creation { organization: OrganizationId(NOWHERE), ..creation() };
    assert_eq!(set.misfit(with(elsewhere.clone())), "no such organization");
    let waits = Creation { state: CreationState::Waiting, ..elsewhere };
    assert_eq!(set.misfit(with(waits)), "no such organization");
    assert_eq!(set.misfit(set.created(uin(ANSWERS))), "the account is there already");
    let bound = Some(parties::CustomerBound { customer: uin(NEW), partner: uin(ANSWERS), referred: false });
    assert_eq!(set.misfit(members::MemberCreated { bound, ..right }), "no such partner");
}

#[test]
fn what_is_decided_or_tried_again_was_opened_and_is_no_member() {
    let set = set();
    assert_eq!(set.misfit(set.decided(RecordId(NOWHERE))), "no such creation");
    let retried = |record| {
        let members::CreationDecided { organization, admin, member, permissions, lines_after, .. } =
            set.decided(record);
        let (payer, begun) = (None, None);
        members::CreationRetried { organization, admin, record, member, permissions, payer, begun, lines_after }
    };
    assert_eq!(set.misfit(retried(RecordId(NOWHERE))), "no such creation");
    let mut joined = set.book.clone();
    joined.evolve(set.next(), NOW, &Event::from(set.decided(set.waiting))).unwrap();
    check_laws(&joined).unwrap();
    for again in [Event::from(set.decided(set.waiting)), retried(set.waiting).into()] {
        let misfit = joined.clone().evolve(joined.seq() + 1, NOW, &again).unwrap_err();
        assert_eq!(misfit.what, "the account is a member already");
    }
}

#[test]
fn a_relation_has_its_own_number_and_an_organization_that_is_there() {
    let set = set();
    let right = set.relation_to("E3");
    let associated = |relation: EntityRelation| members::EntityAssociated { relation };
    set.book.clone().evolve(set.next(), NOW, &Event::from(associated(right.clone()))).unwrap();
    let other = EntityRelation { id: RelationId(NOWHERE), ..right.clone() };
    assert_eq!(set.misfit(associated(other)), "the relation has another number");
    let elsewhere = EntityRelation { organization: OrganizationId(NOWHERE), ..right };
    assert_eq!(set.misfit(associated(elsewhere)), "no such organization");
}

#[test]
fn what_becomes_of_a_relation_that_is_not_there_does_not_fit() {
    let set = set();
    let (organization, relation) = (set.organization, RelationId(NOWHERE));
    assert_eq!(set.misfit(members::EntityChanged { organization, relation, admin: None }), "no such relation");
    for approve in [true, false] {
        assert_eq!(set.misfit(members::EntityDecided { organization, relation, approve }), "no such relation");
    }
    assert_eq!(set.misfit(members::EntityEnded { organization, relation }), "no such relation");
    let mut ended = set.book.clone();
    let relation = set.relation;
    let end = members::EndEntity { organization, relation };
    obey(&mut ended, &Command::from(end));
    let again = Event::from(members::EntityEnded { organization, relation });
    assert_eq!(ended.evolve(ended.seq() + 1, NOW, &again).unwrap_err().what, "no such relation");
}

#[test]
fn two_relations_to_one_entity_break_a_law() {
    let set = set();
    let mut book = set.book.clone();
    let twice = members::EntityAssociated { relation: set.relation_to("E2") };
    book.evolve(set.next(), NOW, &Event::from(twice)).unwrap();
    let broken: Vec<&str> = check_laws(&book).unwrap_err().iter().map(|law| law.law).collect();
    assert_eq!(broken, ["an organization has one relation to an entity, and it is listed"; 2]);
}
