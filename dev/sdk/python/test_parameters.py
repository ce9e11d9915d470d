"""What is wrong with a request itself: unknown versions, actions and parameters, missing ones, wrong types, pages and
lists out of their limits. All of it is refused before the caller's role is looked at.
"""

import pytest

from cloud import BAD_TYPE, BAD_VALUE, NO_AUTH, SERVICE, VERSION, Dialect
from cloud import any_client, call, code_of, every_dialect, exact, refused

MISSING = "MissingParameter"
UNKNOWN = "UnknownParameter"
BAD_PAGE = "InvalidParameter.Page"
BAD_LIST = "InvalidParameterValue.UinList"
BAD_UIN = "InvalidParameterValue.InvalidUin"


@every_dialect
@pytest.mark.parametrize(
    ("service", "version"),
    [(SERVICE, "2017-03-12"), (SERVICE, "2022-9-28"), (SERVICE, "latest"), ("cvm", "2017-03-12")],
)
def test_a_version_that_does_not_exist(world, dialect, service, version):
    caller = any_client(world.vendor.server, world.reseller().secret(), service, version, dialect)
    assert code_of(lambda: caller.call("QueryPartnerCredit", {})) == "NoSuchVersion"


def test_a_version_of_another_service(world):
    caller = any_client(world.vendor.server, world.reseller().secret(), "billing", VERSION)
    assert code_of(lambda: caller.call("QueryPartnerCredit", {})) == "NoSuchVersion"


@every_dialect
@pytest.mark.parametrize(
    "action", ["QueryNothing", "QueryPartnerCredits", "QuerypartnerCredit", "DescribeOrganization"]
)
def test_an_action_that_does_not_exist(world, dialect, action):
    caller = any_client(world.vendor.server, world.reseller().secret(), dialect=dialect)
    assert code_of(lambda: caller.call(action, {})) == "InvalidAction"


@every_dialect
def test_the_version_is_looked_at_before_the_action_and_the_action_before_its_parameters(world, dialect):
    secret = world.account().secret()
    server = world.vendor.server
    wrong_version = any_client(server, secret, SERVICE, "2017-03-12", dialect)
    assert code_of(lambda: wrong_version.call("QueryNothing", {"Nothing": 1})) == "NoSuchVersion"
    right_version = any_client(server, secret, dialect=dialect)
    assert code_of(lambda: right_version.call("QueryNothing", {"Nothing": 1})) == "InvalidAction"
    assert code_of(lambda: right_version.call("QueryPartnerCredit", {"Nothing": 1})) == UNKNOWN
    assert code_of(lambda: right_version.call("QueryPartnerCredit", {})) == NO_AUTH


@every_dialect
@pytest.mark.parametrize(
    ("action", "parameters", "code"),
    [
        ("QueryPartnerCredit", {"ClientUin": 1}, UNKNOWN),
        ("AllocateCustomerCredit", {"clientUin": 1, "AddedCredit": 1}, UNKNOWN),
        ("QueryCustomerBillingQuota", {"EventID": 1}, UNKNOWN),
        ("AllocateCustomerCredit", {"ClientUin": 1}, MISSING),
        ("AllocateCustomerCredit", {"AddedCredit": 1}, MISSING),
        ("AllocateCreditPool", {"SubAgentUin": 1}, MISSING),
        ("QueryCreditAllocationHistory", {}, MISSING),
        ("QueryCreditByUinList", {}, MISSING),
        ("DescribeCustomerUin", {"Page": 1}, MISSING),
        ("DescribeCustomerInfo", {}, MISSING),
        ("ModifyClientRemark", {"ClientUin": "1"}, MISSING),
        ("QueryAccountVerificationStatus", {}, MISSING),
        ("QuerySubAgentsDetailV2", {"PageSize": 1}, MISSING),
        ("QueryT1IndirectCustomersDetail", {"Page": 1, "PageSize": 1}, MISSING),
        ("AllocateCustomerCredit", {"ClientUin": "x", "AddedCredit": 1}, BAD_TYPE),
        ("AllocateCustomerCredit", {"ClientUin": 1.5, "AddedCredit": 1}, BAD_TYPE),
        ("QueryCreditByUinList", {"UinList": 7}, BAD_TYPE),
        ("QueryCreditByUinList", {"UinList": ["x"]}, BAD_TYPE),
        ("DescribeCustomerUin", {"Page": "one", "PageSize": 1}, BAD_TYPE),
        ("QueryCreditByUinList", {"UinList": [-1]}, BAD_VALUE),
        ("QueryAccountVerificationStatus", {"ClientUin": 1 << 63}, BAD_VALUE),
    ],
)
def test_parameters_are_checked_before_the_role(world, dialect, action, parameters, code):
    caller = any_client(world.vendor.server, world.account().secret(), dialect=dialect)
    assert code_of(lambda: caller.call(action, parameters)) == code


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("QueryAccountVerificationStatus", {"ClientUin": "100000000001"}),
        ("ModifyClientRemark", {"ClientUin": 100000000001, "Remark": "x"}),
        ("ModifyClientRemark", {"ClientUin": "100000000001", "Remark": 5}),
        ("QueryCreditByUinList", {"UinList": {"0": 100000000001}}),
        ("DescribeCustomerUin", {"Page": 1.0, "PageSize": 10}),
    ],
)
def test_json_types_are_not_converted(world, action, parameters):
    caller = world.reseller().client()
    assert code_of(lambda: exact(caller, action, **parameters)) == BAD_TYPE


