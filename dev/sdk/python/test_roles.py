"""Who may call what, and on whose accounts: every action as every role, on its own, others' and unknown accounts. A
refused writing action changes nothing.
"""

from dataclasses import dataclass

import pytest

from cloud import NO_AUTH, NOT_CUSTOMER, call, refused
from world import Party

ROLES = ["distributor", "reseller", "second_level", "agent", "customer", "unaffiliated"]
SELLERS = ["distributor", "reseller", "second_level"]
UNKNOWN_UIN = 999_999_999_999


@dataclass
class Tree:
    """One party of every role, with the customers of each."""

    distributor: Party
    second_level: Party
    reseller: Party
    agent: Party
    unaffiliated: Party
    customer: Party
    indirect: Party
    resold: Party

    def own_customer(self, role):
        """A customer that a party of this role may act on; for those who have none, the distributor's."""
        return {"second_level": self.indirect, "reseller": self.resold}.get(role, self.customer)


@pytest.fixture
def tree(world):
    distributor, reseller = world.distributor(), world.reseller()
    second_level = world.second_level(distributor)
    return Tree(
        distributor=distributor,
        second_level=second_level,
        reseller=reseller,
        agent=world.agent(),
        unaffiliated=world.account(),
        customer=world.customer(distributor, "100.00"),
        indirect=world.customer(second_level, "100.00"),
        resold=world.customer(reseller, "100.00"),
    )


def on_customer(action, uin):
    """The parameters with which an action names a customer."""
    return {
        "AllocateCustomerCredit": {"ClientUin": uin, "AddedCredit": 1},
        "QueryCreditAllocationHistory": {"ClientUin": uin},
        "QueryCreditByUinList": {"UinList": [uin]},
        "DescribeCustomerInfo": {"CustomerUin": [uin]},
        "ModifyClientRemark": {"ClientUin": str(uin), "Remark": "x"},
        "QueryAccountVerificationStatus": {"ClientUin": uin},
    }[action]


def on_second_level(action, uin):
    """The parameters with which an action names a second-level reseller."""
    return {
        "AllocateCreditPool": {"SubAgentUin": uin, "Credit": 1},
        "QueryT1IndirectCustomersDetail": {"SubAgentUin": uin, "Page": 1, "PageSize": 10},
    }[action]


def on_nobody(action):
    """The parameters of an action that names no account."""
    pages = {"Page": 1, "PageSize": 10}
    return {"DescribeCustomerUin": pages, "QuerySubAgentsDetailV2": pages}.get(action, {})


# Each action with the roles that may call it.
PERMITTED = {
    "AllocateCustomerCredit": SELLERS,
    "AllocateCreditPool": ["distributor"],
    "QueryCreditAllocationHistory": SELLERS,
    "QueryPartnerCredit": SELLERS,
    "QueryCustomersCredit": SELLERS,
    "QueryDirectCustomersCredit": SELLERS,
    "QueryCreditByUinList": SELLERS,
    "QueryCustomerBillingQuota": ["customer"],
    "DescribeCustomerUin": SELLERS,
    "DescribeCustomerInfo": ["distributor", "reseller"],
    "ModifyClientRemark": SELLERS,
    "QueryAccountVerificationStatus": ["distributor", "reseller"],
    "QuerySubAgentsDetailV2": ["distributor"],
    "QueryT1IndirectCustomersDetail": ["distributor"],
    "GetCountryCodes": ROLES,
}
# Each action that names a customer, and the code for one that is not the caller's.
FOREIGN_CUSTOMER = {
    "AllocateCustomerCredit": NO_AUTH,
    "QueryCreditAllocationHistory": "FailedOperation",
    "QueryCreditByUinList": NOT_CUSTOMER,
    "DescribeCustomerInfo": NO_AUTH,
    "ModifyClientRemark": NO_AUTH,
    "QueryAccountVerificationStatus": NOT_CUSTOMER,
}
# Each action that names a second-level reseller, and the code for one that is not the caller's.
FOREIGN_SECOND_LEVEL = {
    "AllocateCreditPool": NO_AUTH,
    "QueryT1IndirectCustomersDetail": "FailedOperation.InvalidSubAgentUin",
}


