"""Organizations, in both versions of their service: made, joined, shown, changed, left, and what is refused to whom."""

import datetime
import itertools

import pytest

from cloud import Dialect, call, every_dialect, figures, refused

# Many calls here are equal to the last byte, and an equal request within one second is a repetition.
pytestmark = pytest.mark.usefixtures("a_second_passes_between_requests")

NOWHERE = "ResourceNotFound.OrganizationNotExist"
NOT_ADMIN = "UnauthorizedOperation"
ILLEGAL = "FailedOperation.OrganizationPermissionIllegal"

_entities = itertools.count(1)


class Organization:
    """An organization with its admin, and accounts of the same entity that could join it."""

    def __init__(self, world, dialect=Dialect.TC3_POST, account=None):
        number = next(_entities)
        self.entity = {"entity_id": f"E{number}", "entity_name": f"Entity {number} Ltd"}
        self.world = world
        self.dialect = dialect
        self.admin = account or world.account(**self.entity)
        self.new = self.admin.organization(dialect)
        self.old = self.admin.old_organization(dialect)
        made = call(self.new, "CreateOrganization")
        assert made.NickName == self.admin.name
        self.id = made.OrgId

    def account(self):
        return self.world.account(**self.entity)

    def invitation(self, party, name, paid=True, **more):
        """The parameters of an invitation, for a member that is paid for or not."""
        terms = {"PermissionIds": [1, 2, 7], "PayUin": str(self.admin.uin)} if paid else {"PermissionIds": [1, 2]}
        given = {"MemberUin": party.uin, "Name": name, "PolicyType": "Financial", "NodeId": self.id}
        return {**given, **terms, **more}

    def creation(self, **more):
        """The parameters of an account that is created, and paid for."""
        given = {"Name": "made", "AccountName": "Own-1", "PolicyType": "Financial", "NodeId": self.id}
        return {**given, "PermissionIds": [1, 2, 7], "PayUin": str(self.admin.uin), **more}

    def member(self, name="team", paid=True):
        party = self.account()
        call(self.new, "InviteOrganizationMember", **self.invitation(party, name, paid))
        call(party.old_organization(self.dialect), "AcceptOrganizationInvitation", Id=invited(party)[0]["Id"])
        return party


def invited(party):
    """The invitations that a party got, the newest first."""
    return figures(call(party.old_organization(), "ListOrganizationInvitations", Invited=1))["Invitations"]


def members(organization):
    """The members as their admin sees them in the newer version."""
    return figures(call(organization.new, "DescribeOrganizationMembers", Offset=0, Limit=50))["Items"]


@pytest.fixture
def organization(world, dialect):
    return Organization(world, dialect)


@every_dialect
def test_from_making_an_organization_to_ending_it(organization):
    admin, guest = organization.admin, organization.account()
    new, old = organization.new, organization.old
    described = figures(call(new, "DescribeOrganization"))
    assert (described["OrgId"], described["HostUin"], described["IsManager"]) == (organization.id, admin.uin, True)
    assert [permission["Id"] for permission in described["OrgPermission"]] == [1, 2]
    got = figures(call(old, "GetOrganization"))
    assert got == {
        "OrgId": organization.id,
        "HostUin": admin.uin,
        "Nickname": admin.name,
        "Mail": admin.email,
        "OrgType": 1,
        "IsEmpty": 1,
    }
    (root,) = figures(call(new, "DescribeOrganizationNodes", Offset=0, Limit=10))["Items"]
    assert (root["NodeId"], root["ParentNodeId"], root["Name"]) == (described["RootNodeId"], 0, "Root")

    # Invited by the newer version, listed and accepted by the older.
    call(new, "InviteOrganizationMember", **organization.invitation(guest, "guest", Remark="soon"))
    (invitation,) = invited(guest)
    (sent,) = figures(call(old, "ListOrganizationInvitations", Invited=0, Offset=0, Limit=10))["Invitations"]
    # What the admin notes is not told to whoever is invited.
    assert sent == {**invitation, "Remark": "soon"}
    assert {name: invitation[name] for name in ("Uin", "HostUin", "HostName", "HostMail", "Status", "Name", "Remark")} == {
        "Uin": guest.uin,
        "HostUin": admin.uin,
        "HostName": admin.name,
        "HostMail": admin.email,
        "Status": 0,
        "Name": "guest",
        "Remark": "",
    }
    theirs = guest.old_organization(organization.dialect)
    call(theirs, "AcceptOrganizationInvitation", Id=invitation["Id"])
    assert invited(guest)[0]["Status"] == 1

    # Seen by itself, and by its admin in both versions.
    own = figures(call(guest.organization(organization.dialect), "DescribeOrganization", Lang="en"))
    assert (own["IsManager"], own["PayUin"], own["PayName"]) == (False, str(admin.uin), admin.name)
    (member,) = members(organization)
    assert (member["MemberUin"], member["MemberType"], member["NickName"]) == (guest.uin, "Invite", guest.name)
    assert (member["PayUin"], member["IsAllowQuit"], member["PermissionStatus"]) == (str(admin.uin), "Denied", "Confirmed")
    one = figures(call(old, "GetOrganizationMember", MemberUin=guest.uin))
    assert (one["Name"], one["Remark"], one["NodeId"]) == ("guest", "soon", organization.id)
    listed = figures(call(old, "ListOrganizationMembers", Offset=0, Limit=10))
    assert (listed["TotalCount"], listed["Members"][0]["Uin"]) == (1, guest.uin)
    found = call(new, "DescribeOrganizationMembers", Offset=0, Limit=10, SearchKey="UES")
    assert found.Total == 1
    assert call(new, "DescribeOrganizationMembers", Offset=0, Limit=10, SearchKey="nobody").Total == 0

    # Changed in both versions.
    call(new, "UpdateOrganizationMember", MemberUin=guest.uin, Name="crew", Remark="here")
    call(old, "UpdateOrganizationMember", MemberUin=guest.uin, Remark="there")
    (member,) = members(organization)
    assert (member["Name"], member["Remark"]) == ("crew", "there")

    assert refused(new, "DeleteOrganization") == "FailedOperation.OrganizationNotEmpty"
    call(new, "DeleteOrganizationMembers", MemberUin=[guest.uin])
    assert members(organization) == []
    call(old, "DeleteOrganization")
    assert refused(new, "DescribeOrganization") == NOWHERE


