"""Who is owed money, who may be paid and when: settlement's questions, and the seller's own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection

from common.money import Money
from payments.models import (
    Account,
    BankAccount,
    ConnectedAccount,
    HeldPayment,
    Payee,
    Payout,
    Posting,
)
from payments.rules.payouts import payout_floor
from payments.rules.providers import BANK_FILE
from payments.rules.schedules import (
    Earned,
    PayoutSchedule,
    Terms,
    forced_from,
    next_day,
    oldest_since,
    pay_by,
    payout_due,
    schedule_period,
)
from payments.selectors.ledger import balance
from payments.states import (
    AccountKind,
    EntryKind,
    PayoutHindrance,
    TransfersState,
    TransferState,
)

# Begins with the few accounts of that kind (a partial index). OFFSET keeps it from being planned as
# a join with every balance there is, which it is while the tables have no statistics.
_OWED = """
SELECT payable.reference
  FROM (SELECT id, reference FROM ledger_account WHERE kind = 'SELLER_PAYABLE') AS payable,
       LATERAL (SELECT credits - debits AS due FROM ledger_balance
                 WHERE account_id = payable.id OFFSET 0) AS balance
 WHERE balance.due > 0
"""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a payee can expect. estimate: what the next payout would be today, after debts.

    day: None while something hinders it or the balance is below its minimum. cooling_off_until: set
    while the change of the bank account is too new.
    """

    terms: Terms
    hindrance: PayoutHindrance | None
    hold_reason: str
    cooling_off_until: datetime | None
    payable: Money
    owed: Money
    estimate: Money
    minimum: Money
    day: date | None


@dataclass(frozen=True, slots=True)
class OverdueLine:
    """Money that should have left: nobody may forget it, and nothing pays it by itself.

    amount: what is owed now (also in payouts that were never sent). since: its oldest part; limit:
    when the law's limit is, or was, reached.
    """

    payee: Payee
    amount: Money
    since: datetime
    limit: datetime
    hindrance: PayoutHindrance | None


