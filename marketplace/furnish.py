"""What an empty market needs before anybody can sell: shelves, exchange rates, and in a demo a list to ask."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from catalog.models import Category
from catalog.services.shelves import save_shelves
from payments.models import Rate
from payments.services.rates import refresh_rates
from trade.services.sanctions_lists import DEMO_SOURCE, refresh_demo_list

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

    Moderators rename and add shelves in the admin; beat refreshes rates from then on. A market to try
    out asks an invented sanctions list, which is made as new as today, however long it stood still.
    """
    if not Category.objects.exists():
        save_shelves(shelves=SHELVES)
    if not Rate.objects.exists():
        refresh_rates(now=now)
    if DEMO_SOURCE in settings.SANCTIONS_LISTS:
        refresh_demo_list(now=now)
