"""`tccli`, the vendor's own command line, against the server: it gets the server's address as its endpoint, with the
scheme, and signs it like that.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server import PATIENCE_SECONDS

TCCLI = Path(sys.executable).with_name("tccli")


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A home folder of its own, since tccli keeps settings there."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def run(server, home):
    """Runs an action as a party."""

    def run(party, action, **parameters):
        secret_id, secret_key = party.secret()
        return run_as(secret_id, secret_key, action, **parameters)

    def run_as(secret_id, secret_key, action, **parameters):
        command = [str(TCCLI), "intlpartnersmgt", action, "--endpoint", server.url, "--region", "ap-singapore"]
        command += [f"--secretId={secret_id}", f"--secretKey={secret_key}"]
        for name, value in parameters.items():
            command += [f"--{name}", value if isinstance(value, str) else json.dumps(value)]
        quiet = {name: value for name, value in os.environ.items() if not name.startswith("TENCENTCLOUD_")}
        ran = subprocess.run(
            command, env={**quiet, "HOME": str(home)}, capture_output=True, timeout=PATIENCE_SECONDS, check=False
        )
        return ran.returncode, ran.stdout.decode(), ran.stderr.decode()

    run.as_secret = run_as
    return run


def answer(ran):
    """The answer that was printed, without its request id."""
    code, out, err = ran
    assert code == 0, err or out
    shown = json.loads(out)
    assert len(shown.pop("RequestId")) == 36
    return shown


def refusal(ran):
    """The code of the refusal that was printed."""
    code, out, err = ran
    assert code != 0, out
    found = re.search(r"code:(\S+) message:.+requestId:[0-9a-f-]{36}", out + err)
    assert found, out + err
    return found.group(1)


def test_every_action_of_a_partner(world, run):
    distributor = world.distributor("10000.00")
    second_level = world.second_level(distributor, "3000.00")
    indirect = world.customer(second_level, "1000.00")
    customer = world.customer(distributor)
    now = world.vendor.local_time()

    given = run(distributor, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=50.5, Remark="by tccli")
    assert answer(given) == {"TotalCredit": 50.5, "RemainingCredit": 50.5}
    tiny = run(distributor, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit="1e-08")
    assert answer(tiny) == {"TotalCredit": 50.50000001, "RemainingCredit": 50.50000001}
    back = run(distributor, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit="-0.00000001")
    assert answer(back) == {"TotalCredit": 50.5, "RemainingCredit": 50.5}
    pool = run(distributor, "AllocateCreditPool", SubAgentUin=second_level.uin, Credit=500)
    assert answer(pool) == {"TotalCredit": 3500, "RemainingCredit": 2500}
    remark = run(distributor, "ModifyClientRemark", ClientUin=str(customer.uin), Remark="a remark in words")
    assert answer(remark) == {"ClientRemark": "a remark in words"}

    history = answer(run(distributor, "QueryCreditAllocationHistory", ClientUin=customer.uin, Page=1, PageSize=1))
    last = {"AllocatedTime": now, "Operator": distributor.name, "Credit": -1e-08, "AllocatedCredit": 50.5}
    assert history == {"Total": 3, "History": [{**last, "ClientCreditAfter": 50.5, "Remark": ""}]}
    assert answer(run(distributor, "QueryPartnerCredit")) == {
        "TotalCredit": 10000,
        "AllocatedCredit": 3550.5,
        "RemainingCredit": 6449.5,
        "CustomerTotalCredit": 50.5,
        "CustomerRemainingCredit": 50.5,
    }
    found = answer(run(distributor, "QueryCustomersCredit", FilterType="Email", Filter=customer.email))
    assert (found["Total"], found["Data"][0]["ClientUin"], found["Data"][0]["Credit"]) == (1, customer.uin, 50.5)
    credit = {"Data": [{"Uin": customer.uin, "TotalCredit": 50.5, "RemainingCredit": 50.5}]}
    assert answer(run(distributor, "QueryDirectCustomersCredit")) == credit
    assert answer(run(distributor, "QueryCreditByUinList", UinList=[customer.uin])) == credit
    listed = answer(run(distributor, "DescribeCustomerUin", Page=1, PageSize=10))
    assert listed == {"Total": "1", "Data": [{"CustomerUin": str(customer.uin)}]}
    (info,) = answer(run(distributor, "DescribeCustomerInfo", CustomerUin=[customer.uin]))["Data"]
    assert (info["CustomerUin"], info["Mark"], info["HasExpense"]) == (str(customer.uin), "a remark in words", 0)
    verified = run(distributor, "QueryAccountVerificationStatus", ClientUin=customer.uin)
    assert answer(verified) == {"AccountStatus": True}
    below = answer(run(distributor, "QuerySubAgentsDetailV2", Page=1, PageSize=10))
    assert (below["Total"], below["Data"][0]["Credit"], below["Data"][0]["RemainingCredit"]) == (1, 3500, 2500)
    bound = answer(
        run(distributor, "QueryT1IndirectCustomersDetail", SubAgentUin=second_level.uin, Page=1, PageSize=10)
    )
    assert bound["Data"] == [{"ClientUin": indirect.uin, "ClientName": indirect.name, "ClientBindTime": now}]


def test_the_actions_of_everybody_else(world, run):
    customer = world.customer(world.reseller(), "12.345")
    assert answer(run(customer, "QueryCustomerBillingQuota", EventId=1, ComponentName="tccli"))["Data"] == {
        "TotalCredit": 12.34,
        "RemainingCredit": 12.34,
        "RemainingVoucher": 0,
        "Force": 0,
        "PrepayFrozen": 0,
        "PostpayFrozen": 0,
    }
    codes = answer(run(world.account(), "GetCountryCodes"))["Data"]
    assert "SGP" in {entry["IOS3"] for entry in codes}


def test_refusals_are_shown_with_their_codes(world, run):
    reseller = world.reseller("100.00")
    customer = world.customer(reseller, "40.00")
    foreign = world.customer(world.reseller())

    def allocate(uin, amount):
        return refusal(run(reseller, "AllocateCustomerCredit", ClientUin=uin, AddedCredit=amount))

    assert allocate(customer.uin, 60.01) == "InvalidParameterValue.CreditAmountOutOfRange"
    assert allocate(customer.uin, -40.01) == "FailedOperation.BalanceInsufficient"
    assert allocate(customer.uin, "0.000000001") == "InvalidParameterValue"
    assert allocate(foreign.uin, 1) == "UnauthorizedOperation.UinNoAuth"
    assert refusal(run(customer, "QueryPartnerCredit")) == "UnauthorizedOperation.UinNoAuth"
    assert refusal(run(reseller, "DescribeCustomerUin", Page=0, PageSize=10)) == "InvalidParameter.Page"
    assert customer.credit()["total"] == 40


def test_wrong_credentials_are_shown_with_their_codes(world, run):
    secret_id, secret_key = world.reseller().secret()
    wrong_key = run.as_secret(secret_id, secret_key[::-1], "QueryPartnerCredit")
    assert refusal(wrong_key) == "AuthFailure.SignatureFailure"
    unknown = run.as_secret("AKIDthatNobodyWasEverGiven00000000", secret_key, "QueryPartnerCredit")
    assert refusal(unknown) == "AuthFailure.SecretIdNotFound"


def test_credentials_cannot_be_taken_for_options(world):
    # `tccli --secretKey -x...` is not understood; letters and digits are safe on every command line.
    reseller = world.reseller()
    for _ in range(16):
        made = world.vendor.post(f"/v1/accounts/{reseller.uin}/credentials")
        assert made["secret_id"].isalnum() and made["secret_key"].isalnum()
