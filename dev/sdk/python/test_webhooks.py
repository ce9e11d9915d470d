"""Notices to webhooks: real receivers that verify with the specification's own package, and that fail, hang, leave and
come back. Each message arrives, under one number, and no receiver holds up another.
"""

import time

import pytest

from receivers import WebhookReceiver, eventually
from server import Server
from world import Refused, Vendor, World

# Short enough that a test sees several attempts.
BRISK = {
    "CREDERE_WEBHOOKS_ALLOW_PRIVATE": "true",
    "CREDERE_WEBHOOKS_TIMEOUT_SECONDS": "2",
    "CREDERE_WEBHOOKS_RETRY_SCHEDULE": "50ms 100ms 200ms 500ms 1s 1s 1s 1s 1s 1s 1s 1s",
}


def world_on(server):
    vendor = Vendor(server)
    try:
        vendor.post("/v1/products", code="cvm", settlement="hourly")
    except Refused as refused:
        assert refused.problem["code"] == "product_exists"
    return World(vendor, "cvm")


@pytest.fixture(scope="module")
def brisk(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("webhooks"), **BRISK)
    yield world_on(running)
    running.stop()


def subscribe(world, party, *channels):
    body = {"channel_service": True, "channels": list(channels)}
    world.vendor.call("PUT", f"/v1/accounts/{party.uin}/subscriptions", body)


def parties(world):
    """A reseller that is told by webhook, and its customer with a credit of 100."""
    reseller = world.reseller()
    subscribe(world, reseller, "message_center", "webhook")
    return reseller, world.customer(reseller, "100.00")


def hook(world, receiver, party, kinds=()):
    return world.vendor.post("/v1/webhooks", url=receiver.url, account_uin=party.uin, kinds=list(kinds))


def deliveries(world, added):
    return world.vendor.get(f"/v1/webhooks/{added['id']}/deliveries")["data"]


def settled(world, added, state, count=1):
    def look():
        """every delivery is in the state"""
        shown = deliveries(world, added)
        return len(shown) == count and all(one["state"] == state for one in shown) and shown

    return eventually(look)


def test_a_warning_arrives_once_and_verifies(brisk):
    reseller, customer = parties(brisk)
    with WebhookReceiver() as receiver, WebhookReceiver() as other:
        added = hook(brisk, receiver, reseller)
        hook(brisk, other, reseller, ["resumed"])
        brisk.buys(customer, "80.00")
        (message,) = receiver.verified(added["secret"], 1)
        assert message["type"] == "credit_below_25"
        told = message["data"]
        assert (told["recipient_uin"], told["customer_uin"], told["level"]) == (reseller.uin, customer.uin, 25)
        assert (told["available"], told["total"]) == ("20.00", "100.00")
        (delivery,) = settled(brisk, added, "delivered")
        (notice,) = brisk.vendor.get(f"/v1/notices?recipient_uin={reseller.uin}")["data"]
        assert receiver.ids() == [notice["id"]] == [told["id"]]
        assert {one["channel"]: one["state"] for one in notice["deliveries"]} == {
            "message_center": "delivered",
            "webhook": "delivered",
        }
        assert [one["status"] for one in delivery["log"]] == [204]
        assert other.ids() == []


def test_a_level_is_told_once_a_day_however_often_it_is_crossed(brisk):
    reseller, customer = parties(brisk)
    with WebhookReceiver() as receiver:
        added = hook(brisk, receiver, reseller)
        for _ in range(20):
            order = brisk.buys(customer, "80.00")
            brisk.vendor.post(f"/v1/orders/{order['id']}/refund", amount="80.00")
        brisk.buys(customer, "95.00")
        kinds = [message["type"] for message in receiver.verified(added["secret"], 2)]
        assert kinds == ["credit_below_25", "credit_below_10"]
        settled(brisk, added, "delivered", 2)
        assert len(receiver.ids()) == 2


