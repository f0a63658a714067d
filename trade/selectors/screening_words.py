"""A match in words for a moderator: every reason of its score, and what the list says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.countries import country_name
from trade.models import ScreeningCase
from trade.rules.screening import NameKind, Reason

SENTENCES: Mapping[Reason, Callable[[], str]] = {
    Reason.SAME: lambda: _("“%(asked)s” is the same on both sides."),
    Reason.SPELLING: lambda: _("“%(asked)s” is written nearly like “%(listed)s”."),
    Reason.SOUND: lambda: _("“%(asked)s” is another spelling of “%(listed)s”."),
    Reason.CONSONANTS: lambda: _("“%(asked)s” has the consonants of “%(listed)s”."),
    Reason.INITIAL: lambda: _("“%(asked)s” and “%(listed)s” begin with the same letter."),
    Reason.ONLY_ASKED: lambda: _("“%(asked)s” is not on the list."),
    Reason.ONLY_LISTED: lambda: _("“%(listed)s” is only on the list."),
    Reason.OTHER: lambda: _("“%(asked)s” is not “%(listed)s”."),
    Reason.WEAK_ALIAS: lambda: _("The list itself calls the alias “%(listed)s” weak."),
    Reason.SINGLE_NAME: lambda: _("One word alone is little to go by."),
    Reason.COUNTRY_SAME: lambda: _("The country agrees: %(asked)s."),
    Reason.COUNTRY_OTHER: lambda: _("The country differs: %(asked)s here, %(listed)s on the list."),
    Reason.BORN_SAME: lambda: _("The year of birth agrees: %(asked)s."),
    Reason.BORN_OTHER: lambda: _(
        "The year of birth differs: %(asked)s here, %(listed)s on the list."
    ),
    Reason.STREET_SAME: lambda: _("The street agrees: %(asked)s; on the list %(listed)s."),
    Reason.TOWN_SAME: lambda: _("The town agrees: %(asked)s; on the list %(listed)s."),
    Reason.TOWN_OTHER: lambda: _("The town differs: %(asked)s here, %(listed)s on the list."),
    Reason.KIND_OTHER: lambda: _("One is a person, the other is not."),
}
OF_COUNTRIES = frozenset({Reason.COUNTRY_SAME, Reason.COUNTRY_OTHER})
KINDS: Mapping[str, Callable[[], str]] = {
    NameKind.PERSON.value: lambda: _("Person"),
    NameKind.COMPANY.value: lambda: _("Company or other body"),
    NameKind.UNKNOWN.value: lambda: _("Not known"),
}


def say_reasons(case: ScreeningCase) -> list[str]:
    """Which names were compared, then a sentence for each reason with the points it gave or took."""
    compared = _("Compared in Latin letters: %(asked)s with %(listed)s.") % {
        "asked": case.explanation["asked"],
        "listed": case.explanation["listed"],
    }
    return [compared, *(_say_reason(part) for part in case.explanation["parts"])]


def _say_reason(part: Mapping[str, Any]) -> str:
    reason = Reason(part["reason"])
    words = {"asked": part["asked"], "listed": part["listed"]}
    if reason in OF_COUNTRIES:
        words = {side: say_countries(text.split()) for side, text in words.items()}
    sentence = SENTENCES[reason]() % words
    return f"{sentence} ({part['points']:+d})" if part["points"] else sentence


def say_countries(codes: list[str]) -> str:
    """Names of countries, by commas."""
    return ", ".join(country_name(code) for code in codes)


def say_entry(case: ScreeningCase) -> list[tuple[str, str]]:
    """What the list says of the party, as pairs of a title and a text."""
    entry = case.entry
    names = [
        _("%(name)s (weak alias)") % {"name": name["text"]} if name["weak"] else name["text"]
        for name in entry["names"]
    ]
    rows = [
        (_("Kind"), KINDS[entry["kind"]]()),
        (_("Names"), " · ".join(names)),
        (_("Countries"), say_countries(entry["countries"])),
        (_("Addresses"), " · ".join(_say_place(place) for place in entry.get("places", []))),
        (_("Born"), ", ".join(str(year) for year in entry["born"])),
        (_("Programme"), entry["programme"]),
    ]
    return [(title, text or "–") for title, text in rows]


def _say_place(place: Mapping[str, str]) -> str:
    return ", ".join(filter(None, (place["street"], place["town"])))


def say_asked(case: ScreeningCase) -> str:
    """Whom we asked about."""
    return " · ".join(name["text"] for name in case.asked)


def say_list_dates(case: ScreeningCase) -> str:
    """The lists that were asked, each with its own day."""
    return " · ".join(f"{source.upper()} {day}" for source, day in sorted(case.list_dates.items()))
