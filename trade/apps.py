from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import DatabaseError
from django.utils import timezone


class TradeConfig(AppConfig):
    name = "trade"

    def ready(self) -> None:
        checks.register(warn_of_missing_numbers, checks.Tags.database)


def warn_of_missing_numbers(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[checks.CheckMessage]:
    """Schemes that the law has for a platform and under which none of its numbers holds today.

    Runs with `manage.py check --database default` and before migrating; a demo needs no telling.
    """
    # Models exist only once every app is ready.
    from trade.selectors.registrations import scheme_standings  # noqa: PLC0415

    if not databases or settings.DEMO:
        return []
    today = timezone.now().date()  # noqa: TID251 - an interface asks the clock
    try:
        missing = [one.key for one in scheme_standings(on=today) if one.held is None]
    except DatabaseError:
        return []  # the table is not there yet
    if not missing:
        return []
    return [
        checks.Warning(
            f"Freeport is not registered for {', '.join(missing)}: it collects no tax there, and"
            " buyers meet it at the border.",
            hint="Add the numbers under Admin > Our tax numbers; see docs/registrations.md.",
            id="trade.W001",
        )
    ]
