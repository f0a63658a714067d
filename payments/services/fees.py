"""Fee rules: added and ended, never changed; who is to be told is the caller's to do."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.countries import is_country
from common.money import currency_of
from payments.models import FeeRule, FeeTaxRule
from payments.rules.fees import NOTICE, FeePayer, FeeTerms, makes_dearer
from payments.selectors.fees import forget_fees, terms_of

MOST_BP = 5000


class FeeRuleError(ValueError):
    """A rule that can't be; `code` says why.

    "past": it would begin before now. "period": it would end before it begins. "endless": a
    promotion without an end. "currency": amounts without a currency. "amount": a percentage above
    half or a negative amount. "ended": it has ended already, or ends sooner anyway.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoticeTooShortError(Exception):
    """It gets dearer for somebody who sells already: not before `earliest`."""

    def __init__(self, earliest: datetime) -> None:
        super().__init__(f"not before {earliest:%Y-%m-%d %H:%M}")
        self.earliest = earliest


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFee:
    """A rule to be; see FeeRule for each field. starts_at None: at once."""

    name: str
    percent_bp: int
    fixed_amount: int = 0
    minimum_amount: int = 0
    currency: str = ""
    category: str = ""
    payee_id: uuid.UUID | None = None
    is_promotion: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@transaction.atomic
def add_fee_rule(
    *, fee: NewFee, payers: Iterable[FeePayer], reason: str, actor: User | None, now: datetime
) -> FeeRule:
    """Write down a rule. payers: everybody who sells already.

    Raises FeeRuleError, UnknownCurrencyError, and NoticeTooShortError when it makes a sale dearer
    for one of the payers and begins within the time of notice.
    """
    starts_at = fee.starts_at or now
    _check(fee, starts_at, now)
    rule = FeeRule(
        name=fee.name.strip()[:80],
        payee_id=fee.payee_id,
        category=fee.category,
        percent_bp=fee.percent_bp,
        fixed_amount=fee.fixed_amount,
        minimum_amount=fee.minimum_amount,
        currency=fee.currency if fee.fixed_amount or fee.minimum_amount else "",
        is_promotion=fee.is_promotion,
        starts_at=starts_at,
        ends_at=fee.ends_at,
        reason=reason[:200],
        created_by=actor,
        created_at=now,
    )
    before = _standing()
    if not rule.is_promotion and starts_at < now + NOTICE:
        after = [*before, replace(terms_of(rule), key="new")]
        _refuse_if_dearer(before, after, payers, at=starts_at, now=now)
    rule.save(force_insert=True)
    _record("add_fee_rule", rule, actor, reason, now)
    return rule


@transaction.atomic
def end_fee_rule(
    *,
    rule: FeeRule,
    ends_at: datetime | None,
    payers: Iterable[FeePayer],
    reason: str,
    actor: User | None,
    now: datetime,
) -> FeeRule:
    """Let a rule end (None: now); one that has not begun yet is withdrawn.

    Raises FeeRuleError("ended"), and NoticeTooShortError when that makes a sale dearer for one of
    the payers within the time of notice; the end of a promotion is never brought forward into it.
    """
    locked = FeeRule.objects.select_for_update().get(pk=rule.pk)
    end = max(ends_at or now, now, locked.starts_at)
    if locked.ends_at is not None and locked.ends_at <= end:
        raise FeeRuleError("ended")
    if end < now + NOTICE:
        if locked.is_promotion and locked.starts_at <= now:
            raise NoticeTooShortError(now + NOTICE)
        before = _standing()
        key = terms_of(locked).key
        after = [replace(t, ends_at=end) if t.key == key else t for t in before]
        _refuse_if_dearer(before, after, payers, at=end, now=now)
    was = locked.ends_at
    locked.ends_at = end
    locked.end_reason = reason[:200]
    locked.announced_at = None
    locked.save(update_fields=["ends_at", "end_reason", "announced_at"])
    _record("end_fee_rule", locked, actor, reason, now, was=was)
    return locked


def mark_announced(*, rule: FeeRule, now: datetime) -> None:
    """All whom the rule, with the end it has now, concerns have been told."""
    FeeRule.objects.filter(pk=rule.pk, ends_at=rule.ends_at).update(announced_at=now)


