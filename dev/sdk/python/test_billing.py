"""Bills, balances and orders of one's own account, and of an organization's members, by the official client of billing."""

import pytest

from cloud import Dialect, call, every_dialect, figures, refused
from test_organizations import Organization

# Many calls here are equal to the last byte, and an equal request within one second is a repetition.
pytestmark = pytest.mark.usefixtures("a_second_passes_between_requests")

UNSUPPORTED = "UnsupportedOperation"
INVALID = "InvalidParameter"
BAD_VALUE = "InvalidParameterValue"
NO_DEAL = "FailedOperation.InvalidDeal"
ANOTHER_PAYS = "FailedOperation.AgentPayDealCannotDown"


class Paid:
    """An organization whose admin has money and pays for a member; another member pays for itself."""

    def __init__(self, world, dialect):
        self.world = world
        self.organization = Organization(world, dialect)
        self.admin = self.organization.admin
        self.member = self.organization.member("team")
        self.free = self.organization.member("free", paid=False)
        self.top_up(self.admin, "50.00")
        self.top_up(self.free, "30.00")
        self.by = {party.uin: party.billing(dialect) for party in (self.admin, self.member, self.free)}
        self.month = world.vendor.month()

    def top_up(self, party, amount):
        self.world.vendor.post(f"/v1/accounts/{party.uin}/top-ups", amount=amount, kind="cash")

    def buys(self, party, amount, resource):
        order = {"account_uin": party.uin, "product_code": self.world.product, "kind": "purchase"}
        return self.world.vendor.post("/v1/orders", **order, amount=amount, resource_id=resource)

    def ask(self, party, action, **parameters):
        return figures(call(self.by[party.uin], action, **parameters))

    def lines(self, party, action="DescribeBillDetail", **more):
        answer = self.ask(party, action, Offset=0, Limit=100, Month=self.month, NeedRecordNum=1, **more)
        return [(line["OwnerUin"], line["ResourceId"]) for line in answer["DetailSet"]]


@pytest.fixture
def paid(world, dialect):
    return Paid(world, dialect)


@every_dialect
def test_all_eight_actions(paid):
    admin, member, free = paid.admin, paid.member, paid.free
    paid.buys(admin, "5.00", "own")
    paid.buys(member, "40.00", "theirs")
    paid.buys(free, "7.50", "free")
    own, theirs, of_free = (str(admin.uin), "own"), (str(member.uin), "theirs"), (str(free.uin), "free")
    assert paid.lines(admin) == [own]
    assert paid.lines(member) == []
    assert paid.lines(admin, PayerUin=str(free.uin)) == paid.lines(free) == [of_free]
    for_organization = "DescribeBillDetailForOrganization"
    assert paid.lines(admin, for_organization) == paid.lines(member, for_organization) == [theirs]
    assert paid.lines(free, for_organization) == []

    balance = paid.ask(admin, "DescribeAccountBalance", TempCredit=True)
    assert (balance["Balance"], balance["RealBalance"], balance["CashAccountBalance"]) == (500, 500, 500)
    balances = paid.ask(admin, "DescribeOrgMemberAccountBalance", MemberUins=[str(free.uin)])
    assert balances["Data"][0]["RealBalance"] == 2250
    assert balances["Data"][0]["MemberName"] == "free"
    assert paid.ask(admin, "DescribeOrgMemberAccountBalance")["TotalCount"] == 2

    for party in (admin, member):
        page = {"Offset": 0, "Limit": 1000, "Month": paid.month, "NeedRecordNum": 1}
        resources = paid.ask(party, "DescribeBillResourceSummaryForOrganization", **page)
        assert resources["Total"] == 1
        assert resources["ResourceSummarySet"][0]["RealTotalCost"] == "40.00000000"
        for group in ("business", "project", "region", "payMode"):
            wanted = {"Month": paid.month, "GroupType": group}
            summary = paid.ask(party, "DescribeBillSummaryForOrganization", **wanted)
            assert [row["RealTotalCost"] for row in summary["SummaryDetail"]] == ["40.00000000"], group

    waiting = paid.buys(member, "6.00", "later")
    assert waiting["state"] == "to_be_paid"
    today = paid.world.vendor.local_time()[:10]
    of_today = {"StartTime": f"{today} 00:00:00", "EndTime": f"{today} 23:59:59", "Limit": 20, "Offset": 0}
    for party in (admin, member):
        deals = paid.ask(party, "DescribeDealsByCond", Status=1, **of_today)
        assert [(deal["OrderId"], deal["Payer"]) for deal in deals["Deals"]] == [(waiting["id"], str(admin.uin))]
    assert refused(paid.by[admin.uin], "PayDeals", OrderIds=[waiting["id"]], AgentPay=3) == (
        "FailedOperation.BalanceInsufficient"
    )
    paid.top_up(admin, "1.00")
    assert paid.ask(admin, "PayDeals", OrderIds=[waiting["id"]], AgentPay=3)["OrderIds"] == [waiting["id"]]
    assert paid.ask(member, "DescribeDealsByCond", Status=1, **of_today)["TotalCount"] == 0


