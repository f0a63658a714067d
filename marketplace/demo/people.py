"""The people of the demo market, and what they have bought; all of them invented."""

from __future__ import annotations

from dataclasses import dataclass

from common.addresses import PostalAddress

PASSWORD = "harbour-lantern-42"  # noqa: S105 - shown to everybody who starts the demo


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class DemoBuyer:
    """A buyer, with the address its orders go to."""

    name: str
    email: str
    currency: str
    address: PostalAddress


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """A purchase: lines are titles and quantities.

    outcome: unpaid, expired, paid, cancelled, shipped, delivered, complaint, disputed, complete,
    one-back, part-refunded or refunded; every order of the purchase gets there.
    """

    buyer: str
    days_ago: int
    lines: tuple[tuple[str, int], ...]
    outcome: str


MODERATOR = DemoPerson("Miriam Okafor", "moderator@demo.example")
NEWCOMER = DemoPerson("Sina Tuilagi", "sina@demo.example")
"""Has just opened a business: the moderator's queue is not empty on the first day."""
NEWCOMER_ADDRESS = PostalAddress(
    country_code="FJ",
    name="Sina Tuilagi",
    street_address="18 Marine Drive",
    city="Lautoka",
    phone="+679 999 0142",
)

BUYERS: tuple[DemoBuyer, ...] = (
    DemoBuyer(
        "Lucie Martin",
        "lucie@demo.example",
        "EUR",
        PostalAddress(
            country_code="FR",
            name="Lucie Martin",
            street_address="12 rue Mercière",
            city="Lyon",
            postal_code="69002",
            phone="+33 4 78 00 12 34",
        ),
    ),
    DemoBuyer(
        "Haruka Satō",
        "haruka@demo.example",
        "JPY",
        PostalAddress(
            country_code="JP",
            name="佐藤 遥",
            street_address="梅田1-2-3",
            city="大阪市北区",
            country_area="大阪府",
            postal_code="530-0001",
            phone="+81 6 6345 0011",
        ),
    ),
    DemoBuyer(
        "Jordan Reed",
        "jordan@demo.example",
        "USD",
        PostalAddress(
            country_code="US",
            name="Jordan Reed",
            street_address="500 Congress Ave, Apt 4",
            city="Austin",
            country_area="TX",
            postal_code="78701",
            phone="+1 512 555 0170",
        ),
    ),
    DemoBuyer(
        "Fatima Al-Sabah",
        "fatima@demo.example",
        "KWD",
        PostalAddress(
            country_code="KW",
            name="Fatima Al-Sabah",
            street_address="Block 5, Street 12, House 8",
            city="Salmiya",
            phone="+965 2222 0145",
        ),
    ),
    DemoBuyer(
        "Oliver Hughes",
        "oliver@demo.example",
        "GBP",
        PostalAddress(
            country_code="GB",
            name="Oliver Hughes",
            street_address="8 Park Row",
            city="Bristol",
            postal_code="BS1 5LJ",
            phone="+44 117 496 0812",
        ),
    ),
)

ORDERS: tuple[DemoOrder, ...] = (
    DemoOrder(
        "lucie@demo.example",
        29,
        (("Seventeen-coat lacquer bowl", 1), ("Satchel Serragli", 1)),
        "complete",
    ),
    DemoOrder("oliver@demo.example", 28, (("Tea bowl, ash glaze", 1),), "part-refunded"),
    DemoOrder("jordan@demo.example", 27, (("Baby alpaca pullover", 1),), "refunded"),
    DemoOrder("lucie@demo.example", 26, (("Bolga market basket, large", 1),), "complete"),
    DemoOrder("haruka@demo.example", 24, (("Lambswool scarf, heather", 1),), "complete"),
    DemoOrder("oliver@demo.example", 23, (("Silk scarf, river at dawn", 1),), "complete"),
    DemoOrder("haruka@demo.example", 20, (("Card holder, four pockets", 2),), "cancelled"),
    DemoOrder(
        "fatima@demo.example",
        16,
        (("Ras el hanout, 80 g", 2), ("Brass lamp with piercings", 1)),
        "complete",
    ),
    DemoOrder("lucie@demo.example", 15, (("Conical hat, palm leaf", 2),), "one-back"),
    DemoOrder("haruka@demo.example", 12, (("Bamboo steamer, two tiers", 1),), "complaint"),
    DemoOrder("fatima@demo.example", 13, (("Silk scarf, river at dawn", 1),), "disputed"),
    DemoOrder("jordan@demo.example", 11, (("Steam-bent pendant lamp", 1),), "delivered"),
    DemoOrder("lucie@demo.example", 10, (("Block-printed quilt, queen", 1),), "delivered"),
    DemoOrder(
        "haruka@demo.example",
        6,
        (("Seventeen-coat lacquer bowl", 1), ("Recycled glass beads, long strand", 1)),
        "shipped",
    ),
    DemoOrder("oliver@demo.example", 5, (("Kitchen knife, santoku 165 mm", 1),), "shipped"),
    DemoOrder(
        "lucie@demo.example",
        2,
        (
            ("Lotus tea, lightly scented", 2),
            ("Raw shea butter, 250 g", 1),
            ("Marbled notebook, A5", 1),
        ),
        "paid",
    ),
    DemoOrder("jordan@demo.example", 1, (("Conical hat, palm leaf", 1),), "paid"),
    DemoOrder("fatima@demo.example", 1, (("Key ring, saddle stitch", 3),), "paid"),
    DemoOrder("oliver@demo.example", 3, (("Everyday mug, tenmoku", 2),), "expired"),
    DemoOrder("haruka@demo.example", 0, (("Washi letter set", 1),), "unpaid"),
)