@transaction.atomic
def add_fee_tax_rule(
    *,
    country: str,
    name: str,
    rate_bp: int,
    valid_from: date,
    legal_reference: str,
    reason: str,
    actor: User | None,
    now: datetime,
    source: str = "",
) -> FeeTaxRule:
    """A country's tax on our fee from a day on; an earlier one without end ends the day before.

    Raises FeeRuleError: "past" for a day gone by, "amount", "period" when one begins on that day or
    later. ValueError for an unknown country.
    """
    if not is_country(country):
        raise ValueError(country)
    if valid_from < now.date():
        raise FeeRuleError("past")
    if not 0 <= rate_bp <= MOST_BP:
        raise FeeRuleError("amount")
    others = FeeTaxRule.objects.select_for_update().filter(country=country)
    if others.filter(valid_from__gte=valid_from).exists():
        raise FeeRuleError("period")
    day_before = date.fromordinal(valid_from.toordinal() - 1)
    others.filter(valid_to=None).update(valid_to=day_before)
    rule = FeeTaxRule.objects.create(
        country=country,
        name=name.strip()[:40],
        rate_bp=rate_bp,
        valid_from=valid_from,
        legal_reference=legal_reference.strip()[:200],
        source=source.strip()[:200],
    )
    record_action(
        actor=actor,
        action="add_fee_tax_rule",
        target=rule,
        reason=reason,
        after={"country": country, "rate_bp": rate_bp, "valid_from": valid_from.isoformat()},
        now=now,
    )
    transaction.on_commit(forget_fees)
    return rule


@transaction.atomic
def end_fee_tax_rule(
    *, rule: FeeTaxRule, last_day: date | None, reason: str, actor: User | None, now: datetime
) -> FeeTaxRule:
    """The last day (None: today) on which a country wants the tax. Raises FeeRuleError("ended")."""
    locked = FeeTaxRule.objects.select_for_update().get(pk=rule.pk)
    last = max(last_day or now.date(), now.date(), locked.valid_from)
    if locked.valid_to is not None and locked.valid_to <= last:
        raise FeeRuleError("ended")
    locked.valid_to = last
    locked.save(update_fields=["valid_to"])
    record_action(
        actor=actor,
        action="end_fee_tax_rule",
        target=locked,
        reason=reason,
        after={"valid_to": last.isoformat()},
        now=now,
    )
    transaction.on_commit(forget_fees)
    return locked


def _check(fee: NewFee, starts_at: datetime, now: datetime) -> None:
    if starts_at < now:
        raise FeeRuleError("past")
    if fee.ends_at is not None and fee.ends_at <= starts_at:
        raise FeeRuleError("period")
    if fee.is_promotion and fee.ends_at is None:
        raise FeeRuleError("endless")
    if not 0 <= fee.percent_bp <= MOST_BP or min(fee.fixed_amount, fee.minimum_amount) < 0:
        raise FeeRuleError("amount")
    if fee.fixed_amount or fee.minimum_amount:
        if not fee.currency:
            raise FeeRuleError("currency")
        currency_of(fee.currency)


def _standing() -> list[FeeTerms]:
    """The rules as the database has them now, promotions apart."""
    return [terms_of(rule) for rule in FeeRule.objects.filter(is_promotion=False)]


def _refuse_if_dearer(
    before: list[FeeTerms],
    after: list[FeeTerms],
    payers: Iterable[FeePayer],
    *,
    at: datetime,
    now: datetime,
) -> None:
    usual = settings.PLATFORM_FEE_PERCENT_BP
    if any(makes_dearer(before, after, payer=payer, usual_bp=usual, at=at) for payer in payers):
        raise NoticeTooShortError(now + NOTICE)


def _record(
    action: str,
    rule: FeeRule,
    actor: User | None,
    reason: str,
    now: datetime,
    was: datetime | None = None,
) -> None:
    """Into the audit trail; every process reads the rules anew within a minute, this one at once."""
    end = rule.ends_at.isoformat() if rule.ends_at else None
    terms = {
        "percent_bp": rule.percent_bp,
        "fixed_amount": rule.fixed_amount,
        "minimum_amount": rule.minimum_amount,
        "currency": rule.currency,
        "category": rule.category,
        "payee": str(rule.payee_id or ""),
        "starts_at": rule.starts_at.isoformat(),
    }
    is_new = action == "add_fee_rule"
    record_action(
        actor=actor,
        action=action,
        target=rule,
        reason=reason,
        before={} if is_new else {"ends_at": was.isoformat() if was else None},
        after={**terms, "ends_at": end} if is_new else {"ends_at": end},
        now=now,
    )
    transaction.on_commit(forget_fees)