def test_what_is_refused_to_whom(world):
    paid = Paid(world, Dialect.TC3_POST)
    admin, member, free = (paid.by[party.uin] for party in (paid.admin, paid.member, paid.free))
    agent, reseller = world.agent(), world.reseller()
    strangers = [party.billing() for party in (world.account(), agent, reseller, world.customer(reseller))]
    page = {"Offset": 0, "Limit": 100, "Month": paid.month}
    of_free = {**page, "PayerUin": str(paid.free.uin)}
    group = {"Month": paid.month, "GroupType": "region"}
    for stranger in strangers:
        assert refused(stranger, "DescribeBillDetail", **of_free) == UNSUPPORTED
        assert refused(stranger, "DescribeOrgMemberAccountBalance") == UNSUPPORTED
        assert refused(stranger, "DescribeBillDetailForOrganization", **page) == UNSUPPORTED
        assert refused(stranger, "DescribeBillResourceSummaryForOrganization", **page) == UNSUPPORTED
        assert refused(stranger, "DescribeBillSummaryForOrganization", **group) == UNSUPPORTED
        assert call(stranger, "DescribeBillDetail", **page).DetailSet == []
    assert refused(strangers[2], "DescribeAccountBalance") == UNSUPPORTED
    for one in (member, free):
        assert refused(one, "DescribeBillDetail", **{**page, "PayerUin": str(paid.admin.uin)}) == UNSUPPORTED
        assert refused(one, "DescribeOrgMemberAccountBalance") == UNSUPPORTED
    assert refused(admin, "DescribeBillDetail", **{**page, "PayerUin": "1"}) == INVALID
    assert refused(admin, "DescribeBillDetail", **{**page, "Month": "2020-13"}) == BAD_VALUE
    assert refused(admin, "DescribeBillDetail", **{**page, "Limit": 301}) == INVALID
    assert refused(admin, "DescribeOrgMemberAccountBalance", PageSize=11) == BAD_VALUE
    tags = {"Month": paid.month, "GroupType": "tag", "TagKey": ["none"]}
    assert refused(admin, "DescribeBillSummaryForOrganization", **tags) == "FailedOperation.TagKeyNotExist"
    assert refused(admin, "DescribeDealsByCond", StartTime="x", EndTime="y", Limit=1) == BAD_VALUE
    waiting = paid.buys(paid.member, "60.00", "waiting")["id"]
    assert refused(member, "PayDeals", OrderIds=[waiting]) == ANOTHER_PAYS
    assert refused(admin, "PayDeals", OrderIds=[waiting], AgentPay=0) == ANOTHER_PAYS
    for stranger in [*strangers, free]:
        assert refused(stranger, "PayDeals", OrderIds=[waiting], AgentPay=3) == NO_DEAL
    assert refused(admin, "PayDeals") == INVALID
