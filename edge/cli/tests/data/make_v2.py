"""Makes `v2.zip`: the data folder of version 2 that the tests upgrade, and `known.json`, what the old server answered.

    git worktree add /tmp/v2 957750c && (cd /tmp/v2 && cargo build)
    python3 edge/cli/tests/data/make_v2.py /tmp/v2/target/debug/credere edge/cli/tests/data

A session on a sandbox that comes by every area. Nothing in it depends on this machine but the moment of its start.
"""

import base64
import datetime
import hashlib
import hmac
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

KEY = "cred_crash_tests_know_this_key_0001"
REFUSED = (402, 403, 404, 409, 422)
DISTRIBUTOR, SECOND_LEVEL, RESELLER, AGENT = 1001, 1002, 1003, 1004
DIRECT, OVERDUE, FORCED, SECOND, FORMER = 2001, 2002, 2003, 2004, 2005


class Server:
    def __init__(self, binary, folder):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CREDERE_")}
        environment |= {"CREDERE_PLATFORM_KEY": KEY, "CREDERE_WEBHOOKS_ALLOW_PRIVATE": "true", "CREDERE_WEBHOOKS_ALLOW_HTTP": "true"}
        command = [binary, "serve", "--sandbox", "--listen", "127.0.0.1:0", "--data", folder]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        line = self.process.stdout.readline().decode()
        assert line.startswith("credere listens on http://"), line
        self.host = line.split("//")[1].strip()

    def call(self, method, path, body=None, key=None):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def post(self, path, key=None, **body):
        return self.done("POST", path, body, key)

    def done(self, method, path, body=None, key=None):
        status, answer = self.call(method, path, body, key)
        assert status < 300, (method, path, body, status, answer)
        return answer

    def refused(self, method, path, body, key=None):
        status, answer = self.call(method, path, body, key)
        assert status in REFUSED, (method, path, body, status, answer)
        return answer["code"]

    def signed(self, action, credential, body):
        """One call of the Cloud API, signed with TC3-HMAC-SHA256."""
        now = datetime.datetime.now(datetime.UTC)
        stamp, day, text = str(int(now.timestamp())), now.strftime("%Y-%m-%d"), json.dumps(body)
        digest = hashlib.sha256(text.encode()).hexdigest()
        asked = f"POST\n/\n\ncontent-type:application/json\nhost:{self.host}\n\ncontent-type;host\n{digest}"
        scope = f"{day}/intlpartnersmgt/tc3_request"
        what = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        secret = f"TC3{credential['secret_key']}".encode()
        for part in (day, "intlpartnersmgt", "tc3_request"):
            secret = hmac.digest(secret, part.encode(), "sha256")
        proof = hmac.digest(secret, what.encode(), "sha256").hex()
        headers = {
            "Authorization": f"TC3-HMAC-SHA256 Credential={credential['secret_id']}/{scope}, "
            f"SignedHeaders=content-type;host, Signature={proof}",
            "Content-Type": "application/json", "Host": self.host, "X-TC-Action": action,
            "X-TC-Version": "2022-09-28", "X-TC-Timestamp": stamp, "X-TC-Language": "en-US",
        }
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("POST", "/", text, headers)
        answer = json.loads(connection.getresponse().read())["Response"]
        assert "Error" not in answer, (action, answer)
        return answer

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


def time_of(server, **ahead):
    now = datetime.datetime.fromisoformat(server.done("GET", "/v1/clock")["now"])
    return (now + datetime.timedelta(**ahead)).isoformat()


