"""What the tests of bank payouts share: payees with accounts, files, and a bank's answers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from xml.etree.ElementTree import Element, fromstring

from accounts.models import User
from common.money import Money
from orders.services.events import handle_provider_events
from payments.gateways.pain001 import NAMESPACE
from payments.models import BankFile, Payee, Payout
from payments.rules.bank_accounts import BankDetails, read_account
from payments.services import Leg, create_payee, post_entry, run_settlement, submit_payouts
from payments.services.bank_accounts import open_file, set_bank_account
from payments.states import AccountKind, EntryKind

IBANS = {"HUF": "HU42117730161111101800000000", "KWD": "KW81CBKU0000000000001234560101"}
JAPANESE: Mapping[str, str] = {"bank": "0005", "branch": "001", "account": "1234567"}


def details(scheme: str, country: str, typed: Mapping[str, str], **words: str) -> BankDetails:
    country, numbers = read_account(scheme=scheme, country=country, typed=typed)
    about = {"holder": "Ama Mensah", "street": "4 Ring Road", "postcode": "", "town": "Accra"}
    return BankDetails(scheme=scheme, country=country, numbers=numbers, **{**about, **words})


def person(email: str = "owner@example.org") -> User:
    return User.objects.filter(email=email).first() or User.objects.create_user(email, "x" * 12)


def bank_payee(
    name: str, country: str, currency: str, account: BankDetails, now: datetime
) -> Payee:
    payee = create_payee(name=name, country=country, currency=currency, now=now)
    Payee.objects.filter(pk=payee.pk).update(provider="bank_file")
    set_bank_account(payee_id=payee.pk, details=account, actor=person(), now=now)
    payee.refresh_from_db()
    return payee


def earn(payee: Payee, amount: int) -> None:
    money = Money(amount, payee.currency)
    post_entry(
        key=f"release:{uuid.uuid4()}",
        kind=EntryKind.RELEASE,
        reference=str(uuid.uuid4()),
        legs=[
            Leg(AccountKind.FX_GAIN_LOSS, -money),
            Leg(AccountKind.SELLER_PAYABLE, money, str(payee.pk)),
        ],
    )


def settle(period: str, now: datetime) -> list[Payout]:
    """Payouts made and put down for the next file."""
    payouts = run_settlement(period=period, now=now).payouts
    submit_payouts(now=now)
    handle_provider_events(now=now)
    return payouts


def read_inbox(now: datetime) -> None:
    handle_provider_events(now=now)


def document(file: BankFile) -> Element:
    return fromstring(open_file(file).encode())


def texts(root: Element, path: str) -> list[str]:
    """The texts at a path of element names, without the namespace."""
    steps = "/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/"))
    return [one.text or "" for one in root.iterfind(f".//{steps}")]


def pain002(message_id: str, *rows: tuple[str, str, str], group: str = "") -> bytes:
    """A status report; rows: end-to-end id, status, reason code."""
    transactions = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
        for name, status, code in rows
    )
    batch = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message_id}-1</OrgnlPmtInfId>{transactions}"
        "</OrgnlPmtInfAndSts>"
    )
    status = f"<GrpSts>{group}</GrpSts>" if group else ""
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'
        "<CstmrPmtStsRpt><GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-25T09:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{status}</OrgnlGrpInfAndSts>"
        f"{batch if rows else ''}</CstmrPmtStsRpt></Document>"
    ).encode()


def camt054(
    *rows: tuple[str, str, str, str], number: str = "N1", is_reversal: bool = False
) -> bytes:
    """A notification; rows: end-to-end id, amount, currency, reason of return (empty: a debit).

    is_reversal: the bank undoes an entry of its own, and gives no reason of return.
    """
    entries = "".join(
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{'CRDT' if reason else 'DBIT'}</CdtDbtInd>"
        + ("<RvslInd>true</RvslInd>" if is_reversal else "")
        + "<Sts><Cd>BOOK</Cd></Sts>"
        "<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>"
        f'<Refs><EndToEndId>{name}</EndToEndId></Refs><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{'CRDT' if reason else 'DBIT'}</CdtDbtInd>"
        + (f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason and not is_reversal else "")
        + "</TxDtls></NtryDtls></Ntry>"
        for name, amount, currency, reason in rows
    )
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">'
        f"<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>{number}</MsgId>"
        "<CreDtTm>2026-11-25T09:00:00</CreDtTm></GrpHdr><Ntfctn><Id>1</Id>"
        f"<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{entries}</Ntfctn>"
        "</BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()
