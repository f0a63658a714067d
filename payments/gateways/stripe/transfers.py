"""Paying sellers: a transfer to the seller's connected account, and taking one back.

Separate charges and transfers: a transfer comes out of the platform's balance and names no charge
(`source_transaction`), because one payout pays many orders. Stripe does not retry a transfer that
the balance does not cover; our payout waits and asks again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import stripe

from common.money import Money, to_provider
from payments.gateways.base import (
    BALANCE_CODES,
    PayoutRequest,
    ProviderRefused,
    ProviderShort,
    ReversalRequest,
    TransferFacts,
    TransferStatus,
)
from payments.gateways.stripe.client import PAGE, answers, client, first, metadata_of, told

# Another day it will do: our balance, or the account's own state.
SHORT_CODES = BALANCE_CODES | {
    "insufficient_capabilities_for_transfer",
    "transfers_not_allowed",
}


class Transfers:
    """Payouts are transfers; their reversals are Stripe's reversals."""

    @property
    def can_reverse(self) -> bool:
        return True

    def create_payout(self, request: PayoutRequest) -> TransferFacts:
        account = str(request.destination.get("account", ""))
        if not account:
            raise ProviderShort("no_account", "The seller has no account at Stripe yet.")
        _check_capability(account)
        try:
            with answers():
                made = client().v1.transfers.create(
                    {
                        "amount": to_provider(Money(request.amount, request.currency)),
                        "currency": request.currency.lower(),
                        "destination": account,
                        "transfer_group": _group(request.key),
                        "metadata": {"payout": request.payout_ref, "key": request.key},
                    },
                    {"idempotency_key": request.key},
                )
        except ProviderRefused as error:
            _short_or_refused(error)
        return transfer_facts(made)

    def get_payout(self, ref: str) -> TransferFacts:
        with answers():
            return transfer_facts(client().v1.transfers.retrieve(ref))

    def find_payout(self, key: str) -> TransferFacts:
        """Looks in the payout's transfer group: Stripe may have forgotten our key after a day."""
        with answers():
            pages = client().v1.transfers.list({"transfer_group": _group(key), "limit": PAGE})
            found = first(
                pages.auto_paging_iter(), lambda transfer: metadata_of(transfer).get("key") == key
            )
            return TransferFacts(TransferStatus.MISSING) if found is None else transfer_facts(found)

    def find_sent_payout(self, keys: Sequence[str]) -> TransferFacts | None:
        """One listing, however many tries: they share the payout's transfer group."""
        with answers():
            pages = client().v1.transfers.list({"transfer_group": _group(keys[0]), "limit": PAGE})
            tried = [row for row in pages.auto_paging_iter() if metadata_of(row).get("key") in keys]
            return next((facts for row in tried if (facts := transfer_facts(row)).is_sent), None)

    def create_reversal(self, request: ReversalRequest) -> TransferFacts:
        """Refused when the account's balance does not cover it: the debt is netted later."""
        with answers():
            made = client().v1.transfers.reversals.create(
                request.payout_provider_ref,
                {
                    "amount": to_provider(Money(request.amount, request.currency)),
                    "metadata": {"reversal": request.reversal_ref, "key": request.key},
                },
                {"idempotency_key": request.key},
            )
        return TransferFacts(TransferStatus.PAID, made.id)

    def get_reversal(self, ref: str, *, payout_provider_ref: str) -> TransferFacts:
        with answers():
            found = client().v1.transfers.reversals.retrieve(payout_provider_ref, ref)
        return TransferFacts(TransferStatus.PAID, found.id)

    def find_reversal(self, key: str, *, payout_provider_ref: str) -> TransferFacts:
        with answers():
            pages = client().v1.transfers.reversals.list(payout_provider_ref, {"limit": PAGE})
            found = first(
                pages.auto_paging_iter(), lambda reversal: metadata_of(reversal).get("key") == key
            )
        if found is None:
            return TransferFacts(TransferStatus.MISSING)
        return TransferFacts(TransferStatus.PAID, found.id)


def _group(key: str) -> str:
    """A payout's transfer group, the same for each of its tries: "payout:<id>"."""
    return ":".join(key.split(":")[:2])


def _check_capability(account: str) -> None:
    """Nothing is sent to an account that may not receive it; asked anew before every transfer."""
    with answers():
        found = client().v2.core.accounts.retrieve(
            account, {"include": ["configuration.recipient"]}
        )
    status = transfers_status(found)
    if status != "active":
        raise ProviderShort("transfers_inactive", f"Stripe's transfers capability is {status}.")


def transfers_status(account: stripe.v2.core.Account) -> str:
    """Stripe's word for whether transfers may go to the account; "none" where it has none."""
    where = ("configuration", "recipient", "capabilities", "stripe_balance", "stripe_transfers")
    return str(told(account, *where, "status") or "none")


def _short_or_refused(error: ProviderRefused) -> NoReturn:
    if error.code in SHORT_CODES:
        raise ProviderShort(error.code, str(error)) from error
    raise error


def transfer_facts(transfer: stripe.Transfer) -> TransferFacts:
    """A transfer has arrived once it is made. Sent back by others as a whole, it has failed.

    What we ask back ourselves carries our reversal's id and is booked there.
    """
    if transfer.reversed and not _is_ours(transfer):
        return TransferFacts(TransferStatus.FAILED, transfer.id, "reversed")
    return TransferFacts(TransferStatus.PAID, transfer.id)


def _is_ours(transfer: stripe.Transfer) -> bool:
    """Whether any of it was taken back by us."""
    listed = told(transfer, "reversals")
    if any("reversal" in metadata_of(reversal) for reversal in told(listed, "data") or []):
        return True
    if listed is not None and not listed.has_more:
        return False
    pages = client().v1.transfers.reversals.list(transfer.id, {"limit": PAGE})
    return any("reversal" in metadata_of(reversal) for reversal in pages.auto_paging_iter())