def parties(server):
    for uin in (DISTRIBUTOR, SECOND_LEVEL, RESELLER, AGENT, DIRECT, OVERDUE, FORCED, SECOND, FORMER):
        server.post(
            "/v1/accounts", key=f"open-{uin}", uin=uin, name=f"Café {uin}", email=f"a{uin}@example.com", phone="+65 1",
            verification={"level": "enterprise", "entity_id": f"E{uin}", "entity_name": f"Entity {uin}"}, tier="mid",
        )
    server.done("PATCH", f"/v1/accounts/{DIRECT}", {"name": "Renamed", "tier": "key"}, "rename")
    partner = {"allocation_quota": "10000.00", "allowlist": ["force_suspension", "customer_discounts", "special_suspension"]}
    server.post("/v1/partners", uin=DISTRIBUTOR, kind="distributor", spend_line="8000.00", **partner)
    server.post("/v1/partners", uin=RESELLER, kind="reseller", **partner)
    server.post("/v1/partners", uin=AGENT, kind="agent", allocation_quota="0.00")
    server.post(
        "/v1/partners", uin=SECOND_LEVEL, kind="second_level_reseller", distributor_uin=DISTRIBUTOR,
        allocation_quota="3000.00", voucher_quota="500.00",
    )
    server.post(f"/v1/partners/{SECOND_LEVEL}/pool", amount="250.00", remark="more")
    server.done("PATCH", f"/v1/partners/{DISTRIBUTOR}", {"spend_line": "9000.00"})
    server.refused("PATCH", f"/v1/partners/{DISTRIBUTOR}", {"allocation_quota": "1.00"})
    for uin, partner, amount in [
        (DIRECT, DISTRIBUTOR, "2000.00"), (OVERDUE, RESELLER, "40.00"), (FORCED, RESELLER, "500.00"),
        (SECOND, SECOND_LEVEL, "900.00"), (FORMER, RESELLER, "300.00"),
    ]:
        server.post("/v1/customers", uin=uin, partner_uin=partner)
        server.post(f"/v1/customers/{uin}/allocations", key=f"allocate-{uin}", amount=amount, remark="first")
    server.refused("POST", f"/v1/customers/{DIRECT}/allocations", {"amount": "100000.00"}, "too-much")
    server.done("PATCH", f"/v1/customers/{DIRECT}", {"partner_warning_percent": 60, "own_warning_percent": 50})
    server.done("PUT", f"/v1/accounts/{DIRECT}/subscriptions", {"channel_service": True, "channels": ["message_center"]})
    credentials = {uin: server.post(f"/v1/accounts/{uin}/credentials") for uin in (DISTRIBUTOR, RESELLER)}
    gone = server.post(f"/v1/accounts/{RESELLER}/credentials")
    server.done("DELETE", f"/v1/accounts/{RESELLER}/credentials/{gone['secret_id']}")
    reading = server.post("/v1/keys", name="reading", access="read")
    lost = server.post("/v1/keys", name="lost", access="full")
    server.done("DELETE", f"/v1/keys/{lost['id']}")
    return credentials, reading


def catalogue(server):
    server.post("/v1/products", code="cvm", name="Machines", settlement="hourly", freeze={"model": "coefficient", "coefficient": "24"})
    server.post("/v1/products", code="cos", settlement="daily", grace_hours=5, freeze={"model": "re_estimate", "coefficient": "2"})
    server.post("/v1/products", code="cdn", settlement="monthly", freeze={"model": "minimum_fee", "amount": "3.00"})
    server.done("PATCH", "/v1/products/cos", {"retention_days": 20})
    server.post("/v1/discounts", kind="partner", partner_uin=DISTRIBUTOR, rate="0.8")
    server.post("/v1/discounts", kind="customer", partner_uin=DISTRIBUTOR, customer_uin=DIRECT, product_code="cvm", rate="0.95")
    over = server.post("/v1/discounts", kind="customer", partner_uin=RESELLER, customer_uin=FORCED, rate="0.5")
    server.done("DELETE", f"/v1/discounts/{over['id']}")
    offer = {"owner_uin": DIRECT, "issuer_uin": DISTRIBUTOR, "kind": "customer", "expires_at": time_of(server, days=200)}
    server.post("/v1/vouchers", amount="30.00", products={"mode": "only", "codes": ["cvm"]}, **offer)
    taken = server.post("/v1/vouchers", amount="10.00", **offer)
    server.done("POST", f"/v1/vouchers/{taken['id']}/invalidate")
    server.post("/v1/vouchers", owner_uin=DISTRIBUTOR, kind="partner_all", amount="20.00", expires_at=time_of(server, days=10))


