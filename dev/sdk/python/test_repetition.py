"""The same request twice, and too many requests. A writing request acts once; reads may repeat; an account that calls
too often is refused without any other account noticing.
"""

import time
from types import SimpleNamespace

import pytest
from tencentcloud.common import abstract_client

from cloud import LIMIT, Dialect, any_client, call, code_of, every_dialect, figures, refused
from server import Server
from world import Vendor, World

# Far more calls than a limit lets through in the time that they take.
MANY_CALLS = 200
PATIENCE_SECONDS = 30


@pytest.fixture
def standstill(monkeypatch):
    """The SDK's clock and dice stand still, so that equal calls become equal bytes."""
    now = time.time()
    monkeypatch.setattr(abstract_client, "time", SimpleNamespace(time=lambda: now))
    monkeypatch.setattr(abstract_client, "random", SimpleNamespace(randint=lambda low, high: 123_456_789))


@every_dialect
def test_a_writing_request_acts_once(world, dialect, standstill):
    distributor = world.distributor("1000.00")
    customer = world.customer(distributor)
    second_level = world.second_level(distributor, "100.00")
    caller = distributor.client(dialect)
    given = {"ClientUin": customer.uin, "AddedCredit": 10}
    assert call(caller, "AllocateCustomerCredit", **given).TotalCredit == 10
    assert refused(caller, "AllocateCustomerCredit", **given) == LIMIT
    assert refused(caller, "AllocateCustomerCredit", **given) == LIMIT
    assert customer.credit()["total"] == 10
    assert distributor.ledgers()["allocation"]["allocated"] == 110

    # With the form signature the nonce is spent as well, and it stands still here; without the body all signatures of one
    # second are the same.
    if dialect in (Dialect.TC3_POST, Dialect.TC3_GET, Dialect.UNSIGNED_GET):
        pool = {"SubAgentUin": second_level.uin, "Credit": 5}
        assert call(caller, "AllocateCreditPool", **pool).TotalCredit == 105
        assert refused(caller, "AllocateCreditPool", **pool) == LIMIT
        remark = {"ClientUin": str(customer.uin), "Remark": "once"}
        assert call(caller, "ModifyClientRemark", **remark).ClientRemark == "once"
        assert refused(caller, "ModifyClientRemark", **remark) == LIMIT
        assert second_level.ledgers()["allocation"]["quota"] == 105


@every_dialect
def test_a_refused_writing_request_does_not_act_later_either(world, dialect, standstill):
    reseller = world.reseller("100.00")
    customer = world.customer(reseller)
    caller = reseller.client(dialect)
    given = {"ClientUin": customer.uin, "AddedCredit": 150}
    out_of_range = "InvalidParameterValue.CreditAmountOutOfRange"
    assert refused(caller, "AllocateCustomerCredit", **given) == out_of_range
    world.vendor.call("PATCH", f"/v1/partners/{reseller.uin}", {"allocation_quota": "200.00"})
    assert refused(caller, "AllocateCustomerCredit", **given) == LIMIT
    assert customer.credit()["total"] == 0


@pytest.mark.parametrize("dialect", [Dialect.SHA1_GET, Dialect.SHA256_POST], ids=lambda dialect: dialect.name.lower())
def test_a_nonce_of_the_form_signature_serves_one_writing_request(world, dialect, standstill):
    reseller = world.reseller("100.00")
    customer = world.customer(reseller)
    caller = reseller.client(dialect)
    assert call(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=10).TotalCredit == 10
    assert refused(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=20) == LIMIT
    assert customer.credit()["total"] == 10


def test_an_unsigned_body_cannot_be_exchanged_for_another(world, standstill):
    reseller = world.reseller("100.00")
    customer = world.customer(reseller)
    caller = reseller.client(Dialect.UNSIGNED_POST)
    assert call(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=10).TotalCredit == 10
    # The signature is the same as before, whatever the body says.
    assert refused(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=20) == LIMIT
    assert customer.credit()["total"] == 10
    assert call(caller, "QueryCreditAllocationHistory", ClientUin=customer.uin).Total == 1


def test_an_unsigned_body_reads_and_does_not_write_unless_the_deployment_says_so(limiting_world):
    reseller = limiting_world.reseller("100.00")
    customer = limiting_world.customer(reseller)
    for dialect in (Dialect.UNSIGNED_POST, Dialect.UNSIGNED_GET):
        caller = reseller.client(dialect)
        assert call(caller, "QueryPartnerCredit").TotalCredit == 100
        given = {"ClientUin": customer.uin, "AddedCredit": 10}
        assert refused(caller, "AllocateCustomerCredit", **given) == "AuthFailure.SignatureFailure"
    assert customer.credit()["total"] == 0


