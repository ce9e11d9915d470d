"""Notices by e-mail: a real mail server, with and without TLS and logins, that refuses, hangs, leaves and comes back."""

import ssl

import pytest
import trustme
from aiosmtpd.smtp import AuthResult

from receivers import MailReceiver, WebhookReceiver, eventually
from server import Server
from test_webhooks import hook, parties, subscribe, world_on

RETRIES = {"CREDERE_MAIL_RETRY_SCHEDULE": "50ms 100ms 200ms 500ms 1s 1s 1s 1s 1s 1s"}


def settings(receiver, security="none", **more):
    return {
        "CREDERE_MAIL_SERVER": "127.0.0.1",
        "CREDERE_MAIL_PORT": str(receiver.port),
        "CREDERE_MAIL_SECURITY": security,
        "CREDERE_MAIL_FROM": "Credere <credere@vendor.test>",
        "CREDERE_WEBHOOKS_ALLOW_PRIVATE": "true",
        **RETRIES,
        **more,
    }


@pytest.fixture
def start(tmp_path):
    """Starts a server with these settings, and stops it at the end."""
    running = []

    def begin(**wanted):
        running.append(Server(tmp_path, **wanted))
        return world_on(running[-1])

    yield begin
    for server in running:
        server.stop()


@pytest.fixture
def authority(tmp_path):
    """A certificate authority, its certificate's file, and what a server of its shows."""
    made = trustme.CA()
    path = tmp_path / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("127.0.0.1").configure_cert(context)
    return str(path), context


def letter_of(world, reseller):
    """How the newest notice to the reseller went out by e-mail."""
    (notice, *_) = world.vendor.get(f"/v1/notices?recipient_uin={reseller.uin}")["data"]
    return next((one for one in notice["deliveries"] if one["channel"] == "email"), None)


def warned(world):
    reseller, customer = parties(world)
    subscribe(world, reseller, "email")
    world.buys(customer, "80.00")
    return reseller, customer


def delivered(world, reseller):
    return eventually(lambda: (one := letter_of(world, reseller)) and one["state"] == "delivered" and one)


def test_a_letter_has_both_forms_and_the_figures(start):
    with MailReceiver() as receiver:
        world = start(**settings(receiver))
        reseller, customer = warned(world)
        ((recipients, encrypted, letter),) = receiver.taken(1)
        assert (recipients, encrypted) == ([reseller.email], False)
        assert letter["From"] == "Credere <credere@vendor.test>"
        assert letter["Subject"] == f"Credit of {customer.name} ({customer.uin}) is below 25 %"
        plain, html = letter.get_body(["plain"]).get_content(), letter.get_body(["html"]).get_content()
        assert "Available credit: 20.00 USD" in plain and "20.00 USD" in html
        (notice,) = world.vendor.get(f"/v1/notices?recipient_uin={reseller.uin}")["data"]
        assert letter["Message-ID"] == f"<{notice['id']}@vendor.test>"
        assert delivered(world, reseller)["attempts"] == 1
        assert len(receiver.letters) == 1


def test_letters_are_written_in_chinese_where_the_deployment_says_so(start):
    with MailReceiver() as receiver:
        world = start(**settings(receiver, CREDERE_MAIL_LANGUAGE="zh"))
        _, customer = warned(world)
        ((_, _, letter),) = receiver.taken(1)
        assert letter["Subject"] == f"{customer.name}（{customer.uin}）的可用信用额度低于 25%"
        assert "可用信用额度: 20.00 USD" in letter.get_body(["plain"]).get_content()


def called(world, reseller, customer, address, name):
    world.vendor.call("PATCH", f"/v1/accounts/{reseller.uin}", {"email": address})
    world.vendor.call("PATCH", f"/v1/accounts/{customer.uin}", {"name": name})


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("ops@bücher.example", "ops@xn--bcher-kva.example"),
        ('"john doe"@example.test', '"john doe"@example.test'),
        ("ops@[192.0.2.1]", "ops@[192.0.2.1]"),
        ("ops@[IPv6:2001:db8::1]", "ops@[IPv6:2001:db8::1]"),
    ],
)
def test_addresses_of_every_kind_get_their_letters(start, address, taken):
    with MailReceiver() as receiver:
        world = start(**settings(receiver))
        reseller, customer = parties(world)
        subscribe(world, reseller, "email")
        called(world, reseller, customer, address, "Plain")
        world.buys(customer, "80.00")
        ((recipients, _, letter),) = receiver.taken(1)
        assert recipients == [taken]
        assert letter["To"].addresses[0].addr_spec == taken
        delivered(world, reseller)


