"""Why a code was proposed, and what would choose between two, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trade.rules.classification import HsMatch, Reason, Why
from trade.rules.siblings import Axis, Choice, Question, what_separates
from trade.rules.vague import is_vague
from trade.selectors.classification import find_hs_codes

BEST = 3

VALUE_WORDS = frozenset({
    gettext_noop("aluminium"), gettext_noop("babies"), gettext_noop("bamboo"),
    gettext_noop("cashmere"), gettext_noop("cast iron"), gettext_noop("copper or brass"),
    gettext_noop("cotton"), gettext_noop("filled"), gettext_noop("for LED only"),
    gettext_noop("glass"), gettext_noop("gold"), gettext_noop("ground"),
    gettext_noop("iron or steel"), gettext_noop("knitted"), gettext_noop("knotted"),
    gettext_noop("lead crystal"), gettext_noop("leather"), gettext_noop("linen"),
    gettext_noop("man-made fibres"), gettext_noop("men"), gettext_noop("metal"),
    gettext_noop("other ceramic"), gettext_noop("other fibres"), gettext_noop("over 100 years old"),
    gettext_noop("paper"), gettext_noop("plastic"), gettext_noop("porcelain"),
    gettext_noop("printed"), gettext_noop("rattan"), gettext_noop("roasted"),
    gettext_noop("rubber"), gettext_noop("silk"), gettext_noop("silver"),
    gettext_noop("stainless steel"), gettext_noop("stone"), gettext_noop("straw or other plants"),
    gettext_noop("synthetic fibres"), gettext_noop("textile"), gettext_noop("tropical wood"),
    gettext_noop("tufted"), gettext_noop("viscose or other artificial fibres"),
    gettext_noop("whole"), gettext_noop("women"), gettext_noop("wood"), gettext_noop("wool"),
    gettext_noop("woven"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """A code with its heading and, in one sentence, why it was proposed."""

    code: str
    dotted: str
    description: str
    score: int
    why: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in words, and its answers: each a word and the code it leads to."""

    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CodeSearch:
    """What the search of a code shows. vague: customs refuse these words as a description."""

    words: str
    vague: bool
    proposals: tuple[Proposal, ...]
    questions: tuple[Asked, ...]


def propose_codes(*, text: str, limit: int = BEST) -> CodeSearch:
    """The best codes for typed words with reasons, and what to add so that one remains."""
    words = text.strip()[:200]
    if not words:
        return CodeSearch("", vague=False, proposals=(), questions=())
    vague = is_vague(words) and not words.replace(".", "").replace(" ", "").isdigit()
    found = [] if vague else find_hs_codes(text=words, limit=8)
    best = found[:limit]
    return CodeSearch(
        words,
        vague,
        tuple(_propose(match) for match in best),
        tuple(_ask(question) for question in what_separates(found[:6], words)),
    )


def _propose(match: HsMatch) -> Proposal:
    return Proposal(match.code, match.dotted, match.description, match.score, say_reasons(match))


def say_reasons(match: HsMatch) -> str:
    """ "“mug” is a name for it; “ceramic” is in its heading; “celadon” is not known here." """
    parts = [_SENTENCES[reason.why]() % _words(reason) for reason in match.reasons]
    text = "; ".join(dict.fromkeys(parts))
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _words(reason: Reason) -> dict[str, str]:
    return {"typed": reason.typed, "word": reason.word}


_SENTENCES: dict[Why, Callable[[], str]] = {
    Why.NAME: lambda: _("“%(typed)s” is a name for it"),
    Why.HEADING: lambda: _("“%(word)s” is in its heading"),
    Why.NEAR: lambda: _("“%(typed)s” is like “%(word)s”"),
    Why.MEANS: lambda: _("“%(typed)s” means “%(word)s”"),
    Why.DIGITS: lambda: _("it begins with %(typed)s"),
    Why.UNKNOWN: lambda: _("“%(typed)s” is not known here"),
}


def _ask(question: Question) -> Asked:
    choices = tuple(Choice(_(choice.value), choice.code) for choice in question.choices)
    return Asked(_QUESTIONS[question.axis](), choices)


_QUESTIONS: dict[Axis, Callable[[], str]] = {
    Axis.MATERIAL: lambda: _("What is it made of?"),
    Axis.WEARER: lambda: _("Who wears it?"),
    Axis.MAKING: lambda: _("How is it made?"),
    Axis.STATE: lambda: _("In what state is it?"),
}


def vague_advice() -> str:
    """What to write instead of words that customs refuse."""
    return _(
        "Customs refuse words like “gift”, “sample” or “clothes”. Say what it is, of what and for "
        "what: “men's knitted cotton T-shirt”, “stoneware mug”."
    )