def payable_payees() -> list[Payee]:
    """Every payee whose balance is above zero."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED)
        references = [row[0] for row in cursor.fetchall()]
    return list(Payee.objects.filter(pk__in=references).order_by("pk"))


def terms_of(payee: Payee) -> Terms:
    return Terms(
        schedule=PayoutSchedule(payee.schedule),
        day=payee.schedule_day,
        minimum=payee.minimum_amount,
        currency=payee.currency,
        country=payee.country,
    )


def is_cooling_off(payee: Payee, *, now: datetime) -> bool:
    return payee.cooling_off_until is not None and payee.cooling_off_until > now


def why_not_payable(payee: Payee, *, now: datetime) -> PayoutHindrance | None:
    """What keeps a payee from being paid, whatever it is owed; None when nothing does."""
    if payee.payouts_held:
        return PayoutHindrance.ON_HOLD
    if is_cooling_off(payee, now=now):
        return PayoutHindrance.COOLING_OFF
    if payee.provider == BANK_FILE:
        known = BankAccount.objects.filter(payee=payee, replaced_at__isnull=True)
        return None if known.exists() else PayoutHindrance.NO_ACCOUNT
    if payee.provider == "stripe":
        active = ConnectedAccount.objects.filter(payee=payee, transfers=TransfersState.ACTIVE)
        return None if active.exists() else PayoutHindrance.NOT_CONNECTED
    # A seller of the days of test cards: real money must not count as paid by a bank that is none.
    return PayoutHindrance.NOT_CONNECTED if settings.STRIPE_LIVEMODE else None


def unsettled_postings(payee: Payee) -> list[Posting]:
    """The payee's postings that no payout explains yet, with their entries, oldest first.

    They add up to the payee's balance: what takes a payout off the account explains nothing and is
    left out, as are the lines that it consists of.
    """
    account = Account.objects.filter(
        kind=AccountKind.SELLER_PAYABLE, currency=payee.currency, reference=str(payee.pk)
    )
    open_postings = Posting.objects.filter(account__in=account, payout_line__isnull=True)
    return list(
        open_postings.exclude(entry__kind=EntryKind.PAYOUT).select_related("entry").order_by("pk")
    )


def earned_by(postings: Sequence[Posting], terms: Terms | None = None) -> list[Earned]:
    """What the rules of schedules want to know of a balance.

    A sale counts since its buyer paid. That is not looked up where `terms` make it not matter.
    """
    matters = terms is None or terms.schedule != PayoutSchedule.DAILY or terms.minimum > 0
    paid_at = _paid_at(postings) if matters else {}
    return [
        Earned(
            posting.amount,
            posting.entry.created_at,
            paid_at.get(posting.entry.reference, posting.entry.created_at),
        )
        for posting in postings
    ]


def _paid_at(postings: Sequence[Posting]) -> dict[str, datetime]:
    """When the buyers of the sales among these postings paid, by order."""
    orders = [
        uuid.UUID(posting.entry.reference)
        for posting in postings
        if posting.entry.kind == EntryKind.RELEASE
    ]
    rows = HeldPayment.objects.filter(order_ref__in=orders, booked_at__isnull=False)
    return {
        str(order): booked_at
        for order, booked_at in rows.values_list("order_ref", "booked_at")
        if booked_at is not None
    }


def payout_outlook(*, payee: Payee, period: str, now: datetime) -> Outlook:
    """When a payee will be paid next, and how much, as things stand."""
    terms = terms_of(payee)
    earned = earned_by(unsettled_postings(payee))
    payable = Money(sum(one.amount for one in earned), payee.currency)
    owed = -balance(
        kind=AccountKind.SELLER_RECEIVABLE, currency=payee.currency, reference=str(payee.pk)
    )
    # Settlement takes what is owed before it asks whether the rest is enough.
    taken = min(payable, owed)
    earned.append(Earned(-taken.amount, now, now))
    estimate = payout_floor(payable - taken)
    hindrance = why_not_payable(payee, now=now)
    return Outlook(
        terms=terms,
        hindrance=hindrance,
        hold_reason=payee.hold_reason,
        cooling_off_until=payee.cooling_off_until if is_cooling_off(payee, now=now) else None,
        payable=payable,
        owed=owed,
        estimate=estimate,
        minimum=Money(terms.minimum, payee.currency),
        day=_next_day(payee, terms, earned, estimate, period=period, now=now)
        if hindrance is None
        else None,
    )


def _next_day(
    payee: Payee,
    terms: Terms,
    earned: Sequence[Earned],
    estimate: Money,
    *,
    period: str,
    now: datetime,
) -> date | None:
    own = schedule_period(terms, now=now, period=period)
    made = payee.payouts.filter(period=own).exclude(transfer=TransferState.FAILED).exists()
    due = payout_due(terms, earned=earned, now=now, period=period, is_paid=made)
    if due is not None and not (due.period == own and made):
        return now.date()
    if estimate.amount < max(terms.minimum, 1):
        return None
    return next_day(terms, now, is_paid=made)


def overdue_money(*, now: datetime) -> list[OverdueLine]:
    """Money whose limit has come, or will within the margin in which everything else was paid.

    It is kept back by a hold, a cooling-off or a missing account: a person must decide. The
    longest waiting first.
    """
    found = []
    for payee in [*payable_payees(), *_with_unsent_payouts()]:
        line = _overdue(payee, now)
        if line is not None and line not in found:
            found.append(line)
    return sorted(found, key=lambda line: line.limit)


def _with_unsent_payouts() -> list[Payee]:
    unsent = Payout.objects.filter(transfer=TransferState.PENDING, attempts=0)
    return list(Payee.objects.filter(pk__in=unsent.values("payee")).order_by("pk"))


def _overdue(payee: Payee, now: datetime) -> OverdueLine | None:
    unsent = Payout.objects.filter(payee=payee, transfer=TransferState.PENDING, attempts=0)
    waiting = list(
        Posting.objects.filter(payout_line__payout__in=unsent)
        .select_related("entry")
        .order_by("pk")
    )
    earned = earned_by([*waiting, *unsettled_postings(payee)])
    since = oldest_since(earned)
    amount = payout_floor(Money(sum(one.amount for one in earned), payee.currency))
    if since is None or not amount:
        return None
    limit = pay_by(since, payee.country)
    if now < forced_from(since, payee.country):
        return None
    return OverdueLine(payee, amount, since, limit, why_not_payable(payee, now=now))
