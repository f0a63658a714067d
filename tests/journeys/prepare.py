"""Run inside a market of tests: whoever is there before a journey begins.

The same services that the pages call make a moderator and two sellers, Linh in Hanoi (VND) and
Chiara in Florence (EUR). The exchange rates are today's, from the package that carries them.
"""

from __future__ import annotations

import django
from django.core.management import call_command
from django.utils import timezone


def main() -> None:
    django.setup()
    # Models can be imported only now.
    from accounts.services import appoint_moderator  # noqa: PLC0415
    from catalog.services.shelves import save_shelves  # noqa: PLC0415
    from tests import cast  # noqa: PLC0415

    now = timezone.now()
    call_command("refresh_rates")
    save_shelves(
        shelves=[
            ("home", "Home"),
            ("home/baskets", "Baskets"),
            ("home/table", "Table"),
            ("paper", "Paper and writing"),
            ("paper/cards", "Cards and sheets"),
        ]
    )
    mira = cast.make_user("mira@example.org", name="Mira")
    appoint_moderator(user=mira)
    for name, country, currency, wares, email in (
        ("Linh Lacquer", "VN", "VND", cast.LINH_BOWL, "linh@example.org"),
        ("Chiara Carta", "IT", "EUR", cast.CHIARA_PAPER, "chiara@example.org"),
    ):
        cast.make_seller(name, country, currency, wares, email=email, moderator=mira, now=now)


if __name__ == "__main__":
    main()
