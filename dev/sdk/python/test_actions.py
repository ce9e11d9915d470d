"""Every action does its work, in every dialect of the SDK, with exact figures."""

import pytest

from cloud import call, every_dialect, figures

pytestmark = [every_dialect, pytest.mark.usefixtures("a_second_passes_between_requests")]


def test_allocate_customer_credit(world, dialect):
    reseller = world.reseller("1050.10")
    customer = world.customer(reseller)
    partner = reseller.client(dialect)

    given = call(partner, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=50, Remark="first credit")
    assert figures(given) == {"TotalCredit": 50, "RemainingCredit": 50}
    taken = call(partner, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=-20.25)
    assert figures(taken) == {"TotalCredit": 29.75, "RemainingCredit": 29.75}


def test_allocate_credit_pool(world, dialect):
    distributor = world.distributor("10000.00")
    second_level = world.second_level(distributor, "1000.00")
    world.customer(second_level, "400.00")
    partner = distributor.client(dialect)

    given = call(partner, "AllocateCreditPool", SubAgentUin=second_level.uin, Credit=2000.5)
    assert figures(given) == {"TotalCredit": 3000.5, "RemainingCredit": 2600.5}
    pulled = call(partner, "AllocateCreditPool", SubAgentUin=second_level.uin, Credit=-2600.5)
    assert figures(pulled) == {"TotalCredit": 400, "RemainingCredit": 0}


def test_query_credit_allocation_history(world, dialect):
    reseller = world.reseller("1000.00")
    customer = world.customer(reseller)
    partner = reseller.client(dialect)
    call(partner, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=500, Remark="to begin with")
    world.buys(customer, "200.00")
    call(partner, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=-300)

    def record(amount, total, available, remark):
        return {
            "AllocatedTime": world.vendor.local_time(),
            "Operator": reseller.name,
            "Credit": amount,
            "AllocatedCredit": total,
            "ClientCreditAfter": available,
            "Remark": remark,
        }

    taken, given = record(-300, 200, 0, ""), record(500, 500, 500, "to begin with")
    whole = call(partner, "QueryCreditAllocationHistory", ClientUin=customer.uin)
    assert figures(whole) == {"Total": 2, "History": [taken, given]}
    second = call(partner, "QueryCreditAllocationHistory", ClientUin=customer.uin, Page=2, PageSize=1)
    assert figures(second) == {"Total": 2, "History": [given]}
    beyond = call(partner, "QueryCreditAllocationHistory", ClientUin=customer.uin, Page=3, PageSize=1)
    assert figures(beyond) == {"Total": 2, "History": []}


def test_query_partner_credit(world, dialect):
    distributor = world.distributor("10000.00")
    second_level = world.second_level(distributor, "3000.00")
    direct = world.customer(distributor, "500.00")
    indirect = world.customer(second_level, "1000.00")
    world.buys(direct, "120.50")
    world.buys(indirect, "400.00")

    own = call(distributor.client(dialect), "QueryPartnerCredit")
    assert figures(own) == {
        "TotalCredit": 10000,
        "AllocatedCredit": 3500,
        "RemainingCredit": 6500,
        "CustomerTotalCredit": 500,
        "CustomerRemainingCredit": 379.5,
    }
    below = call(second_level.client(dialect), "QueryPartnerCredit")
    assert figures(below) == {
        "TotalCredit": 3000,
        "AllocatedCredit": 1000,
        "RemainingCredit": 2000,
        "CustomerTotalCredit": 1000,
        "CustomerRemainingCredit": 600,
    }


def test_query_customers_credit(world, dialect):
    distributor = world.distributor()
    first = world.customer(distributor, "100.00", verification="personal")
    second = world.customer(distributor, "200.00")
    world.customer(world.second_level(distributor), "300.00")
    world.buys(second, "50.25")
    partner = distributor.client(dialect)
    call(partner, "ModifyClientRemark", ClientUin=str(second.uin), Remark="Pays LATE")

    def entry(party, total, available, identity, remark=""):
        return {
            "Name": party.name,
            "Type": "new",
            "Mobile": party.phone,
            "Email": party.email,
            "Arrears": "-",
            "AssociationTime": world.vendor.local_time(),
            "RecentExpiry": "",
            "ClientUin": party.uin,
            "Credit": total,
            "RemainingCredit": available,
            "IdentifyType": identity,
            "Remark": remark,
            "Force": 0,
        }

    one, two = entry(first, 100, 100, 1), entry(second, 200, 149.75, 2, "Pays LATE")
    for parameters, total, expected in [
        ({}, 2, [two, one]),
        ({"Order": "desc"}, 2, [two, one]),
        ({"Order": "asc"}, 2, [one, two]),
        ({"Page": 1, "PageSize": 1}, 2, [two]),
        ({"Page": 2, "PageSize": 1}, 2, [one]),
        ({"Page": 3, "PageSize": 1}, 2, []),
        ({"FilterType": "ClientUin", "Filter": str(first.uin)}, 1, [one]),
        ({"FilterType": "Email", "Filter": second.email}, 1, [two]),
        ({"FilterType": "Name", "Filter": first.name}, 1, [one]),
        ({"FilterType": "Remark", "Filter": "late"}, 1, [two]),
        ({"FilterType": "Name", "Filter": "nobody is called so"}, 0, []),
    ]:
        found = call(partner, "QueryCustomersCredit", **parameters)
        assert figures(found) == {"Total": total, "Data": expected}, parameters


