"""Vouchers as partners and customers read them with the SDK, in every dialect: quotas, sums, lists, payments."""

import datetime

import pytest

from cloud import BAD_VALUE, NO_AUTH, call, every_dialect, figures, refused

pytestmark = [every_dialect, pytest.mark.usefixtures("a_second_passes_between_requests")]

DAYS = 30


def test_query_voucher_pool(world, dialect):
    distributor = world.distributor(voucher_quota="100.00")
    second_level = world.second_level(distributor, "1000.00", voucher_quota="20.50")
    customer = world.customer(second_level)
    world.voucher(customer, "7.25")
    world.voucher(customer, "3.00")
    for party, kind, total, remaining, issued in [
        (world.reseller(), 1, 0, 0, 0),
        (distributor, 2, 100, 100, 0),
        (second_level, 3, 20.5, 10.25, 2),
    ]:
        assert figures(call(party.client(dialect), "QueryVoucherPool")) == {
            "AgentName": party.name,
            "AccountType": kind,
            "TotalQuota": total,
            "RemainingQuota": remaining,
            "IssuedNum": issued,
        }
    assert refused(customer.client(dialect), "QueryVoucherPool") == NO_AUTH


def test_query_vouchers_by_uin(world, dialect):
    reseller = world.reseller()
    customer, other = world.customer(reseller, "100.00"), world.customer(reseller)
    used = world.voucher(customer, "2.50", days=10)
    left = world.voucher(customer, "20.00")
    revoked = world.voucher(customer, "40.00")
    world.vendor.post(f"/v1/vouchers/{revoked}/invalidate")
    world.buys(customer, "10.00")
    partner = reseller.client(dialect)

    sums = call(partner, "QueryVoucherAmountByUin", ClientUins=[other.uin, customer.uin])
    assert figures(sums) == {
        "Data": [
            {"ClientUin": other.uin, "TotalAmount": 0, "RemainAmount": 0},
            {"ClientUin": customer.uin, "TotalAmount": 22.5, "RemainAmount": 12.5},
        ]
    }

    def entry(number, status, total, remaining):
        return {
            "VoucherId": str(number),
            "VoucherStatus": status,
            "TotalAmount": total,
            "RemainAmount": remaining,
        }

    unused, spent = entry(left, "Unused", 20, 12.5), entry(used, "Used", 2.5, 0)
    for status, expected in [
        ({}, [unused, spent]),
        ({"Status": "Unused"}, [unused]),
        ({"Status": "Used"}, [spent]),
        ({"Status": "Expired"}, []),
    ]:
        found = call(partner, "QueryVoucherListByUin", ClientUins=[customer.uin], **status)
        assert figures(found) == {
            "Data": [{"ClientUin": customer.uin, "TotalCount": len(expected), "Data": expected}]
        }, status
    foreign = world.customer(world.reseller())
    for action in ("QueryVoucherAmountByUin", "QueryVoucherListByUin"):
        assert refused(partner, action, ClientUins=[customer.uin, foreign.uin]) == NO_AUTH
        assert refused(partner, action, ClientUins=[customer.uin] * 21) == BAD_VALUE


