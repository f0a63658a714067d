"""The market in a language that does not exist, once from the left and once from the right.

A second web process with these settings shows the pages of a running market: see
test_other_languages.py. "de" reads from the left, "ar" from the right.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import trans_real

from marketplace.settings import *  # noqa: F403
from tests.stretched import StretchedTranslations

LANGUAGES = [("en", _("English")), ("de", _("Stretched")), ("ar", _("From the right"))]


class _FromTheLeft(StretchedTranslations):
    def to_language(self) -> str:
        return "de"


_catalogues: dict[str, Any] = trans_real._translations  # type: ignore[attr-defined]
_catalogues |= {"de": _FromTheLeft(), "ar": StretchedTranslations()}