def test_query_direct_customers_credit(world, dialect):
    distributor = world.distributor()
    first = world.customer(distributor, "100.00")
    second = world.customer(distributor)
    world.customer(world.second_level(distributor), "300.00")
    world.buys(first, "0.00000001")

    found = call(distributor.client(dialect), "QueryDirectCustomersCredit")
    assert figures(found) == {
        "Data": [
            {"Uin": second.uin, "TotalCredit": 0, "RemainingCredit": 0},
            {"Uin": first.uin, "TotalCredit": 100, "RemainingCredit": 99.99999999},
        ]
    }


def test_query_credit_by_uin_list(world, dialect):
    second_level = world.second_level(world.distributor())
    first = world.customer(second_level, "100.00")
    world.customer(second_level, "200.00")
    third = world.customer(second_level, "300.00")
    world.buys(third, "30.00")

    found = call(second_level.client(dialect), "QueryCreditByUinList", UinList=[third.uin, first.uin])
    assert figures(found) == {
        "Data": [
            {"Uin": third.uin, "TotalCredit": 300, "RemainingCredit": 270},
            {"Uin": first.uin, "TotalCredit": 100, "RemainingCredit": 100},
        ]
    }


def test_query_customer_billing_quota(world, dialect):
    customer = world.customer(world.reseller(), "100.129")
    world.buys(customer, "20.001")
    world.buys(customer, "3.456", capture=False)
    world.voucher(customer, "7.009", products={"mode": "except", "codes": [world.product]})

    # Two places, each figure rounded toward minus infinity: 100.129 - 20.001 - 3.456 = 76.672 (R147).
    found = call(customer.client(dialect), "QueryCustomerBillingQuota", EventId=7, ComponentName="console")
    assert figures(found) == {
        "Data": {
            "TotalCredit": 100.12,
            "RemainingCredit": 76.67,
            "RemainingVoucher": 7,
            "Force": 0,
            "PrepayFrozen": 3.45,
            "PostpayFrozen": 0,
        }
    }


def test_force_qn(world, dialect):
    reseller = world.reseller(allowlist=["force_suspension"])
    customer = world.customer(reseller, "10.00")
    partner, own = reseller.client(dialect), customer.client(dialect)
    for force in (2, 0):
        answer = call(partner, "ForceQN", ClientUin=customer.uin, Type=force)
        assert figures(answer) == {"C": 0, "M": ""}
        (listed,) = call(partner, "QueryCustomersCredit").Data
        (told,) = call(partner, "DescribeCustomerInfo", CustomerUin=[customer.uin]).Data
        quota = call(own, "QueryCustomerBillingQuota").Data
        assert (listed.Force, told.AccountStatus, quota.Force) == (force, str(force), force)
        assert (quota.TotalCredit, quota.RemainingCredit) == (10, 10)


def test_describe_customer_uin(world, dialect):
    distributor = world.distributor()
    customers = [world.customer(distributor) for _ in range(3)]
    world.customer(world.second_level(distributor))
    partner = distributor.client(dialect)

    newest_first = [{"CustomerUin": str(customer.uin)} for customer in reversed(customers)]
    whole = call(partner, "DescribeCustomerUin", Page=1, PageSize=200)
    assert figures(whole) == {"Total": "3", "Data": newest_first}
    second = call(partner, "DescribeCustomerUin", Page=2, PageSize=2)
    assert figures(second) == {"Total": "3", "Data": newest_first[2:]}


def test_describe_customer_info(world, dialect):
    reseller = world.reseller()
    company = world.customer(reseller, "10.00")
    nobody = world.customer(reseller, verification="none")
    person = world.customer(reseller, verification="personal")
    world.buys(company, "1.00")
    partner = reseller.client(dialect)
    call(partner, "ModifyClientRemark", ClientUin=str(person.uin), Remark="a person")

    def entry(party, status, identity, spent, mark=""):
        return {
            "CustomerUin": str(party.uin),
            "Email": party.email,
            "Phone": party.phone,
            "Mark": mark,
            "Name": party.name,
            "BindTime": world.vendor.local_time(),
            "AccountStatus": "0",
            "AuthStatus": status,
            "AuthType": identity,
            "CidRegisterTime": world.vendor.local_time(),
            "UinRegisterTime": world.vendor.local_time(),
            "HasExpense": spent,
        }

    found = call(partner, "DescribeCustomerInfo", CustomerUin=[person.uin, company.uin, nobody.uin])
    shown = figures(found)["Data"]
    now = world.vendor.local_time()
    assert [entry.pop("AuthPassTime", None) for entry in shown] == [now, now, None]
    assert shown == [entry(person, "3", 0, 0, "a person"), entry(company, "3", 1, 1), entry(nobody, "-1", -1, 0)]


