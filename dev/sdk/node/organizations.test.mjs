// Organizations, in both versions of their service: made, joined, shown, changed, left, and what is refused to whom.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Dialect, DIALECTS, OLD_ORGANIZATION, ORGANIZATION, refused } from "./cloud.mjs";
import { RealDate } from "./seconds.mjs";
import { startServer } from "./server.mjs";
import { World } from "./world.mjs";

// How long an invitation is open, and a millisecond, which is how exactly the clock is read here.
const FIFTEEN_DAYS_MS = 15 * 86_400_000 + 1;
const NOWHERE = "ResourceNotFound.OrganizationNotExist";
const NOT_ADMIN = "UnauthorizedOperation";

let server, world;
before(async () => {
  server = await startServer();
  world = await World.on(server);
});
after(() => server.stop());

let entities = 0;

// An organization with its admin, and accounts of the same entity that could join it.
async function founded(dialect = Dialect.TC3_POST, account) {
  const entity = { entity_id: `E${++entities}`, entity_name: `Entity ${entities} Ltd` };
  const admin = account ?? (await world.account("enterprise", entity));
  const by = (party, service) => (action, parameters) => party.calls(action, parameters, dialect, service);
  const [newer, older] = [by(admin, ORGANIZATION), by(admin, OLD_ORGANIZATION)];
  const { OrgId } = await newer("CreateOrganization");
  const invitation = ({ uin: MemberUin }, Name, more = {}) => ({
    MemberUin,
    Name,
    PolicyType: "Financial",
    NodeId: OrgId,
    PermissionIds: [1, 2, 7],
    PayUin: `${admin.uin}`,
    ...more,
  });
  const member = async (Name, more) => {
    const party = await world.account("enterprise", entity);
    await newer("InviteOrganizationMember", invitation(party, Name, more));
    const [{ Id }] = await invited(party);
    await by(party, OLD_ORGANIZATION)("AcceptOrganizationInvitation", { Id });
    return party;
  };
  const members = async () => (await newer("DescribeOrganizationMembers", { Offset: 0, Limit: 50 })).Items;
  return { OrgId, admin, by, entity, invitation, member, members, newer, older };
}

// The invitations that a party got, the newest first.
async function invited(party) {
  const parameters = { Invited: 1 };
  const list = await party.calls("ListOrganizationInvitations", parameters, Dialect.TC3_POST, OLD_ORGANIZATION);
  return list.Invitations;
}

for (const dialect of DIALECTS) {
  describe(dialect.name, () => {
    it("from making an organization to ending it", async () => {
      const { OrgId, admin, by, entity, invitation, members, newer, older } = await founded(dialect);
      const guest = await world.account("enterprise", entity);
      const described = await newer("DescribeOrganization", { Lang: "en" });
      assert.deepEqual([described.OrgId, described.HostUin, described.IsManager], [OrgId, admin.uin, true]);
      assert.deepEqual(await older("GetOrganization"), {
        OrgId,
        HostUin: admin.uin,
        Nickname: admin.name,
        Mail: admin.email,
        OrgType: 1,
        IsEmpty: 1,
      });
      const { Items: nodes } = await newer("DescribeOrganizationNodes", { Offset: 0, Limit: 10 });
      assert.deepEqual(nodes.map(({ NodeId, Name }) => [NodeId, Name]), [[described.RootNodeId, "Root"]]);

      await newer("InviteOrganizationMember", invitation(guest, "guest", { Remark: "soon" }));
      const [sent] = (await older("ListOrganizationInvitations", { Invited: 0, Offset: 0, Limit: 10 })).Invitations;
      const [{ Id, Status, HostUin, Name, Remark }] = await invited(guest);
      assert.deepEqual([sent.Id, sent.Uin, sent.Remark], [Id, guest.uin, "soon"]);
      // What the admin notes is not told to whoever is invited.
      assert.deepEqual([Status, HostUin, Name, Remark], [0, admin.uin, "guest", ""]);
      await by(guest, OLD_ORGANIZATION)("AcceptOrganizationInvitation", { Id });
      assert.equal((await invited(guest))[0].Status, 1);

      const own = await by(guest, ORGANIZATION)("DescribeOrganization");
      assert.deepEqual([own.IsManager, own.PayUin, own.IsAllowQuit], [false, `${admin.uin}`, "Denied"]);
      const [member] = await members();
      assert.deepEqual([member.MemberUin, member.PermissionStatus, member.NickName], [guest.uin, "Confirmed", guest.name]);
      assert.deepEqual(member.OrgPermission.map((permission) => permission.Id), [1, 2, 7]);
      const one = await older("GetOrganizationMember", { MemberUin: guest.uin });
      assert.deepEqual([one.Name, one.NodeId, one.ParentNodeId], ["guest", OrgId, 0]);

      await newer("UpdateOrganizationMember", { MemberUin: guest.uin, Name: "crew", Remark: "here" });
      await older("UpdateOrganizationMember", { MemberUin: guest.uin, Remark: "there" });
      const listed = await older("ListOrganizationMembers");
      assert.deepEqual([listed.TotalCount, listed.Members[0].Name, listed.Members[0].Remark], [1, "crew", "there"]);

      await refused(newer("DeleteOrganization"), "FailedOperation.OrganizationNotEmpty");
      await newer("DeleteOrganizationMembers", { MemberUin: [guest.uin] });
      assert.deepEqual(await members(), []);
      await older("DeleteOrganization");
      await refused(newer("DescribeOrganization"), NOWHERE);
    });
  });
}

