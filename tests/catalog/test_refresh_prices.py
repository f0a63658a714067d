"""What grids sort and filter by follows prices and rates."""

from __future__ import annotations

from decimal import Decimal

from catalog.models import Listing, Variant
from catalog.services.editing import VariantInput, set_variants
from catalog.services.prices import refresh_listing_prices, refresh_sort_prices
from catalog.tasks import refresh_shelves
from common.money import Money
from payments.selectors import forget_rates
from payments.services import set_manual_rate
from tests.cast import NOW, Cast


def summary(listing: Listing) -> tuple[int, int, bool]:
    listing.refresh_from_db()
    return listing.from_amount, listing.sort_eur_amount, listing.in_stock


def test_the_lowest_price_of_what_is_offered(cast: Cast) -> None:
    rows = [
        VariantInput(price=Money(amount, "VND"), options={"Size": size}, weight_g=100)
        for size, amount in (("S", 450_000), ("M", 600_000))
    ]
    set_variants(listing=cast.linh.listing, rows=rows, now=NOW)
    # 450,000 at 30,000 to the euro is 15.00; nothing has been put in stock, the old row is off.
    assert summary(cast.linh.listing) == (450_000, 1_500, False)
    Variant.objects.filter(listing=cast.linh.listing, options={"Size": "S"}).update(is_active=False)
    refresh_listing_prices(listing_ids=[cast.linh.listing.pk], now=NOW)
    assert summary(cast.linh.listing)[:2] == (600_000, 2_000)


def test_sort_prices_follow_the_rate(cast: Cast) -> None:
    assert summary(cast.ama.listing)[:2] == (25_000, 2_000)
    set_manual_rate(currency="GHS", rate=Decimal("13.5"), as_of=NOW.date(), now=NOW)
    forget_rates()
    refresh_sort_prices(now=NOW)
    # 250.00 at 13.5 is 18.5185…
    assert summary(cast.ama.listing)[:2] == (25_000, 1_852)
    assert summary(cast.chiara.listing)[:2] == (1_800, 1_800)


def test_a_currency_without_a_rate_keeps_its_place(cast: Cast) -> None:
    Listing.objects.filter(pk=cast.ama.listing.pk).update(currency="XOF", sort_eur_amount=77)
    refresh_sort_prices(now=NOW)
    assert summary(cast.ama.listing)[1] == 77


def test_the_task_may_run_twice(cast: Cast) -> None:
    before = [summary(seller.listing) for seller in cast.sellers]
    refresh_shelves()
    refresh_shelves()
    assert [summary(seller.listing) for seller in cast.sellers] == before
