"""Payees' own accounts at a provider: opened here, completed there, followed ever after."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from common.sweeps import ROW_FAILURES
from payments.gateways import account_gateway
from payments.gateways.base import AccountFacts, ProviderRefused, ProviderUnavailable
from payments.models import ConnectedAccount, Payee
from payments.services.payees import PROVIDER, hold_payouts, resume_payouts
from payments.states import TransfersState

# Reasons of ours for holding payouts, each with a cause of its own; a person's hold stays.
DISCONNECTED = "The account at the payment provider was disconnected."
BANK_REFUSED = "The bank refused a payment from the payment provider."
CAUSES = {DISCONNECTED: PROVIDER, BANK_REFUSED: f"{PROVIDER}_bank"}
LOOK_AGAIN = timedelta(hours=1)
BATCH = 50


@dataclass(frozen=True, slots=True)
class AccountNews:
    """What is true of a payee's account now. facts: None when the provider lets us in no more.

    bank_failure: why its bank refused money (the provider's code); payout_ref: which money.
    bank_changed: it has named another bank account.
    """

    account_id: int
    facts: AccountFacts | None
    bank_failure: str = ""
    payout_ref: str = ""
    bank_changed: bool = False


@dataclass(frozen=True, slots=True)
class AccountOutcome:
    """What changed for the payee, so that somebody can tell it.

    transfers: the state it has now. became: whether this call brought it there.
    """

    payee_id: uuid.UUID
    account_id: int
    transfers: TransfersState
    became: bool
    bank_failure: str = ""
    payout_ref: str = ""


class NoAccountError(LookupError):
    """The payee has no account at a provider, or its provider keeps none."""


def open_account(*, payee_id: uuid.UUID, email: str, now: datetime) -> ConnectedAccount:
    """The payee's account, opened at its provider unless it is open; outside any transaction.

    The row is written first and the key is made from the payee, so that a repeated call opens no
    second one. Raises UnknownProviderError, ProviderUnavailable, ProviderRefused.
    """
    with transaction.atomic(durable=True):
        payee = Payee.objects.select_for_update(no_key=True).get(pk=payee_id)
        account, _ = ConnectedAccount.objects.get_or_create(
            payee=payee, defaults={"provider": payee.provider, "created_at": now}
        )
    if account.account_ref:
        return account
    facts = account_gateway(account.provider).create_account(
        key=f"account:{payee.pk}",
        payee_ref=str(payee.pk),
        name=payee.name,
        email=email,
        country=payee.country,
        currency=payee.currency,
    )
    with transaction.atomic():
        account = ConnectedAccount.objects.select_for_update().get(pk=account.pk)
        if not account.account_ref:
            account.account_ref = facts.ref
            Payee.objects.filter(pk=payee.pk).update(destination={"account": facts.ref})
        _write(account, facts, now)
    return account


def onboarding_url(
    *, payee_id: uuid.UUID, email: str, return_url: str, refresh_url: str, now: datetime
) -> str:
    """A fresh page of the provider on which the payee completes its account; used once, soon.

    Outside any transaction. Raises UnknownProviderError, ProviderUnavailable, ProviderRefused.
    """
    account = open_account(payee_id=payee_id, email=email, now=now)
    return account_gateway(account.provider).onboarding_url(
        account.account_ref, return_url=return_url, refresh_url=refresh_url
    )


def refresh_account(*, payee_id: uuid.UUID, now: datetime) -> AccountOutcome:
    """Ask the provider how the payee's account stands; outside any transaction.

    Raises NoAccountError, ProviderUnavailable.
    """
    with transaction.atomic(durable=True):
        account = ConnectedAccount.objects.filter(payee_id=payee_id).exclude(account_ref="").first()
    if account is None:
        raise NoAccountError(str(payee_id))
    return apply_account_facts(news=ask_account(account), now=now)


def refresh_accounts(*, now: datetime) -> int:
    """Ask about accounts that are not ready, in case we were not told; returns how many."""
    open_accounts = ConnectedAccount.objects.exclude(transfers=TransfersState.ACTIVE).filter(
        Q(checked_at__isnull=True) | Q(checked_at__lte=now - LOOK_AGAIN)
    )
    asked = 0
    for account in open_accounts.exclude(account_ref="").order_by("checked_at")[:BATCH]:
        try:
            apply_account_facts(news=ask_account(account), now=now)
        except (ProviderUnavailable, *ROW_FAILURES):
            continue  # the next round asks again
        asked += 1
    return asked


def ask_account(
    account: ConnectedAccount, *, payout_ref: str = "", bank_changed: bool = False
) -> AccountNews:
    """What the provider says of it now; outside any transaction. Raises ProviderUnavailable."""
    gateway = account_gateway(account.provider)
    try:
        facts = gateway.get_account(account.account_ref)
    except ProviderRefused:
        return AccountNews(account.pk, None)
    failure = gateway.bank_failure(account.account_ref, payout_ref) if payout_ref else ""
    return AccountNews(account.pk, facts, failure, payout_ref, bank_changed)


def apply_account_facts(*, news: AccountNews, now: datetime) -> AccountOutcome:
    """Make our row what the provider says, in the caller's transaction. Idempotent.

    Payouts are held where the account is gone or its bank refuses money, and go on where what we
    held them for is over. Raises ConnectedAccount.DoesNotExist.
    """
    with transaction.atomic():
        account = ConnectedAccount.objects.select_for_update().get(pk=news.account_id)
        before = TransfersState(account.transfers)
        if news.facts is None:
            account.transfers = TransfersState.NONE
            account.checked_at = now
            account.save(update_fields=["transfers", "checked_at"])
            _hold(account.payee_id, DISCONNECTED, now)
        else:
            _write(account, news.facts, now)
            _resume(account.payee_id, DISCONNECTED, now)
        if news.bank_failure:
            _hold(account.payee_id, BANK_REFUSED, now)
        elif news.bank_changed:
            _resume(account.payee_id, BANK_REFUSED, now)
    return AccountOutcome(
        payee_id=account.payee_id,
        account_id=account.pk,
        transfers=TransfersState(account.transfers),
        became=before != account.transfers,
        bank_failure=news.bank_failure,
        payout_ref=news.payout_ref,
    )


def _write(account: ConnectedAccount, facts: AccountFacts, now: datetime) -> None:
    account.transfers = facts.transfers
    account.requirements = [
        {"code": code, "due": due.isoformat() if due else ""} for code, due in facts.requirements
    ]
    account.livemode = facts.livemode
    account.checked_at = now
    account.save(
        update_fields=["account_ref", "transfers", "requirements", "livemode", "checked_at"]
    )


def _hold(payee_id: uuid.UUID, reason: str, now: datetime) -> None:
    hold_payouts(payee_id=payee_id, reason=reason, cause=CAUSES[reason], now=now)


def _resume(payee_id: uuid.UUID, reason: str, now: datetime) -> None:
    if Payee.objects.filter(pk=payee_id, hold_causes__has_key=CAUSES[reason]).exists():
        resume_payouts(payee_id=payee_id, cause=CAUSES[reason], now=now)
