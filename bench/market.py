"""A market of 10,000 listings, made quickly: people and shops by the services, goods by bulk inserts.

Every constraint and trigger of the tables holds for these rows as for any others. The pictures are
names only, since no benchmark fetches one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from catalog.models import Category, Listing, ListingImage, Price, Stock, Variant
from catalog.selectors.cards import listing_path
from catalog.selectors.categories import category_path
from catalog.services.prices import refresh_listing_prices
from catalog.services.shelves import count_shelves, save_shelves
from catalog.states import ListingState
from common.addresses import PostalAddress
from common.money import Money
from payments.services.rates import refresh_rates
from sellers.models import Business
from sellers.services.business import open_business
from sellers.services.review import approve_business, submit_for_review
from shipping.models import DeliveryOption
from shipping.services import OptionTerms, save_option, save_profile
from trade.services.sanctions_lists import refresh_demo_list

LISTINGS, SHOPS, BATCH = 10_000, 60, 2_000
PLENTY = 100_000_000
FLASH_TITLE = "Flash sale: one hundred enamel mugs"
DRAWN = ("GB", "DE", "FR", "IT", "US", "JP", "GH", "VN", "IN", "MX", "KE", "PT")
MONEY_OF = dict(
    zip(
        DRAWN,
        ["GBP", "EUR", "EUR", "EUR", "USD", "JPY", "GHS", "VND", "INR", "MXN", "KES", "EUR"],
        strict=True,
    )
)
SHELVES = {
    "Home": ("Ceramics", "Glass", "Lamps", "Rugs", "Baskets", "Linen"),
    "Kitchen": ("Bowls", "Knives", "Boards", "Jars", "Teapots", "Spices"),
    "Clothes": ("Scarves", "Shirts", "Socks", "Hats", "Gloves", "Coats"),
    "Jewellery": ("Rings", "Necklaces", "Earrings", "Bracelets", "Brooches", "Pins"),
    "Play": ("Puzzles", "Dolls", "Blocks", "Kites", "Games", "Instruments"),
    "Paper": ("Notebooks", "Cards", "Prints", "Pens", "Envelopes", "Maps"),
}
# Heading 6-digit codes that every destination lets in.
HS_CODES = ("691200", "442190", "621420", "711790", "950300", "482090")
ONE_SIZE: list[dict[str, str]] = [{}]
FOUR_SIZES = [{"Size": size} for size in ("S", "M", "L", "XL")]
MAKES = [
    "woven",
    "carved",
    "glazed",
    "dyed",
    "printed",
    "turned",
    "forged",
    "knitted",
    "blown",
    "stitched",
    "painted",
    "folded",
]
STUFFS = [
    "oak",
    "linen",
    "clay",
    "wool",
    "brass",
    "cotton",
    "bamboo",
    "silk",
    "copper",
    "felt",
    "leather",
    "walnut",
    "jute",
    "silver",
]
THINGS = [
    "bowl",
    "scarf",
    "lamp",
    "ring",
    "notebook",
    "puzzle",
    "jar",
    "rug",
    "basket",
    "teapot",
    "kite",
    "pin",
    "board",
    "cup",
    "shawl",
]
MOODS = [
    "harbour",
    "morning",
    "river",
    "meadow",
    "winter",
    "lantern",
    "orchard",
    "island",
    "copperfield",
    "quiet",
    "blue",
]
WORDS = [
    *MAKES,
    *STUFFS,
    *THINGS,
    *MOODS,
    *["small", "workshop", "hands", "made", "slowly", "gift", "every", "day"],
]


def main(_arguments: Sequence[str]) -> None:
    """Make the market where it is not there yet; say what is in it as JSON."""
    now = timezone.now()
    refresh_rates(now=now)
    refresh_demo_list(now=now)
    if not Listing.objects.filter(title=FLASH_TITLE).exists():
        with transaction.atomic():
            make_market(now)
        analyse()
    print(json.dumps(describe()))


def make_market(now: datetime) -> None:
    dice = random.Random(20_261_124)
    shelves = save_shelves(shelves=list(shelf_rows()))
    leaves = [shelf for path, shelf in shelves.items() if "/" in path]
    moderator = person("moderator@bench.example")
    shops = [open_shop(number, moderator, now) for number in range(SHOPS)]
    ids = []
    for start in range(0, LISTINGS, BATCH):
        numbers = range(start, min(start + BATCH, LISTINGS))
        rows = [listing(number, dice, shops, leaves, now) for number in numbers]
        ids += stock_up(rows, dice)
    flash = listing(LISTINGS, dice, shops, leaves, now)
    flash.title, flash.slug = FLASH_TITLE, slugify(FLASH_TITLE)
    ids += stock_up([flash], dice, options=[{}])
    refresh_listing_prices(listing_ids=ids, now=now)
    count_shelves()


def shelf_rows() -> Iterator[tuple[str, str]]:
    for room, names in SHELVES.items():
        yield slugify(room), room
        yield from ((f"{slugify(room)}/{slugify(name)}", name) for name in names)


def person(email: str) -> User:
    user = User.objects.create_user(email, None, name=email.partition("@")[0])
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def open_shop(number: int, moderator: User, now: datetime) -> Business:
    """An approved shop with two ways to send a parcel."""
    country = DRAWN[number % len(DRAWN)]
    currency = MONEY_OF[country]
    owner = person(f"owner{number}@bench.example")
    business = open_business(
        owner=owner,
        name=f"{MOODS[number % len(MOODS)].title()} {THINGS[number % len(THINGS)]} works {number}",
        country=country,
        currency=currency,
        address=PostalAddress(country_code=country, name=owner.name, city="Anytown"),
        agreed_fee_bp=settings.PLATFORM_FEE_PERCENT_BP,
        now=now,
    )
    business = submit_for_review(business=business, actor=owner, now=now)
    business = approve_business(business=business, actor=moderator, now=now)
    profile = business.delivery_profiles.order_by("id").first() or save_profile(
        business=business, name="Standard", dispatch_days=2, now=now
    )
    DeliveryOption.objects.filter(profile=profile).delete()
    for name, factor, days in (("Post", 1, (5, 14)), ("Courier", 3, (2, 5))):
        base = whole(currency) * 6 * factor
        terms = OptionTerms(
            name=name, base_amount=base, min_days=days[0], max_days=days[1], everywhere=True
        )
        save_option(business=business, profile_id=profile.pk, terms=terms)
    return business


def whole(currency: str) -> int:
    """About a euro's worth, in minor units."""
    worth = {"JPY": 160, "VND": 28_000, "GHS": 12, "INR": 95, "MXN": 20, "KES": 140}
    return Money.parse(str(worth.get(currency, 1)), currency).amount