@pytest.mark.parametrize(
    ("action", "role", "code", "largest"),
    [
        ("DescribeCustomerUin", "reseller", BAD_PAGE, 200),
        ("QueryCustomersCredit", "reseller", BAD_VALUE, 200),
        ("QuerySubAgentsDetailV2", "distributor", BAD_VALUE, 100),
        ("QueryT1IndirectCustomersDetail", "distributor", BAD_VALUE, 100),
    ],
)
@every_dialect
def test_pages_have_limits(world, dialect, action, role, code, largest):
    party = world.partner(role, "1000.00")
    named = {}
    if action == "QueryT1IndirectCustomersDetail":
        named["SubAgentUin"] = world.second_level(party, "0.00").uin
    caller = party.client(dialect)
    for page, size in [(0, 10), (-1, 10), (1, 0), (1, -1), (1, largest + 1)]:
        assert refused(caller, action, Page=page, PageSize=size, **named) == code, (page, size)
    assert call(caller, action, Page=1, PageSize=largest, **named).Total in (0, "0")


def test_pages_of_the_allocation_history_have_limits(world):
    reseller = world.reseller()
    customer = world.customer(reseller)
    caller = reseller.client()
    for page, size in [(0, 10), (1, 0), (1, 201), (-1, 10), (1, -1)]:
        given = {"ClientUin": customer.uin, "Page": page, "PageSize": size}
        assert refused(caller, "QueryCreditAllocationHistory", **given) == BAD_VALUE, (page, size)


def test_lists_of_accounts_have_limits(world):
    reseller = world.reseller()
    customer = world.customer(reseller, "5.00")
    caller = reseller.client()
    for action, name, largest, code in [
        ("QueryCreditByUinList", "UinList", 50, BAD_LIST),
        ("DescribeCustomerInfo", "CustomerUin", 20, BAD_VALUE),
    ]:
        assert refused(caller, action, **{name: []}) == code
        assert refused(caller, action, **{name: [customer.uin] * (largest + 1)}) == code
        assert call(caller, action, **{name: [customer.uin]}).Data


def test_an_account_number_that_no_account_can_have(world):
    reseller = world.reseller()
    caller = reseller.client()
    for text in ["x", "", "-1", "0", "1.5"]:
        assert refused(caller, "ModifyClientRemark", ClientUin=text, Remark="x") == BAD_UIN, text
    assert refused(caller, "QueryCustomersCredit", FilterType="ClientUin", Filter="x") == BAD_UIN
    for number in [0, -1]:
        assert refused(caller, "QueryAccountVerificationStatus", ClientUin=number) == "FailedOperation.UinInvalid"


def test_filters_and_orders_that_are_not_offered(world):
    distributor = world.distributor()
    caller = distributor.client()
    pages = {"Page": 1, "PageSize": 10}
    assert refused(caller, "QueryCustomersCredit", FilterType="Mobile", Filter="1") == BAD_VALUE
    assert refused(caller, "QueryCustomersCredit", Filter="1") == BAD_VALUE
    assert refused(caller, "QueryCustomersCredit", Order="newest") == BAD_VALUE
    assert refused(caller, "QuerySubAgentsDetailV2", FilterType="Colour", Filter="1", **pages) == BAD_VALUE
    assert refused(caller, "QuerySubAgentsDetailV2", Order="newest", **pages) == BAD_VALUE


def test_a_remark_has_at_most_256_characters(world):
    reseller = world.reseller()
    customer = world.customer(reseller)
    caller = reseller.client(Dialect.SHA1_POST)
    longest = "é" * 256
    named = {"ClientUin": str(customer.uin)}
    assert call(caller, "ModifyClientRemark", Remark=longest, **named).ClientRemark == longest
    assert refused(caller, "ModifyClientRemark", Remark=longest + "é", **named) == BAD_VALUE
    allocation = {"ClientUin": customer.uin, "AddedCredit": 1, "Remark": longest + "é"}
    assert refused(caller, "AllocateCustomerCredit", **allocation) == BAD_VALUE
    assert customer.credit()["total"] == 0


@pytest.mark.parametrize("dialect", [Dialect.TC3_POST, Dialect.SHA256_POST], ids=lambda dialect: dialect.name.lower())
def test_a_body_has_at_most_8_mebibytes(world, dialect):
    reseller = world.reseller()
    customer = world.customer(reseller)
    caller = reseller.client(dialect)
    for length, code in [(8 << 20, "RequestSizeLimitExceeded"), ((8 << 20) - 1000, BAD_VALUE)]:
        assert refused(caller, "ModifyClientRemark", ClientUin=str(customer.uin), Remark="x" * length) == code
