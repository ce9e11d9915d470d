"""Bills as partners and customers read them with the SDK, in every dialect: lines, what they come to by everything that
they are grouped by, and what a partner confirms.
"""

import pytest

from cloud import BAD_VALUE, NO_AUTH, NOT_CUSTOMER, any_client, call, code_of, every_dialect, exact, figures, refused
from world import HOUR

pytestmark = [every_dialect, pytest.mark.usefixtures("a_second_passes_between_requests")]

BAD_MONTH = "InvalidParameterValue.InvalidMonth"
PREPAID, POSTPAID = "yearly/monthly subscription", "Pay-As-You-Go resources"
CPU = {"code": "cpu", "name": "CPU", "list_price": "0.25", "usage": "2", "unit": "core", "duration": "2"}
TOLD = {
    "region": "ap-singapore",
    "zone": "ap-singapore-1",
    "project": "shop",
    "tags": {"team": "web"},
    "resource_id": "ins-1",
    "resource_name": "web",
    "components": [{**CPU, "duration_unit": "hour"}],
}


def spent(world):
    """A reseller, and a customer of it that bought at a discount with a voucher (vector T19), used one thing with
    everything told, and was given something back.
    """
    reseller = world.reseller("10000.00")
    customer = world.customer(reseller, "1000.00")
    world.discount(customer, reseller, "0.9")
    world.voucher(customer, "30.00")
    world.buys(customer, "200.00")
    world.uses(customer, "1.00", operator_uin=reseller.uin, **TOLD)
    world.uses(customer, "0.50", action_type="recon_increase")
    return reseller, customer


def test_describe_customer_bill_detail(world, dialect):
    reseller, customer = spent(world)
    partner, month = reseller.client(dialect), world.vendor.month()
    page = {"CustomerUin": customer.uin, "Month": month, "Page": 1, "PageSize": 200}
    shown = figures(call(partner, "DescribeCustomerBillDetail", **page))
    assert shown["Total"] == 3
    bought, used, back = shown["DetailSet"]
    now = world.vendor.local_time()
    line = used.pop("Id")
    assert line.isdecimal()
    assert used == {
        "PayerAccountId": reseller.uin,
        "OwnerAccountId": customer.uin,
        "OperatorAccountId": reseller.uin,
        "ProductName": world.product,
        "BillingMode": POSTPAID,
        "ProjectName": "shop",
        "Region": "ap-singapore",
        "AvailabilityZone": "ap-singapore-1",
        "InstanceId": "ins-1",
        "InstanceName": "web",
        "SubProductName": world.product,
        "TransactionType": "Hourly settlement",
        "TransactionId": line,
        "TransactionTime": now,
        "UsageStartTime": now,
        "UsageEndTime": world.vendor.local_time(HOUR),
        "ComponentType": "CPU",
        "ComponentName": "CPU",
        "ComponentListPrice": "0.25",
        "ComponentPriceMeasurementUnit": "USD/core/hour",
        "ComponentUsage": "2",
        "ComponentUsageUnit": "core",
        "UsageDuration": "2",
        "DurationUnit": "hour",
        "OriginalCost": "1",
        "DiscountRate": "1",
        "Currency": "USD",
        "TotalAmountAfterDiscount": "0.9",
        "VoucherDeduction": "0",
        "TotalCost": "0.9",
        "CustomerDiscountRate": "0.9",
        "BusinessCode": world.product,
        "ProductCode": world.product,
        "ComponentCode": "cpu",
        "ItemCode": "cpu",
    }
    costs = ("OriginalCost", "TotalAmountAfterDiscount", "VoucherDeduction", "TotalCost", "BillingMode")
    assert [bought[cost] for cost in costs] == ["200", "180", "30", "150", PREPAID]
    assert [bought["ProjectName"], bought["Region"]] == ["default", ""]
    assert [back[cost] for cost in costs] == ["-0.5", "-0.45", "0", "-0.45", POSTPAID]
    for filters, lines in [
        ({"PayMode": "prePay"}, [bought]),
        ({"ActionType": "recon_increase"}, [back]),
        ({"PayMode": "postPay", "ActionType": "postpay_deduct_h", "IsConfirmed": "2"}, [{**used, "Id": line}]),
        ({"IsConfirmed": "1"}, []),
        ({"Page": 3, "PageSize": 1}, [back]),
    ]:
        found = figures(call(partner, "DescribeCustomerBillDetail", **{**page, **filters}))
        assert found["DetailSet"] == lines, filters
        assert found["Total"] == (3 if "Page" in filters else len(lines)), filters
    assert refused(partner, "DescribeCustomerBillDetail", **{**page, "Month": "2022-05"}) == BAD_MONTH
    assert refused(partner, "DescribeCustomerBillDetail", **{**page, "PageSize": 201}) == BAD_VALUE
    stranger = world.reseller().client(dialect)
    assert refused(stranger, "DescribeCustomerBillDetail", **page) == NOT_CUSTOMER


