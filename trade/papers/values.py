"""What papers say, gathered by whoever knows it (the orders app); nothing here is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from common.money import Money


@dataclass(frozen=True, slots=True)
class Party:
    """Sender or receiver: address lines as the destination's post reads them, country last."""

    lines: tuple[str, ...]
    phone: str = ""
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One kind of goods in the parcel. value: of the whole quantity; weight_g: likewise."""

    description: str
    quantity: int
    weight_g: int | None
    value: Money
    hs_code: str
    origin: str
    detail: str = ""
    sku: str = ""


@dataclass(frozen=True, slots=True)
class ParcelPaper:
    """A parcel as papers describe it. postage: what the buyer paid for delivery."""

    order_number: str
    purchase_number: str
    sent_on: date
    sender: Party
    receiver: Party
    articles: tuple[Article, ...]
    postage: Money
    delivery_name: str
    signed_by: str

    @property
    def value(self) -> Money:
        return Money.sum((article.value for article in self.articles), self.postage.currency)

    @property
    def weight_g(self) -> int | None:
        """Weight of everything, or None when one article's weight is not known."""
        known = [article.weight_g for article in self.articles if article.weight_g is not None]
        return sum(known) if len(known) == len(self.articles) else None
