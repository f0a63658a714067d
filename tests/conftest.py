"""Fixtures of every test. The shared cast is in tests/cast.py."""

from __future__ import annotations

import ipaddress
import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from common.memory import forget_everything
from marketplace.settings import start_embedded_servers
from tests import database
from tests.market import market
from tests.shares import Scheduling
from tests.stripe.peer import stripe_peer, stripe_peer_process
from tests.stripe.wire import validated_wire

__all__ = ["market", "stripe_peer", "stripe_peer_process", "validated_wire"]


# What reaches other machines, for the one kind of test that may.
REAL_SOCKET = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}


def pytest_configure() -> None:
    start_embedded_servers()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling | None:
    """With `--dist loadgroup`: see tests/shares.py."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Instead of pytest-django's: see tests/database.py."""
    name = connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        database.create(name, rebuild=request.config.getvalue("create_db"))
        connection.settings_dict["NAME"] = name
        snapshot = database.Snapshot(name)

    def restore(self: TransactionTestCase) -> None:
        connection.close()
        snapshot.restore()

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
    yield
    patch.undo()
    with django_db_blocker.unblock():
        connection.close()
        database.drop(name)


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Every test sees an empty cache, although all share one Redis."""
    caches["default"].key_prefix = f"test-{uuid.uuid4().hex}"
    forget_everything()


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    """No test reaches beyond this machine."""
    patch = pytest.MonkeyPatch()
    for method in ("connect", "connect_ex"):
        patch.setattr(socket.socket, method, _refusing(getattr(socket.socket, method)))
    yield
    patch.undo()


def _refusing(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            pytest.fail(f"A test tried to connect to {address[0]}.")
        return original(self, address)

    return connect


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