def test_describe_customer_bill_summary(world, dialect):
    reseller, customer = spent(world)
    partner = reseller.client(dialect)
    bill = {"CustomerUin": customer.uin, "Month": world.vendor.month()}
    for filters, total in [
        ({}, 150.45),
        ({"PayMode": "prePay"}, 150),
        ({"ActionType": "postpay_deduct_h", "IsConfirmed": "0"}, 0.9),
        ({"IsConfirmed": "1"}, 0),
    ]:
        found = call(partner, "DescribeCustomerBillSummary", **bill, **filters)
        assert figures(found) == {"TotalCost": total}, filters
    world.uses(customer, "0.00000001")
    assert str(exact(partner, "DescribeCustomerBillSummary", **bill)["TotalCost"]) == "150.45000001"


def test_describe_customer_bill_detail_by_day(world, dialect):
    reseller, customer = spent(world)
    partner = reseller.client(dialect)
    today = {"CustomerUin": customer.uin, "Date": world.vendor.now().strftime("%Y-%m-%d")}
    yesterday = {**today, "Date": (world.vendor.now() - 24 * HOUR).strftime("%Y-%m-%d")}
    for day, total in [(today, "150.45000000"), (yesterday, "0.00000000")]:
        assert figures(call(partner, "DescribeCustomerBillDetailByDay", **day)) == {"TotalCost": total}
    early = {**today, "Date": "2025-05-31"}
    assert refused(partner, "DescribeCustomerBillDetailByDay", **early) == BAD_MONTH


def test_describe_bill_summary_by(world, dialect):
    reseller, customer = spent(world)
    partner = reseller.client(dialect)
    bill = {"CustomerUin": customer.uin, "BillMonth": world.vendor.month()}

    def costs(original, voucher, total):
        return {"OriginalCost": original, "VoucherPayAmount": voucher, "TotalCost": total}

    def action(kind, name, *figures_of_it):
        return {"ActionType": kind, "ActionTypeName": name, **costs(*figures_of_it)}

    bought = ("200.00000000", "30.00000000", "150.00000000")
    used = ("1.00000000", "0.00000000", "0.90000000")
    back = ("-0.50000000", "0.00000000", "-0.45000000")
    modes = figures(call(partner, "DescribeBillSummaryByPayMode", **bill))
    assert modes == {
        "SummaryOverview": [
            {
                "PayMode": "prePay",
                "PayModeName": PREPAID,
                "Detail": [action("prepay_purchase", "Purchase", *bought)],
                **costs(*bought),
            },
            {
                "PayMode": "postPay",
                "PayModeName": POSTPAID,
                "Detail": [
                    action("postpay_deduct_h", "Hourly settlement", *used),
                    action("recon_increase", "Adjustment - compensation", *back),
                ],
                **costs("0.50000000", "0.00000000", "0.45000000"),
            },
        ]
    }
    whole = costs("200.50000000", "30.00000000", "150.45000000")
    products = figures(call(partner, "DescribeBillSummaryByProduct", **bill))
    named = {"BusinessCode": world.product, "BusinessCodeName": world.product}
    assert products == {"SummaryOverview": [{**named, **whole}]}
    regions = figures(call(partner, "DescribeBillSummaryByRegion", **bill))
    rest = costs("199.50000000", "30.00000000", "149.55000000")
    assert regions == {
        "SummaryOverview": [
            {"RegionId": "9", "RegionName": "ap-singapore", **costs(*used)},
            {"RegionId": "default", "RegionName": "default", **rest},
        ]
    }
    for action_name in ("ByPayMode", "ByProduct", "ByRegion"):
        name = f"DescribeBillSummary{action_name}"
        assert refused(partner, name, CustomerUin=customer.uin, BillMonth="2023-13") == BAD_MONTH


