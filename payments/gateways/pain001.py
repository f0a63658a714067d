"""Writing the order to a bank: ISO 20022 pain.001.001.09, one debtor account a file.

Only characters that every bank takes (the Latin set of SEPA and CBPR+); other letters are spelled
in Latin. Addresses are structured: town and country at least, as banks require since November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from anyascii import anyascii

from common.money import Money
from payments.rules.bank_accounts import BankDetails

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_ALLOWED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
NOT_PROVIDED = "NOTPROVIDED"


@dataclass(frozen=True, slots=True)
class Debtor:
    """The platform's own account that a file pays from; `iban` or `account`."""

    name: str
    country: str
    town: str
    iban: str
    account: str
    bic: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment of a file."""

    end_to_end_id: str
    money: Money
    to: BankDetails
    remittance: str


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What goes into one file; every transfer in one currency."""

    message_id: str
    created_at: datetime
    execute_on: date
    debtor: Debtor
    transfers: Sequence[Transfer]

    @property
    def total(self) -> Money:
        return Money.sum((one.money for one in self.transfers), self.transfers[0].money.currency)


def latin(text: str, longest: int) -> str:
    """A text as banks take it: Latin letters, digits, a few signs, at most `longest` of them.

    It neither begins with a slash nor has two in a row, which would end a field at some banks.
    """
    plain = _ALLOWED.sub(" ", anyascii(text))
    plain = re.sub(r"//+", "/", re.sub(r"\s+", " ", plain)).strip(" /")
    return plain[:longest].strip(" /")


def decimal_text(money: Money) -> str:
    """Major units with the currency's own decimals: 1234 JPY, 1.50 EUR, 1.500 KWD."""
    return f"{money.to_decimal():f}"


def write_order(order: PaymentOrder) -> str:
    """The file as text, with its XML declaration."""
    register_namespace("", NAMESPACE)
    document = Element(f"{{{NAMESPACE}}}Document")
    root = _add(document, "CstmrCdtTrfInitn")
    count, total = str(len(order.transfers)), decimal_text(order.total)
    head = _add(root, "GrpHdr")
    _add(head, "MsgId", order.message_id)
    _add(head, "CreDtTm", order.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(head, "NbOfTxs", count)
    _add(head, "CtrlSum", total)
    _add(_add(head, "InitgPty"), "Nm", latin(order.debtor.name, 70))
    batch = _add(root, "PmtInf")
    _add(batch, "PmtInfId", f"{order.message_id}-1")
    _add(batch, "PmtMtd", "TRF")
    _add(batch, "BtchBookg", "false")
    _add(batch, "NbOfTxs", count)
    _add(batch, "CtrlSum", total)
    _add(_add(batch, "ReqdExctnDt"), "Dt", order.execute_on.isoformat())
    _debtor(batch, order.debtor, order.total.currency)
    _add(batch, "ChrgBr", "SHAR")
    for transfer in order.transfers:
        _transfer(batch, transfer)
    indent(document)
    body: str = tostring(document, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _debtor(batch: Element, debtor: Debtor, currency: str) -> None:
    party = _add(batch, "Dbtr")
    _add(party, "Nm", latin(debtor.name, 70))
    _address(party, country=debtor.country, town=debtor.town)
    account = _add(batch, "DbtrAcct")
    _account_id(account, debtor.iban, debtor.account)
    _add(account, "Ccy", currency)
    agent = _add(_add(batch, "DbtrAgt"), "FinInstnId")
    if debtor.bic:
        _add(agent, "BICFI", debtor.bic)
    else:
        _add(_add(agent, "Othr"), "Id", NOT_PROVIDED)


def _transfer(batch: Element, transfer: Transfer) -> None:
    to = transfer.to
    row = _add(batch, "CdtTrfTxInf")
    names = _add(row, "PmtId")
    _add(names, "InstrId", transfer.end_to_end_id)
    _add(names, "EndToEndId", transfer.end_to_end_id)
    amount = _add(_add(row, "Amt"), "InstdAmt", decimal_text(transfer.money))
    amount.set("Ccy", transfer.money.currency)
    _creditor_bank(row, to)
    party = _add(row, "Cdtr")
    _add(party, "Nm", latin(to.holder, 70))
    _address(party, country=to.country, town=to.town, street=to.street, postcode=to.postcode)
    _account_id(_add(row, "CdtrAcct"), to.iban, to.account)
    _add(_add(row, "RmtInf"), "Ustrd", latin(transfer.remittance, 140))


def _creditor_bank(row: Element, to: BankDetails) -> None:
    system, member = to.clearing
    if not (to.bic or member):
        return  # an IBAN says by itself which bank it is of
    bank = _add(_add(row, "CdtrAgt"), "FinInstnId")
    if to.bic:
        _add(bank, "BICFI", to.bic)
    if member:
        clearing = _add(bank, "ClrSysMmbId")
        if system:
            _add(_add(clearing, "ClrSysId"), "Cd", system)
        _add(clearing, "MmbId", member)


def _address(
    party: Element, *, country: str, town: str, street: str = "", postcode: str = ""
) -> None:
    address = _add(party, "PstlAdr")
    for tag, text, longest in (
        ("StrtNm", street, 70),
        ("PstCd", postcode, 16),
        ("TwnNm", town, 35),
    ):
        if plain := latin(text, longest):
            _add(address, tag, plain)
    _add(address, "Ctry", country)


def _account_id(account: Element, iban: str, other: str) -> None:
    number = _add(account, "Id")
    if iban:
        _add(number, "IBAN", iban)
    else:
        _add(_add(number, "Othr"), "Id", other)


def _add(parent: Element, tag: str, text: str = "") -> Element:
    child = SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    child.text = text or None
    return child
