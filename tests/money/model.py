"""What should be true of money, in a page: whose it is, by plain sums.

Nothing here knows the ledger, a provider or a database. A sale is paid or not, released or not, and
parts of it go back; what a seller is owed follows. All amounts are minor units: buyer_* in the
buyer's currency, the others in the seller's.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Back:
    """What one refund (or lost chargeback) took: from the buyer's side, the seller's, our fee."""

    buyer: int
    seller: int
    fee: int


@dataclass
class Sale:
    """One order. seller: goods and delivery; fee: ours with its tax; buyer_total: all that was paid."""

    order: uuid.UUID
    shop: str
    currency: str
    buyer_currency: str
    buyer_total: int
    seller: int
    fee: int
    is_paid: bool = False
    is_released: bool = False
    backs: dict[uuid.UUID, Back] = field(default_factory=dict)

    @property
    def buyer_back(self) -> int:
        return sum(back.buyer for back in self.backs.values())

    @property
    def buyer_left(self) -> int:
        return self.buyer_total - self.buyer_back

    @property
    def seller_left(self) -> int:
        return self.seller - sum(back.seller for back in self.backs.values())

    @property
    def net_left(self) -> int:
        return self.seller_left - (self.fee - sum(back.fee for back in self.backs.values()))

    @property
    def held(self) -> int:
        """What protection still keeps for this order."""
        return self.seller_left if self.is_paid and not self.is_released else 0

    def give_back(self, key: uuid.UUID, back: Back) -> None:
        """Parts only ever go back once, and never more than there is."""
        assert 0 < back.buyer <= self.buyer_left, "more went back than was paid"
        assert 0 <= back.seller <= self.seller_left, "more was taken from the seller than it sold"
        assert 0 <= back.fee <= back.seller or back.seller == 0
        self.backs[key] = back
        if self.buyer_left == 0:
            assert self.seller_left == 0, "everything went back, but the seller keeps something"
            assert self.net_left == 0, "everything went back, but a fee stayed"

    def take_back(self, key: uuid.UUID) -> None:
        """A lost dispute that is won after all."""
        del self.backs[key]


@dataclass
class Model:
    """All sales of one walk."""

    sales: dict[uuid.UUID, Sale] = field(default_factory=dict)

    def add(self, sale: Sale) -> None:
        self.sales[sale.order] = sale

    def owed_to(self, shop: str) -> int:
        """Everything that was ever released to a shop, less what went back, paid out or not."""
        own = [sale for sale in self.sales.values() if sale.shop == shop and sale.is_released]
        return sum(sale.net_left for sale in own)

    def kept_by_provider(self) -> dict[str, int]:
        """What buyers paid and did not get back, by currency; before anything was paid out."""
        kept: dict[str, int] = defaultdict(int)
        for sale in self.sales.values():
            if sale.is_paid:
                kept[sale.buyer_currency] += sale.buyer_left
        return dict(kept)
