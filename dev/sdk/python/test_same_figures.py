"""One purchase, seen through every door: the platform API, the SDK of the partners and of the customer, and the command
line all show the same figures.
"""

import json
import subprocess
from decimal import Decimal

import pytest

from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from cloud import call, exact
from server import PATIENCE_SECONDS, PLATFORM_KEY, binary, environment


def command_line(server, *arguments):
    """The JSON that the command line prints."""
    command = [binary(), *arguments, "--json", "--server", server.url, "--key", PLATFORM_KEY]
    ran = subprocess.run(command, env=environment(), capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    assert ran.returncode == 0, f"{' '.join(arguments)}: {ran.stderr.decode()}"
    return json.loads(ran.stdout)


def numbers(shown, names):
    """These figures of what is shown, exactly."""
    return {name: Decimal(shown[name]) for name in names}


@pytest.fixture
def bought(world):
    """An indirect customer that bought for 400 at list price; the distributor gets everything at 0.9 of it."""
    distributor = world.distributor("10000.00")
    second_level = world.second_level(distributor, "3000.00")
    customer = world.customer(second_level, "1000.00")
    world.vendor.post(
        "/v1/discounts", kind="partner", partner_uin=distributor.uin, product_code=world.product, rate="0.90"
    )
    order = world.buys(customer, "400.00")
    return distributor, second_level, customer, order


def test_a_purchase_shows_the_same_figures_everywhere(server, world, bought):
    distributor, second_level, customer, order = bought
    assert (Decimal(order["amount"]), Decimal(order["partner_amount"])) == (400, 360)
    assert order["state"] == "delivered"

    credit = {"total": 1000, "used": 400, "prepay_frozen": 0, "postpay_frozen": 0, "available": 600}
    allocation = {"quota": 10000, "allocated": 3000, "allocatable": 7000}
    spend = {"line": 10000, "used": 360, "frozen": 0, "available": 9640}
    pool = {"quota": 3000, "allocated": 1000, "allocatable": 2000}

    # The platform API.
    assert customer.credit() == credit
    assert distributor.ledgers() == {"allocation": allocation, "spend": spend}
    assert second_level.ledgers() == {"allocation": pool, "spend": None}

    # The command line.
    shown = command_line(server, "customer", "show", str(customer.uin))
    assert (shown["uin"], shown["bound_to"]) == (customer.uin, second_level.uin)
    assert numbers(shown["credit"], credit) == credit
    shown = command_line(server, "partner", "show", str(distributor.uin))
    assert numbers(shown["allocation"], allocation) == allocation
    assert numbers(shown["spend"], spend) == spend
    shown = command_line(server, "partner", "show", str(second_level.uin))
    assert (numbers(shown["allocation"], pool), shown["spend"]) == (pool, None)
    shown = command_line(server, "order", "show", order["id"])
    assert shown == world.vendor.get(f"/v1/orders/{order['id']}")
    (record,) = command_line(server, "credit", "history", str(customer.uin))["data"]
    assert Decimal(record["amount"]) == 1000

    # The SDK, as each of the three.
    (listed,) = exact(second_level.client(), "QueryCreditByUinList", UinList=[customer.uin])["Data"]
    assert listed == {"Uin": customer.uin, "TotalCredit": 1000, "RemainingCredit": 600}
    own = exact(second_level.client(), "QueryPartnerCredit")
    assert (own["TotalCredit"], own["AllocatedCredit"], own["RemainingCredit"]) == (3000, 1000, 2000)
    assert (own["CustomerTotalCredit"], own["CustomerRemainingCredit"]) == (1000, 600)
    above = exact(distributor.client(), "QueryPartnerCredit")
    assert (above["TotalCredit"], above["AllocatedCredit"], above["RemainingCredit"]) == (10000, 3000, 7000)
    quota = exact(customer.client(), "QueryCustomerBillingQuota")["Data"]
    assert (quota["TotalCredit"], quota["RemainingCredit"], quota["PrepayFrozen"]) == (1000, 600, 0)
    (history,) = exact(second_level.client(), "QueryCreditAllocationHistory", ClientUin=customer.uin)["History"]
    assert (history["Credit"], history["AllocatedCredit"], history["ClientCreditAfter"]) == (1000, 1000, 1000)


def test_what_the_sdk_hands_out_is_there_for_the_next_purchase(server, world, bought):
    _, second_level, customer, _ = bought
    exact(second_level.client(), "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=0.01)
    placed = command_line(server, "order", "place", str(customer.uin), world.product, "600.01")
    assert placed["state"] == "delivered"
    quota = exact(customer.client(), "QueryCustomerBillingQuota")["Data"]
    assert (quota["TotalCredit"], quota["RemainingCredit"]) == (Decimal("1000.01"), 0)
    assert customer.credit()["available"] == 0


def test_a_purchase_beyond_the_credit_changes_nothing_anywhere(server, world, bought):
    _, second_level, customer, _ = bought
    command = ["order", "place", str(customer.uin), world.product, "600.00000001"]
    ran = subprocess.run(
        [binary(), *command, "--server", server.url, "--key", PLATFORM_KEY],
        env=environment(),
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ran.returncode == 1
    assert b"insufficient_credit" in ran.stderr
    assert customer.credit()["available"] == 600
    (listed,) = exact(second_level.client(), "QueryDirectCustomersCredit")["Data"]
    assert listed["RemainingCredit"] == 600


def test_what_came_through_the_sdk_stands_in_the_audit_under_its_request_id(world):
    reseller, stranger = world.reseller("100.00"), world.reseller()
    customer = world.customer(reseller)
    done = call(reseller.client(), "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=60)
    ids = [done.RequestId]
    for party in [reseller, stranger]:
        with pytest.raises(TencentCloudSDKException) as refused:
            call(party.client(), "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=40.01)
        ids.append(refused.value.get_request_id())

    entries = world.vendor.get(f"/v1/audit?account_uin={customer.uin}")["data"]
    told = {entry["request_id"]: (entry["face"], entry["outcome"], entry["code"]) for entry in entries}
    assert [told[request_id] for request_id in ids] == [
        ("cloud", "done", None),
        ("cloud", "refused", "exceeds_allocatable"),
        ("cloud", "refused", "not_yours"),
    ]