def test_permissions_wait_for_the_member(world):
    organization = Organization(world)
    party = organization.member(paid=False)
    change = {
        "MemberUin": party.uin,
        "PolicyType": "Financial",
        "PermissionIds": [1, 2, 7],
        "PayUin": str(organization.admin.uin),
    }
    call(organization.new, "UpdateOrganizationMember", **change)
    (member,) = members(organization)
    assert (member["PermissionStatus"], member["PayUin"]) == ("UnConfirmed", "")
    waiting = "FailedOperation.ChangePermissionRecordExist"
    assert refused(organization.new, "UpdateOrganizationMember", **change) == waiting
    path = f"/v1/organizations/{organization.id}/members/{party.uin}/permission-change"
    world.vendor.post(path, accept=True)
    (member,) = members(organization)
    assert (member["PermissionStatus"], member["PayUin"]) == ("Confirmed", str(organization.admin.uin))
    quitting = {"MemberUin": party.uin, "IsAllowQuit": "Allow"}
    assert refused(organization.new, "UpdateOrganizationMember", **quitting) == "InvalidParameter.AllowQuitIllegal"


def test_a_member_leaves_where_it_may(world):
    organization = Organization(world)
    party = organization.member(paid=False)
    theirs, new = party.old_organization(), party.organization()
    assert refused(new, "QuitOrganization", OrgId=organization.id) == "UnsupportedOperation.MemberNotAllowQuit"
    call(organization.new, "UpdateOrganizationMember", MemberUin=party.uin, IsAllowQuit="Allow")
    call(theirs, "QuitOrganization", OrgId=organization.id)
    assert refused(new, "DescribeOrganization") == NOWHERE
    stays = "FailedOperation.DisableQuitSelfCreatedOrganization"
    assert refused(organization.new, "QuitOrganization", OrgId=organization.id) == stays


def test_an_invitation_expires_or_is_ended(moving_world):
    organization = Organization(moving_world)
    party = organization.account()
    theirs = party.old_organization()

    def send():
        call(organization.old, "SendOrganizationInvitation", InviteUin=party.uin, Name="team", Remark="")
        return invited(party)[0]["Id"]

    again = {"InviteUin": party.uin, "Name": "team", "Remark": ""}
    call(theirs, "DenyOrganizationInvitation", Id=send())
    call(organization.old, "CancelOrganizationInvitation", Id=send())
    last = send()
    assert refused(organization.old, "SendOrganizationInvitation", **again) == "FailedOperation.ReSentInvitation"
    later = moving_world.vendor.now() + datetime.timedelta(days=15)
    moving_world.vendor.post("/v1/clock/advance", to=later.isoformat())
    assert [invitation["Status"] for invitation in invited(party)] == [-1, 3, 2]
    assert refused(theirs, "AcceptOrganizationInvitation", Id=last) == "ResourceNotFound.InvitationNotExist"