def test_describe_bill_detail(world, dialect):
    reseller, customer = spent(world)
    own, month = customer.client(dialect), world.vendor.month()
    found = figures(call(own, "DescribeBillDetail", Month=month, Page=2, PageSize=1, PayMode="postPay"))
    assert found["Total"] == 2
    found = figures(call(own, "DescribeBillDetail", Month=month, Page=1, PageSize=200))
    assert found["Total"] == 3
    bought, used, back = found["DetailSet"]
    assert used["Tags"] == [{"TagKey": "team", "TagValue": "web"}]
    assert [line["TotalCost"] for line in (bought, used, back)] == ["150", "0.9", "-0.45"]
    assert [line["PayerAccountId"] for line in (bought, used, back)] == [reseller.uin] * 3
    # What its partner pays, and which part of the price is a discount, is not the customer's business (R80).
    hidden = {"DiscountRate", "CustomerDiscountRate", "TotalAmountAfterDiscount", "VoucherDeduction"}
    assert not hidden & set(bought)
    assert refused(reseller.client(dialect), "DescribeBillDetail", Month=month, Page=1, PageSize=1) == NO_AUTH


def test_describe_bill_summary(world, dialect):
    _, customer = spent(world)
    own, month = customer.client(dialect), world.vendor.month()

    def costs(original, voucher, total):
        return {"OriginalCost": original, "VoucherPayAmount": voucher, "RICost": "0.00000000", "TotalCost": total}

    whole = costs("200.50000000", "30.00000000", "150.45000000")
    used = costs("1.00000000", "0.00000000", "0.90000000")
    rest = costs("199.50000000", "30.00000000", "149.55000000")
    product = {"BusinessCode": world.product, "BusinessCodeName": world.product}

    def group(key, value, sums):
        return {"Business": [{**product, **sums}], "GroupKey": key, "GroupValue": value, **sums}

    for asked, expected in [
        (
            {"GroupType": "product"},
            [{"Business": [], "GroupKey": world.product, "GroupValue": world.product, **whole}],
        ),
        ({"GroupType": "project"}, [group("0", "default", rest), group("shop", "shop", used)]),
        ({"GroupType": "tag", "TagKey": ["team"]}, [group("team", "", rest), group("team", "web", used)]),
    ]:
        found = figures(call(own, "DescribeBillSummary", Month=month, **asked))
        assert found == {"SummaryDetail": expected}, asked
    code = refused(own, "DescribeBillSummary", Month=month, GroupType="region")
    assert code == "InvalidParameterValue.InvalidDimension"


def test_confirm_receipt(moving_world, dialect):
    world = moving_world
    reseller = world.reseller()
    customer = world.customer(reseller, "100.00")
    # No typed method of the SDK knows these two: the client that calls any action does.
    partner = any_client(world.vendor.server, reseller.secret(), dialect=dialect)
    line = world.uses(customer, "10.25")
    world.buys(customer, "20.00")
    world.uses(customer, "5.00")
    receipt = {"CustomerUin": customer.uin, "Month": world.vendor.month()}
    assert code_of(lambda: exact(partner, "ConfirmReceipt", **receipt)) == BAD_MONTH
    world.vendor.next_bill()

    def confirmed(**more):
        answer = exact(partner, "ConfirmReceipt", **receipt, **more)
        answer.pop("RequestId")
        return {name: float(figure) for name, figure in answer.items()}

    assert confirmed(LineIds=[line]) == {"Returned": 10.25, "Available": 75, "Lines": 1}
    assert confirmed(PayMode="prePay") == {"Returned": 20, "Available": 95, "Lines": 1}
    assert confirmed() == {"Returned": 5, "Available": 100, "Lines": 1}
    assert confirmed() == {"Returned": 0, "Available": 100, "Lines": 0}
    paid = call(reseller.client(dialect), "DescribeCustomerBillSummary", **receipt, IsConfirmed="1")
    assert paid.TotalCost == 35.25


def test_confirm_receipts(moving_world, dialect):
    world = moving_world
    reseller = world.reseller()
    first, second = world.customer(reseller, "100.00"), world.customer(reseller, "50.00")
    partner = any_client(world.vendor.server, reseller.secret(), dialect=dialect)
    world.buys(first, "10.00")
    world.buys(second, "0.00000001")
    month = world.vendor.next_bill()
    foreign = world.customer(world.reseller())
    receipt = {"CustomerUins": [second.uin, first.uin], "Month": month}
    spoilt = {**receipt, "CustomerUins": [first.uin, foreign.uin]}
    assert code_of(lambda: exact(partner, "ConfirmReceipts", **spoilt)) == NO_AUTH
    answer = exact(partner, "ConfirmReceipts", **receipt)["Data"]
    assert [{name: str(value) for name, value in entry.items()} for entry in answer] == [
        {"CustomerUin": str(second.uin), "Returned": "1E-8", "Available": "50", "Lines": "1"},
        {"CustomerUin": str(first.uin), "Returned": "10", "Available": "100", "Lines": "1"},
    ]
