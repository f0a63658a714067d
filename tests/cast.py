"""The people of the tests, made through the services that the pages use.

Sellers: Ama in Accra (GHS), Linh in Hanoi (VND), Chiara in Florence (EUR); each is approved and
has one live listing with one variant and stock. Buyers: Lucie in Lyon (EUR), Haruka in Osaka (JPY),
Jordan in Austin (USD), Fatima in Kuwait (KWD). Mira moderates.

Rates are round on purpose, so that worked examples can be checked by hand. Their source is a
person, which costs 0.5 % on top of the usual 1.5 %: prices are converted at mid × 1.02.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO, StringIO
from typing import Any, Final

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.db import connection
from PIL import Image

from accounts.models import User
from catalog.models import Listing, Variant
from catalog.services.editing import VariantInput, create_listing, set_variants, submit_listing
from catalog.services.images import add_image
from catalog.services.review import approve_listing
from catalog.services.shelves import save_shelves
from common.addresses import PostalAddress
from common.money import Money
from marketplace.demo.numbers import join_every_scheme
from payments.selectors import forget_rates
from payments.services import set_manual_rate
from sellers.models import Business
from sellers.services.business import open_business
from sellers.services.review import approve_business, submit_for_review
from shipping.models import DeliveryOption
from shipping.services import OptionTerms, save_option, save_profile
from trade.services.sanctions_lists import refresh_demo_list

NOW: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

# Units for one euro.
RATES: Final = {
    "GHS": Decimal("12.5"),
    "VND": Decimal(30000),
    "USD": Decimal("1.25"),
    "JPY": Decimal(160),
    "GBP": Decimal("0.8"),
    "KWD": Decimal("0.32"),
}

ADDRESSES: Final = {
    "FR": PostalAddress(
        country_code="FR",
        name="Lucie Martin",
        street_address="12 rue Mercière",
        city="Lyon",
        postal_code="69002",
    ),
    "JP": PostalAddress(
        country_code="JP",
        name="Haruka Sato",
        street_address="1-2-3 Umeda",
        city="Osaka-shi Kita-ku",
        country_area="Osaka",
        postal_code="530-0001",
    ),
    "US": PostalAddress(
        country_code="US",
        name="Jordan Reed",
        street_address="500 Congress Ave",
        city="Austin",
        country_area="TX",
        postal_code="78701",
    ),
    "KW": PostalAddress(
        country_code="KW",
        name="Fatima Al-Sabah",
        street_address="Block 5, Street 12",
        city="Salmiya",
    ),
    "GH": PostalAddress(
        country_code="GH", name="Ama Mensah", street_address="4 Ring Road", city="Accra"
    ),
    "VN": PostalAddress(
        country_code="VN",
        name="Linh Tran",
        street_address="8 Hang Gai",
        city="Hoan Kiem",
        country_area="Hanoi",
        postal_code="11000",
    ),
    "IT": PostalAddress(
        country_code="IT",
        name="Chiara Conti",
        street_address="Via Maggio 9",
        city="Firenze",
        country_area="FI",
        postal_code="50125",
    ),
}


@dataclass(frozen=True, slots=True)
class Wares:
    """What a seller offers: its title, price, weight and papers."""

    title: str
    amount: int
    weight_g: int
    hs_code: str
    customs_description: str
    delivery_amount: int
    stock: int = 10


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller with its one live listing."""

    user: User
    business: Business
    listing: Listing
    variant: Variant
    option: DeliveryOption


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody."""

    ama: Seller
    linh: Seller
    chiara: Seller
    lucie: User
    haruka: User
    jordan: User
    fatima: User
    mira: User

    @property
    def sellers(self) -> tuple[Seller, Seller, Seller]:
        return self.ama, self.linh, self.chiara


def make_cast(now: datetime = NOW) -> Cast:
    """The whole cast, from an empty database."""
    set_rates(now)
    join_every_scheme(now=now)
    refresh_demo_list(now=now)
    save_shelves(shelves=[("home", "Home"), ("home/baskets", "Baskets")])
    mira = make_user("mira@example.org", name="Mira", is_staff=True)
    return Cast(
        ama=make_seller(
            "Ama Weaves", "GH", "GHS", AMA_BASKET, moderator=mira, now=now, email="ama@example.org"
        ),
        linh=make_seller(
            "Linh Lacquer",
            "VN",
            "VND",
            LINH_BOWL,
            moderator=mira,
            now=now,
            email="linh@example.org",
        ),
        chiara=make_seller(
            "Chiara Carta",
            "IT",
            "EUR",
            CHIARA_PAPER,
            moderator=mira,
            now=now,
            email="chiara@example.org",
        ),
        lucie=make_user("lucie@example.org", name="Lucie Martin", country="FR", currency="EUR"),
        haruka=make_user("haruka@example.org", name="Haruka Sato", country="JP", currency="JPY"),
        jordan=make_user("jordan@example.org", name="Jordan Reed", country="US", currency="USD"),
        fatima=make_user("fatima@example.org", name="Fatima", country="KW", currency="KWD"),
        mira=mira,
    )


AMA_BASKET: Final = Wares("Bolga basket", 25000, 900, "460212", "Woven straw basket", 12500)
LINH_BOWL: Final = Wares("Lacquer bowl", 600000, 400, "442190", "Lacquered wooden bowl", 300000)
CHIARA_PAPER: Final = Wares("Marbled paper", 1800, 200, "482090", "Decorated paper", 900)


def set_rates(now: datetime) -> None:
    """Round rates, vouched for by a person."""
    for currency, rate in RATES.items():
        set_manual_rate(currency=currency, rate=rate, as_of=now.date(), now=now)
    forget_rates()


def make_user(
    email: str, *, name: str = "", country: str = "", currency: str = "", is_staff: bool = False
) -> User:
    """A person with a verified address; the password is "correct horse battery"."""
    user = User.objects.create_user(
        email,
        "correct horse battery",
        name=name,
        country=country,
        currency=currency,
        is_staff=is_staff,
        is_superuser=is_staff,
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_seller(
    name: str,
    country: str,
    currency: str,
    wares: Wares,
    *,
    email: str,
    moderator: User,
    now: datetime,
) -> Seller:
    """An approved business with a worldwide delivery option and one live listing."""
    user = make_user(email, name=ADDRESSES[country].name)
    business = open_business(
        owner=user,
        name=name,
        country=country,
        currency=currency,
        address=ADDRESSES[country],
        agreed_fee_bp=settings.PLATFORM_FEE_PERCENT_BP,
        now=now,
    )
    business = submit_for_review(business=business, actor=user, now=now)
    business = approve_business(business=business, actor=moderator, now=now)
    profile = save_profile(business=business, name="World", dispatch_days=2, now=now)
    option = save_option(
        business=business,
        profile_id=profile.pk,
        terms=OptionTerms(
            name="Airmail",
            base_amount=wares.delivery_amount,
            min_days=5,
            max_days=12,
            everywhere=True,
        ),
    )
    listing = make_listing(business, wares, moderator=moderator, now=now)
    return Seller(user, business, listing, listing.variants.get(), option)


def make_listing(business: Business, wares: Wares, *, moderator: User, now: datetime) -> Listing:
    """A live listing with one variant."""
    shelf = save_shelves(shelves=[("home", "Home"), ("home/baskets", "Baskets")])["home/baskets"]
    listing = create_listing(
        business=business,
        category=shelf,
        title=wares.title,
        description=f"{wares.title}, made by hand in our own workshop, one by one.",
        hs_code=wares.hs_code,
        customs_description=wares.customs_description,
        now=now,
    )
    set_variants(
        listing=listing,
        rows=[
            VariantInput(
                price=Money(wares.amount, business.currency),
                stock_change=wares.stock,
                weight_g=wares.weight_g,
            )
        ],
        now=now,
    )
    add_image(listing=listing, file=BytesIO(_photo()), alt=wares.title)
    submit_listing(listing=listing, now=now)
    return approve_listing(listing=listing, actor=moderator, now=now)


@lru_cache(maxsize=1)
def _photo() -> bytes:
    file = BytesIO()
    Image.new("RGB", (32, 32), "#0c5560").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of the tests: it stands at NOW until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        forget_rates()
        yield traveller
    forget_rates()


@pytest.fixture
def cast(db: None, clock: time_machine.Traveller) -> Cast:
    """Everybody, at the time of the tests.

    The services make the cast once a process; later tests get copies of the rows they made.
    """
    if "cast" not in _remembered:
        filled = _filled_tables()
        made = make_cast()
        _remembered["rows"] = {
            table: _copy_out(table) for table in _filled_tables() if table not in filled
        }
        _remembered["cast"] = pickle.dumps(made)
        return made
    for table, rows in _remembered["rows"].items():
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {table} FROM STDIN", StringIO(rows))
    forget_rates()
    copied: Cast = pickle.loads(_remembered["cast"])
    return copied


_remembered: dict[str, Any] = {}


def _filled_tables() -> list[str]:
    """Tables with a row in them, sellers before what they sell (triggers look them up).

    What was empty before the cast holds nothing but the cast.
    """
    names = [model._meta.db_table for model in apps.get_models()]
    parts = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        found = {row[0] for row in cursor.fetchall()}
    return [name for name in names if name in found]


def _copy_out(table: str) -> str:
    rows = StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
    return rows.getvalue()
