// What is refused, and with which code: wrong signatures, wrong requests, wrong roles, foreign accounts, amounts that
// will not do, and a writing request that comes a second time.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { anyClient, call, callAny, client, DIALECTS, refused } from "./cloud.mjs";
import { startServer } from "./server.mjs";
import { World } from "./world.mjs";

const NO_AUTH = "UnauthorizedOperation.UinNoAuth";
const NOT_CUSTOMER = "UnauthorizedOperation.NotCustomerUin";
const UNKNOWN_UIN = 999_999_999_999;

let server, world;
before(async () => {
  server = await startServer();
  world = await World.on(server);
});
after(() => server.stop());

// Runs `inside` while this process has another clock, and if it says so, dice that always fall alike.
async function at(now, inside, dice = Math.random) {
  const [realDate, realRandom] = [globalThis.Date, Math.random];
  globalThis.Date = class extends realDate {
    constructor(...given) {
      super(...(given.length === 0 ? [now] : given));
    }
    static now() {
      return now;
    }
  };
  Math.random = dice;
  try {
    return await inside();
  } finally {
    [globalThis.Date, Math.random] = [realDate, realRandom];
  }
}

for (const dialect of DIALECTS) {
  describe(dialect.name, () => {
    it("a wrong secret key", async () => {
      const { secret_id, secret_key } = await (await world.reseller()).secret();
      const caller = client(server, { secret_id, secret_key: `${secret_key}x` }, dialect);
      await refused(call(caller, "QueryPartnerCredit"), "AuthFailure.SignatureFailure");
    });

    it("an unknown secret id", async () => {
      const { secret_key } = await (await world.reseller()).secret();
      const caller = client(server, { secret_id: "AKIDthatNobodyWasEverGiven00000000", secret_key }, dialect);
      await refused(call(caller, "QueryPartnerCredit"), "AuthFailure.SecretIdNotFound");
    });

    it("a timestamp outside the window of 300 seconds", async () => {
      const caller = client(server, await (await world.reseller()).secret(), dialect);
      for (const drift of [-315_000, 315_000]) {
        const attempt = at(Date.now() + drift, () => call(caller, "QueryPartnerCredit"));
        await refused(attempt, "AuthFailure.SignatureExpire");
      }
      for (const drift of [-285_000, 285_000]) {
        const answer = await at(Date.now() + drift, () => call(caller, "QueryPartnerCredit"));
        assert.equal(answer.TotalCredit, 1000);
      }
    });

    it("versions, actions and parameters that do not exist, and one that is missing", async () => {
      const secret = await (await world.reseller()).secret();
      const old = anyClient(server, secret, "2017-03-12", dialect);
      await refused(callAny(old, "QueryPartnerCredit", {}), "NoSuchVersion");
      const caller = anyClient(server, secret, undefined, dialect);
      await refused(callAny(caller, "QueryNothing", {}), "InvalidAction");
      await refused(callAny(caller, "QueryPartnerCredit", { ClientUin: 1 }), "UnknownParameter");
      // Another body than the read's before it: in the same second the signature would be the same, and known.
      await refused(callAny(caller, "AllocateCustomerCredit", { ClientUin: 2 }), "MissingParameter");
      await refused(callAny(caller, "DescribeCustomerUin", { Page: "one", PageSize: 1 }), "InvalidParameter");
      await refused(callAny(caller, "DescribeCustomerUin", { Page: 0, PageSize: 1 }), "InvalidParameter.Page");
      const many = { UinList: Array(51).fill(1) };
      await refused(callAny(caller, "QueryCreditByUinList", many), "InvalidParameterValue.UinList");
    });

    it("roles and accounts that may not", async () => {
      const [reseller, other] = [await world.reseller(), await world.reseller()];
      const own = await world.customer(reseller, "5.00");
      const foreign = await world.customer(other, "5.00");
      await refused(own.calls("QueryPartnerCredit", {}, dialect), NO_AUTH);
      await refused(reseller.calls("QueryCustomerBillingQuota", {}, dialect), NO_AUTH);
      await refused(reseller.calls("QuerySubAgentsDetailV2", { Page: 1, PageSize: 1 }, dialect), NO_AUTH);
      for (const ClientUin of [foreign.uin, other.uin, UNKNOWN_UIN]) {
        const allocation = { ClientUin, AddedCredit: 1 };
        await refused(reseller.calls("AllocateCustomerCredit", allocation, dialect), NO_AUTH);
        await refused(reseller.calls("QueryCreditAllocationHistory", { ClientUin }, dialect), "FailedOperation");
        await refused(reseller.calls("QueryAccountVerificationStatus", { ClientUin }, dialect), NOT_CUSTOMER);
        await refused(reseller.calls("QueryCreditByUinList", { UinList: [own.uin, ClientUin] }, dialect), NOT_CUSTOMER);
        await refused(reseller.calls("DescribeCustomerInfo", { CustomerUin: [ClientUin] }, dialect), NO_AUTH);
        const remark = { ClientUin: String(ClientUin), Remark: "x" };
        await refused(reseller.calls("ModifyClientRemark", remark, dialect), NO_AUTH);
      }
      assert.equal(await foreign.total(), 5);
    });

    it("second-level resellers of others", async () => {
      const distributor = await world.distributor();
      const elsewhere = await world.secondLevel(await world.distributor());
      const grant = { SubAgentUin: elsewhere.uin, Credit: 1 };
      await refused(distributor.calls("AllocateCreditPool", grant, dialect), NO_AUTH);
      const pages = { SubAgentUin: elsewhere.uin, Page: 1, PageSize: 1 };
      const code = "FailedOperation.InvalidSubAgentUin";
      await refused(distributor.calls("QueryT1IndirectCustomersDetail", pages, dialect), code);
    });

    it("amounts that will not do", async () => {
      const distributor = await world.distributor("1000.00");
      const customer = await world.customer(distributor, "100.00");
      const secondLevel = await world.secondLevel(distributor, "100.00");
      for (const [AddedCredit, code] of [
        [0, "InvalidParameterValue"],
        [1e-9, "InvalidParameterValue"],
        [0.3000000000000003, "InvalidParameterValue"],
        [1e21, "InvalidParameterValue"],
        [800.01, "InvalidParameterValue.CreditAmountOutOfRange"],
        [-100.01, "FailedOperation.BalanceInsufficient"],
      ]) {
        const allocation = { ClientUin: customer.uin, AddedCredit };
        await refused(distributor.calls("AllocateCustomerCredit", allocation, dialect), code);
      }
      for (const Credit of [0, 800.01, -100.01, 1_000_001]) {
        const grant = { SubAgentUin: secondLevel.uin, Credit };
        const code = "InvalidParameterValue.VoucherAmountOutOfRange";
        await refused(distributor.calls("AllocateCreditPool", grant, dialect), code);
      }
      assert.equal(await customer.total(), 100);
    });

    it("a writing request that was received before, while reads repeat", async () => {
      const reseller = await world.reseller();
      const customer = await world.customer(reseller);
      await reseller.secret();
      const allocation = { ClientUin: customer.uin, AddedCredit: 10 };
      const dice = () => 0.5;
      await at(
        Date.now(),
        async () => {
          const allocate = () => reseller.calls("AllocateCustomerCredit", allocation, dialect);
          assert.equal((await allocate()).TotalCredit, 10);
          await refused(allocate(), "RequestLimitExceeded");
          for (let times = 0; times < 3; times++) {
            const { AllocatedCredit } = await reseller.calls("QueryPartnerCredit", {}, dialect);
            assert.equal(AllocatedCredit, 10);
          }
        },
        dice,
      );
      assert.equal(await customer.total(), 10);
    });
  });
}
