"""The vendor's side: partners, customers and purchases, made over the platform API so that the SDKs have something to
work with. Every test makes parties of its own, so that none sees another's.
"""

import datetime
import itertools
import json
from dataclasses import dataclass, field
from decimal import Decimal

import requests

from cloud import Dialect, billing, client, old_organization, organization
from server import PATIENCE_SECONDS, PLATFORM_KEY

_numbers = itertools.count(1)
# Calendar texts of the Cloud API are in this zone (R146).
ZONE = datetime.timezone(datetime.timedelta(hours=8))
LOCAL = "%Y-%m-%d %H:%M:%S"
HOUR = datetime.timedelta(hours=1)
# The figures of a customer's credit.
CREDIT = ("total", "used", "prepay_frozen", "postpay_frozen", "available")


class Refused(Exception):
    """The platform API answered with a problem."""

    def __init__(self, status, problem):
        super().__init__(f"{status} {problem}")
        self.status = status
        self.problem = problem


class Vendor:
    """The platform API, called with the first platform key."""

    def __init__(self, server):
        self.server = server
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {PLATFORM_KEY}"

    def call(self, method, path, body=None):
        """One call; the decoded answer, or `Refused`."""
        answer = self._session.request(method, f"{self.server.url}{path}", json=body, timeout=PATIENCE_SECONDS)
        decoded = json.loads(answer.content) if answer.content else None
        if not answer.ok:
            raise Refused(answer.status_code, decoded)
        return decoded

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, **body):
        return self.call("POST", path, body)

    def delete(self, path):
        return self.call("DELETE", path)

    def now(self):
        """The deployment's clock, in the zone of its calendar."""
        return datetime.datetime.fromisoformat(self.get("/v1/clock")["now"]).astimezone(ZONE)

    def local_time(self, ahead=datetime.timedelta()):
        """The deployment's clock as the Cloud API writes it, or so much later."""
        return (self.now() + ahead).strftime(LOCAL)

    def month(self):
        """The month that the deployment's clock is in, as the Cloud API writes it."""
        return self.now().strftime("%Y-%m")

    def next_bill(self):
        """Moves the clock to where the present month's bill is issued (R76); the month."""
        now = self.now()
        start = now.replace(day=1, hour=1, minute=0, second=0, microsecond=0)
        issue = (start + datetime.timedelta(days=32)).replace(day=5)
        self.post("/v1/clock/advance", to=issue.isoformat())
        return now.strftime("%Y-%m")


@dataclass
class Party:
    """An account with what it was opened with."""

    vendor: Vendor
    uin: int
    name: str
    email: str
    phone: str
    _secret: tuple = field(default=None, repr=False)

    def secret(self):
        """The id and key that this party signs with, made at the first use."""
        if self._secret is None:
            made = self.vendor.post(f"/v1/accounts/{self.uin}/credentials")
            self._secret = (made["secret_id"], made["secret_key"])
        return self._secret

    def client(self, dialect=Dialect.TC3_POST):
        """The official client of Partner Center, signing as this party."""
        return client(self.vendor.server, self.secret(), dialect)

    def organization(self, dialect=Dialect.TC3_POST):
        """The official client of organizations in its newer version, signing as this party."""
        return organization(self.vendor.server, self.secret(), dialect)

    def old_organization(self, dialect=Dialect.TC3_POST):
        """The same in its older version."""
        return old_organization(self.vendor.server, self.secret(), dialect)

    def billing(self, dialect=Dialect.TC3_POST):
        """The official client of one's own bills, money and orders, signing as this party."""
        return billing(self.vendor.server, self.secret(), dialect)

    def credit(self):
        """A customer's figures over the platform API, as exact numbers."""
        shown = self.vendor.get(f"/v1/accounts/{self.uin}")["credit"]
        return {name: Decimal(shown[name]) for name in CREDIT}

    def ledgers(self):
        """A partner's two ledgers over the platform API, as exact numbers."""
        shown = self.vendor.get(f"/v1/partners/{self.uin}")
        ledgers = {"allocation": shown["allocation"], "spend": shown["spend"]}
        return {
            name: ledger and {figure: Decimal(text) for figure, text in ledger.items()}
            for name, ledger in ledgers.items()
        }


class World:
    """Makes parties."""

    def __init__(self, vendor, product):
        self.vendor = vendor
        self.product = product

    def account(self, verification="enterprise", site="intl", **entity):
        """An account that is nobody's partner and nobody's customer; of an entity that is named, if any."""
        number = next(_numbers)
        named = {
            "name": f"Party {number} Ltd",
            "email": f"party-{number}@example.test",
            "phone": f"+65{80_000_000 + number}",
        }
        made = self.vendor.post("/v1/accounts", site=site, verification={"level": verification, **entity}, **named)
        return Party(self.vendor, made["uin"], **named)

    def partner(self, kind, quota, **more):
        party = self.account()
        self.vendor.post("/v1/partners", uin=party.uin, kind=kind, allocation_quota=quota, **more)
        return party

    def reseller(self, quota="1000.00", **more):
        return self.partner("reseller", quota, **more)

    def distributor(self, quota="10000.00", **more):
        return self.partner("distributor", quota, **more)

    def second_level(self, distributor, pool="3000.00", **more):
        return self.partner("second_level_reseller", pool, distributor_uin=distributor.uin, **more)

    def agent(self):
        return self.partner("agent", "0")

    def customer(self, partner, credit=None, verification="enterprise", **entity):
        """A customer of `partner`, with this much credit allocated."""
        party = self.account(verification, **entity)
        self.vendor.post("/v1/customers", uin=party.uin, partner_uin=partner.uin)
        if credit is not None:
            self.allocate(party, credit)
        return party

    def allocate(self, customer, amount):
        self.vendor.post(f"/v1/customers/{customer.uin}/allocations", amount=amount)

    def buys(self, customer, amount, **more):
        """A prepaid purchase at this list price."""
        order = {"account_uin": customer.uin, "product_code": self.product, "kind": "purchase", "amount": amount}
        return self.vendor.post("/v1/orders", **order, **more)

    def uses(self, customer, amount, **more):
        """An hour's usage, from now on, at this list price; the id of the line that it became."""
        now = self.vendor.now()
        record = {
            "key": f"record-{next(_numbers)}",
            "account_uin": customer.uin,
            "product_code": self.product,
            "amount": amount,
            "period_start": now.isoformat(),
            "period_end": (now + HOUR).isoformat(),
        }
        (result,) = self.vendor.post("/v1/usage", records=[{**record, **more}])["results"]
        assert result["status"] == "settled", result
        return result["line_id"]

    def voucher(self, customer, amount, days=30, **more):
        """A voucher that the customer's partner issues, valid from now on for so many days; its number."""
        now = self.vendor.now()
        terms = {
            "kind": "customer",
            "owner_uin": customer.uin,
            "amount": amount,
            "usage": "CustomerOffer",
            "payment_mode": "all",
            "products": {"mode": "all", "codes": []},
            "effective_at": now.isoformat(),
            "expires_at": (now + datetime.timedelta(days=days)).isoformat(),
        }
        return int(self.vendor.post("/v1/vouchers", **{**terms, **more})["id"])

    def discount(self, customer, partner, rate):
        """What the customer pays of the list price, from now on for a year."""
        now = self.vendor.now()
        self.vendor.post(
            "/v1/discounts",
            kind="customer",
            partner_uin=partner.uin,
            customer_uin=customer.uin,
            product_code=None,
            rate=rate,
            starts_at=now.isoformat(),
            ends_at=(now + datetime.timedelta(days=365)).isoformat(),
        )