it("a member leaves by itself where it may", async () => {
  const { OrgId, by, member, newer } = await founded();
  const party = await member("team", { PermissionIds: [1, 2] });
  const [theirs, older] = [by(party, ORGANIZATION), by(party, OLD_ORGANIZATION)];
  await refused(theirs("QuitOrganization", { OrgId }), "UnsupportedOperation.MemberNotAllowQuit");
  await newer("UpdateOrganizationMember", { MemberUin: party.uin, IsAllowQuit: "Allow" });
  await older("QuitOrganization", { OrgId });
  await refused(theirs("DescribeOrganization"), NOWHERE);
});

it("invitations are turned down, taken back, and expire", async () => {
  const { by, entity, older } = await founded();
  const party = await world.account("enterprise", entity);
  const theirs = by(party, OLD_ORGANIZATION);
  const send = async () => {
    await older("SendOrganizationInvitation", { InviteUin: party.uin, Name: "team", Remark: "" });
    const [{ Id }] = await invited(party);
    return { Id };
  };
  await theirs("DenyOrganizationInvitation", await send());
  await older("CancelOrganizationInvitation", await send());
  const last = await send();
  await world.post("/v1/clock/advance", { to: new RealDate((await world.now()) + FIFTEEN_DAYS_MS).toISOString() });
  assert.deepEqual((await invited(party)).map(({ Status }) => Status), [-1, 3, 2]);
  await refused(theirs("AcceptOrganizationInvitation", last), "ResourceNotFound.InvitationNotExist");
});

it("who may not", async () => {
  const { OrgId, by, entity, invitation, member, members, newer } = await founded();
  const party = await member("team");
  const MemberUin = party.uin;
  const reseller = await world.reseller();
  const agent = await world.partner("agent", "0");
  const [stranger, person] = [await world.account(), await world.account("personal")];
  const subCustomer = await world.customer(reseller, undefined, "enterprise", entity);
  const pages = { Offset: 0, Limit: 10 };
  const admins = [
    [ORGANIZATION, "DescribeOrganizationNodes", pages],
    [ORGANIZATION, "DescribeOrganizationMembers", pages],
    [ORGANIZATION, "InviteOrganizationMember", invitation(stranger, "other", { PermissionIds: [1, 2], PayUin: "" })],
    [ORGANIZATION, "CreateOrganizationMember", { ...creation(OrgId), PermissionIds: [1, 2] }],
    [ORGANIZATION, "UpdateOrganizationMember", { MemberUin, Name: "other" }],
    [ORGANIZATION, "DeleteOrganizationMembers", { MemberUin: [MemberUin] }],
    [OLD_ORGANIZATION, "ListOrganizationMembers", {}],
    [OLD_ORGANIZATION, "GetOrganizationMember", { MemberUin }],
    [OLD_ORGANIZATION, "UpdateOrganizationMember", { MemberUin, Name: "other" }],
    [OLD_ORGANIZATION, "DeleteOrganizationMembers", { Uins: [MemberUin] }],
    [OLD_ORGANIZATION, "SendOrganizationInvitation", { InviteUin: stranger.uin, Name: "other", Remark: "" }],
    [OLD_ORGANIZATION, "ListOrganizationInvitations", { Invited: 0 }],
    [OLD_ORGANIZATION, "CancelOrganizationInvitation", { Id: 1 }],
    [OLD_ORGANIZATION, "DeleteOrganization", {}],
  ];
  for (const [service, action, parameters] of admins) {
    await refused(by(party, service)(action, parameters), NOT_ADMIN);
    for (const other of [stranger, person, agent, reseller, subCustomer]) {
      await refused(by(other, service)(action, parameters), NOWHERE);
    }
  }
  await refused(by(person, ORGANIZATION)("CreateOrganization"), "FailedOperation.AuthNotEnterprise");
  await refused(by(party, ORGANIZATION)("CreateOrganization"), "FailedOperation.OrganizationExistAlready");
  assert.deepEqual((await members()).map(({ Name }) => Name), ["team"]);

  const invites = (other, code, more) => refused(newer("InviteOrganizationMember", invitation(other, "other", more)), code);
  await invites(stranger, "FailedOperation.AuthInfoNotSame");
  await invites(person, "FailedOperation.AuthNotEnterprise");
  await invites(subCustomer, "UnsupportedOperation.ExistedClient");
  await invites(party, "FailedOperation.OrganizationMemberExist");
  await invites(stranger, "FailedOperation.OrganizationPermissionIllegal", { PermissionIds: [2, 7] });
  await invites(stranger, "FailedOperation.PayUinIllegal", { PayUin: `${stranger.uin}` });
  await invites(stranger, "ResourceNotFound.OrganizationNodeNotExist", { NodeId: OrgId + 1 });
});

it("accounts are created, paid for, and stay", async () => {
  const { OrgId, admin, members, newer } = await founded();
  const paid = { ...creation(OrgId), PayUin: `${admin.uin}` };
  const { Uin } = await newer("CreateOrganizationMember", paid);
  const [member] = await members();
  assert.deepEqual(
    [member.MemberUin, member.Name, member.NickName, member.MemberType, member.PayUin],
    [Uin, "made", "Own-1", "Create", `${admin.uin}`],
  );
  const short = { ...creation(OrgId), PermissionIds: [1, 2] };
  await refused(newer("CreateOrganizationMember", short), "FailedOperation.OrganizationPermissionIllegal");
  const unknown = { ...paid, RecordId: 1 };
  await refused(newer("CreateOrganizationMember", unknown), "FailedOperation.CreateRecordNotExist");
  const stays = "UnsupportedOperation.CreateMemberNotAllowDelete";
  await refused(newer("DeleteOrganizationMembers", { MemberUin: [Uin] }), stays);
});

/** The parameters of an account that is created; who pays is added where it matters. */
function creation(OrgId) {
  const names = { Name: "made", AccountName: "Own-1", PolicyType: "Financial" };
  return { ...names, PermissionIds: [1, 2, 7], NodeId: OrgId };
}
