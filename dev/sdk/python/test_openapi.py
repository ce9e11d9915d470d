"""Does the platform API keep what `/openapi.json` says? schemathesis makes thousands of requests out of the document,
those that fit it and those that do not, and holds every answer against it: no failure of the server's, no body, status,
header or content type that the document does not name, nothing accepted that it excludes.
"""

import os
import subprocess
import sys
from pathlib import Path

from server import PLATFORM_KEY
from world import Vendor

HERE = Path(__file__).parent
# Those of the document's own examples, so that these meet something.
DISTRIBUTOR, CUSTOMER = 100000000001, 100000000777


def _something_to_meet(vendor):
    vendor.post("/v1/products", code="cvm", settlement="hourly")
    vendor.post("/v1/accounts", uin=DISTRIBUTOR, name="Harbour Distribution")
    vendor.post("/v1/partners", uin=DISTRIBUTOR, kind="distributor", allocation_quota="100000.00")
    vendor.post("/v1/accounts", uin=CUSTOMER, name="Tidewater Ltd", verification={"level": "enterprise"})
    vendor.post("/v1/customers", uin=CUSTOMER, partner_uin=DISTRIBUTOR)
    vendor.post(f"/v1/customers/{CUSTOMER}/allocations", amount="50000.00")
    for _ in range(3):
        vendor.post("/v1/orders", account_uin=CUSTOMER, product_code="cvm", kind="purchase", amount="12.50")


def test_the_api_is_what_its_document_says(own_server):
    _something_to_meet(Vendor(own_server))
    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={HERE / 'openapi' / 'schemathesis.toml'}",
            "run",
            f"{own_server.url}/openapi.json",
            f"--header=Authorization: Bearer {PLATFORM_KEY}",
        ],
        env={**os.environ, "PYTHONPATH": str(HERE), "NO_COLOR": "1"},
        cwd=own_server.folder,
        capture_output=True,
        text=True,
    )
    print(run.stdout[-2000:])
    assert run.returncode == 0, run.stdout + run.stderr + own_server.log()
