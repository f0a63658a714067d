"""What papers say, gathered by whoever knows it (the orders app); nothing here is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from common.money import Money
from trade.rules.s10 import ItemNumber, Service


class Nature(StrEnum):
    """Why goods cross the border: the boxes of CN 22 and CN 23."""

    SALE = "sale"
    GIFT = "gift"
    DOCUMENTS = "documents"
    SAMPLE = "sample"
    RETURNED = "returned"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Party:
    """Sender or receiver: address lines as the destination's post reads them, country last.

    tax_number: its own VAT or tax number. eori: its number at customs.
    """

    lines: tuple[str, ...]
    phone: str = ""
    tax_number: str = ""
    email: str = ""
    eori: str = ""
    name: str = ""
    street: str = ""
    city: str = ""
    area: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One kind of goods in the parcel. value: of the whole quantity; weight_g: likewise, net.

    unit: the price of one. without_claim: a preference that the parcel claims leaves it out.
    """

    description: str
    quantity: int
    weight_g: int | None
    value: Money
    hs_code: str
    origin: str
    detail: str = ""
    sku: str = ""
    unit: Money | None = None
    without_claim: bool = False


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """A duty, tax or fee exactly as the buyer paid it."""

    name: str
    money: Money


@dataclass(frozen=True, slots=True)
class ParcelPaper:
    """A parcel as papers describe it.

    postage: what the buyer paid for delivery. charges: what it paid of duty, tax and border fees.
    printed_references: tax numbers that the destination wants on the paper; electronic_references:
    (scheme, number) of all of them, for advance data only. gross_weight_g, size_mm: of the parcel
    as packed, None until somebody has weighed and measured it. languages: the seller's and the
    destination's, in this order. prefers: the goods claim a preference by their origin.
    """

    order_number: str
    purchase_number: str
    sent_on: date
    sender: Party
    receiver: Party
    articles: tuple[Article, ...]
    postage: Money
    delivery_name: str
    signed_by: str
    charges: tuple[ChargeLine, ...] = ()
    incoterm: str = ""
    named_place: str = ""
    invoiced_on: date | None = None
    dispatched_from: str = ""
    destination: str = ""
    item_number: ItemNumber | None = None
    service: Service = Service.UNKNOWN
    nature: Nature = Nature.SALE
    gross_weight_g: int | None = None
    packages: int = 1
    size_mm: tuple[int, int, int] | None = None
    marks: str = ""
    comments: str = ""
    licence_number: str = ""
    certificate_number: str = ""
    exporter_reference: str = ""
    prefers: bool = False
    printed_references: tuple[str, ...] = ()
    electronic_references: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = ("en",)

    @property
    def currency(self) -> str:
        return self.postage.currency

    @property
    def value(self) -> Money:
        return Money.sum((article.value for article in self.articles), self.currency)

    @property
    def charged(self) -> Money:
        """Duty, tax and border fees together."""
        return Money.sum((charge.money for charge in self.charges), self.currency)

    @property
    def total(self) -> Money:
        """What the buyer paid: goods, delivery, and what was charged on top."""
        return self.value + self.postage + self.charged

    @property
    def weight_g(self) -> int | None:
        """Net weight of everything, or None when one article's weight is not known."""
        known = [article.weight_g for article in self.articles if article.weight_g is not None]
        return sum(known) if len(known) == len(self.articles) else None
