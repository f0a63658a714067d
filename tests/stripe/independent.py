"""Peers of Stripe's API that nobody here wrote, each a process of its own where it is installed.

`localstripe` (GPL) and npm `stripe-stateful-mock` (MIT) are neither required nor shipped nor
imported: `python -m tests.stripe.peers` puts them beside the data of this machine. Both listen on
every address by themselves, so each is started through a line that keeps it on loopback.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from stripe import RequestsClient, StripeClient

from tests.stripe.peer import KEY
from tests.stripe.peers import CACHE
from tests.stripe.schema import unflatten
from tests.test_run import free_port

START_SECONDS: Final = 30.0

# Runs a module that would listen on every address.
ON_LOOPBACK: Final = """
import runpy, socket, sys
bind = socket.socket.bind
socket.socket.bind = lambda self, at: bind(self, ("::ffff:127.0.0.1" if at[0] == "::" else at[0], *at[1:]))
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
MOCK: Final = """
const { createExpressApp } = require("stripe-stateful-mock");
createExpressApp().listen(Number(process.argv[1]), "127.0.0.1");
"""
# What localstripe refuses although Stripe takes it.
STRIPPED: Final = frozenset(
    {
        "transfer_group", "on_behalf_of", "transfer_data", "application_fee_amount",
        "automatic_payment_methods", "description", "shipping", "receipt_email", "reason",
        "setup_future_usage", "reverse_transfer", "confirm",
    }
)  # fmt: skip


def localstripe_python() -> Path | None:
    """The interpreter that has localstripe: LOCALSTRIPE_PYTHON, or that of the cache."""
    given = os.environ.get("LOCALSTRIPE_PYTHON")
    path = Path(given) if given else CACHE / "localstripe" / "bin" / "python"
    return path if path.exists() else None


def stateful_mock_folder() -> Path | None:
    path = CACHE / "stateful-mock"
    there = (path / "node_modules" / "stripe-stateful-mock").is_dir()
    return path if there and shutil.which("node") else None


class Stripping(RequestsClient):
    """Leaves out of a form what localstripe does not know; all else is sent as it is."""

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **more: Any,
    ) -> Any:
        if isinstance(post_data, str):
            pairs = [part.partition("=") for part in post_data.split("&") if part]
            kept = [
                f"{name}{sign}{value}"
                for name, sign, value in pairs
                if next(iter(unflatten([(name.replace("%5B", "[").replace("%5D", "]"), "")])))
                not in STRIPPED
            ]
            post_data = "&".join(kept)
        return super().request(method, url, headers, post_data, **more)


class Independent:
    """A running peer of somebody else's, and the SDK pointed at it."""

    def __init__(self, port: int, *, stripping: bool = False) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.client = StripeClient(
            KEY,
            base_addresses={"api": self.url, "files": self.url},
            max_network_retries=0,
            http_client=(Stripping if stripping else RequestsClient)(timeout=10),
        )

    def post(self, path: str, **form: Any) -> None:
        """One of its own addresses, which Stripe does not have."""
        request = urllib.request.Request(self.url + path, urlencode(form).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200


@contextmanager
def running(command: list[str], folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    log = folder / "peer.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "TMPDIR": str(folder), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    except BaseException:
        print(log.read_text())  # noqa: T201 - pytest shows it with the failure
        raise
    finally:
        process.kill()
        process.wait()


def wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(urllib.error.HTTPError):
            try:
                urllib.request.urlopen(url, timeout=2).close()
            except urllib.error.HTTPError:
                return  # an answer all the same
            except OSError:
                time.sleep(0.05)
                continue
            return
    pytest.fail(f"{url} does not answer.")


@pytest.fixture(scope="module")
def localstripe() -> Iterator[Independent]:
    python = localstripe_python()
    if python is None:
        pytest.skip("localstripe is not installed: python -m tests.stripe.peers")
    port = free_port()
    with TemporaryDirectory(prefix="localstripe-") as folder:
        command = [str(python), "-c", ON_LOOPBACK, "localstripe.server"]
        command += ["--port", str(port), "--from-scratch"]
        with running(command, Path(folder), {}):
            peer = Independent(port, stripping=True)
            wait_until_it_answers(f"{peer.url}/")
            yield peer


@pytest.fixture(scope="module")
def stateful_mock() -> Iterator[Independent]:
    where = stateful_mock_folder()
    if where is None:
        pytest.skip("stripe-stateful-mock is not installed: python -m tests.stripe.peers")
    port = free_port()
    node = shutil.which("node")
    assert node is not None
    with TemporaryDirectory(prefix="stateful-mock-") as folder:
        environment = {"NODE_PATH": str(where / "node_modules")}
        with running([node, "-e", MOCK, str(port)], Path(folder), environment):
            peer = Independent(port)
            wait_until_it_answers(f"{peer.url}/")
            yield peer
