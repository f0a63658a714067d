"""Five hundred random steps of buying, paying, sending, refunding and settling, with a bad provider.

`FREEPORT_STEPS=10000 ./test tests/money` walks the nightly distance. A failure prints the steps
that lead to it, and `@reproduce_failure` or `--hypothesis-seed` repeats it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from payments.selectors import check_books, forget_rates
from payments.services.reserves import change_reserve
from tests.cast import (
    AMA_BASKET,
    CHIARA_PAPER,
    NOW,
    Seller,
    make_cast,
    make_seller,
    set_rates,
)
from tests.money.machine import MoneyMachine, reconciled

STEPS = int(os.environ.get("FREEPORT_STEPS", "500"))
WALK = 50


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        forget_rates()
        yield traveller
    forget_rates()


def costs_money(market: Any) -> None:
    """A provider that takes fees, also for disputes, and keeps yen as euros."""
    market.SANDBOX_FEE_BP = 290
    market.SANDBOX_DISPUTE_FEE = 1500
    market.SANDBOX_SETTLES = {"JPY": ("EUR", Decimal("0.006"))}


@pytest.mark.django_db(transaction=True)
def test_wherever_money_goes_the_model_and_the_books_agree(
    clock: time_machine.Traveller,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    costs_money(request.getfixturevalue("settings"))
    people = make_cast()

    def open_shops(number: int, now: datetime) -> list[Seller]:
        wares = [
            ("Ama", "GH", "GHS", replace(AMA_BASKET, stock=6)),
            ("Chiara", "IT", "EUR", replace(CHIARA_PAPER, stock=6)),
        ]
        shops = [
            make_seller(
                f"{name} {number}",
                country,
                currency,
                goods,
                moderator=people.mira,
                now=now,
                email=f"{name.lower()}{number}@example.org",
            )
            for name, country, currency, goods in wares
        ]
        change_reserve(
            payee=shops[0].business.payee,
            reserve_bp=1000,
            reserve_days=5,
            reserve_until=now + timedelta(days=365),
            actor=people.mira,
            reason="New",
            now=now,
        )
        return shops

    class Walk(MoneyMachine):
        start = NOW
        moderator = people.mira

    Walk.open_shops = staticmethod(open_shops)
    set_rates(NOW)
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=max(1, STEPS // WALK),
            stateful_step_count=WALK,
            deadline=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert check_books().problems == []
    assert reconciled(datetime.now(NOW.tzinfo) + timedelta(days=60)) == 0
    with capsys.disabled():
        sys.stdout.write(f"\n{Walk.steps} steps in {Walk.walks} walks: {dict(Walk.seen)}\n")