def test_a_captured_read_is_not_good_for_a_write_not_even_after_a_crash(tmp_path, standstill):
    """The action is in no signature of the SDKs: whoever records a read may send it again as something else."""
    server = Server(tmp_path)
    world = World(Vendor(server), "cvm")
    reseller = world.reseller("100.00")
    customer = world.customer(reseller)
    bill = {"CustomerUin": customer.uin, "Month": world.vendor.month()}
    caller = any_client(server, reseller.secret())

    def read():
        return caller.call_json("DescribeCustomerBillSummary", bill)["Response"]["TotalCost"]

    def write():
        # Clock and body are the same, and so is the signature.
        return caller.call_json("ConfirmReceipt", bill)

    assert read() == 0
    assert code_of(write) == LIMIT
    server.kill()
    server = Server(tmp_path, listen=server.host)
    try:
        assert code_of(write) == LIMIT
        assert read() == 0
        # What nobody has seen writes, also in the same second.
        given = {"ClientUin": customer.uin, "AddedCredit": 10}
        assert call(reseller.client(), "AllocateCustomerCredit", **given).TotalCredit == 10
    finally:
        server.stop()


@every_dialect
def test_reads_repeat(world, dialect, standstill):
    reseller = world.reseller()
    customer = world.customer(reseller, "10.00")
    caller = reseller.client(dialect)
    for _ in range(3):
        assert call(caller, "QueryPartnerCredit").AllocatedCredit == 10
        assert call(caller, "QueryCreditAllocationHistory", ClientUin=customer.uin).Total == 1


@every_dialect
def test_equal_amounts_in_requests_of_their_own_add_up(world, dialect, monkeypatch):
    reseller = world.reseller()
    customer = world.customer(reseller)
    caller = reseller.client(dialect)
    now = time.time()
    # Two requests within a second would be equal under TC3, so that each is signed a second after the last.
    for second in range(3):
        monkeypatch.setattr(abstract_client, "time", SimpleNamespace(time=lambda passed=second: now + passed))
        answer = call(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=10)
        assert answer.TotalCredit == 10 * (second + 1)


def admitted_in_a_row(caller, action, **parameters):
    """How many calls get through before the first that is refused for its frequency."""
    for calls in range(MANY_CALLS):
        try:
            call(caller, action, **parameters)
        except abstract_client.TencentCloudSDKException as error:
            assert error.get_code() == LIMIT
            return calls
    raise AssertionError(f"{MANY_CALLS} calls of {action} were never too many")


def test_an_account_that_calls_too_often_is_refused_and_no_other(limiting_world):
    busy, quiet = limiting_world.reseller(), limiting_world.reseller()
    customer = limiting_world.customer(busy)
    caller = busy.client()
    # The burst is the limit; what trickles in while the calls run comes on top.
    assert admitted_in_a_row(caller, "QueryPartnerCredit") >= 5

    assert call(quiet.client(), "QueryPartnerCredit").TotalCredit == 1000
    assert call(caller, "QueryDirectCustomersCredit").Data[0].Uin == customer.uin
    assert figures(call(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=1))["TotalCredit"] == 1
    assert call(customer.client(), "QueryCustomerBillingQuota").Data.TotalCredit == 1


def test_an_account_is_let_through_again_after_a_while(limiting_world):
    caller = limiting_world.reseller().client()
    admitted_in_a_row(caller, "QueryPartnerCredit")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            assert call(caller, "QueryPartnerCredit").TotalCredit == 1000
            return
        except abstract_client.TencentCloudSDKException as error:
            assert error.get_code() == LIMIT
            assert time.monotonic() < deadline, "the account is not let through again"


def test_an_action_without_a_published_limit_takes_twenty_calls_at_once(limiting_world):
    customer = limiting_world.customer(limiting_world.reseller())
    assert admitted_in_a_row(customer.client(), "DescribeCustomerOwnVoucherList", Page=1, PageSize=1) >= 20


def test_a_request_that_is_wrong_counts_as_a_call(limiting_world):
    caller = limiting_world.account().client()
    codes = [refused(caller, "QueryPartnerCredit") for _ in range(MANY_CALLS)]
    assert codes[:5] == ["UnauthorizedOperation.UinNoAuth"] * 5
    assert LIMIT in codes[5:]