def test_who_may_not(world):
    organization = Organization(world)
    member = organization.member()
    stranger, person, agent, reseller = world.account(), world.account("personal"), world.agent(), world.reseller()
    sub_customer = world.customer(reseller, **organization.entity)
    invitation = organization.invitation(stranger, "other", paid=False)
    old_invitation = {"InviteUin": stranger.uin, "Name": "other", "Remark": ""}
    pages = {"Offset": 0, "Limit": 10}
    admins = [
        ("organization", "DescribeOrganizationNodes", pages),
        ("organization", "DescribeOrganizationMembers", pages),
        ("organization", "InviteOrganizationMember", invitation),
        ("organization", "CreateOrganizationMember", organization.creation(PermissionIds=[1, 2], PayUin="")),
        ("organization", "UpdateOrganizationMember", {"MemberUin": member.uin, "Name": "other"}),
        ("organization", "DeleteOrganizationMembers", {"MemberUin": [member.uin]}),
        ("organization", "DeleteOrganization", {}),
        ("old_organization", "ListOrganizationMembers", {}),
        ("old_organization", "GetOrganizationMember", {"MemberUin": member.uin}),
        ("old_organization", "UpdateOrganizationMember", {"MemberUin": member.uin, "Name": "other"}),
        ("old_organization", "DeleteOrganizationMembers", {"Uins": [member.uin]}),
        ("old_organization", "SendOrganizationInvitation", old_invitation),
        ("old_organization", "ListOrganizationInvitations", {"Invited": 0}),
        ("old_organization", "CancelOrganizationInvitation", {"Id": 1}),
        ("old_organization", "DeleteOrganization", {}),
    ]
    for version, action, given in admins:
        assert refused(getattr(member, version)(), action, **given) == NOT_ADMIN, action
        for party in (stranger, person, agent, reseller, sub_customer):
            assert refused(getattr(party, version)(), action, **given) == NOWHERE, action
    assert refused(person.organization(), "CreateOrganization") == "FailedOperation.AuthNotEnterprise"
    exists = "FailedOperation.OrganizationExistAlready"
    assert refused(member.organization(), "CreateOrganization") == exists
    assert refused(member.old_organization(), "CreateOrganization", OrgType=1) == exists
    assert [one["Name"] for one in members(organization)] == ["team"]

    # Whom it may not invite, and how.
    def invite(party, **more):
        return refused(organization.new, "InviteOrganizationMember", **organization.invitation(party, "other", **more))

    rival = Organization(world)
    assert invite(stranger) == "FailedOperation.AuthInfoNotSame"
    assert invite(person) == "FailedOperation.AuthNotEnterprise"
    assert invite(sub_customer) == "UnsupportedOperation.ExistedClient"
    assert invite(rival.admin) == "FailedOperation.MemberExistInOtherOrganization"
    assert invite(member) == "FailedOperation.OrganizationMemberExist"
    free = organization.account()
    assert invite(free, PermissionIds=[2, 7]) == ILLEGAL
    assert invite(free, PayUin=str(free.uin)) == "FailedOperation.PayUinIllegal"
    assert invite(free, PolicyType="Other") == "FailedOperation.OrganizationPolicyIllegal"
    assert invite(free, NodeId=organization.id + 1) == "ResourceNotFound.OrganizationNodeNotExist"


def test_a_distributors_sub_customers_are_one_organization(world):
    distributor = world.distributor()
    entity = {"entity_id": "E-sub", "entity_name": "Sub Ltd"}
    organization = Organization(world, account=world.customer(distributor, **entity))
    member, alone = (world.customer(distributor, **entity) for _ in range(2))
    own = organization.invitation(alone, "alone", paid=False)
    assert refused(organization.new, "InviteOrganizationMember", **own) == ILLEGAL
    call(organization.new, "InviteOrganizationMember", **organization.invitation(member, "paid"))
    call(member.old_organization(), "AcceptOrganizationInvitation", Id=invited(member)[0]["Id"])
    change = {"MemberUin": member.uin, "PolicyType": "Financial", "PermissionIds": [1, 2]}
    always = "UnsupportedOperation.DeleteDelegatePayerNotAllow"
    assert refused(organization.new, "UpdateOrganizationMember", **change) == always
    elsewhere = world.customer(world.distributor(), **entity)
    given = organization.invitation(elsewhere, "elsewhere")
    assert refused(organization.new, "InviteOrganizationMember", **given) == "UnsupportedOperation.AgentNotSame"