@pytest.mark.parametrize("name", ["=?utf-8?q?Paid=21?=", "ü =?utf-8?b?UGFpZCE=?= x", "=? half", "A" * 200 + " =?x?q?y?="])
def test_a_name_that_looks_encoded_arrives_as_it_is(start, name):
    with MailReceiver() as receiver:
        world = start(**settings(receiver))
        reseller, customer = parties(world)
        subscribe(world, reseller, "email")
        called(world, reseller, customer, reseller.email, name)
        world.buys(customer, "80.00")
        ((_, _, letter),) = receiver.taken(1)
        assert letter["Subject"] == f"Credit of {name} ({customer.uin}) is below 25 %"
        assert f"{name} ({customer.uin})" in letter.get_body(["plain"]).get_content()


def test_a_local_part_outside_ascii_needs_a_server_that_takes_it(start):
    with MailReceiver(enable_SMTPUTF8=True) as receiver:
        world = start(**settings(receiver))
        reseller, customer = parties(world)
        subscribe(world, reseller, "email")
        called(world, reseller, customer, "жук@bücher.example", "Plain")
        world.buys(customer, "80.00")
        ((recipients, _, _),) = receiver.taken(1)
        assert recipients == ["жук@xn--bcher-kva.example"]
        delivered(world, reseller)


def test_a_local_part_outside_ascii_fails_at_once_elsewhere(start):
    with MailReceiver(enable_SMTPUTF8=False) as receiver:
        world = start(**settings(receiver))
        reseller, customer = parties(world)
        subscribe(world, reseller, "email")
        called(world, reseller, customer, "жук@example.test", "Plain")
        world.buys(customer, "80.00")
        failed = eventually(lambda: (one := letter_of(world, reseller)) and one["state"] == "failed" and one)
        assert failed["attempts"] == 1
        assert "SMTPUTF8" in failed["reason"]
        assert receiver.letters == []


def login(user, password):
    def check(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=(data.login, data.password) == (user.encode(), password.encode()))

    return check


# The mail server's package takes TLS from the first byte for none at all.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_letters_go_over_tls_with_a_login(start, authority, security):
    ca_file, context = authority
    options = {"authenticator": login("credere", "s3cret"), "auth_required": True}
    if security == "tls":
        options |= {"ssl_context": context, "auth_require_tls": False}
    else:
        options |= {"tls_context": context, "require_starttls": True}
    with MailReceiver(**options) as receiver:
        with_login = {"CREDERE_MAIL_USER": "credere", "CREDERE_MAIL_PASSWORD": "s3cret"}
        world = start(**settings(receiver, security, CREDERE_MAIL_CA_FILE=ca_file, **with_login))
        reseller, _ = warned(world)
        ((recipients, _, _),) = receiver.taken(1)
        assert recipients == [reseller.email]
        delivered(world, reseller)


def test_a_server_that_nobody_vouches_for_gets_nothing(start, authority):
    _, context = authority
    with MailReceiver(tls_context=context, require_starttls=True) as receiver:
        world = start(**settings(receiver, "starttls"))
        reseller, _ = warned(world)
        eventually(lambda: (one := letter_of(world, reseller)) and one["attempts"] >= 2)
        assert receiver.letters == []


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(start):
    with MailReceiver(lambda place: ["451 later", "250 taken", "550 no"][min(place, 2)]) as receiver:
        world = start(**settings(receiver))
        reseller, customer = warned(world)
        assert delivered(world, reseller)["attempts"] == 2
        world.buys(customer, "15.00")
        failed = eventually(lambda: (one := letter_of(world, reseller)) and one["state"] == "failed" and one)
        assert failed["attempts"] == 1
        assert len(receiver.letters) == 3


def test_a_mail_server_that_hangs_delays_no_webhook(start):
    with MailReceiver(lambda place: None) as mail, WebhookReceiver() as receiver:
        world = start(**settings(mail))
        reseller, customer = parties(world)
        subscribe(world, reseller, "email", "webhook")
        added = hook(world, receiver, reseller)
        world.buys(customer, "80.00")
        mail.taken(1)
        receiver.verified(added["secret"], 1)
        world.buys(customer, "15.00")
        receiver.verified(added["secret"], 2)


def test_a_mail_server_that_restarts_gets_what_waited(start):
    first = MailReceiver()
    first.start()
    world = start(**settings(first))
    first.close()
    reseller, _ = warned(world)
    eventually(lambda: (one := letter_of(world, reseller)) and one["attempts"] >= 1)
    with MailReceiver(port=first.port) as again:
        ((recipients, _, _),) = again.taken(1)
        assert recipients == [reseller.email]
        delivered(world, reseller)
        assert len(again.letters) == 1


def test_without_a_mail_server_nothing_is_sent_and_the_notice_says_so(start):
    world = start()
    reseller, _ = warned(world)
    skipped = eventually(lambda: (one := letter_of(world, reseller)) and one["state"] == "skipped" and one)
    assert skipped["attempts"] == 0
