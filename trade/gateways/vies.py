"""VIES: the European Commission asks the tax office of the member state whether a VAT number is valid.

Its REST interface, POST …/check-vat-number. It needs no key. A refusal to answer comes as HTTP 200,
400 or 500 with a word ("MS_UNAVAILABLE": that state's office is closed), and is no answer: only
`"valid": true` confirms and only `"valid": false` refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from common.countries import EU
from common.remote import Limits, NoAnswerError, ask_json
from trade.states import TaxNumberState

COUNTRIES: Final = EU
LARGEST_BYTES: Final = 100_000
STEP_SECONDS: Final = 5.0
# What VIES writes where a state tells no name or address.
NOTHING: Final = "---"
NOT_SAID: Final = "NO_ANSWER"
OTHER_NUMBER: Final = "OTHER_NUMBER"
# About this number or about what we sent; every other word is about the service.
OF_THE_QUESTION: Final = frozenset({"INVALID_INPUT", "VAT_BLOCKED"})
LONGEST_WORD: Final = 80
LONGEST_REFERENCE: Final = 80
LONGEST_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What the authority said. name, address: of its register, empty where it does not tell them.

    reference: its number of this consultation, only given to a requester that names its own number.
    word: why there is no answer.
    """

    outcome: TaxNumberState
    name: str = ""
    address: str = ""
    reference: str = ""
    word: str = ""

    @property
    def is_out_of_order(self) -> bool:
        """There is no answer, and asking about another number now would bring none either."""
        return self.outcome == TaxNumberState.UNANSWERED and self.word not in OF_THE_QUESTION


def ask(number: str, *, url: str, requester: str, seconds: float) -> Answer:
    """Ask about a VAT number that begins with its country's two letters (Greece: EL). Never raises."""
    limits = Limits(seconds, min(seconds, STEP_SECONDS), LARGEST_BYTES)
    try:
        said = ask_json(f"{url}/check-vat-number", limits=limits, body=_question(number, requester))
    except NoAnswerError as error:
        return Answer(
            TaxNumberState.UNANSWERED, word=_word(error.said) or str(error)[:LONGEST_WORD]
        )
    return _understood(number, said)


def _question(number: str, requester: str) -> dict[str, str]:
    asked = {"countryCode": number[:2], "vatNumber": number[2:]}
    if requester:
        asked |= {"requesterMemberStateCode": requester[:2], "requesterNumber": requester[2:]}
    return asked


def _understood(number: str, said: Mapping[str, Any]) -> Answer:
    valid, word = said.get("valid"), _word(said)
    if word or not isinstance(valid, bool):
        return Answer(TaxNumberState.UNANSWERED, word=word or NOT_SAID)
    if not _is_about(number, said):
        return Answer(TaxNumberState.UNANSWERED, word=OTHER_NUMBER)
    return Answer(
        TaxNumberState.CONFIRMED if valid else TaxNumberState.REFUSED,
        name=_text(said.get("name"), LONGEST_TEXT),
        address=_text(said.get("address"), LONGEST_TEXT),
        reference=_text(said.get("requestIdentifier"), LONGEST_REFERENCE),
    )


def _word(said: Mapping[str, Any]) -> str:
    """The word of an answer that is none; "" where it is one."""
    errors = said.get("errorWrappers")
    first = errors[0] if isinstance(errors, list) and errors else None
    word = first.get("error") if isinstance(first, dict) else None
    if isinstance(word, str) and word:
        return word[:LONGEST_WORD]
    return NOT_SAID if errors or said.get("actionSucceed") is False else ""


def _is_about(number: str, said: Mapping[str, Any]) -> bool:
    """An answer that repeats another number than the one asked about is not believed."""
    country, rest = said.get("countryCode"), said.get("vatNumber")
    if not (isinstance(country, str) and isinstance(rest, str) and country and rest):
        return True
    return _signs(country + rest) == _signs(number)


def _signs(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or value.strip() == NOTHING:
        return ""
    return value.strip()[:longest]
