"""The visitor's preferences for every template."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.middleware import preferences_of


def preferences(request: HttpRequest) -> dict[str, Any]:
    """`preferences`: an accounts.rules.Preferences, found out only when a template shows it."""
    chosen = getattr(request, "preferences", None)
    if chosen is None:
        chosen = SimpleLazyObject(lambda: preferences_of(request))
    return {"preferences": chosen}
