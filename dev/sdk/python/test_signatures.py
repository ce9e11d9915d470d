"""Who signed: wrong secrets, unknown and revoked credentials, tampered requests, and the window of the timestamp. A
refusal is told in the envelope, with HTTP status 200, which is the only way in which the SDKs see it as one.
"""

import json
import time
from types import SimpleNamespace

import pytest
import requests
from tencentcloud.common import abstract_client

from cloud import Dialect, call, client, code_of, every_dialect, refused

EXPIRED = "AuthFailure.SignatureExpire"
MISMATCH = "AuthFailure.SignatureFailure"
NO_SUCH_ID = "AuthFailure.SecretIdNotFound"
# The window is 300 seconds; a quarter of a minute is left for a machine that is slow between signing and sending.
OUTSIDE_SECONDS = 315
INSIDE_SECONDS = 285


@every_dialect
def test_a_wrong_secret_key(world, dialect):
    reseller = world.reseller()
    customer = world.customer(reseller)
    secret_id, secret_key = reseller.secret()
    # Right but for its first character.
    wrong_key = ("a" if secret_key[0] != "a" else "b") + secret_key[1:]
    caller = client(world.vendor.server, (secret_id, wrong_key), dialect)
    assert refused(caller, "QueryPartnerCredit") == MISMATCH
    assert refused(caller, "AllocateCustomerCredit", ClientUin=customer.uin, AddedCredit=1) == MISMATCH
    assert customer.credit()["total"] == 0


@every_dialect
def test_an_unknown_secret_id(world, dialect):
    _, secret_key = world.reseller().secret()
    caller = client(world.vendor.server, ("AKIDthatNobodyWasEverGiven00000000", secret_key), dialect)
    assert refused(caller, "QueryPartnerCredit") == NO_SUCH_ID


@every_dialect
def test_a_revoked_credential_is_unknown_at_once(world, dialect):
    reseller = world.reseller()
    caller = reseller.client(dialect)
    assert call(caller, "QueryPartnerCredit").TotalCredit == 1000
    secret_id, _ = reseller.secret()
    world.vendor.call("DELETE", f"/v1/accounts/{reseller.uin}/credentials/{secret_id}")
    assert refused(caller, "QueryPartnerCredit") == NO_SUCH_ID


@every_dialect
def test_a_second_credential_of_an_account_works_beside_the_first(world, dialect):
    reseller = world.reseller()
    made = world.vendor.post(f"/v1/accounts/{reseller.uin}/credentials")
    second = client(world.vendor.server, (made["secret_id"], made["secret_key"]), dialect)
    assert call(second, "QueryPartnerCredit").TotalCredit == 1000
    assert call(reseller.client(dialect), "QueryPartnerCredit").TotalCredit == 1000


@every_dialect
@pytest.mark.parametrize("drift", [-OUTSIDE_SECONDS, OUTSIDE_SECONDS, -86_400, 86_400])
def test_a_timestamp_outside_the_window(world, dialect, drift, monkeypatch):
    caller = world.reseller().client(dialect)
    clock_off_by(monkeypatch, drift)
    assert refused(caller, "QueryPartnerCredit") == EXPIRED


@every_dialect
@pytest.mark.parametrize("drift", [-INSIDE_SECONDS, INSIDE_SECONDS])
def test_a_timestamp_inside_the_window(world, dialect, drift, monkeypatch):
    caller = world.reseller().client(dialect)
    clock_off_by(monkeypatch, drift)
    assert call(caller, "QueryPartnerCredit").TotalCredit == 1000


def clock_off_by(monkeypatch, seconds):
    """The SDK's machine has a clock that is wrong by this much."""
    monkeypatch.setattr(abstract_client, "time", SimpleNamespace(time=lambda: time.time() + seconds))


@every_dialect
def test_a_request_that_was_changed_on_its_way(world, dialect, monkeypatch):
    reseller = world.reseller()
    customer = world.customer(reseller)
    caller = reseller.client(dialect)
    untouched = caller.request.send_request

    def tampered(request):
        assert "AddedCredit" in request.data
        request.data = request.data.replace("12.5", "99.5")
        return untouched(request)

    monkeypatch.setattr(caller.request, "send_request", tampered)
    given = {"ClientUin": customer.uin, "AddedCredit": 12.5}
    if dialect is Dialect.UNSIGNED_POST:
        # The one dialect that leaves the body out of the signature; TLS protects it.
        assert call(caller, "AllocateCustomerCredit", **given).TotalCredit == 99.5
    else:
        assert refused(caller, "AllocateCustomerCredit", **given) == MISMATCH
        assert customer.credit()["total"] == 0


@every_dialect
def test_temporary_credentials_are_not_issued_and_not_taken(world, dialect):
    caller = client(world.vendor.server, (*world.reseller().secret(), "a-token"), dialect)
    assert refused(caller, "QueryPartnerCredit") == "AuthFailure.TokenFailure"


@every_dialect
def test_language_region_and_kept_connections_change_nothing(world, dialect):
    caller = world.reseller().client(dialect)
    caller.profile.language = "zh-CN"
    caller.region = ""
    caller.request.set_keep_alive()
    for _ in range(3):
        assert call(caller, "QueryPartnerCredit").TotalCredit == 1000


def test_a_request_without_any_signature(server, world):
    caller = world.reseller().client()
    # The SDK's own way of sending a request unsigned.
    code = code_of(lambda: caller.call("QueryPartnerCredit", {}, options={"SkipSign": True}))
    assert code == "AuthFailure.InvalidAuthorization"


def test_refusals_and_answers_come_in_the_envelope(server):
    for method, options, code in [
        ("GET", {}, "MissingParameter"),
        ("POST", {"json": {}}, "AuthFailure.InvalidAuthorization"),
        ("POST", {"data": {"Action": "QueryPartnerCredit"}}, "MissingParameter"),
        ("PUT", {}, "UnsupportedProtocol"),
        ("POST", {"data": "x", "headers": {"Content-Type": "text/plain"}}, "UnsupportedProtocol"),
    ]:
        answer = requests.request(method, f"{server.url}/", timeout=60, **options)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        envelope = json.loads(answer.content)
        assert list(envelope) == ["Response"]
        assert envelope["Response"]["Error"]["Code"] == code, (method, options)
        assert set(envelope["Response"]) == {"Error", "RequestId"}
