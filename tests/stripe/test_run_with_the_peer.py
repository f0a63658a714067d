"""`./run --stripe-peer`: the market learns of the peer by variables, and the peer is kept running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from marketplace.environment import CannotStart
from marketplace.supervisor import peer
from marketplace.supervisor.__main__ import read_arguments
from marketplace.supervisor.children import Child, end_all
from tests.stripe.peer import PATHS
from tests.test_run import clean_environment, free_port

NAMES = ["PAYMENT_PROVIDER", "SANDBOX_ENABLED", "STRIPE_SECRET_KEY", "STRIPE_API_BASE"]
NAMES += ["STRIPE_LIVEMODE", *peer.SECRETS.values()]


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of a peer that this process's environment knows of."""
    for name in NAMES:
        monkeypatch.setenv(name, "")
    port = free_port()
    peer.announce(port)
    return port


def test_the_market_takes_the_peer_for_stripe(announced: int) -> None:
    question = (
        "from marketplace import settings as s; print(s.PAYMENT_PROVIDER, s.STRIPE_API_BASE,"
        " s.STRIPE_LIVEMODE, len(s.STRIPE_THIN_WEBHOOK_SECRETS), s.SANDBOX_ENABLED)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", question],
        cwd=settings.BASE_DIR,
        env=clean_environment(**{name: os.environ[name] for name in NAMES}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.split() == [
        *["stripe", f"http://127.0.0.1:{announced}", "False", "1", "True"]
    ], answer.stderr


def test_a_real_key_is_not_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_mine")
    with pytest.raises(CannotStart, match="start without STRIPE_SECRET_KEY"):
        peer.announce(12111)
    assert os.environ["STRIPE_SECRET_KEY"] == "sk_test_mine"


@pytest.mark.parametrize(
    ("arguments", "port"),
    [([], None), (["--stripe-peer"], 8001), (["--stripe-peer", "9000"], 9000)],
)
def test_the_peer_has_a_port_of_its_own(arguments: list[str], port: int | None) -> None:
    assert read_arguments(arguments).peer_port == port


def test_the_peer_may_not_have_the_pages_port() -> None:
    with pytest.raises(SystemExit):
        read_arguments(["--stripe-peer", "8000"])


@pytest.fixture
def child(announced: int, tmp_path: Path) -> Iterator[Child]:
    started = peer.peer_child(
        port=announced,
        site="http://127.0.0.1:9",
        data=tmp_path / "peer.sqlite3",
        logs=tmp_path,
        environment=os.environ,
    )
    started.launch()
    peer.wait_for_peer(started, announced)
    yield started
    end_all([started])


def state(port: int) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/_peer/config", b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def test_the_peer_is_started_again_with_what_it_knew(announced: int, child: Child) -> None:
    before = state(announced)
    assert {name: hook["url"] for name, hook in before["webhooks"].items()} == {
        name: f"http://127.0.0.1:9{path}" for name, path in PATHS.items()
    }
    assert before["webhooks"]["thin"]["secrets"] == [os.environ["STRIPE_THIN_WEBHOOK_SECRETS"]]
    assert child.process is not None
    child.process.send_signal(signal.SIGKILL)
    child.process.wait()
    child.look_after()
    peer.wait_for_peer(child, announced)
    assert state(announced)["config"] == before["config"]


def test_a_program_beside_the_market_finds_what_was_announced(
    announced: int, tmp_path: Path
) -> None:
    word = tmp_path / "stripe-peer.env"
    peer.leave_word(word, os.environ)
    found = dict(line.split("=", 1) for line in word.read_text().splitlines())
    assert found == {name: os.environ[name] for name in NAMES}
    assert word.stat().st_mode & 0o077 == 0
