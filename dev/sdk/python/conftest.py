"""What the tests share: a server for all of them, one that limits calls, and a world to make parties in."""

import pytest

from server import Server
from world import Vendor, World

PRODUCT = "cvm"


def _world(server):
    vendor = Vendor(server)
    vendor.post("/v1/products", code=PRODUCT, settlement="hourly")
    return World(vendor, PRODUCT)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server that takes as many calls as come."""
    running = Server(tmp_path_factory.mktemp("server"), CREDERE_CLOUD_RATE_LIMITS="false")
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
