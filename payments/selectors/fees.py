"""Fees as pages and prices read them; all rules are remembered by each process for a minute."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from babel.numbers import format_decimal
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, to_locale

from common.countries import country_name
from common.memory import Remembered
from common.reader import reader_locale, reading_as
from payments.models import FeeRule, FeeTaxRule
from payments.rules.fee_tax import FeeTax, FeeTaxReason, FeeTaxRow, choose_fee_tax
from payments.rules.fees import FeePayer, FeeSchedule, FeeTerms, KnownRate, usual_terms
from payments.rules.fees import fee_schedule as make_schedule
from payments.rules.rates import RateUnavailableError
from payments.selectors.rates import rate_table

NOBODY = uuid.UUID(int=0)
_rules: Remembered[tuple[FeeTerms, ...]] = Remembered(seconds=60)
_taxes: Remembered[tuple[FeeTaxRow, ...]] = Remembered(seconds=60)


def fee_rules() -> tuple[FeeTerms, ...]:
    """Every rule there is or was or will be, except those withdrawn before they began."""
    return _rules.get("all", lambda: tuple(terms_of(rule) for rule in _read() if _has_time(rule)))


def forget_fees() -> None:
    """Read rules and taxes again next time: they have just changed."""
    _rules.forget()
    _taxes.forget()


def terms_of(rule: FeeRule) -> FeeTerms:
    """A row as the rules read it."""
    return FeeTerms(
        key=f"rule:{rule.pk}",
        name=rule.name,
        percent_bp=rule.percent_bp,
        fixed_amount=rule.fixed_amount,
        minimum_amount=rule.minimum_amount,
        currency=rule.currency,
        category=rule.category,
        payee_id=rule.payee_id,
        is_promotion=rule.is_promotion,
        starts_at=rule.starts_at,
        ends_at=rule.ends_at,
    )


def fee_schedule(*, payer: FeePayer, at: datetime, rate: KnownRate) -> FeeSchedule:
    """What holds for a seller at a moment, in its currency; `rate` is mid market, where known."""
    return make_schedule(
        fee_rules(),
        payer=payer,
        usual_bp=settings.PLATFORM_FEE_PERCENT_BP,
        at=at,
        rate=rate,
        tax=fee_tax(payer=payer, on=at.date()),
    )


def anybody(currency: str) -> FeePayer:
    """Somebody who has no business yet and thinks in a currency."""
    return FeePayer(NOBODY, "", currency)


def schedule_now(*, payer: FeePayer, now: datetime) -> FeeSchedule:
    """The schedule with its amounts at today's middle rates."""
    table = rate_table(now=now)

    def rate(from_currency: str, to_currency: str) -> Decimal | None:
        try:
            return table.mid(from_currency, to_currency).rate
        except RateUnavailableError:
            return None

    return fee_schedule(payer=payer, at=now, rate=rate)


def general_terms(*, at: datetime) -> FeeTerms:
    """What everybody pays where no shelf and no seller has terms of its own; promotions apart."""
    running = [
        terms
        for terms in fee_rules()
        if terms.payee_id is None
        and not (terms.category or terms.is_promotion)
        and terms.runs(at)
        and terms.starts_at is not None
    ]
    return max(
        running,
        key=lambda terms: (terms.starts_at or at, terms.key),
        default=usual_terms(settings.PLATFORM_FEE_PERCENT_BP),
    )


@dataclass(frozen=True, slots=True)
class FeeOffer:
    """What somebody who opens a business agrees to. seal: a short mark of the whole schedule, that
    changes with it; by_category: some shelves have terms of their own."""

    terms: FeeTerms
    seal: str = ""
    by_category: bool = False


def fee_offer(*, at: datetime) -> FeeOffer:
    """The public schedule in force and announced."""
    terms = general_terms(at=at)
    rules = rules_for(payer=None, at=at)
    return FeeOffer(
        terms=terms,
        seal=sha256(repr([terms, *rules]).encode()).hexdigest()[:16],
        by_category=any(rule.category and not rule.is_promotion for rule in rules),
    )