def test_modify_client_remark(world, dialect):
    reseller = world.reseller()
    customer = world.customer(reseller)
    partner = reseller.client(dialect)

    def remark():
        (shown,) = call(partner, "QueryCustomersCredit").Data
        return shown.Remark

    # Characters that have to be encoded in a query, and some that are not ASCII.
    for text in ["Pays 100% & early? a+b=c", "付款很快 über", ""]:
        changed = call(partner, "ModifyClientRemark", ClientUin=str(customer.uin), Remark=text)
        assert figures(changed) == {"ClientRemark": text}
        assert remark() == text


def test_query_account_verification_status(world, dialect):
    distributor = world.distributor()
    partner = distributor.client(dialect)
    for level, verified in [("none", False), ("personal", True), ("enterprise", True)]:
        customer = world.customer(distributor, verification=level)
        found = call(partner, "QueryAccountVerificationStatus", ClientUin=customer.uin)
        assert figures(found) == {"AccountStatus": verified}, level


def test_query_sub_agents_detail_v2(world, dialect):
    distributor = world.distributor()
    first = world.second_level(distributor, "1000.00", voucher_quota="20.00")
    second = world.second_level(distributor, "2000.00")
    customer = world.customer(first, "100.00")
    world.customer(first, "250.50")
    world.voucher(customer, "7.50")
    world.second_level(world.distributor())
    partner = distributor.client(dialect)

    def entry(party, customers, pool, remaining, vouchers, issued=0):
        return {
            "SubAgentUin": party.uin,
            "Name": party.name,
            "Remark": "",
            "Mobile": party.phone,
            "Email": party.email,
            "CountOfCustomers": customers,
            "BindTime": world.vendor.local_time(),
            "Credit": pool,
            "RemainingCredit": remaining,
            "Voucher": vouchers,
            "RemainingVoucher": vouchers - issued,
        }

    one, two = entry(first, 2, 1000, 649.5, 20, 7.5), entry(second, 0, 2000, 2000, 0)
    for parameters, total, expected in [
        ({"Page": 1, "PageSize": 100}, 2, [two, one]),
        ({"Page": 1, "PageSize": 100, "Order": "asc"}, 2, [one, two]),
        ({"Page": 2, "PageSize": 1}, 2, [one]),
        ({"Page": 1, "PageSize": 10, "FilterType": "SubAgentUin", "Filter": str(second.uin)}, 1, [two]),
        ({"Page": 1, "PageSize": 10, "FilterType": "ClientUin", "Filter": str(customer.uin)}, 1, [one]),
        ({"Page": 1, "PageSize": 10, "FilterType": "Email", "Filter": first.email}, 1, [one]),
        ({"Page": 1, "PageSize": 10, "FilterType": "Name", "Filter": second.name[:-4].upper()}, 1, [two]),
        ({"Page": 1, "PageSize": 10, "FilterType": "Mobile", "Filter": first.phone[3:]}, 1, [one]),
        ({"Page": 1, "PageSize": 10, "FilterType": "Email", "Filter": first.email[1:]}, 0, []),
    ]:
        found = call(partner, "QuerySubAgentsDetailV2", **parameters)
        assert figures(found) == {"Total": total, "Data": expected}, parameters


def test_query_t1_indirect_customers_detail(world, dialect):
    distributor = world.distributor()
    second_level = world.second_level(distributor)
    first, second = world.customer(second_level), world.customer(second_level)
    world.customer(distributor)
    partner = distributor.client(dialect)

    def entry(party):
        return {"ClientUin": party.uin, "ClientName": party.name, "ClientBindTime": world.vendor.local_time()}

    for page, size, expected in [(1, 100, [second, first]), (2, 1, [first]), (3, 1, [])]:
        found = call(
            partner, "QueryT1IndirectCustomersDetail", SubAgentUin=second_level.uin, Page=page, PageSize=size
        )
        assert figures(found) == {
            "Total": 2,
            "SubAgentUin": second_level.uin,
            "SubAgentName": second_level.name,
            "Data": [entry(party) for party in expected],
        }


def test_get_country_codes(world, dialect):
    # Anybody with a credential may ask, also an account that is nobody's partner and nobody's customer.
    found = figures(call(world.account().client(dialect), "GetCountryCodes"))["Data"]
    assert {"EnName": "Singapore", "Name": "新加坡", "IOS2": "SG", "IOS3": "SGP", "Code": "65"} in found
    assert len({entry["IOS2"] for entry in found}) == len(found) > 200
