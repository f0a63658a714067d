"""The bank test in short; `python -m tests.faults` is the long one (docs/faults.md)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

import pytest

from tests.faults import bank, truth
from tests.market import Market

pytestmark = [
    pytest.mark.worker,
    pytest.mark.skipif(
        not os.environ.get("FREEPORT_NIGHTLY"),
        reason="minutes: FREEPORT_NIGHTLY=1 ./test tests/faults",
    ),
]
KILLS: Final = 6


def test_no_money_is_lost_or_doubled(market: Market, tmp_path: Path) -> None:
    market.wait_until_ready()
    seed = secrets.randbelow(1_000_000)
    plan = bank.Plan(kills=KILLS, clients=3, seed=seed, pace=1.0, patience=0.0)
    report = bank.run_in(market, tmp_path, plan)
    assert report.is_good, f"seed {seed}\n{report.write()}"
    assert sum(report.kills.values()) == KILLS
    assert report.figures["charges at the provider"] > 0
    assert report.reads > 0


# What could go wrong at the provider, and the words by which the comparison tells of it. Each is
# done to an object that came out right, and undone.
WRONGS: Final = {
    "a payout was paid twice": (
        "INSERT INTO sandbox_payout SELECT (jsonb_populate_record(p, jsonb_build_object("
        "'id', 'po_copy', 'idempotency_key', 'copy'))).* FROM sandbox_payout p LIMIT 1",
        "DELETE FROM sandbox_payout WHERE id = 'po_copy'",
    ),
    "a refund was given twice": (
        "INSERT INTO sandbox_refund SELECT (jsonb_populate_record(r, jsonb_build_object("
        "'id', 're_copy', 'idempotency_key', 'copy'))).* FROM sandbox_refund r LIMIT 1",
        "DELETE FROM sandbox_refund WHERE id = 're_copy'",
    ),
    "a purchase was charged twice": (
        "INSERT INTO sandbox_session SELECT (jsonb_populate_record(s, jsonb_build_object("
        "'id', 'ses_copy', 'idempotency_key', 'copy', 'charge_id', 'ch_copy'))).*"
        " FROM sandbox_session s WHERE state = 'PAID' LIMIT 1",
        "DELETE FROM sandbox_session WHERE id = 'ses_copy'",
    ),
    "a charge at the provider and its capture in the books differ": (
        "UPDATE sandbox_session SET amount = amount + 1 WHERE state = 'PAID'",
        "UPDATE sandbox_session SET amount = amount - 1 WHERE state = 'PAID'",
    ),
    "what the provider holds for us is not what the books say": (
        "UPDATE sandbox_refund SET amount = amount + 1",
        "UPDATE sandbox_refund SET amount = amount - 1",
    ),
    "released - paid out - payable - receivable of a seller is not 0": (
        "UPDATE sandbox_payout SET amount = amount + 1",
        "UPDATE sandbox_payout SET amount = amount - 1",
    ),
}


@pytest.mark.parametrize("words", WRONGS)
def test_the_comparison_notices(market: Market, words: str) -> None:
    """A check that can't fail would prove nothing."""
    table = next(part for part in WRONGS[words][0].split() if part.startswith("sandbox_"))
    if not market.value(f"SELECT count(*) FROM {table} WHERE state = 'PAID'"):
        pytest.skip(f"nothing in {table}: this test was run alone")
    assert truth.differences(market) == []
    wrong, right = WRONGS[words]
    market.rows(wrong)
    try:
        assert any(words in one for one in truth.differences(market))
    finally:
        market.rows(right)
    assert truth.differences(market) == []
