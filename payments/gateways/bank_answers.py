"""Reading what a bank sends back: pain.002 (what became of a file) and camt.054 (what was booked).

Any version of the two, told by the message's own elements. The files come from outside: no DTD, no
entities, no more than MOST_BYTES, and nothing but an error for what can't be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST_BYTES = 20_000_000


class AnswerError(ValueError):
    """The file is no answer that we can read; `code`: "size", "xml", "dtd" or "kind"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Verdict(StrEnum):
    """What a line says of a payment. PENDING: on its way, nothing to book yet."""

    PENDING = "PENDING"
    PAID = "PAID"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One payment of an answer.

    end_to_end_id: empty where the line is about a whole file (message_id). amount, currency: where
    the bank repeats them. reason: the bank's code and words.
    """

    end_to_end_id: str
    verdict: Verdict
    reason: str = ""
    amount: Decimal | None = None
    currency: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """kind: "pain.002" or "camt.054"."""

    kind: str
    lines: tuple[AnswerLine, ...]


# ISO 20022's external codes. Accepted for checking or execution is not yet paid.
_VERDICTS = {
    "RJCT": Verdict.REJECTED,
    "CANC": Verdict.REJECTED,
    "ACSC": Verdict.PAID,
    "ACCC": Verdict.PAID,
}


def read_answer(content: bytes) -> Answer:
    """Raises AnswerError."""
    if len(content) > MOST_BYTES:
        raise AnswerError("size")
    try:
        document = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise AnswerError("dtd") from None
    except (ParseError, ValueError, LookupError):
        raise AnswerError("xml") from None
    for root in document.iter():
        name = _name(root)
        if name == "CstmrPmtStsRpt":
            return Answer("pain.002", tuple(_statuses(root)))
        if name == "BkToCstmrDbtCdtNtfctn":
            return Answer("camt.054", tuple(_bookings(root)))
    raise AnswerError("kind")


def _statuses(root: Element) -> Iterator[AnswerLine]:
    """Each payment's own status, then that of the whole file for those which are not named."""
    group = _one(root, "OrgnlGrpInfAndSts")
    message_id = _text(group, "OrgnlMsgId")
    named = [one for one in root.iter() if _name(one) == "TxInfAndSts"]
    for one in named:
        code = _text(one, "TxSts")
        amount = _one(_one(_one(one, "OrgnlTxRef"), "Amt"), "InstdAmt")
        yield AnswerLine(
            end_to_end_id=_text(one, "OrgnlEndToEndId") or _text(one, "OrgnlInstrId"),
            verdict=_VERDICTS.get(code, Verdict.PENDING),
            reason=_reason(one, "StsRsnInf"),
            amount=_decimal(amount),
            currency="" if amount is None else amount.get("Ccy", ""),
            message_id=message_id,
        )
    batches = [one for one in root.iter() if _name(one) == "OrgnlPmtInfAndSts"]
    for place, tag in [*((batch, "PmtInfSts") for batch in batches), (group, "GrpSts")]:
        verdict = _VERDICTS.get(_text(place, tag))
        # A file that was refused is refused whole, whichever of its payments are named.
        if verdict is Verdict.REJECTED or (verdict is not None and not named):
            reason = _reason(place, "StsRsnInf") or _reason(group, "StsRsnInf")
            yield AnswerLine("", verdict, reason, message_id=message_id)
            return


def _bookings(root: Element) -> Iterator[AnswerLine]:
    """Booked debits are payments that left; credits with a reason of return came back, as do debits
    that the bank reverses. A credit that it reverses, or takes back, is nothing of ours.
    """
    for entry in (one for one in root.iter() if _name(one) == "Ntry"):
        status = _one(entry, "Sts")
        if (_text(status, "Cd") or _own_text(status)) != "BOOK":
            continue
        is_reversal = _text(entry, "RvslInd").lower() in {"true", "1"}
        for one in (part for part in entry.iter() if _name(part) == "TxDtls"):
            direction = _text(one, "CdtDbtInd") or _text(entry, "CdtDbtInd")
            returned = _one(one, "RtrInf") is not None or is_reversal
            if direction == "CRDT" and not returned:
                continue  # somebody paid us: nothing to do with payouts
            # A debit that carries a reason of return is a bank taking back what it had credited.
            if direction == "DBIT" and returned:
                continue
            amount = _amount_of(one, entry, is_return=returned)
            yield AnswerLine(
                end_to_end_id=_text(_one(one, "Refs"), "EndToEndId"),
                verdict=Verdict.RETURNED if returned else Verdict.PAID,
                reason=_reason(one, "RtrInf"),
                amount=_decimal(amount),
                currency="" if amount is None else amount.get("Ccy", ""),
            )


def _amount_of(details: Element, entry: Element, *, is_return: bool) -> Element | None:
    """Of a debit what was instructed, whatever charges come on top; of a return what came back."""
    amounts = _one(details, "AmtDtls")
    instructed, booked = _one(_one(amounts, "InstdAmt"), "Amt"), _one(details, "Amt")
    transferred = _one(_one(amounts, "TxAmt"), "Amt")
    order = (booked, transferred) if is_return else (instructed, transferred, booked)
    found = next((one for one in order if one is not None), None)
    if found is not None:
        return found
    count = sum(_name(one) == "TxDtls" for one in entry.iter())
    return _one(entry, "Amt") if count == 1 else None


def _reason(place: Element | None, tag: str) -> str:
    """Code and words, as far as they are given."""
    info = _one(place, tag)
    reason = _one(info, "Rsn")
    code = _text(reason, "Cd") or _text(reason, "Prtry")
    words = " ".join(
        _own_text(one) for one in (info if info is not None else ()) if _name(one) == "AddtlInf"
    )
    return " ".join(filter(None, (code, words)))[:200]


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _one(place: Element | None, tag: str) -> Element | None:
    """The first child of that name, whatever the version's namespace."""
    if place is None:
        return None
    return next((child for child in place if _name(child) == tag), None)


def _text(place: Element | None, tag: str) -> str:
    return _own_text(_one(place, tag))


def _own_text(element: Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _decimal(element: Element | None) -> Decimal | None:
    if element is None:
        return None
    try:
        return Decimal(_own_text(element))
    except InvalidOperation:
        return None
