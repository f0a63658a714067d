"""A provider's words come twice, late, turned round, not at all, or from somebody else: all the same.

Three purchases in three currencies are paid (one by a slow bank, one with the second card, whose
bank takes it back at once), sent, called off, refunded in parts, settled; a payout comes back, one
dispute is lost and one is won. `tests/money/chaos.py` tells that story over a good wire and over
many bad ones, to shops of their own in one market. What came of it is compared whole: balances,
entries, states, stock, timeline, notices, e-mails. A failure names the wire; its seed repeats it.

`FREEPORT_WIRES=25 ./test tests/money -k webhooks` draws more of the worst kind.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
import time_machine
from pytest_django import Settings as SettingsWrapper

from payments.models import ProviderEvent
from payments.selectors import check_books
from payments.services.reconciliation import reconcile
from payments.states import InboxState
from sandbox.services import webhooks
from tests.cast import AMA_BASKET, CHIARA_PAPER, NOW, Cast, cast, clock, make_seller
from tests.money.chaos import CLEAN, EVERYTHING, Market, Story, Trouble, Wire
from tests.money.picture import all_books, picture

__all__ = ["cast", "clock"]

ALONE = {
    "twice": Trouble(copies=3),
    "turned round": Trouble(copies=2, shuffled=True, hours=1),
    "days late": Trouble(hours=90),
    "half of it lost": Trouble(lost=0.5),
    "all of it lost": Trouble(lost=1.0),
    "forged": Trouble(forged=8),
    "kept and sent again": Trouble(replayed=True),
    "secrets change": Trouble(rotated=True),
}
WORST = int(os.environ.get("FREEPORT_WIRES", "6"))


def wires(settings: SettingsWrapper) -> dict[str, Wire]:
    troubles = {
        "clean": CLEAN,
        **ALONE,
        **{f"everything, seed {seed}": EVERYTHING for seed in range(WORST)},
    }
    return {name: Wire(trouble, Random(name), settings) for name, trouble in troubles.items()}


def open_story(number: int, cast: Cast, wire: Wire) -> Story:
    """Two new shops: one in Ghana, one in Italy."""
    ama, chiara = (
        make_seller(
            f"{name} {number:03}",
            country,
            currency,
            replace(wares, stock=10),
            moderator=cast.mira,
            now=NOW,
            email=f"{name.lower()}-{number:03}@example.org",
        )
        for name, country, currency, wares in (
            ("Ama", "GH", "GHS", AMA_BASKET),
            ("Chiara", "IT", "EUR", CHIARA_PAPER),
        )
    )
    return Story(number, ama, chiara, cast.mira, wire)


@pytest.mark.django_db(transaction=True)
def test_whatever_the_wire_does_the_effects_are_those_of_a_clean_one(
    cast: Cast,
    clock: time_machine.Traveller,
    settings: SettingsWrapper,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad = wires(settings)
    stories = {
        name: open_story(number, cast, wire) for number, (name, wire) in enumerate(bad.items())
    }
    market = Market(list(stories.values()), clock, settings)
    monkeypatch.setattr(webhooks, "post_event", market.hear)
    market.tell()
    books = all_books()
    clean = picture(stories.pop("clean"), books)
    for name, story in stories.items():
        found = picture(story, books)
        for part, expected in clean.items():
            assert found[part] == expected, f"{name}: {part}"
    assert not ProviderEvent.objects.exclude(state=InboxState.DONE).exists()
    assert check_books().problems == []
    run = reconcile(provider="sandbox", now=market.now, since=NOW - timedelta(days=1))
    assert (run.missing, run.extra, run.different) == (0, 0, 0)
    seen = sum((wire.seen for wire in bad.values()), Counter[str]())
    with capsys.disabled():
        sys.stdout.write(f"\n{len(stories)} bad wires: {dict(seen)}\n")
