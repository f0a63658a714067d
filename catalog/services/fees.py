"""The fees of the market: rules are checked against every seller and every shelf, and announced.

The rows are payments'; here it is known who sells and what stands on which shelf.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from catalog.models import Category, Listing
from catalog.notices import FeeEnds, FeeStarts
from common.wake import Errand, wake
from payments.models import FeeRule
from payments.rules.fees import FeePayer, concerns
from payments.selectors.fees import terms_of
from payments.services import fees
from payments.services.fees import FeeRuleError, NewFee
from sellers.selectors import businesses_by_fee

ANNOUNCE_FEES = Errand("catalog.tasks.announce_fees", queue="notifications")


def add_fee_rule(*, fee: NewFee, reason: str, actor: User | None, now: datetime) -> FeeRule:
    """Write down a rule; whom it concerns is told within minutes.

    Raises FeeRuleError ("category" for a shelf that is not there), UnknownCurrencyError and
    NoticeTooShortError.
    """
    if fee.category and not Category.objects.filter(path=fee.category).exists():
        raise FeeRuleError("category")
    with transaction.atomic():
        rule = fees.add_fee_rule(
            fee=fee, payers=_payers(fee.payee_id), reason=reason, actor=actor, now=now
        )
        wake(ANNOUNCE_FEES)
    return rule


def end_fee_rule(
    *, rule: FeeRule, ends_at: datetime | None, reason: str, actor: User | None, now: datetime
) -> FeeRule:
    """Let a rule end, or withdraw it; as add_fee_rule."""
    with transaction.atomic():
        ended = fees.end_fee_rule(
            rule=rule,
            ends_at=ends_at,
            payers=_payers(rule.payee_id),
            reason=reason,
            actor=actor,
            now=now,
        )
        wake(ANNOUNCE_FEES)
    return ended


def announce_fees(*, now: datetime) -> int:
    """Tell the owners whom a new rule, or a new end of one, concerns; how many businesses.

    A rule for a shelf concerns those with a listing there. Repeated after a crash it tells nobody
    twice.
    """
    told = 0
    for rule in FeeRule.objects.filter(announced_at=None).order_by("created_at", "id"):
        terms = terms_of(rule)
        others = [terms_of(row) for row in FeeRule.objects.exclude(pk=rule.pk)]
        usual = settings.PLATFORM_FEE_PERCENT_BP
        sellers = _sellers_on(rule.category)
        for business, payer in businesses_by_fee(payee_id=rule.payee_id):
            is_there = sellers is None or business.pk in sellers
            if is_there and concerns(terms, others, payer=payer, usual_bp=usual):
                notice = FeeEnds if rule.end_reason else FeeStarts
                reason = rule.end_reason or rule.reason
                notice(business=business, terms=terms, reason=reason).send(now=now)
                told += 1
        fees.mark_announced(rule=rule, now=now)
    return told


def _payers(payee_id: uuid.UUID | None) -> Iterator[FeePayer]:
    return (payer for _, payer in businesses_by_fee(payee_id=payee_id))


def _sellers_on(category: str) -> set[uuid.UUID] | None:
    """The businesses with a listing on a shelf or below it; None where every one counts."""
    if not category:
        return None
    shelf = Q(category__path=category) | Q(category__path__startswith=f"{category}/")
    return set(Listing.objects.filter(shelf).values_list("business_id", flat=True))
