"""Amounts are read and written exactly, in every spelling that the SDK gives them, and kept within their limits."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from cloud import BAD_TYPE, BAD_VALUE, Dialect, call, code_of, every_dialect, exact, refused

OUT_OF_RANGE = "InvalidParameterValue.CreditAmountOutOfRange"
POOL_OUT_OF_RANGE = "InvalidParameterValue.VoucherAmountOutOfRange"
INSUFFICIENT = "FailedOperation.BalanceInsufficient"


@every_dialect
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (50, "50"),
        (50.0, "50"),
        (234.345, "234.345"),
        # Python writes this one as 1e-08.
        (0.00000001, "0.00000001"),
        (1e2, "100"),
        (123456.12345678, "123456.12345678"),
        (0.1 + 0.5, "0.6"),
        # What binary arithmetic makes of them has 17 places.
        (0.1 + 0.2, "0.3"),
        (1.1 * 3, "3.3"),
        (1 - 0.9, "0.1"),
    ],
)
def test_an_amount_arrives_as_it_was_meant(world, dialect, sent, kept):
    reseller = world.reseller("1000000.00")
    customer = world.customer(reseller)
    answer = exact(reseller.client(dialect), "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=sent)
    assert answer["TotalCredit"] == answer["RemainingCredit"] == Decimal(kept)
    assert customer.credit()["total"] == Decimal(kept)
    assert reseller.ledgers()["allocation"]["allocated"] == Decimal(kept)


def test_the_largest_amount_is_read_exactly(world):
    reseller = world.reseller("92000000000.00")
    customer = world.customer(reseller, "0.00000001")
    given = {"ClientUin": customer.uin, "AddedCredit": 91_999_999_999}
    answer = exact(reseller.client(), "AllocateCustomerCredit", **given)
    assert answer["TotalCredit"] == Decimal("91999999999.00000001")
    (shown,) = exact(reseller.client(), "QueryDirectCustomersCredit")["Data"]
    assert shown["RemainingCredit"] == Decimal("91999999999.00000001")


@every_dialect
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (0, BAD_VALUE),
        (0.0, BAD_VALUE),
        # Nine places, as a small number and behind a larger one.
        (1e-9, BAD_VALUE),
        (1.000000001, BAD_VALUE),
        # Six steps of a double beside 0.3.
        (0.3000000000000003, BAD_VALUE),
        (92_000_000_001, BAD_VALUE),
        (-92_000_000_001, BAD_VALUE),
        (1e300, BAD_VALUE),
        (float("nan"), BAD_TYPE),
        (float("inf"), BAD_TYPE),
        (1000.01, OUT_OF_RANGE),
        (-100.00000001, INSUFFICIENT),
    ],
)
def test_an_amount_that_will_not_do_changes_nothing(world, dialect, sent, code):
    reseller = world.reseller("1100.00")
    customer = world.customer(reseller, "100.00")
    before = customer.credit(), reseller.ledgers()
    caller = reseller.client(dialect)
    assert refused(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=sent) == code
    assert (customer.credit(), reseller.ledgers()) == before


@pytest.mark.parametrize("sent", ["50", True, [50], {"Amount": 50}])
def test_an_amount_of_another_type_is_refused(world, sent):
    reseller = world.reseller()
    customer = world.customer(reseller)
    caller = reseller.client()
    code = code_of(lambda: exact(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=sent))
    assert code == BAD_TYPE
    assert customer.credit()["total"] == 0


def test_exactly_what_is_allocatable_can_be_handed_out(world):
    reseller = world.reseller("1000.00")
    customer = world.customer(reseller, "300.00")
    caller = reseller.client()
    assert refused(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=700.01) == OUT_OF_RANGE
    answer = call(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=700)
    assert answer.TotalCredit == 1000
    assert call(caller, "QueryPartnerCredit").RemainingCredit == 0
    assert refused(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=1e-8) == OUT_OF_RANGE


def test_a_reclaim_is_bounded_by_what_is_available(world):
    reseller = world.reseller("1000.00")
    customer = world.customer(reseller, "500.00")
    world.buys(customer, "150.00")
    world.buys(customer, "50.00", capture=False)
    caller = reseller.client()
    assert refused(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=-300.01) == INSUFFICIENT
    answer = call(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=-300)
    assert (answer.TotalCredit, answer.RemainingCredit) == (200, 0)
    assert call(caller, "QueryPartnerCredit").RemainingCredit == 800
    assert refused(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=-0.01) == INSUFFICIENT


@pytest.mark.parametrize("dialect", [Dialect.TC3_POST, Dialect.SHA256_GET], ids=lambda dialect: dialect.name.lower())
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (0, POOL_OUT_OF_RANGE),
        # More than one grant may hold, more than the distributor can hand out, more than the pool has left.
        (1_000_000.01, POOL_OUT_OF_RANGE),
        (-1_000_000.01, POOL_OUT_OF_RANGE),
        (700.01, POOL_OUT_OF_RANGE),
        (-200.01, POOL_OUT_OF_RANGE),
        (1e-9, BAD_VALUE),
    ],
)
def test_a_pool_amount_that_will_not_do_changes_nothing(world, dialect, sent, code):
    distributor = world.distributor("1000.00")
    second_level = world.second_level(distributor, "300.00")
    world.customer(second_level, "100.00")
    before = distributor.ledgers(), second_level.ledgers()
    caller = distributor.client(dialect)
    assert refused(caller, "AllocateCreditPool", SubAgentUin=second_level.uin, Credit=sent) == code
    assert (distributor.ledgers(), second_level.ledgers()) == before


def test_a_pool_can_be_granted_a_million_at_a_time(world):
    distributor = world.distributor("3000000.00")
    second_level = world.second_level(distributor, "0.00")
    caller = distributor.client()
    answer = call(caller, "AllocateCreditPool", SubAgentUin=second_level.uin, Credit=1_000_000)
    assert (answer.TotalCredit, answer.RemainingCredit) == (1_000_000, 1_000_000)
    given = call(second_level.client(), "QueryPartnerCredit")
    assert (given.TotalCredit, given.AllocatedCredit) == (1_000_000, 0)


def test_callers_at_the_same_time_hand_out_no_more_than_there_is(world):
    reseller = world.reseller("100.00")
    customers = [world.customer(reseller) for _ in range(12)]
    reseller.secret()

    def allocate(customer):
        try:
            return call(reseller.client(), "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=30).TotalCredit
        except TencentCloudSDKException as error:
            return error.get_code()

    with ThreadPoolExecutor(len(customers)) as threads:
        outcomes = list(threads.map(allocate, customers))
    assert outcomes.count(30) == 3
    assert outcomes.count(OUT_OF_RANGE) == 9
    assert reseller.ledgers()["allocation"] == {"quota": 100, "allocated": 90, "allocatable": 10}
    assert sum(customer.credit()["total"] for customer in customers) == 90
