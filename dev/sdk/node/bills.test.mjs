// Bills and vouchers as partners and customers read them, receipts and forced suspension, in every dialect of the SDK.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { DIALECTS, refused } from "./cloud.mjs";
import { startServer } from "./server.mjs";
import { World } from "./world.mjs";

const BAD_MONTH = "InvalidParameterValue.InvalidMonth";
const NO_AUTH = "UnauthorizedOperation.UinNoAuth";
const PREPAID = "yearly/monthly subscription";
const POSTPAID = "Pay-As-You-Go resources";
const TOLD = { region: "ap-singapore", project: "shop", tags: { team: "web" }, resource_id: "ins-1" };
const DAYS = 30;
const DAY_MS = 86_400_000;

let server, world;
before(async () => {
  server = await startServer();
  world = await World.on(server);
});
after(() => server.stop());

// A reseller and a customer of it that bought something, partly with a voucher, and used something.
async function spent() {
  const reseller = await world.reseller("10000.00");
  const customer = await world.customer(reseller, "1000.00");
  await world.voucher(customer, "30.00", DAYS);
  await world.buys(customer, "200.00");
  await world.uses(customer, "1.25", TOLD);
  return { reseller, customer, Month: await world.month() };
}

function costs(OriginalCost, VoucherPayAmount, TotalCost) {
  return { OriginalCost, VoucherPayAmount, TotalCost };
}

const BOUGHT = costs("200.00000000", "30.00000000", "170.00000000");
const USED = costs("1.25000000", "0.00000000", "1.25000000");
const ALL = costs("201.25000000", "30.00000000", "171.25000000");