def spending(server):
    first = {"account_uin": DIRECT, "product_code": "cvm", "kind": "purchase", "amount": "120.00", "resource_id": "ins-1",
             "region": "ap-east", "tags": {"team": "blue"}}
    orders = {"first": server.post("/v1/orders", key="first-order", **first)}
    server.post("/v1/orders", key="renewal", **first | {"kind": "renew", "amount": "40.00"})
    # More than was ever paid for it, which nobody looked at.
    server.post("/v1/orders", key="downgrade", **first | {"kind": "downgrade", "amount": "500.00"})
    refused = server.refused("POST", "/v1/orders", first | {"amount": "99999.00"}, "too-large")
    orders["refunded"] = server.post("/v1/orders", **first | {"resource_id": "ins-2", "amount": "60.00"})
    server.post(f"/v1/orders/{orders['refunded']['id']}/refund", key="refund", amount="20.00")
    server.refused("POST", f"/v1/orders/{orders['refunded']['id']}/refund", {"amount": "99.00"}, "refund-too-much")
    own = {"account_uin": DISTRIBUTOR, "product_code": "cdn", "kind": "purchase"}
    server.post("/v1/orders", amount="15.00", **own)
    processing = server.post("/v1/orders", capture=False, **first | {"resource_id": None, "amount": "70.00"})
    server.post(f"/v1/orders/{processing['id']}/deliver")
    orders["processing"] = server.post("/v1/orders", **first | {"amount": "33.00", "capture": False})
    given_up = server.post("/v1/orders", **first | {"amount": "5.00", "capture": False})
    server.post(f"/v1/orders/{given_up['id']}/cancel")
    small = {"account_uin": OVERDUE, "product_code": "cvm", "kind": "purchase"}
    orders["parked"] = server.post("/v1/orders", amount="60.00", park=True, **small)
    operations = [
        {"op": "authorize", "key": f"auth-{n}", "account_uin": uin, "product_code": "cvm", "amount": amount}
        for n, (uin, amount) in enumerate([(DIRECT, "10.00"), (DIRECT, "11.00"), (SECOND, "12.00"), (OVERDUE, "9999.00")])
    ]
    opened = server.post("/v1/authorizations", operations=operations)["results"]
    batch = [{"op": "capture", "key": "capture", "authorization_id": opened[0]["authorization_id"], "amount": "4.00"},
             {"op": "release", "key": "release", "authorization_id": opened[1]["authorization_id"]},
             {"op": "capture", "key": "beyond", "authorization_id": opened[2]["authorization_id"], "amount": "400.00"}]
    server.post("/v1/authorizations", operations=batch)
    expiring = [{"op": "authorize", "key": "expiring", "account_uin": DIRECT, "product_code": "cvm", "amount": "2.00",
                 "expires_at": time_of(server, hours=1)}]
    server.post("/v1/authorizations", operations=expiring)
    return orders, first, refused, operations


def metering(server):
    running = {"product_code": "cvm", "unit_price": "0.50"}
    server.post("/v1/resources", account_uin=DIRECT, resource_id="vm-1", quantity="4", region="ap-east", **running)
    server.done("PATCH", "/v1/resources/vm-1", {"quantity": "6"})
    server.post("/v1/resources", account_uin=DIRECT, resource_id="vm-2", **running)
    server.done("DELETE", "/v1/resources/vm-2", {"final_amount": "1.50"})
    server.post("/v1/resources", account_uin=SECOND, resource_id="bucket", product_code="cos", unit_price="1.00")
    server.post("/v1/resources", account_uin=OVERDUE, resource_id="vm-3", product_code="cdn", unit_price="1.00")
    server.post("/v1/resources", account_uin=FORCED, resource_id="vm-4", **running)
    server.post("/v1/clock/advance", by="2h")
    period = {"period_start": time_of(server, hours=-2), "period_end": time_of(server, hours=-1)}
    used = {"product_code": "cvm", **period}
    records = [
        {"key": "u1", "account_uin": DIRECT, "resource_id": "vm-1", "amount": "12.34", **used},
        {"key": "u2", "account_uin": SECOND, "resource_id": "bucket", **used | {"product_code": "cos"}, "amount": "5.00"},
        {"key": "u3", "account_uin": OVERDUE, "amount": "70.00", **used},
        {"key": "u4", "account_uin": FORMER, "amount": "8.00", **used},
        {"key": "u5", "account_uin": DIRECT, "resource_id": "vm-3", "amount": "1.00", **used},
        {"key": "u6", "account_uin": DIRECT, "amount": "2.00", "action_type": "recon_increase", **used},
        {"key": "u7", "account_uin": DIRECT, "amount": "0.30", **used, "components": [
            {"code": "disk", "list_price": "0.10", "usage": "3"}]},
    ]
    server.post("/v1/usage", records=records)
    return records


