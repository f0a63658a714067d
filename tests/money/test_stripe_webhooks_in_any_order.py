"""The same of Stripe's three doors: whatever its peer does to its webhooks, the effects are the same.

An account becomes ready (thin events), two purchases are paid, one is refunded in part, settled and
transferred, the seller's bank pays it out (events in the seller's name), one is disputed and lost.
"""

from __future__ import annotations

import os
import pickle
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings as SettingsWrapper

from orders.models import Order
from orders.services.events import handle_provider_events
from orders.services.reconciling import poll_disputes, poll_open_payments
from orders.services.refunds import refund_order
from payments.models import (
    ConnectedAccount,
    HeldPayment,
    Payment,
    Payout,
    ProviderDispute,
    ProviderEvent,
    Refund,
)
from payments.selectors import check_books
from payments.services import release_held, run_settlement, submit_payouts, submit_refunds
from payments.services.accounts import open_account, refresh_accounts
from payments.services.actuals import take_in_movements
from payments.services.missed import ask_about_movements
from payments.states import DisputeState, InboxState, TransferState
from tests.cast import Cast, cast, clock
from tests.stripe.peer import PeerHandle, Webhook
from tests.stripe.through import Market, moment, use_the_peer, without_own_retries

__all__ = ["cast", "clock"]
pytestmark = pytest.mark.django_db

FAULTS: dict[str, list[dict[str, Any]]] = {
    "clean": [],
    "duplicate and reorder": [{"kind": "duplicate"}, {"kind": "reorder", "probability": 0.5}],
    "hours late": [],
    "drop": [{"kind": "drop"}],
    "stale_timestamp": [{"kind": "stale_timestamp", "probability": 0.5}],
    "wrong_secret": [{"kind": "wrong_secret"}],
}