@every_dialect
def test_accounts_are_created(organization):
    new = organization.new
    uin = call(new, "CreateOrganizationMember", **organization.creation(Remark="first", IdentityRoleID=[1])).Uin
    (member,) = members(organization)
    shown = {name: member[name] for name in ("MemberUin", "Name", "NickName", "MemberType", "Remark", "PayUin", "IsAllowQuit")}
    assert shown == {
        "MemberUin": uin,
        "Name": "made",
        "NickName": "Own-1",
        "MemberType": "Create",
        "Remark": "first",
        "PayUin": str(organization.admin.uin),
        "IsAllowQuit": "Denied",
    }
    # On the international site it is paid for, and it stays.
    assert refused(new, "CreateOrganizationMember", **organization.creation(PermissionIds=[1, 2])) == ILLEGAL
    stays = "UnsupportedOperation.CreateMemberNotAllowDelete"
    assert refused(new, "DeleteOrganizationMembers", MemberUin=[uin]) == stays
    assert refused(organization.old, "DeleteOrganizationMembers", Uins=[uin]) == stays
    record = organization.world.vendor.get(f"/v1/organizations/{organization.id}/creations")["data"][0]["record_id"]
    success = "FailedOperation.CreateRecordAlreadySuccess"
    assert refused(new, "CreateOrganizationMember", **organization.creation(RecordId=record)) == success
    unknown = "FailedOperation.CreateRecordNotExist"
    assert refused(new, "CreateOrganizationMember", **organization.creation(RecordId=record + 1)) == unknown


def test_accounts_of_another_entity(world):
    """Under an entity that the organization trusts, once whoever answers for it agrees; and invited with an application."""
    number = next(_entities)
    site = {"site": "cn"}
    own = {"entity_id": f"E{number}-own", "entity_name": "Own Ltd", **site}
    theirs = {"entity_id": f"E{number}-theirs", "entity_name": "Theirs Ltd", **site}
    organization = Organization(world, account=world.account(**own))
    answers = world.account(**theirs)
    path = f"/v1/organizations/{organization.id}"
    related = {name: theirs[name] for name in ("entity_id", "entity_name")}
    relation = world.vendor.post(f"{path}/entities", **related, entity_admin_uin=answers.uin)["relation_id"]
    wanted = organization.creation(PermissionIds=[1, 2], PayUin="", AuthRelationId=relation)
    uin = call(organization.new, "CreateOrganizationMember", **wanted).Uin
    assert members(organization) == []
    (record,) = world.vendor.get(f"{path}/creations")["data"]
    assert (record["uin"], record["state"]) == (uin, "waiting")
    paid = organization.creation(AuthRelationId=relation)
    assert refused(organization.new, "CreateOrganizationMember", **paid) == "FailedOperation.AuthInfoNotSame"

    # It is not trusted any more when it is agreed to; once it is again, the creation is tried again.
    world.vendor.delete(f"{path}/entities/{relation}")
    decide = f"{path}/creations/{record['record_id']}/decide"
    assert world.vendor.post(decide, approve=True)["code"] == "FailedOperation.AuthInfoNotSame"
    world.vendor.post(f"{path}/entities", **related, entity_admin_uin=answers.uin)
    again = organization.creation(PermissionIds=[1, 2], PayUin="", RecordId=record["record_id"], Name="again")
    assert call(organization.new, "CreateOrganizationMember", **again).Uin == uin
    (member,) = members(organization)
    assert (member["MemberUin"], member["Name"], member["PayUin"]) == (uin, "again", "")

    # Whoever answers for the entity joins, says so, and stays.
    given = organization.invitation(answers, "answers", paid=False)
    call(organization.new, "InviteOrganizationMember", **given)
    call(answers.old_organization(), "AcceptOrganizationInvitation", Id=invited(answers)[0]["Id"])
    assert call(answers.organization(), "DescribeOrganization").IsAuthManager is True
    kept = "FailedOperation.OrganizationAuthManageNotAllowDelete"
    assert refused(organization.new, "DeleteOrganizationMembers", MemberUin=[answers.uin]) == kept

    # An invitation may apply for the entity; it is accepted once that is decided.
    third = world.account(entity_id=f"E{number}-third", entity_name="Third Ltd", **site)
    given = organization.invitation(third, "third", paid=False)
    assert refused(organization.new, "InviteOrganizationMember", **given) == "FailedOperation.AuthInfoNotSame"
    proof = {"RelationAuthName": "Third Ltd", "AuthFile": [{"Name": "proof.pdf", "Url": "https://files.example.test/1"}]}
    call(organization.new, "InviteOrganizationMember", **given, **proof)
    accept = {"Id": invited(third)[0]["Id"]}
    early = refused(third.old_organization(), "AcceptOrganizationInvitation", **accept)
    assert early == "FailedOperation.AuthInfoNotSame"
    applied = world.vendor.get(f"{path}/entities")["data"][-1]
    assert (applied["state"], applied["entity_name"]) == ("applied", "Third Ltd")
    world.vendor.post(f"{path}/entities/{applied['relation_id']}/decide", approve=True)
    call(third.old_organization(), "AcceptOrganizationInvitation", **accept)
