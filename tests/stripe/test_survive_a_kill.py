"""A peer with a file survives `kill -9`: what it answered is there, and its keys are too."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from stripe import StripeError

from tests.stripe.peer import PeerHandle
from tests.stripe.shop import balance, paid, seller


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[PeerHandle]:
    peer = PeerHandle(data=tmp_path / "peer.sqlite3")
    peer.reset()
    yield peer
    peer.stop()


def test_everything_is_there_after_a_kill(kept: PeerHandle) -> None:
    charge = paid(kept, 5000, "eur")
    account = seller(kept)
    kept.advance(days=3)
    kept.fault("rate_limit", path="/v1/nothing")
    made = kept.client.v1.transfers.create(
        {"amount": 1000, "currency": "eur", "destination": account}, {"idempotency_key": "k"}
    )
    before = kept.control("state")
    kept.kill()
    kept.start()
    after = kept.control("state")
    assert after["now"] >= before["now"]
    assert {**after, "now": 0} == {**before, "now": 0}
    assert kept.client.v1.charges.retrieve(charge.id).amount == 5000
    again = kept.client.v1.transfers.create(
        {"amount": 1000, "currency": "eur", "destination": account}, {"idempotency_key": "k"}
    )
    assert again.id == made.id
    assert balance(kept, account=account) == (1000, 0)


def test_killed_in_the_middle_nothing_is_half_done(kept: PeerHandle) -> None:
    """Transfers by four hands, killed at some moment: what was answered is kept, sums are right."""
    kept.control("topup", amount=1_000_000, currency="eur")
    account = seller(kept)
    answered: list[str] = []

    def transfer() -> None:
        client = kept.client_with(timeout=5)
        body: Any = {"amount": 100, "currency": "eur", "destination": account}
        with suppress(StripeError):
            for _ in range(500):
                answered.append(client.v1.transfers.create(body).id)  # noqa: PERF401 - one by one

    hands = [threading.Thread(target=transfer) for _ in range(4)]
    for hand in hands:
        hand.start()
    while len(answered) < 60:
        hands[0].join(0.01)
    kept.kill()
    for hand in hands:
        hand.join()
    kept.start()
    known = {one.id for one in kept.client.v1.transfers.list({"limit": 100}).auto_paging_iter()}
    assert set(answered) <= known
    assert len(known) < 2000
    assert balance(kept) == (1_000_000 - 100 * len(known), 0)
    assert balance(kept, account=account) == (100 * len(known), 0)