def test_what_fails_is_sent_again_under_its_number(brisk):
    reseller, customer = parties(brisk)
    with WebhookReceiver(lambda place: [500, 302, 429, 200][min(place, 3)]) as receiver:
        added = hook(brisk, receiver, reseller)
        brisk.buys(customer, "80.00")
        receiver.verified(added["secret"], 4)
        settled(brisk, added, "delivered")
        assert len(set(receiver.ids())) == 1


def test_a_receiver_that_hangs_delays_nobody_else(brisk):
    reseller, customer = parties(brisk)
    with WebhookReceiver(lambda place: None) as hanging, WebhookReceiver() as prompt:
        stuck = hook(brisk, hanging, reseller)
        added = hook(brisk, prompt, reseller)
        began = time.monotonic()
        brisk.buys(customer, "80.00")
        prompt.verified(added["secret"], 1)
        # Well below the time that an attempt may take.
        assert time.monotonic() - began < 2
        eventually(lambda: len(hanging.ids()) >= 2)
        assert set(hanging.ids()) == set(prompt.ids())
        brisk.vendor.call("DELETE", f"/v1/webhooks/{stuck['id']}")


def test_a_receiver_that_restarts_gets_what_waited(brisk):
    reseller, customer = parties(brisk)
    receiver = WebhookReceiver()
    added = hook(brisk, receiver, reseller)
    receiver.stop()
    brisk.buys(customer, "80.00")
    eventually(lambda: deliveries(brisk, added))
    with WebhookReceiver(port=receiver.port) as again:
        again.verified(added["secret"], 1)
        settled(brisk, added, "delivered")
        assert len(again.ids()) == 1


def test_after_410_nothing_more_is_sent_until_somebody_asks(brisk):
    reseller, customer = parties(brisk)
    with WebhookReceiver(lambda place: 410 if place == 0 else 200) as receiver:
        added = hook(brisk, receiver, reseller)
        brisk.buys(customer, "80.00")
        (failed,) = settled(brisk, added, "failed")
        brisk.buys(customer, "15.00")
        eventually(lambda: len(deliveries(brisk, added)) == 2)
        assert [one["state"] for one in deliveries(brisk, added)] == ["skipped", "failed"]
        assert len(receiver.ids()) == 1
        brisk.vendor.post(f"/v1/webhooks/{added['id']}/deliveries/{failed['id']}/redeliver")
        receiver.verified(added["secret"], 2)
        assert len(set(receiver.ids())) == 1


def test_a_replaced_secret_verifies_for_a_while_longer(brisk):
    reseller, customer = parties(brisk)
    with WebhookReceiver() as receiver:
        added = hook(brisk, receiver, reseller)
        rotated = brisk.vendor.post(f"/v1/webhooks/{added['id']}/rotate-secret")
        assert rotated["secret"] != added["secret"]
        brisk.buys(customer, "80.00")
        for secret in [added["secret"], rotated["secret"]]:
            receiver.verified(secret, 1)


def test_what_waits_survives_a_restart_of_the_server(tmp_path):
    first = Server(tmp_path, **BRISK | {"CREDERE_WEBHOOKS_RETRY_SCHEDULE": "2s 2s 2s 2s 2s"})
    world = world_on(first)
    reseller, customer = parties(world)
    receiver = WebhookReceiver()
    added = hook(world, receiver, reseller)
    receiver.stop()
    world.buys(customer, "80.00")
    eventually(lambda: deliveries(world, added))
    first.stop()
    with WebhookReceiver(port=receiver.port) as again:
        second = Server(tmp_path, **BRISK)
        try:
            again.verified(added["secret"], 1)
            settled(world_on(second), added, "delivered")
            assert len(again.ids()) == 1
        finally:
            second.stop()


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "ftp://hooks.example.com/",
        "nonsense",
    ],
)
def test_addresses_that_are_not_public_are_refused(world, url):
    with pytest.raises(Refused) as refused:
        world.vendor.post("/v1/webhooks", url=url)
    assert refused.value.status in (400, 422)
    assert refused.value.problem["field"] == "url"
