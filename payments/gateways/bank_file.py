"""Payouts by a file that a person takes to our own bank: nothing leaves until the file is made.

To the rest of the market the bank is a slow provider: it takes a payout, and says days later what
became of it (an answer file, see payments/services/bank_files.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from payments.gateways.base import (
    PayoutRequest,
    ProviderRefused,
    ProviderShort,
    ReversalRequest,
    TransferFacts,
    TransferStatus,
)
from payments.models import BankAccount, BankFileLine, Payout
from payments.states import BankLineState

_STATUS = {
    BankLineState.WAITING: TransferStatus.PENDING,
    BankLineState.SENT: TransferStatus.PENDING,
    BankLineState.PAID: TransferStatus.PAID,
    BankLineState.REJECTED: TransferStatus.FAILED,
    BankLineState.RETURNED: TransferStatus.FAILED,
}
_KEY_PREFIX = "payout:"


class BankFileGateway:
    """One line a payout; its reference is the payout's number, which is also the bank's name of it."""

    can_reverse = False

    def create_payout(self, request: PayoutRequest) -> TransferFacts:
        """Put it down for the next file. Raises ProviderShort while no account is known."""
        payout = Payout.objects.get(pk=uuid.UUID(request.payout_ref))
        known = BankAccount.objects.filter(payee_id=payout.payee_id, replaced_at__isnull=True)
        if not known.exists():
            raise ProviderShort("no_bank_account")
        line, _ = BankFileLine.objects.get_or_create(
            payout=payout,
            defaults={
                "end_to_end_id": payout.number,
                "currency": payout.currency,
                "amount": payout.amount,
            },
        )
        return _facts(line)

    def get_payout(self, ref: str) -> TransferFacts:
        return _facts(BankFileLine.objects.filter(end_to_end_id=ref).first())

    def find_payout(self, key: str) -> TransferFacts:
        """Every try of a payout is the same line."""
        payout_id = uuid.UUID(key.removeprefix(_KEY_PREFIX).partition(":")[0])
        return _facts(BankFileLine.objects.filter(payout_id=payout_id).first())

    def find_sent_payout(self, keys: Sequence[str]) -> TransferFacts | None:
        facts = self.find_payout(keys[0])
        return facts if facts.is_sent else None

    def create_reversal(self, request: ReversalRequest) -> TransferFacts:
        raise ProviderRefused("not_reversible")

    def get_reversal(self, ref: str, *, payout_provider_ref: str) -> TransferFacts:
        return TransferFacts(TransferStatus.MISSING)

    def find_reversal(self, key: str, *, payout_provider_ref: str) -> TransferFacts:
        return TransferFacts(TransferStatus.MISSING)


def _facts(line: BankFileLine | None) -> TransferFacts:
    if line is None:
        return TransferFacts(TransferStatus.MISSING)
    return TransferFacts(_STATUS[BankLineState(line.state)], line.end_to_end_id, line.reason)
