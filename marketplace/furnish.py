"""What an empty market needs before anybody can sell: shelves to put things on, and exchange rates."""

from __future__ import annotations

from datetime import datetime

from catalog.models import Category
from catalog.services.shelves import save_shelves
from payments.models import Rate
from payments.services.rates import refresh_rates

SHELVES: tuple[tuple[str, str], ...] = (
    ("home", "Home"),
    ("home/ceramics", "Ceramics"),
    ("home/textiles", "Textiles & rugs"),
    ("home/kitchen", "Kitchen & table"),
    ("home/lighting", "Light & candles"),
    ("home/baskets", "Baskets & storage"),
    ("fashion", "Wear"),
    ("fashion/clothing", "Clothing"),
    ("fashion/scarves", "Scarves & hats"),
    ("fashion/bags", "Bags & leather"),
    ("fashion/jewellery", "Jewellery"),
    ("food", "Food & drink"),
    ("food/coffee-tea", "Coffee & tea"),
    ("food/pantry", "Pantry"),
    ("food/sweets", "Chocolate & sweets"),
    ("beauty", "Soap & care"),
    ("play", "Play & music"),
    ("play/toys", "Toys"),
    ("play/music", "Instruments"),
    ("paper", "Paper & prints"),
    ("paper/stationery", "Stationery"),
    ("paper/prints", "Art prints"),
)


def furnish(*, now: datetime) -> None:
    """Put up the first shelves and fetch the first rates; what is there already is left alone.

    Moderators rename and add shelves in the admin; beat refreshes rates from then on.
    """
    if not Category.objects.exists():
        save_shelves(shelves=SHELVES)
    if not Rate.objects.exists():
        refresh_rates(now=now)
