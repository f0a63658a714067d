"""Paying sellers: each is owed what was released to it, and is paid once a period."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from orders.notices import tell_account, tell_payout
from payments.models import Payout
from payments.services.accounts import AccountOutcome
from payments.services.payouts import PayoutOutcome
from payments.services.settlement import SettlementReport
from payments.services.settlement import run_settlement as settle_all
from payments.states import TransfersState, TransferState
from sellers.models import Business

MINUTES_A_DAY = 24 * 60


def settlement_period(now: datetime) -> str:
    """The name of the period that `now` is in: a day, or a shorter stretch where so configured."""
    minutes: int = settings.SETTLEMENT_MINUTES
    if minutes >= MINUTES_A_DAY:
        return now.strftime("%Y-%m-%d")
    start = (now.hour * 60 + now.minute) // minutes * minutes
    return f"{now:%Y-%m-%d} {start // 60:02d}:{start % 60:02d}"


def run_settlement(*, now: datetime) -> SettlementReport:
    """Pay every seller that is owed something and may be paid; harmless when repeated."""
    return settle_all(period=settlement_period(now), now=now)


def handle_payout_outcome(*, outcome: PayoutOutcome, now: datetime) -> None:
    """Tell a seller that its money has left, or that its bank sent it back. Once each."""
    if not outcome.newly:
        return
    business = Business.objects.filter(payee_id=outcome.payee_id).first()
    if business is None:
        return
    payout = Payout.objects.get(pk=outcome.payout_id)
    returned = outcome.transfer == TransferState.FAILED
    tell_payout(business=business, payout=payout, returned=returned, now=now)


def handle_account_outcome(*, outcome: AccountOutcome, now: datetime) -> None:
    """Tell a seller's owners that they can be paid now, or that something is in the way."""
    business = Business.objects.filter(payee_id=outcome.payee_id).first()
    if business is None:
        return
    if outcome.bank_failure:
        key = f"account_bank:{outcome.account_id}:{outcome.payout_ref}"
        tell_account(business=business, news="bank", key=key, now=now)
    if outcome.became:
        ready = outcome.transfers == TransfersState.ACTIVE
        key = f"account:{outcome.account_id}:{outcome.transfers.lower()}:{now:%Y-%m-%d}"
        if ready or outcome.transfers in {TransfersState.RESTRICTED, TransfersState.NONE}:
            tell_account(business=business, news="ready" if ready else "blocked", key=key, now=now)