def parameters(action, tree, role):
    if action in FOREIGN_CUSTOMER:
        return on_customer(action, tree.own_customer(role).uin)
    if action in FOREIGN_SECOND_LEVEL:
        return on_second_level(action, tree.second_level.uin)
    return on_nobody(action)


def standing(tree):
    """Every figure that a refused action might have moved."""
    customers = [tree.customer, tree.indirect, tree.resold]
    partners = [tree.distributor, tree.second_level, tree.reseller]
    return [party.credit() for party in customers] + [party.ledgers() for party in partners]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", PERMITTED)
def test_an_action_is_for_its_roles_only(tree, action, role):
    caller = getattr(tree, role).client()
    given = parameters(action, tree, role)
    if role in PERMITTED[action]:
        call(caller, action, **given)
        return
    before = standing(tree)
    assert refused(caller, action, **given) == NO_AUTH
    assert standing(tree) == before


@pytest.mark.parametrize("whose", ["unknown", "indirect", "resold", "second_level", "unaffiliated", "distributor"])
@pytest.mark.parametrize("action", FOREIGN_CUSTOMER)
def test_a_distributor_does_not_reach_customers_that_are_not_bound_to_it(tree, action, whose):
    uin = UNKNOWN_UIN if whose == "unknown" else getattr(tree, whose).uin
    before = standing(tree)
    assert refused(tree.distributor.client(), action, **on_customer(action, uin)) == FOREIGN_CUSTOMER[action]
    assert standing(tree) == before


@pytest.mark.parametrize("action", ["AllocateCustomerCredit", "QueryCreditAllocationHistory", "ModifyClientRemark"])
def test_a_second_level_reseller_does_not_reach_its_distributors_or_siblings_customers(world, tree, action):
    sibling = world.second_level(tree.distributor)
    for customer in [tree.customer, world.customer(sibling, "5.00"), tree.resold]:
        before = standing(tree)
        code = refused(tree.second_level.client(), action, **on_customer(action, customer.uin))
        assert code == FOREIGN_CUSTOMER[action]
        assert standing(tree) == before


def test_one_foreign_customer_in_a_list_fails_the_whole_call(tree):
    own, foreign = tree.customer.uin, tree.resold.uin
    distributor = tree.distributor.client()
    assert refused(distributor, "QueryCreditByUinList", UinList=[own, foreign]) == NOT_CUSTOMER
    assert refused(distributor, "DescribeCustomerInfo", CustomerUin=[own, foreign]) == NO_AUTH


@pytest.mark.parametrize("action", FOREIGN_SECOND_LEVEL)
def test_a_distributor_does_not_reach_what_is_not_its_second_level_reseller(world, tree, action):
    elsewhere = world.second_level(world.distributor())
    before = standing(tree)
    for uin in [UNKNOWN_UIN, elsewhere.uin, tree.reseller.uin, tree.customer.uin, tree.distributor.uin]:
        code = refused(tree.distributor.client(), action, **on_second_level(action, uin))
        assert code == FOREIGN_SECOND_LEVEL[action]
    assert standing(tree) == before


def test_an_unbound_customer_is_nobodys_customer_any_more(world, tree):
    reads = {"ClientUin": tree.resold.uin, "AddedCredit": 1}
    world.vendor.call("DELETE", f"/v1/customers/{tree.resold.uin}")
    assert refused(tree.reseller.client(), "AllocateCustomerCredit", **reads) == NO_AUTH
    assert refused(tree.resold.client(), "QueryCustomerBillingQuota") == NO_AUTH
    assert call(tree.reseller.client(), "QueryDirectCustomersCredit").Data == []