def listing(
    number: int, dice: random.Random, shops: list[Business], leaves: list[Category], now: datetime
) -> Listing:
    """Not saved yet."""
    business = shops[number % len(shops)]
    title = " ".join(map(dice.choice, (MAKES, STUFFS, THINGS))).capitalize()
    return Listing(
        business=business,
        category=dice.choice(leaves),
        delivery_profile=business.delivery_profiles.all()[0],
        title=f"{title}, {dice.choice(MOODS)}",
        slug=f"{slugify(title)}-{number}",
        description=" ".join(dice.choices(WORDS, k=80)).capitalize() + ".",
        materials=" and ".join(dice.sample(STUFFS, 2)),
        hs_code=dice.choice(HS_CODES),
        origin_country=business.country,
        customs_description=title,
        currency=business.currency,
        state=ListingState.LIVE,
        created_at=now,
        updated_at=now,
        live_at=now - timedelta(minutes=dice.randrange(1, 500_000)),
    )


def stock_up(
    rows: list[Listing], dice: random.Random, *, options: list[dict[str, str]] | None = None
) -> list[Any]:
    """Insert listings with a picture, one to four variants, prices and stock; their ids."""
    Listing.objects.bulk_create(rows)
    variants, prices = [], []
    for row in rows:
        choices = options or dice.choice((ONE_SIZE, FOUR_SIZES))
        amount = whole(row.currency) * dice.randrange(8, 120)
        for position, chosen in enumerate(choices):
            variant = Variant(
                listing=row, options=chosen, position=position, weight_g=dice.randrange(80, 1_500)
            )
            variants.append(variant)
            prices.append(Price(variant=variant, amount=amount, currency=row.currency))
    Variant.objects.bulk_create(variants)
    Price.objects.bulk_create(prices)
    Stock.objects.bulk_create(Stock(variant=one, available=PLENTY) for one in variants)
    ListingImage.objects.bulk_create(
        ListingImage(
            listing=row,
            alt=row.title,
            **{size: f"listings/{row.pk.hex}-{size}.webp" for size in ("small", "medium", "large")},
            width=1600,
            height=1600,
        )
        for row in rows
    )
    return [row.pk for row in rows]


def analyse() -> None:
    """What autovacuum would do within a minute."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def describe() -> dict[str, Any]:
    """What the load generator asks for: addresses, words, and variants to buy."""
    live = Listing.objects.public().exclude(title=FLASH_TITLE).order_by("-live_at", "id")
    known = list(live.values_list("id", "slug", "category__path")[:400])
    bought = dict(
        Variant.objects.filter(listing__in=[row[0] for row in known])
        .order_by("-position")
        .values_list("listing_id", "id")
    )
    flash = Listing.objects.get(title=FLASH_TITLE)
    return {
        "listings": LISTINGS,
        "categories": [
            category_path(shelf.path) for shelf in Category.objects.filter(parent__isnull=False)
        ],
        "goods": [
            {
                "page": listing_path(pk, slug),
                "category": category_path(path),
                "variant": str(bought[pk]),
            }
            for pk, slug, path in known
        ],
        "words": [f"{stuff} {thing}" for stuff in STUFFS for thing in THINGS[:6]]
        + [*THINGS, *MOODS],
        "flash": {
            "page": listing_path(flash.pk, flash.slug),
            "category": category_path(flash.category.path),
            "variant": str(flash.variants.get().pk),
        },
    }
