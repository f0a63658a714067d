"""What people read about tax and customs numbers."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from trade.rules.registrations import NumberKind
from trade.selectors.registrations import SchemeStanding

KIND_WORDS: dict[NumberKind, str | Promise] = {
    NumberKind.VAT: _("VAT number"),
    NumberKind.GST: _("GST number"),
    NumberKind.IOSS: _("IOSS number (European Union)"),
    NumberKind.EORI: _("EORI number (customs of the EU and the United Kingdom)"),
    NumberKind.VOEC: _("VOEC number (Norway)"),
    NumberKind.ARN: _("ARN (Australia, simplified GST)"),
    NumberKind.LVG: _("Number for low value goods (Malaysia)"),
    NumberKind.OTHER: pgettext_lazy("kind of tax number", "Another number"),
}
_REFUSALS: dict[str, str | Promise] = {
    "empty": _("Please write the number."),
    "country": _("That country has no numbers of this kind that we could check."),
    "format": _("A number of this kind looks different. Please compare it with your papers."),
    "check": _("There is a mistake in the digits: its check digit does not fit."),
    "period": _("The last day is before the first."),
    "overlaps": _("Another number of this kind holds on some of these days. End that one first."),
}
_END_REFUSALS: dict[str, str | Promise] = {
    "past": _("It can't end before yesterday: what was sold under it stays as it was."),
    "later": _("It ends sooner already. Add the number again for the time after that."),
}


def say_number_refusal(code: str) -> str:
    """Why a number was not taken."""
    return str(_REFUSALS[code])


def say_end_refusal(code: str) -> str:
    """Why a number can't end on that day."""
    return str(_END_REFUSALS[code])


def say_scheme(one: SchemeStanding) -> str:
    """A scheme by name, with its country where there is only one."""
    name = one.row.effect.name
    if len(one.destinations) == 1:
        return f"{name} ({one.destinations[0]})"
    count = len(one.destinations)
    return gettext("%(name)s (%(count)d countries)") % {"name": name, "count": count}