def rules_for(*, payer: FeePayer | None, at: datetime) -> list[FeeTerms]:
    """Rules that run or are still to come, those of one seller or (None) of the public."""
    payee_ids = {None, payer.payee_id if payer else None}
    return [
        terms
        for terms in fee_rules()
        if terms.payee_id in payee_ids and (terms.ends_at is None or at < terms.ends_at)
    ]


def fee_tax(*, payer: FeePayer, on: date) -> FeeTax:
    """The tax on a seller's fees on a day, and why there is some or none."""
    registered = settings.PLATFORM_FEE_TAX_COUNTRIES
    return choose_fee_tax(
        _taxes.get("all", _read_taxes) if registered else (),
        country=payer.country,
        has_vat_number=payer.has_vat_number,
        platform_country=settings.PLATFORM_COUNTRY,
        registered=registered,
        on=on,
    )


def _read() -> Iterable[FeeRule]:
    return FeeRule.objects.order_by("starts_at", "id")


def _has_time(rule: FeeRule) -> bool:
    return rule.ends_at is None or rule.starts_at < rule.ends_at


def _read_taxes() -> tuple[FeeTaxRow, ...]:
    return tuple(
        FeeTaxRow(
            country=row.country,
            name=row.name,
            rate_bp=row.rate_bp,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            legal_reference=row.legal_reference,
        )
        for row in FeeTaxRule.objects.all()
    )


# --- in words -----------------------------------------------------------------------------------


def say_percent(basis_points: int) -> str:
    """Hundredths of a percent as the reader writes a percentage."""
    percent = Decimal(basis_points).scaleb(-2).normalize()
    return f"{format_decimal(percent, locale=reader_locale())}\u202f%"


def say_fee(terms: FeeTerms) -> str:
    """The terms in words: "6 % and 1.00 GHS, at least 3.00 GHS"."""
    locale = reader_locale()
    words = say_percent(terms.percent_bp)
    if terms.fixed is not None:
        fixed = terms.fixed.format(locale=locale)
        if not terms.percent_bp:
            words = _("%(fixed)s an order") % {"fixed": fixed}
        else:
            words = _("%(percent)s and %(fixed)s an order") % {"percent": words, "fixed": fixed}
    if terms.minimum is not None:
        least = terms.minimum.format(locale=locale)
        words = _("%(fee)s, at least %(least)s") % {"fee": words, "least": least}
    return words


def fee_words(terms: FeeTerms, *, language: str) -> str:
    """The terms in words as a reader of that language writes them, whoever is asking.

    A promotion is named: "Harvest weeks: 3 %".
    """
    with override(language), reading_as(lambda: to_locale(language)):
        words = say_fee(terms)
        return f"{terms.name}: {words}" if terms.is_promotion and terms.name else words


def say_fee_tax(tax: FeeTax, *, language: str = "en") -> str:
    """Why tax on the fee is due or not, in a sentence."""
    country = country_name(tax.country, language) if tax.country else ""
    if tax.reason is FeeTaxReason.DUE:
        return _("%(name)s of %(rate)s on our fee (%(law)s).") % {
            "name": tax.name,
            "rate": say_percent(tax.rate_bp),
            "law": tax.legal_reference,
        }
    if tax.reason is FeeTaxReason.REVERSE_CHARGE:
        return _(
            "No tax is added to our fee, because you account for it in %(country)s yourself"
            " (reverse charge): you have a valid VAT number there, and we are in another country"
            " of the European Union."
        ) % {"country": country}
    if tax.reason is FeeTaxReason.NO_RATE:
        return _(
            "No tax is added to our fee, because we know of no rate for %(country)s on this day."
        ) % {"country": country}
    return _(
        "No tax is due on the fee, because we are not registered for such a tax in %(country)s."
        " Your own country may ask you to account for one."
    ) % {"country": country}
