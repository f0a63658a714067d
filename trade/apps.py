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
        checks.register(warn_of_missing_lists, checks.Tags.database)


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


def warn_of_missing_lists(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[checks.CheckMessage]:
    """Sanctions lists that are required and missing or too old: nothing is sold until they are there."""
    # Models exist only once every app is ready.
    from trade.selectors.screening import list_standings  # noqa: PLC0415

    if not databases or settings.DEMO:
        return []
    now = timezone.now()  # noqa: TID251 - an interface asks the clock
    try:
        missing = [one.source for one in list_standings(now=now) if not one.is_usable]
    except DatabaseError:
        return []  # the table is not there yet
    if not missing:
        return []
    return [
        checks.Warning(
            f"These sanctions lists are missing or too old: {', '.join(missing)}. Until they are"
            " imported nobody is approved and nothing is sold.",
            hint="manage.py import_sanctions; see docs/screening.md.",
            id="trade.W002",
        )
    ]
