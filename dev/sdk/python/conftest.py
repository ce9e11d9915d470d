"""What the tests share: a server for all of them, one that limits calls, one whose clock moves, and worlds to make
parties in.
"""

import itertools
import time
from types import SimpleNamespace

import pytest
from tencentcloud.common import abstract_client

from server import Server
from world import Vendor, World

PRODUCT = "cvm"
# As many calls as come, in each of the dialects.
OPEN = {"CREDERE_CLOUD_RATE_LIMITS": "false", "CREDERE_CLOUD_UNSIGNED_PAYLOAD": "all"}


def _world(server):
    vendor = Vendor(server)
    vendor.post("/v1/products", code=PRODUCT, settlement="hourly")
    return World(vendor, PRODUCT)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server that takes as many calls as come, also those whose body is not signed."""
    running = Server(tmp_path_factory.mktemp("server"), **OPEN)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def limiting_server(tmp_path_factory):
    """A server that holds callers to the published calls a second."""
    running = Server(tmp_path_factory.mktemp("limiting"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def world(server):
    return _world(server)


@pytest.fixture(scope="session")
def limiting_world(limiting_server):
    return _world(limiting_server)


@pytest.fixture(scope="session")
def moving_world(tmp_path_factory):
    """A world on a server of its own, whose clock the tests move."""
    running = Server(tmp_path_factory.mktemp("moving"), **OPEN)
    yield _world(running)
    running.stop()


@pytest.fixture
def own_server(tmp_path):
    """A server for one test alone, whatever it does to it."""
    running = Server(tmp_path, CREDERE_CLOUD_RATE_LIMITS="false")
    yield running
    running.stop()


@pytest.fixture
def a_second_passes_between_requests(monkeypatch):
    """A signature that leaves the body out is the same for every request of one second, and serves one that writes."""
    seconds = itertools.count(time.time())
    monkeypatch.setattr(abstract_client, "time", SimpleNamespace(time=lambda: next(seconds)))