for (const dialect of DIALECTS) {
  describe(dialect.name, () => {
    it("DescribeCustomerBillDetail", async () => {
      const { reseller, customer, Month } = await spent();
      const page = { CustomerUin: customer.uin, Month, Page: 1, PageSize: 200 };
      const query = (more) => reseller.calls("DescribeCustomerBillDetail", { ...page, ...more }, dialect);
      const { Total, DetailSet } = await query({});
      assert.equal(Total, 2);
      const [bought, used] = DetailSet;
      const shown = (line) => [line.BillingMode, line.OriginalCost, line.VoucherDeduction, line.TotalCost];
      assert.deepEqual(shown(bought), [PREPAID, "200", "30", "170"]);
      assert.deepEqual(shown(used), [POSTPAID, "1.25", "0", "1.25"]);
      assert.deepEqual([used.Region, used.ProjectName, used.InstanceId], ["ap-singapore", "shop", "ins-1"]);
      assert.equal(bought.ProjectName, "default");
      assert.match(used.Id, /^\d+$/);
      assert.deepEqual([used.PayerAccountId, used.OwnerAccountId], [reseller.uin, customer.uin]);
      assert.deepEqual(await query({ PayMode: "prePay", IsConfirmed: "2" }), { Total: 1, DetailSet: [bought] });
      assert.deepEqual(await query({ ActionType: "postpay_deduct_h" }), { Total: 1, DetailSet: [used] });
      assert.deepEqual(await query({ Page: 2, PageSize: 1 }), { Total: 2, DetailSet: [used] });
      await refused(query({ Month: "2022-05" }), BAD_MONTH);
    });

    it("DescribeCustomerBillSummary", async () => {
      const { reseller, customer, Month } = await spent();
      const query = (more) =>
        reseller.calls("DescribeCustomerBillSummary", { CustomerUin: customer.uin, Month, ...more }, dialect);
      assert.deepEqual(await query({}), { TotalCost: 171.25 });
      assert.deepEqual(await query({ PayMode: "prePay" }), { TotalCost: 170 });
      assert.deepEqual(await query({ IsConfirmed: "1" }), { TotalCost: 0 });
    });

    it("DescribeCustomerBillDetailByDay", async () => {
      const { reseller, customer } = await spent();
      const day = (Date) =>
        reseller.calls("DescribeCustomerBillDetailByDay", { CustomerUin: customer.uin, Date }, dialect);
      assert.deepEqual(await day((await world.localTime()).slice(0, 10)), { TotalCost: "171.25000000" });
      await refused(day("2025-05-31"), BAD_MONTH);
    });

    it("DescribeBillSummaryByPayMode, ByProduct and ByRegion", async () => {
      const { reseller, customer, Month } = await spent();
      const query = async (by) => {
        const bill = { CustomerUin: customer.uin, BillMonth: Month };
        return (await reseller.calls(`DescribeBillSummaryBy${by}`, bill, dialect)).SummaryOverview;
      };
      const purchase = { ActionType: "prepay_purchase", ActionTypeName: "Purchase", ...BOUGHT };
      const hourly = { ActionType: "postpay_deduct_h", ActionTypeName: "Hourly settlement", ...USED };
      assert.deepEqual(await query("PayMode"), [
        { PayMode: "prePay", PayModeName: PREPAID, Detail: [purchase], ...BOUGHT },
        { PayMode: "postPay", PayModeName: POSTPAID, Detail: [hourly], ...USED },
      ]);
      assert.deepEqual(await query("Product"), [{ BusinessCode: "cvm", BusinessCodeName: "cvm", ...ALL }]);
      assert.deepEqual(await query("Region"), [
        { RegionId: "9", RegionName: "ap-singapore", ...USED },
        { RegionId: "default", RegionName: "default", ...BOUGHT },
      ]);
    });

    it("DescribeBillDetail", async () => {
      const { reseller, customer, Month } = await spent();
      const query = (party) => party.calls("DescribeBillDetail", { Month, Page: 1, PageSize: 200 }, dialect);
      const { Total, DetailSet } = await query(customer);
      assert.equal(Total, 2);
      assert.deepEqual(DetailSet.map((line) => line.TotalCost), ["170", "1.25"]);
      assert.deepEqual(DetailSet[1].Tags, [{ TagKey: "team", TagValue: "web" }]);
      assert.ok(!("VoucherDeduction" in DetailSet[0] || "CustomerDiscountRate" in DetailSet[0]));
      await refused(query(reseller), NO_AUTH);
    });

    it("DescribeBillSummary", async () => {
      const { customer, Month } = await spent();
      const query = async (group) =>
        (await customer.calls("DescribeBillSummary", { Month, ...group }, dialect)).SummaryDetail;
      const none = { RICost: "0.00000000" };
      const entry = (GroupKey, GroupValue, sums) => {
        const Business = [{ BusinessCode: "cvm", BusinessCodeName: "cvm", ...sums, ...none }];
        return { GroupKey, GroupValue, Business, ...sums, ...none };
      };
      const product = { GroupKey: "cvm", GroupValue: "cvm", Business: [], ...ALL, ...none };
      assert.deepEqual(await query({ GroupType: "product" }), [product]);
      const projects = [entry("0", "default", BOUGHT), entry("shop", "shop", USED)];
      assert.deepEqual(await query({ GroupType: "project" }), projects);
      const tags = [entry("team", "", BOUGHT), entry("team", "web", USED)];
      assert.deepEqual(await query({ GroupType: "tag", TagKey: ["team"] }), tags);
      await refused(query({ GroupType: "zone" }), "InvalidParameterValue.InvalidDimension");
    });

    it("ForceQN", async () => {
      const reseller = await world.reseller("1000.00", { allowlist: ["force_suspension"] });
      const { uin: ClientUin } = await world.customer(reseller);
      for (const Type of [2, 0]) {
        assert.deepEqual(await reseller.calls("ForceQN", { ClientUin, Type }, dialect), { C: 0, M: "" });
        const { Data } = await reseller.calls("QueryCustomersCredit", {}, dialect);
        assert.equal(Data[0].Force, Type);
      }
      const ungranted = await world.reseller();
      const { uin } = await world.customer(ungranted);
      await refused(ungranted.calls("ForceQN", { ClientUin: uin, Type: 2 }, dialect), NO_AUTH);
    });

    it("QueryVoucherPool, QueryVoucherAmountByUin and QueryVoucherListByUin", async () => {
      const { reseller, customer } = await spent();
      const number = await world.voucher(customer, "2.50");
      const pool = await reseller.calls("QueryVoucherPool", {}, dialect);
      const quota = { AccountType: 1, TotalQuota: 0, RemainingQuota: 0, IssuedNum: 2 };
      assert.deepEqual(pool, { AgentName: reseller.name, ...quota });
      const ClientUins = [customer.uin];
      const sums = await reseller.calls("QueryVoucherAmountByUin", { ClientUins }, dialect);
      assert.deepEqual(sums.Data, [{ ClientUin: customer.uin, TotalAmount: 32.5, RemainAmount: 2.5 }]);
      const found = await reseller.calls("QueryVoucherListByUin", { ClientUins, Status: "Unused" }, dialect);
      const unused = { VoucherId: String(number), VoucherStatus: "Unused", TotalAmount: 2.5, RemainAmount: 2.5 };
      assert.deepEqual(found.Data, [{ ClientUin: customer.uin, TotalCount: 1, Data: [unused] }]);
    });

    it("DescribeCustomerVoucherList and DescribeCustomerOwnVoucherList", async () => {
      const { reseller, customer } = await spent();
      const number = await world.voucher(customer, "2.50", DAYS);
      const own = {
        VoucherId: number,
        CustomerUin: customer.uin,
        VoucherStatus: "Issued",
        RemainingAmount: 2.5,
        TotalAmount: 2.5,
        PaymentMode: "AllPayment",
        ProductScope: "AllProducts",
        EffectiveTime: await world.localTime(),
        ExpireTime: await world.localTime(DAYS * DAY_MS),
      };
      const page = { Page: 1, PageSize: 100, VoucherStatus: "Issued" };
      const mine = await customer.calls("DescribeCustomerOwnVoucherList", page, dialect);
      assert.deepEqual(mine, { TotalCount: 1, Data: [own] });
      const named = { ...page, CustomerUin: customer.uin };
      const theirs = await reseller.calls("DescribeCustomerVoucherList", named, dialect);
      assert.deepEqual(theirs, { TotalCount: 1, Data: [{ ...own, Usage: "CustomerOffer", ApplyReason: "" }] });
    });

    it("DescribeCustomerVoucherUsageDetails and DescribeCustomerOwnVoucherUsageDetails", async () => {
      const { reseller, customer, Month } = await spent();
      const list = await customer.calls("DescribeCustomerOwnVoucherList", { Page: 1, PageSize: 1 }, dialect);
      const [{ VoucherId }] = list.Data;
      const page = { VoucherId, Month, Page: 1, PageSize: 100 };
      // The SDK has no methods of its own for these two yet.
      const mine = await customer.callsByName("DescribeCustomerOwnVoucherUsageDetails", page, dialect);
      const { Data, ...rest } = mine;
      const counts = { TotalRecordsCount: 1, Month, RecordsCountByMonth: 1 };
      assert.deepEqual(rest, { VoucherId, TotalAmount: 30, RemainAmount: 0, ...counts });
      assert.deepEqual([Data.length, Data[0].Amount, Data[0].PayMode], [1, 30, "Prepaid"]);
      assert.deepEqual([Data[0].VoucherId, Data[0].OwnerUin], [String(VoucherId), customer.uin]);
      assert.match(Data[0].DealName, /^\d+$/);
      assert.match(Data[0].BillId, /^\d+$/);
      const CustomerUin = customer.uin;
      const named = { ...page, CustomerUin };
      const theirs = await reseller.callsByName("DescribeCustomerVoucherUsageDetails", named, dialect);
      assert.deepEqual(theirs, { ...mine, CustomerUin });
    });
  });
}