def test_describe_voucher_lists(world, dialect):
    reseller = world.reseller()
    customer = world.customer(reseller, "100.00")
    offer = world.voucher(customer, "1.00", days=DAYS)
    only = {"mode": "only", "codes": [world.product]}
    trial = world.voucher(customer, "5.00", days=DAYS, usage="ProductTrial", payment_mode="postpaid", products=only)
    world.uses(customer, "4.202896")
    partner, own = reseller.client(dialect), customer.client(dialect)
    until = world.vendor.local_time(datetime.timedelta(days=DAYS))

    def entry(number, amounts, mode, scope):
        remaining, total = amounts
        return {
            "VoucherId": number,
            "CustomerUin": customer.uin,
            "VoucherStatus": "Issued",
            "RemainingAmount": remaining,
            "TotalAmount": total,
            "PaymentMode": mode,
            "ProductScope": scope,
            "EffectiveTime": world.vendor.local_time(),
            "ExpireTime": until,
        }

    tried = entry(trial, (0.797104, 5), "Postpaid", "SpecifyProducts")
    offered = entry(offer, (1, 1), "AllPayment", "AllProducts")
    for filters, total, expected in [
        ({}, 2, [tried, offered]),
        ({"Page": 2, "PageSize": 1}, 2, [offered]),
        ({"VoucherStatus": "Issued", "PaymentMode": "Postpaid"}, 1, [tried]),
        ({"ProductScope": "AllProducts"}, 1, [offered]),
        ({"VoucherStatus": "Expired"}, 0, []),
        ({"VoucherId": trial}, 1, [tried]),
    ]:
        parameters = {"Page": 1, "PageSize": 100, **filters}
        found = figures(call(own, "DescribeCustomerOwnVoucherList", **parameters))
        assert found == {"TotalCount": total, "Data": expected}, filters
        usage = {trial: "ProductTrial", offer: "CustomerOffer"}
        more = [{**one, "Usage": usage[one["VoucherId"]], "ApplyReason": ""} for one in expected]
        found = figures(call(partner, "DescribeCustomerVoucherList", CustomerUin=customer.uin, **parameters))
        assert found == {"TotalCount": total, "Data": more}, filters
    found = call(partner, "DescribeCustomerVoucherList", Page=1, PageSize=1, Usage="ProductTrial")
    assert [one.VoucherId for one in found.Data] == [trial]
    assert refused(own, "DescribeCustomerVoucherList", Page=1, PageSize=1) == NO_AUTH
    assert refused(partner, "DescribeCustomerVoucherList", Page=1, PageSize=101) == BAD_VALUE


def test_describe_voucher_usage_details(world, dialect):
    reseller = world.reseller()
    customer = world.customer(reseller, "100.00")
    number = world.voucher(customer, "10.00")
    order = world.buys(customer, "4.00")["id"]
    line = world.uses(customer, "1.50")
    month, now = world.vendor.month(), world.vendor.local_time()

    def number_of(platform_id):
        return platform_id.rpartition("_")[2]

    def payment(line_id, deal, amount, mode):
        return {
            "Id": int(number_of(line_id)),
            "VoucherId": str(number),
            "DealName": number_of(deal),
            "BillId": number_of(line_id),
            "Amount": amount,
            "PayMode": mode,
            "ProductCode": world.product,
            "SubProductCode": world.product,
            "ProductCodeName": world.product,
            "SubProductCodeName": world.product,
            "PayTime": now,
            "CompletionTime": now,
            "OwnerUin": customer.uin,
        }

    own, partner = customer.client(dialect), reseller.client(dialect)
    bought = payment(order.replace("ord_", "line_"), order, 4, "Prepaid")
    both = [payment(line, "", 1.5, "Postpaid"), bought]
    for filters, data, selected in [
        ({}, both, 2),
        ({"Page": 2, "PageSize": 1}, [bought], 2),
        ({"Month": month}, both, 2),
        ({"Month": "2024-03"}, [], 0),
    ]:
        parameters = {"VoucherId": number, "Page": 1, "PageSize": 100, **filters}
        expected = {
            "Data": data,
            "VoucherId": number,
            "TotalAmount": 10,
            "RemainAmount": 4.5,
            "TotalRecordsCount": 2,
            "Month": filters.get("Month", ""),
            "RecordsCountByMonth": selected,
        }
        assert figures(call(own, "DescribeCustomerOwnVoucherUsageDetails", **parameters)) == expected, filters
        found = call(partner, "DescribeCustomerVoucherUsageDetails", CustomerUin=customer.uin, **parameters)
        assert figures(found) == {**expected, "CustomerUin": customer.uin}, filters
    stranger = world.customer(reseller).client(dialect)
    page = {"VoucherId": number, "Page": 1, "PageSize": 1}
    assert refused(stranger, "DescribeCustomerOwnVoucherUsageDetails", **page) == "FailedOperation"
