// Bills, balances and orders of one's own account, and of an organization's members: all eight actions, and what is refused.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BILLING, Dialect, DIALECTS, OLD_ORGANIZATION, ORGANIZATION, refused } from "./cloud.mjs";
import "./seconds.mjs";
import { startServer } from "./server.mjs";
import { World } from "./world.mjs";

let server, world;
before(async () => {
  server = await startServer();
  world = await World.on(server);
});
after(() => server.stop());

let entities = 0;

// An organization whose admin has money and pays for one member, with another one that pays for itself.
async function paid(dialect) {
  const entity = { entity_id: `B${++entities}`, entity_name: `Billed ${entities} Ltd` };
  const open = () => world.account("enterprise", entity);
  const [admin, member, free] = [await open(), await open(), await open()];
  const newer = (action, parameters) => admin.calls(action, parameters, dialect, ORGANIZATION);
  const { OrgId } = await newer("CreateOrganization");
  const terms = { PolicyType: "Financial", NodeId: OrgId };
  const pays = { PermissionIds: [1, 2, 7], PayUin: `${admin.uin}` };
  for (const [party, Name, more] of [
    [member, "team", pays],
    [free, "free", { PermissionIds: [1, 2] }],
  ]) {
    await newer("InviteOrganizationMember", { ...terms, ...more, MemberUin: party.uin, Name });
    const older = (action, parameters) => party.calls(action, parameters, dialect, OLD_ORGANIZATION);
    const { Invitations } = await older("ListOrganizationInvitations", { Invited: 1 });
    await older("AcceptOrganizationInvitation", { Id: Invitations[0].Id });
  }
  const topUp = ({ uin }, amount) => world.post(`/v1/accounts/${uin}/top-ups`, { amount, kind: "cash" });
  await topUp(admin, "50.00");
  await topUp(free, "30.00");
  // The SDK that is pinned has no method of its own for this one; its client for any action calls it.
  const bare = "DescribeOrgMemberAccountBalance";
  const by = (party) => (action, parameters) =>
    action === bare
      ? party.callsByName(action, parameters, dialect, "2018-07-09")
      : party.calls(action, parameters, dialect, BILLING);
  const buys = ({ uin }, amount, resource) =>
    world.post("/v1/orders", {
      account_uin: uin,
      product_code: "cvm",
      kind: "purchase",
      amount,
      resource_id: `${resource}-${entities}`,
    });
  return { admin, member, free, by, buys, topUp, number: entities };
}

describe("billing", () => {
  for (const dialect of DIALECTS) {
    it(`answers all eight actions, ${dialect.name}`, async () => {
      const { admin, member, free, by, buys, topUp, number } = await paid(dialect);
      const Month = await world.month();
      await buys(admin, "5.00", "own");
      await buys(member, "40.00", "theirs");
      await buys(free, "7.50", "free");
      const page = { Offset: 0, Limit: 100, Month, NeedRecordNum: 1 };
      const lines = async (party, action, more = {}) =>
        (await by(party)(action, { ...page, ...more })).DetailSet.map((line) => line.ResourceId);
      assert.deepEqual(await lines(admin, "DescribeBillDetail"), [`own-${number}`]);
      assert.deepEqual(await lines(member, "DescribeBillDetail"), []);
      assert.deepEqual(await lines(admin, "DescribeBillDetail", { PayerUin: `${free.uin}` }), [`free-${number}`]);
      for (const party of [admin, member]) {
        assert.deepEqual(await lines(party, "DescribeBillDetailForOrganization"), [`theirs-${number}`]);
        const resources = await by(party)("DescribeBillResourceSummaryForOrganization", page);
        assert.equal(resources.ResourceSummarySet[0].RealTotalCost, "40.00000000");
        const summary = await by(party)("DescribeBillSummaryForOrganization", { Month, GroupType: "business" });
        assert.equal(summary.SummaryDetail[0].RealTotalCost, "40.00000000");
      }
      assert.equal((await by(admin)("DescribeAccountBalance", {})).Balance, 500);
      const balances = await by(admin)("DescribeOrgMemberAccountBalance", { MemberUins: [`${free.uin}`] });
      assert.equal(balances.Data[0].RealBalance, 2250);
      const waiting = await buys(member, "6.00", "later");
      assert.equal(waiting.state, "to_be_paid");
      const today = (await world.localTime()).slice(0, 10);
      const deals = { StartTime: `${today} 00:00:00`, EndTime: `${today} 23:59:59`, Limit: 20, Offset: 0, Status: 1 };
      for (const party of [admin, member]) {
        const found = await by(party)("DescribeDealsByCond", deals);
        assert.deepEqual(found.Deals.map((deal) => deal.OrderId), [waiting.id]);
      }
      const pay = { OrderIds: [waiting.id], AgentPay: 3 };
      await refused(by(admin)("PayDeals", pay), "FailedOperation.BalanceInsufficient");
      await topUp(admin, "1.00");
      assert.deepEqual((await by(admin)("PayDeals", pay)).OrderIds, [waiting.id]);
    });
  }

  it("is refused to whoever may not", async () => {
    const { admin, member, free, by, buys } = await paid(Dialect.TC3_POST);
    const Month = await world.month();
    const page = { Offset: 0, Limit: 100, Month };
    const reseller = await world.partner("reseller", "1000.00");
    const agent = await world.partner("agent", "0.00");
    for (const stranger of [await world.account(), reseller, agent]) {
      const asks = by(stranger);
      await refused(asks("DescribeBillDetail", { ...page, PayerUin: `${free.uin}` }), "UnsupportedOperation");
      await refused(asks("DescribeOrgMemberAccountBalance", {}), "UnsupportedOperation");
      await refused(asks("DescribeBillDetailForOrganization", page), "UnsupportedOperation");
      await refused(asks("DescribeBillResourceSummaryForOrganization", page), "UnsupportedOperation");
      await refused(asks("DescribeBillSummaryForOrganization", { Month, GroupType: "region" }), "UnsupportedOperation");
    }
    await refused(by(reseller)("DescribeAccountBalance", {}), "UnsupportedOperation");
    await refused(by(member)("DescribeOrgMemberAccountBalance", {}), "UnsupportedOperation");
    await refused(by(admin)("DescribeBillDetail", { ...page, Limit: 301 }), "InvalidParameter");
    await refused(by(admin)("DescribeBillDetail", { ...page, Month: "2020-13" }), "InvalidParameterValue");
    const tag = { Month, GroupType: "tag", TagKey: ["none"] };
    await refused(by(admin)("DescribeBillSummaryForOrganization", tag), "FailedOperation.TagKeyNotExist");
    const { id } = await buys(member, "60.00", "waiting");
    await refused(by(member)("PayDeals", { OrderIds: [id] }), "FailedOperation.AgentPayDealCannotDown");
    await refused(by(reseller)("PayDeals", { OrderIds: [id], AgentPay: 3 }), "FailedOperation.InvalidDeal");
  });
});
