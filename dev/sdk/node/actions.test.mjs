// Every action does its work, in every dialect of the SDK, with exact figures.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { DIALECTS } from "./cloud.mjs";
import { startServer } from "./server.mjs";
import { World } from "./world.mjs";

let server, world;
before(async () => {
  server = await startServer();
  world = await World.on(server);
});
after(() => server.stop());

for (const dialect of DIALECTS) {
  describe(dialect.name, () => {
    it("AllocateCustomerCredit", async () => {
      const reseller = await world.reseller("1050.10");
      const { uin: ClientUin } = await world.customer(reseller);
      const allocate = (AddedCredit) => reseller.calls("AllocateCustomerCredit", { ClientUin, AddedCredit }, dialect);
      assert.deepEqual(await allocate(50), { TotalCredit: 50, RemainingCredit: 50 });
      assert.deepEqual(await allocate(-20.25), { TotalCredit: 29.75, RemainingCredit: 29.75 });
      // JavaScript writes this one as 1e-8.
      assert.deepEqual(await allocate(0.00000001), { TotalCredit: 29.75000001, RemainingCredit: 29.75000001 });
    });

    it("AllocateCreditPool", async () => {
      const distributor = await world.distributor();
      const { uin: SubAgentUin } = await world.secondLevel(distributor, "1000.00");
      const grant = (Credit) => distributor.calls("AllocateCreditPool", { SubAgentUin, Credit }, dialect);
      assert.deepEqual(await grant(2000.5), { TotalCredit: 3000.5, RemainingCredit: 3000.5 });
      assert.deepEqual(await grant(-3000.5), { TotalCredit: 0, RemainingCredit: 0 });
    });

    it("QueryCreditAllocationHistory", async () => {
      const reseller = await world.reseller();
      const customer = await world.customer(reseller, "500.00");
      await world.buys(customer, "200.00");
      const ClientUin = customer.uin;
      await reseller.calls("AllocateCustomerCredit", { ClientUin, AddedCredit: -300, Remark: "taken back" }, dialect);
      const common = { AllocatedTime: await world.localTime(), Operator: reseller.name };
      const taken = { Credit: -300, AllocatedCredit: 200, ClientCreditAfter: 0, Remark: "taken back", ...common };
      const given = { Credit: 500, AllocatedCredit: 500, ClientCreditAfter: 500, Remark: "", ...common };
      const query = (more) => reseller.calls("QueryCreditAllocationHistory", { ClientUin, ...more }, dialect);
      assert.deepEqual(await query({}), { Total: 2, History: [taken, given] });
      assert.deepEqual(await query({ Page: 2, PageSize: 1 }), { Total: 2, History: [given] });
    });

    it("QueryPartnerCredit", async () => {
      const distributor = await world.distributor();
      const secondLevel = await world.secondLevel(distributor);
      await world.customer(secondLevel, "1000.00");
      await world.buys(await world.customer(distributor, "500.00"), "120.50");
      assert.deepEqual(await distributor.calls("QueryPartnerCredit", {}, dialect), {
        TotalCredit: 10000,
        AllocatedCredit: 3500,
        RemainingCredit: 6500,
        CustomerTotalCredit: 500,
        CustomerRemainingCredit: 379.5,
      });
    });

    it("QueryCustomersCredit", async () => {
      const reseller = await world.reseller();
      const first = await world.customer(reseller, "100.00", "personal");
      const second = await world.customer(reseller, "200.00");
      await world.buys(second, "50.25");
      const AssociationTime = await world.localTime();
      const entry = (party, Credit, RemainingCredit, IdentifyType) => ({
        Name: party.name,
        Type: "new",
        Mobile: party.phone,
        Email: party.email,
        Arrears: "-",
        AssociationTime,
        RecentExpiry: "",
        ClientUin: party.uin,
        Credit,
        RemainingCredit,
        IdentifyType,
        Remark: "",
        Force: 0,
      });
      const one = entry(first, 100, 100, 1);
      const two = entry(second, 200, 149.75, 2);
      const query = (parameters) => reseller.calls("QueryCustomersCredit", parameters, dialect);
      assert.deepEqual(await query({}), { Total: 2, Data: [two, one] });
      assert.deepEqual(await query({ Order: "asc", Page: 2, PageSize: 1 }), { Total: 2, Data: [two] });
      assert.deepEqual(await query({ FilterType: "Email", Filter: first.email }), { Total: 1, Data: [one] });
    });

    it("QueryDirectCustomersCredit", async () => {
      const reseller = await world.reseller();
      const customer = await world.customer(reseller, "100.00");
      await world.buys(customer, "0.00000001");
      const Data = [{ Uin: customer.uin, TotalCredit: 100, RemainingCredit: 99.99999999 }];
      assert.deepEqual(await reseller.calls("QueryDirectCustomersCredit", {}, dialect), { Data });
    });

    it("QueryCreditByUinList", async () => {
      const reseller = await world.reseller();
      const first = await world.customer(reseller, "100.00");
      const second = await world.customer(reseller, "200.00");
      const found = await reseller.calls("QueryCreditByUinList", { UinList: [first.uin, second.uin] }, dialect);
      assert.deepEqual(found.Data, [
        { Uin: first.uin, TotalCredit: 100, RemainingCredit: 100 },
        { Uin: second.uin, TotalCredit: 200, RemainingCredit: 200 },
      ]);
    });

    it("QueryCustomerBillingQuota", async () => {
      const customer = await world.customer(await world.reseller(), "100.129");
      await world.buys(customer, "3.456", { capture: false });
      const parameters = { EventId: 7, ComponentName: "console" };
      assert.deepEqual(await customer.calls("QueryCustomerBillingQuota", parameters, dialect), {
        Data: {
          TotalCredit: 100.12,
          RemainingCredit: 96.67,
          RemainingVoucher: 0,
          Force: 0,
          PrepayFrozen: 3.45,
          PostpayFrozen: 0,
        },
      });
    });

    it("DescribeCustomerUin", async () => {
      const reseller = await world.reseller();
      const first = await world.customer(reseller);
      const second = await world.customer(reseller);
      const list = (Page, PageSize) => reseller.calls("DescribeCustomerUin", { Page, PageSize }, dialect);
      const [one, two] = [first, second].map(({ uin }) => ({ CustomerUin: String(uin) }));
      assert.deepEqual(await list(1, 200), { Total: "2", Data: [two, one] });
      assert.deepEqual(await list(2, 1), { Total: "2", Data: [one] });
    });

    it("DescribeCustomerInfo", async () => {
      const reseller = await world.reseller();
      const customer = await world.customer(reseller, "10.00");
      await world.buys(customer, "1.00");
      const time = await world.localTime();
      const { Data } = await reseller.calls("DescribeCustomerInfo", { CustomerUin: [customer.uin] }, dialect);
      assert.deepEqual(Data, [
        {
          CustomerUin: String(customer.uin),
          Email: customer.email,
          Phone: customer.phone,
          Mark: "",
          Name: customer.name,
          BindTime: time,
          AccountStatus: "0",
          AuthStatus: "3",
          AuthType: 1,
          CidRegisterTime: time,
          UinRegisterTime: time,
          AuthPassTime: time,
          HasExpense: 1,
        },
      ]);
    });

    it("ModifyClientRemark", async () => {
      const reseller = await world.reseller();
      const { uin } = await world.customer(reseller);
      for (const Remark of ["Pays 100% & early? a+b=c", "付款很快 über"]) {
        const changed = await reseller.calls("ModifyClientRemark", { ClientUin: String(uin), Remark }, dialect);
        assert.deepEqual(changed, { ClientRemark: Remark });
        const { Data } = await reseller.calls("QueryCustomersCredit", {}, dialect);
        assert.equal(Data[0].Remark, Remark);
      }
    });

    it("QueryAccountVerificationStatus", async () => {
      const reseller = await world.reseller();
      for (const [level, AccountStatus] of [["none", false], ["personal", true], ["enterprise", true]]) {
        const { uin: ClientUin } = await world.customer(reseller, undefined, level);
        const found = await reseller.calls("QueryAccountVerificationStatus", { ClientUin }, dialect);
        assert.deepEqual(found, { AccountStatus });
      }
    });

    it("QuerySubAgentsDetailV2", async () => {
      const distributor = await world.distributor();
      const secondLevel = await world.secondLevel(distributor, "1000.00");
      await world.customer(secondLevel, "250.50");
      const found = await distributor.calls("QuerySubAgentsDetailV2", { Page: 1, PageSize: 100 }, dialect);
      assert.deepEqual(found, {
        Total: 1,
        Data: [
          {
            SubAgentUin: secondLevel.uin,
            Name: secondLevel.name,
            Remark: "",
            Mobile: secondLevel.phone,
            Email: secondLevel.email,
            CountOfCustomers: 1,
            BindTime: await world.localTime(),
            Credit: 1000,
            RemainingCredit: 749.5,
            Voucher: 0,
            RemainingVoucher: 0,
          },
        ],
      });
    });

    it("QueryT1IndirectCustomersDetail", async () => {
      const distributor = await world.distributor();
      const secondLevel = await world.secondLevel(distributor);
      const customer = await world.customer(secondLevel);
      const pages = { SubAgentUin: secondLevel.uin, Page: 1, PageSize: 100 };
      const bound = await world.localTime();
      assert.deepEqual(await distributor.calls("QueryT1IndirectCustomersDetail", pages, dialect), {
        Total: 1,
        SubAgentUin: secondLevel.uin,
        SubAgentName: secondLevel.name,
        Data: [{ ClientUin: customer.uin, ClientName: customer.name, ClientBindTime: bound }],
      });
    });

    it("GetCountryCodes", async () => {
      const { Data } = await (await world.account()).calls("GetCountryCodes", {}, dialect);
      assert.ok(Data.length > 200);
      const singapore = Data.find((entry) => entry.IOS2 === "SG");
      assert.deepEqual(singapore, { EnName: "Singapore", Name: "新加坡", IOS2: "SG", IOS3: "SGP", Code: "65" });
    });
  });
}