def _pictures_so_far(
    factory: pytest.TempPathFactory, name: str, found: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """What each telling has brought so far, the clean one among them, in whatever process.

    All are equal to the clean one when each is equal to all before it.
    """
    base = factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "stripe_wires"
    folder.mkdir(exist_ok=True)
    mine = folder / f"{name}.pickle"
    mine.with_suffix(".part").write_bytes(pickle.dumps(found))
    mine.with_suffix(".part").rename(mine)
    return {
        one.stem: pickle.loads(one.read_bytes()) for one in folder.glob("*.pickle") if one != mine
    }


class Telling:
    def __init__(
        self, market: Market, clock: time_machine.Traveller, *, late: bool = False
    ) -> None:
        self.market, self.clock, self.late = market, clock, late
        self.kept: list[Webhook] = []
        self.answers: Counter[int] = Counter()
        self.doors: Counter[str] = Counter()

    def tell(self) -> None:
        market, peer = self.market, self.market.peer
        account = open_account(payee_id=market.chiara.pk, email="c@example.org", now=moment())
        peer.control(f"accounts/{account.account_ref}/onboard")
        self._an_hour_passes()
        refunded = market.purchase()
        self.clock.shift(timedelta(seconds=1))
        disputed = market.purchase()
        for payment in (refunded, disputed):
            peer.pay(payment.session_ref)
        self._an_hour_passes(minutes=3)
        order = Order.objects.get(purchase=refunded.purchase_ref)
        refund_order(
            order=order, amount=812, seen_refunded=0, actor=market.cast.mira, reason="Scratched",
            now=moment(),
        )  # fmt: skip
        self._an_hour_passes()
        release_held(order_ref=order.pk, now=moment())
        self.clock.shift(timedelta(days=3))  # until the buyers' money is there
        peer.advance(days=3)
        run_settlement(period="2026-11-24", now=moment())
        self._an_hour_passes()
        peer.control(f"accounts/{account.account_ref}/payout")
        disputed.refresh_from_db()
        dispute = peer.control(f"charges/{disputed.charge_ref}/dispute")
        self._an_hour_passes()
        peer.control(f"disputes/{dispute['id']}/resolve", outcome="lost")
        self._an_hour_passes()
        self._an_hour_passes()
        assert self.kept == []

    def _an_hour_passes(self, minutes: int = 60) -> None:
        """What waits is told; what beat does in an hour; what that set going is told."""
        for _ in range(3):
            submit_refunds(now=moment())
            submit_payouts(now=moment())
            self._hear()
            step = timedelta(minutes=minutes / 3)
            self.clock.shift(step)
            self.market.peer.advance(seconds=step.total_seconds())
        refresh_accounts(now=moment())
        poll_open_payments(now=moment())
        take_in_movements(provider="stripe", now=moment())
        ask_about_movements(now=moment())
        poll_disputes(now=moment())
        self._hear()

    def _hear(self) -> None:
        told = self.market.webhooks()
        if self.late:
            told, self.kept = self.kept, told
        for webhook in told:
            before = ProviderEvent.objects.count()
            answer = self.market.deliver(webhook)
            self.answers[answer] += 1
            self.doors[webhook.endpoint] += 1
            if answer != 200:
                assert answer == 400
                assert ProviderEvent.objects.count() == before
                # Stripe tries again, and then as it should.
                assert self.market.tell(webhook.json(), endpoint=webhook.endpoint) == 200
        handle_provider_events(now=moment())
        handle_provider_events(now=moment())


def picture() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, ledger_account.currency, sum(credits - debits)"
            " FROM ledger_account JOIN ledger_balance ON account_id = id GROUP BY 1, 2"
        )
        ledger = {(kind, currency): int(total) for kind, currency, total in cursor.fetchall()}
        cursor.execute("SELECT kind, count(*) FROM ledger_entry GROUP BY 1")
        entries = dict(cursor.fetchall())
    of: dict[str, Any] = {
        "accounts": ConnectedAccount.objects.values_list("transfers", "requirements"),
        "payments": Payment.objects.values_list("state", "amount"),
        "orders": Order.objects.values_list("state", "refunded_amount"),
        "held": HeldPayment.objects.values_list("state", "frozen", "refunded_seller_amount"),
        "refunds": Refund.objects.values_list("transfer", "origin", "amount", "seller_amount"),
        "payouts": Payout.objects.values_list("transfer", "amount"),
        "disputes": ProviderDispute.objects.values_list(
            "state", "taken_amount", "returned_amount", "lost_amount", "fee_amount"
        ),
    }
    rows = {name: Counter(map(repr, found)) for name, found in of.items()}
    return {"ledger": ledger, "entries": entries, **rows}


@pytest.mark.parametrize("name", FAULTS)
def test_the_effects_are_those_of_a_clean_wire(
    name: str,
    settings: SettingsWrapper,
    stripe_peer: PeerHandle,
    cast: Cast,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    without_own_retries(monkeypatch)
    use_the_peer(settings, stripe_peer)
    telling = Telling(Market(stripe_peer, cast), clock, late=name == "hours late")
    for seed, fault in enumerate(FAULTS[name]):
        stripe_peer.fault(event="*", seed=seed, **fault)
    telling.tell()
    assert not ProviderEvent.objects.exclude(state=InboxState.DONE).exists()
    assert check_books().problems == []
    found = picture()
    if name == "clean":
        assert set(telling.doors) == {"platform", "connect", "thin"}
        assert set(telling.answers) == {200}
        assert Payout.objects.get().transfer == TransferState.DONE
        assert ProviderDispute.objects.get().state == DisputeState.LOST
    for other, picture_of_other in _pictures_so_far(tmp_path_factory, name, found).items():
        for part, expected in picture_of_other.items():
            assert found[part] == expected, f"{part}, against {other}"
    if name == "drop":
        assert not telling.answers
    if name in {"stale_timestamp", "wrong_secret", "hours late"}:
        assert telling.answers[400]
