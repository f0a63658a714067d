"""The fee schedule as a seller reads it, before it lists anything, and what a sale leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import Listing
from catalog.selectors.categories import path_of, shelves
from common.countries import country_name
from common.money import Money
from payments.rules.fees import (
    FeeItem,
    FeePayer,
    FeeSchedule,
    FeeTerms,
    concerns,
    order_fee,
)
from payments.selectors.fees import (
    anybody,
    fee_rules,
    rules_for,
    say_fee,
    say_fee_tax,
    schedule_now,
)
from sellers.models import Business
from sellers.selectors import fee_payer


@dataclass(frozen=True, slots=True)
class Promotion:
    """A cheaper fee for a time; `until` is its last moment."""

    name: str
    text: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class FeeRow:
    """What holds on a shelf (an empty name: everywhere else), and where that comes from."""

    shelf: str
    text: str
    origin: str
    promotions: tuple[Promotion, ...]


@dataclass(frozen=True, slots=True)
class ComingFee:
    """Something that begins or ends on a day still to come."""

    at: datetime
    shelf: str
    text: str


@dataclass(frozen=True, slots=True)
class FeePage:
    """The whole schedule; tax_text says why tax on the fee is due or not."""

    rows: tuple[FeeRow, ...]
    coming: tuple[ComingFee, ...]
    tax_text: str


@dataclass(frozen=True, slots=True)
class FeeExample:
    """What a sale leaves: goods + delivery - fee - tax = net. terms: the fee in words."""

    goods: Money
    delivery: Money
    fee: Money
    terms: str
    tax: Money
    net: Money


def fees_of(*, business: Business, now: datetime) -> FeePage:
    """What holds for a business now, and what is to come."""
    payer = fee_payer(business)
    schedule = schedule_now(payer=payer, now=now)
    return FeePage(
        rows=_rows(schedule, agreed_at=business.fee_agreed_at),
        coming=_coming(payer, now),
        tax_text=say_fee_tax(schedule.tax, language=_language()),
    )


def public_fees(*, now: datetime, currency: str) -> FeePage:
    """What holds for whoever opens a business today."""
    payer = anybody(currency)
    return FeePage(
        rows=_rows(schedule_now(payer=payer, now=now), agreed_at=None),
        coming=_coming(payer, now),
        tax_text=_tax_abroad(),
    )


def work_out(
    *, schedule: FeeSchedule, price: Money, quantity: int, category: str, delivery: Money
) -> FeeExample:
    """What one order of `quantity` things at `price` leaves its seller."""
    goods = price * quantity
    fee = order_fee(schedule, [FeeItem(goods, category)])
    return FeeExample(
        goods=goods,
        delivery=delivery,
        fee=fee.commission,
        terms=_named(fee.lines[0].terms),
        tax=fee.fee_tax,
        net=goods + delivery - fee.commission - fee.fee_tax,
    )


def shelf_name(path: str) -> str:
    """A shelf with those above it: "Home › Ceramics"; the path itself where it is not known."""
    tree = shelves()
    found = tree.by_path.get(path)
    return " › ".join(shelf.name for shelf in tree.trail(found)) if found else path


def shelf_choices() -> list[tuple[str, str]]:
    """Every shelf that things stand on, as (path, name with those above it), in market order."""
    every = [shelf for root in shelves().roots for shelf in root.family()]
    return [(shelf.path, shelf_name(shelf.path)) for shelf in every if not shelf.children]


def earnings_of(
    *, listing: Listing, prices: Sequence[Money | None], now: datetime
) -> list[FeeExample | None]:
    """What one unit leaves its seller at each price, delivery apart; None where there is none."""
    schedule = schedule_now(payer=fee_payer(listing.business), now=now)
    none = Money.zero(listing.currency)
    category = path_of(category_id=listing.category_id)
    return [
        work_out(schedule=schedule, price=price, quantity=1, category=category, delivery=none)
        if price
        else None
        for price in prices
    ]


def _rows(schedule: FeeSchedule, *, agreed_at: datetime | None) -> tuple[FeeRow, ...]:
    rows = []
    for category in schedule.categories:
        terms = schedule.terms_for(category)
        rows.append(
            FeeRow(
                shelf=shelf_name(category) if category else "",
                text=say_fee(terms),
                origin=_origin(terms, agreed_at),
                promotions=tuple(
                    Promotion(promotion.name, say_fee(promotion), promotion.last_moment)
                    for promotion in schedule.promotions_for(category)
                ),
            )
        )
    return tuple(rows)


def _origin(terms: FeeTerms, agreed_at: datetime | None) -> str:
    if terms.key == "agreed" and agreed_at is not None:
        return _("agreed when you opened")
    if terms.payee_id is not None:
        return _("yours alone")
    return ""


def _coming(payer: FeePayer, now: datetime) -> tuple[ComingFee, ...]:
    every = fee_rules()
    found = []
    for terms in rules_for(payer=payer, at=now):
        if not concerns(terms, every, payer=payer, usual_bp=settings.PLATFORM_FEE_PERCENT_BP):
            continue
        shelf = shelf_name(terms.category) if terms.category else ""
        if terms.starts_at is not None and terms.starts_at > now:
            found.append(ComingFee(terms.starts_at, shelf, _named(terms)))
        if terms.ends_at is not None:
            text = _("%(fee)s is over") % {"fee": _named(terms)}
            found.append(ComingFee(terms.ends_at, shelf, text))
    return tuple(sorted(found, key=lambda coming: (coming.at, coming.shelf, coming.text)))


def _named(terms: FeeTerms) -> str:
    words = say_fee(terms)
    return f"{terms.name}: {words}" if terms.is_promotion and terms.name else words


def _tax_abroad() -> str:
    codes: Sequence[str] = settings.PLATFORM_FEE_TAX_COUNTRIES
    if not codes:
        return _("No tax is added to our fee, because we are registered for none.")
    names = ", ".join(sorted(country_name(code, _language()) for code in codes))
    return _(
        "Tax is added to our fee for sellers in %(countries)s. A business elsewhere in the European"
        " Union with a valid VAT number accounts for it itself."
    ) % {"countries": names}


def _language() -> str:
    return get_language() or "en"