def standing(server):
    server.done("PUT", f"/v1/customers/{FORCED}/suspension", {"forced": True})
    now = datetime.datetime.fromisoformat(server.done("GET", "/v1/clock")["now"])
    zone = datetime.timezone(datetime.timedelta(hours=8))
    month = now.astimezone(zone).strftime("%Y-%m")
    server.refused("POST", "/v1/receipts", {"customer_uin": FORMER, "month": month}, "too-early")
    issue = (now.astimezone(zone).replace(day=1, hour=1, minute=0, second=0, microsecond=0)
             + datetime.timedelta(days=32)).replace(day=5)
    server.post("/v1/clock/advance", to=issue.isoformat())
    server.post("/v1/receipts", key="receipt", customer_uin=FORMER, month=month)
    server.post("/v1/receipts", customer_uin=DIRECT, month=month, pay_mode="prePay")
    server.post(f"/v1/partners/{DISTRIBUTOR}/payments", amount="25.00")
    server.done("DELETE", f"/v1/customers/{FORMER}")
    return month


def seen(server, month):
    """What the old server shows; the test asks the new one for the same."""
    paths = [f"/v1/customers/{uin}" for uin in (DIRECT, OVERDUE, FORCED, SECOND)]
    paths += [f"/v1/partners/{uin}" for uin in (DISTRIBUTOR, SECOND_LEVEL, RESELLER, AGENT)]
    paths += [f"/v1/bills/{uin}/{month}" for uin in (DIRECT, OVERDUE, SECOND, FORMER)]
    paths += [f"/v1/bills/{DIRECT}/{month}/lines", "/v1/orders?limit=100", "/v1/resources", "/v1/vouchers?limit=100"]
    paths += [f"/v1/accounts/{DIRECT}", f"/v1/accounts/{FORMER}", "/v1/keys", "/v1/webhooks", "/v1/products/cos"]
    return {path: server.done("GET", path) for path in paths}


def main(binary, target):
    with tempfile.TemporaryDirectory() as place:
        folder = str(Path(place) / "data")
        server = Server(binary, folder)
        try:
            # Nobody listens there, so that what is sent waits.
            hook = server.post("/v1/webhooks", url="http://127.0.0.1:9/hook", kinds=["credit_below_0", "suspended"])
            removed = server.post("/v1/webhooks", url="http://127.0.0.1:9/gone")
            server.done("DELETE", f"/v1/webhooks/{removed['id']}")
            credentials, reading = parties(server)
            server.signed("AllocateCustomerCredit", credentials[DISTRIBUTOR], {"AddedCredit": 1.5, "ClientUin": DIRECT})
            catalogue(server)
            orders, first, refused, operations = spending(server)
            records = metering(server)
            month = standing(server)
            known = {
                "reading": reading, "credentials": credentials, "month": month, "seen": seen(server, month),
                "orders": orders, "first": first, "refused": refused, "operations": operations, "records": records,
                "webhook": hook,
            }
            server.stop()
        finally:
            server.process.kill()
        files = {f"data/{file.name}": file.read_bytes() for file in sorted(Path(folder).iterdir())}
        files["known.json"] = json.dumps(known)
        with zipfile.ZipFile(Path(target) / "v2.zip", "w") as packed:
            for name, content in files.items():
                packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main(*sys.argv[1:])
