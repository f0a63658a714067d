"""What a shopper narrows a grid by, read from the address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.rules import Preferences
from catalog.selectors.listings import Sort
from common.countries import is_country
from common.money import Money, MoneyParseError

LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters of a grid as typed and as understood; lowest and highest in the buyer's
    currency. `price_error` is said beside the price boxes; what can't be read is left out."""

    query: str
    page: int
    sort: Sort
    country: str
    in_stock: bool
    lowest_text: str
    highest_text: str
    lowest: Money | None
    highest: Money | None
    price_error: str

    @property
    def narrowed(self) -> bool:
        return bool(self.country or self.in_stock or self.lowest or self.highest)

    def urlencode(self, default_sort: Sort) -> str:
        """The address's parameters without the page, for the pagination."""
        pairs = [
            ("q", self.query),
            ("sort", self.sort if self.sort is not default_sort else ""),
            ("from", self.country),
            ("stock", "1" if self.in_stock else ""),
            ("min", self.lowest_text),
            ("max", self.highest_text),
        ]
        return urlencode([(name, value) for name, value in pairs if value])


def read_narrowing(params: QueryDict, *, preferences: Preferences, default_sort: Sort) -> Narrowing:
    """Whatever stands in the address becomes a page; nonsense is left out, never an error page."""
    lowest_text = params.get("min", "").strip()[:20]
    highest_text = params.get("max", "").strip()[:20]
    lowest, lowest_error = _amount(lowest_text, preferences)
    highest, highest_error = _amount(highest_text, preferences)
    error = lowest_error or highest_error
    if lowest and highest and highest < lowest:
        error = _("The highest price is below the lowest.")
    country = params.get("from", "").upper()
    page = params.get("page", "")
    sort = params.get("sort", "")
    return Narrowing(
        query=" ".join(params.get("q", "").replace("\0", " ").split())[:LONGEST_QUERY],
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
        sort=Sort(sort) if sort in list(Sort) else default_sort,
        country=country if is_country(country) else "",
        in_stock=params.get("stock") == "1",
        lowest_text=lowest_text,
        highest_text=highest_text,
        lowest=lowest,
        highest=highest,
        price_error=error,
    )


def _amount(text: str, preferences: Preferences) -> tuple[Money | None, str]:
    if not text:
        return None, ""
    try:
        return Money.parse(text, preferences.currency, locale=preferences.locale), ""
    except MoneyParseError:
        return None, _("Enter an amount in %(currency)s, digits only.") % {
            "currency": preferences.currency
        }