// The clock moves, so this comes after everything else.
for (const dialect of DIALECTS) {
  describe(`${dialect.name}, by the client that calls any action`, () => {
    it("ConfirmReceipt and ConfirmReceipts", async () => {
      const { reseller, customer, Month } = await spent();
      const receipt = { CustomerUin: customer.uin, Month };
      const confirm = (more) => reseller.callsByName("ConfirmReceipt", { ...receipt, ...more }, dialect);
      await refused(confirm({}), BAD_MONTH);
      await world.nextBill();
      const prepaid = await confirm({ PayMode: "prePay" });
      assert.deepEqual(prepaid, { Returned: 170, Available: 998.75, Lines: 1 });
      const several = () =>
        reseller.callsByName("ConfirmReceipts", { CustomerUins: [customer.uin], Month }, dialect);
      const entry = (Returned, Lines) => ({ CustomerUin: customer.uin, Returned, Available: 1000, Lines });
      assert.deepEqual(await several(), { Data: [entry(1.25, 1)] });
      assert.deepEqual((await confirm({ ActionType: "prepay_purchase" })).Returned, 0);
      const paid = await reseller.calls("DescribeCustomerBillSummary", { ...receipt, IsConfirmed: "1" }, dialect);
      assert.deepEqual(paid, { TotalCost: 171.25 });
    });
  });
}
