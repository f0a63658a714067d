"""The desk's verdicts: whether it may be sent, and how far the figures can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.rules.parcels import ParcelQuote
from shipping.rules import CarriedBy
from trade.rules.restrictions import Outcome
from trade.rules.values import Certainty, Channel
from trade.selectors import RestrictionNotice, get_rulebook
from trade.selectors.destinations import Citation, restriction_citation


@dataclass(frozen=True, slots=True)
class Notice:
    """A restriction in words, with the law behind it."""

    code: str
    outcome: str
    text: str
    cited: Citation


@dataclass(frozen=True, slots=True)
class Verdict:
    """code: for machines. tone: ok, info, warn or bad. word: one or two words for a badge."""

    code: str
    tone: str
    word: str
    title: str
    text: str
    notices: tuple[Notice, ...] = ()


def say_verdict(quote: ParcelQuote, *, crosses: bool) -> Verdict:
    """Whether the goods may be sent on that way; the hardest restriction decides."""
    found = [one for one in quote.restrictions if isinstance(one, RestrictionNotice)]
    notices = tuple(
        Notice(one.code, one.outcome.value, one.text, restriction_citation(one.row_id))
        for one in found
    )
    order = list(Outcome)
    hardest = min((one.outcome for one in found), key=order.index, default=None)
    if quote.chosen and quote.chosen.refusals and not _barred_anyway(found):
        return Verdict(*_refused(quote.chosen.carried_by), notices)
    if hardest is Outcome.WARN and any(one.by_words for one in found):
        return Verdict(*_perhaps(), notices)
    code, tone, word, title, text = _verdict(hardest, quote.destination, crosses=crosses)
    return Verdict(code, tone, word, title, text, notices)


def _barred_anyway(found: Sequence[RestrictionNotice]) -> bool:
    """Whether it may not be sold there whoever carries it."""
    return any(one.forbids and not one.by_route for one in found)


def _refused(carried_by: CarriedBy) -> tuple[str, str, str, str, str]:
    if carried_by is CarriedBy.POST:
        title = _("Not by post")
        text = _(
            "The post does not take it. Some couriers do: ask one, and choose “by courier” here."
        )
    else:
        title = _("Not by courier")
        text = _("Couriers do not take it. Choose another way to send it.")
    return "refused", "bad", title, title, text


def _perhaps() -> tuple[str, str, str, str, str]:
    """The words name something that may not be sent, the code does not."""
    text = _(
        "These words may mean something that is not sold here, or not everywhere. If it is that, the"
        " answer is no. If it is something else, say it in other words."
    )
    return "notice", "warn", _("Perhaps"), _("Perhaps not: please check"), text


def _verdict(
    hardest: Outcome | None, destination: str, *, crosses: bool
) -> tuple[str, str, str, str, str]:
    if hardest is Outcome.BLOCK:
        text = _("Nobody may sell this there through us, and most carriers refuse it.")
        return "forbidden", "bad", _("Not allowed"), _("No, it may not be sent there"), text
    if hardest is Outcome.LICENCE:
        text = _("You need the permit before you send it. Without it customs keeps the parcel.")
        return "permit", "warn", _("Permit needed"), _("Only with a permit"), text
    if hardest is Outcome.CARRIER_ONLY:
        text = _("Ask the carrier first, and send it under its conditions.")
        return "carrier", "warn", _("Some carriers"), _("Yes, but not by ordinary post"), text
    if hardest is Outcome.WARN:
        text = _("There is something to know before you send it.")
        return "notice", "info", _("Allowed"), _("Yes, with something to know"), text
    if not crosses:
        text = _("It crosses no customs border.")
        return "allowed", "ok", _("Allowed"), _("Yes, you can sell it there"), text
    if get_rulebook().book(destination) is None:
        text = _(
            "None of the bans that hold nearly everywhere concerns it. The country's own rules are"
            " not known here yet."
        )
        return "unchecked", "info", _("Not banned"), _("Nothing we know forbids it"), text
    text = _("No ban or permit that we know of concerns these goods on this way.")
    return "allowed", "ok", _("Allowed"), _("Yes, you can sell it there"), text


def say_certainty(quote: ParcelQuote, *, channel: Channel, crosses: bool) -> Verdict:
    """How far the total can be trusted, and who bears a difference."""
    ours = channel is Channel.MARKETPLACE
    code = quote.certainty.value
    if quote.certainty is Certainty.UNKNOWN:
        text = _(
            "At least one amount is missing. The carrier or customs may ask the buyer for it, on top"
            " of this. Tell your buyer before you sell."
        )
        return Verdict(code, "warn", _("Incomplete"), _("Part of it is not known"), text)
    if quote.certainty is Certainty.ESTIMATE:
        if ours and not quote.at_the_door:
            text = _(
                "Some of these rules are known second-hand or in doubt. Sold here, the buyer pays"
                " this total and no more: a difference at the border is ours."
            )
        else:
            text = _(
                "Some of these rules are known second-hand or in doubt, so the bill at the border"
                " may differ."
            )
        return Verdict(code, "info", _("Estimate"), _("An estimate"), text)
    if not crosses:
        text = _("No duty and no import tax: nothing is added to the price but delivery.")
    elif ours:
        text = _(
            "Every rule behind it was read in the official text. Sold here, this is what the buyer"
            " is charged."
        )
    else:
        text = _(
            "Every rule behind it was read in the official text. In a shop of your own it is you"
            " who vouches for it."
        )
    return Verdict(code, "ok", _("Guaranteed"), _("You can rely on it"), text)
