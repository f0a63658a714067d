"""What the papers of an order's parcel say: the order as it was paid, and what its seller adds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from common.addresses import PostalAddress
from common.countries import country_name
from common.money import Money
from common.postal import format_address
from orders.models import Order, OrderCharge, OrderLine
from payments.rules.rates import RateUnavailableError
from payments.selectors.rates import mid_rate
from shipping.models import ParcelDetails
from shipping.rules import CarriedBy
from shipping.selectors import parcel_details
from trade.papers.advance import advance_data
from trade.papers.labels import paper_languages
from trade.papers.printing import print_papers
from trade.papers.values import Article, ChargeLine, ParcelPaper, Party
from trade.rules.papers import (
    Need,
    Paper,
    ParcelFacts,
    electronic_references,
    needs_exporter_reference,
    papers_needed,
    printed_references,
)
from trade.rules.s10 import Service, parse_item_number
from trade.rules.values import Certainty, ChargeKind, Collector

_KIND_NAMES = {ChargeKind.DUTY: "Duty", ChargeKind.TAX: "Tax", ChargeKind.FEE: "Border fees"}
_LONGEST_DETAIL = 240


@dataclass(frozen=True, slots=True)
class ParcelPapers:
    """A parcel with its papers. missing: what is left blank because nobody has said it, and what to
    look at ("other_way": it goes by another carrier than was sold)."""

    paper: ParcelPaper
    needs: tuple[Need, ...]
    missing: tuple[str, ...]
    details: ParcelDetails

    @property
    def claim_sold(self) -> bool:
        """Whether it is the sale that claims a preference: the buyer's duty is lower by it, and the
        statement on origin is owed, whatever the seller says here."""
        return self.paper.prefers and not self.details.claims_preference

    @property
    def form(self) -> Paper | None:
        """CN 22 or CN 23, where the parcel needs one."""
        forms = (Paper.CN22, Paper.CN23)
        return next((need.paper for need in self.needs if need.paper in forms), None)

    @property
    def to_print(self) -> tuple[Paper, ...]:
        """All that travels with the parcel, for one PDF."""
        left_out = {Paper.ADVANCE_DATA, Paper.PROFORMA}
        origin = () if self.paper.prefers else (Paper.ORIGIN,)
        return tuple(need.paper for need in self.needs if need.paper not in {*left_out, *origin})


def papers_of_order(*, order: Order, signed_by: str, now: datetime) -> ParcelPapers:
    """The papers that an order's parcel needs, with everything to print them; four queries."""
    details = parcel_details(order_ref=order.pk, business=order.business)
    paper = parcel_paper(order=order, details=details, signed_by=signed_by, now=now)
    value_eur = _in_euro(paper.value, now)
    weight = details.gross_weight_g if details.gross_weight_g is not None else paper.weight_g
    facts = ParcelFacts(
        crosses_border=crosses_border(order),
        service=paper.service,
        weight_g=weight,
        value_eur=value_eur,
        claims_preference=paper.prefers,
    )
    return ParcelPapers(
        paper=paper,
        needs=papers_needed(facts),
        missing=(
            *(["other_way"] if travels_otherwise(order=order, details=details) else []),
            *(_missing(paper, value_eur) if facts.crosses_border else ()),
        ),
        details=details,
    )


def service_of(*, order: Order, details: ParcelDetails) -> Service:
    """How the parcel travels: as its seller says, else as its item number does, else as it was sold."""
    said = Service(details.service)
    if said is not Service.UNKNOWN:
        return said
    if details.item_number:
        return parse_item_number(details.item_number).service
    return Service.COURIER if order.carried_by == CarriedBy.COURIER else Service.UNKNOWN


def travels_otherwise(*, order: Order, details: ParcelDetails) -> bool:
    """Whether the post carries what was sold and priced as a courier's parcel, or the reverse."""
    service = service_of(order=order, details=details)
    if service is Service.UNKNOWN and not details.item_number:
        return False
    goes_by = CarriedBy.COURIER if service is Service.COURIER else CarriedBy.POST
    return order.carried_by not in (CarriedBy.UNSAID, goes_by)


def crosses_border(order: Order) -> bool:
    """Whether customs wants to know what is in the parcel."""
    return order.dispatched_from != order.purchase.country


def parcel_paper(
    *, order: Order, details: ParcelDetails, signed_by: str, now: datetime
) -> ParcelPaper:
    """The order as its papers describe it: what the buyer paid, in the buyer's currency."""
    charges = list(order.charges.all())
    used = [charge.scheme for charge in charges if charge.scheme]
    number = parse_item_number(details.item_number) if details.item_number else None
    receiver = PostalAddress.from_dict(order.purchase.ship_to)
    lines = list(order.lines.all())
    size = (details.length_mm, details.width_mm, details.height_mm)
    place = ", ".join(
        part for part in (receiver.city, country_name(order.purchase.country, "en")) if part
    )
    return ParcelPaper(
        order_number=order.number,
        purchase_number=order.purchase.number,
        sent_on=(order.shipped_at or now).date(),
        invoiced_on=(order.paid_at or order.created_at).date(),
        sender=_sender(order),
        receiver=_party(receiver),
        articles=tuple(
            _article(line, order.currency, claims_all=details.claims_preference) for line in lines
        ),
        postage=Money(order.delivery_amount, order.currency),
        charges=tuple(_charge_lines(order, charges)),
        delivery_name=order.delivery_name,
        signed_by=signed_by,
        incoterm=_incoterm(order, charges),
        named_place=place if crosses_border(order) else "",
        dispatched_from=order.dispatched_from,
        destination=order.purchase.country,
        item_number=number,
        service=service_of(order=order, details=details),
        gross_weight_g=details.gross_weight_g,
        packages=details.packages,
        size_mm=size if all(side is not None for side in size) else None,  # type: ignore[arg-type]
        marks=details.marks,
        comments=details.comments,
        licence_number=details.licence_number,
        certificate_number=details.certificate_number,
        exporter_reference=details.exporter_reference,
        prefers=details.claims_preference or any(line.origin_statement for line in lines),
        printed_references=printed_references(order.registrations, used=used),
        electronic_references=electronic_references(order.registrations, used=used),
        languages=paper_languages(
            seller=order.business.language, destination=order.purchase.country
        ),
    )


def _sender(order: Order) -> Party:
    business = order.business
    address = PostalAddress.from_dict(business.address)
    if address.company_name.strip() == business.name:
        address = replace(address, company_name="")  # it stands above the address already
    party = _party(address)
    return replace(
        party,
        lines=(business.name, *party.lines),
        name=business.name,
        phone=business.phone or address.phone,
        tax_number=business.tax_number,
        eori=order.registrations.get("eori", ""),
    )


def _party(address: PostalAddress) -> Party:
    return Party(
        lines=_address_lines(address),
        phone=address.phone,
        name=address.name or address.company_name,
        street=address.street_address,
        city=address.city,
        area=address.country_area,
        postal_code=address.postal_code,
        country=address.country_code,
    )


def _address_lines(address: PostalAddress) -> tuple[str, ...]:
    """As the post reads them; the country in capitals, in English, as every post can read it."""
    lines = format_address(address)
    country = country_name(address.country_code, "en").upper()
    return tuple(lines if lines and lines[-1].upper() == country else [*lines, country])


def _article(line: OrderLine, currency: str, *, claims_all: bool) -> Article:
    options = " · ".join(line.options.values())
    detail = f"{line.title}, {options}" if options else line.title
    unit = Money(line.unit_amount, currency)
    value = Money(line.amount, currency)
    return Article(
        description=line.customs_description or line.title,
        detail=detail[:_LONGEST_DETAIL],
        quantity=line.quantity,
        weight_g=None if line.weight_g is None else line.weight_g * line.quantity,
        value=value,
        unit=unit if unit * line.quantity == value else None,
        hs_code=line.hs_code,
        origin=line.origin_country,
        sku=line.sku,
        without_claim=not (claims_all or line.origin_statement),
    )


def _charge_lines(order: Order, charges: Iterable[OrderCharge]) -> list[ChargeLine]:
    """Duty, tax and fees exactly as the buyer paid them.

    Charges of one name are one line. A kind whose charges do not add up to what the order took (a
    tax inside the price is written down too) is one line of what the order took.
    """
    lines: list[ChargeLine] = []
    taken = {
        ChargeKind.DUTY: order.duty_amount,
        ChargeKind.TAX: order.tax_amount,
        ChargeKind.FEE: order.fees_amount,
    }
    paid = [charge for charge in charges if charge.collected_by == Collector.PLATFORM]
    for kind, amount in taken.items():
        named: dict[str, int] = {}
        for charge in paid:
            if charge.kind == kind:
                name = f"{charge.name} {charge.rate_text}".strip()
                named[name] = named.get(name, 0) + charge.amount
        if sum(named.values()) != amount:
            named = {_KIND_NAMES[kind]: amount}
        lines += [
            ChargeLine(name, Money(value, order.currency)) for name, value in named.items() if value
        ]
    return lines


def _incoterm(order: Order, charges: Iterable[OrderCharge]) -> str:
    """DDP where everything at the border is paid; DAP where somebody may ask the buyer for more."""
    if not crosses_border(order):
        return ""
    at_the_door = any(
        charge.collected_by in {Collector.CARRIER, Collector.CUSTOMS} for charge in charges
    )
    unknown = order.certainty == Certainty.UNKNOWN
    return "DAP" if at_the_door or unknown else "DDP"


def _in_euro(value: Money, now: datetime) -> Money | None:
    try:
        rate = mid_rate(from_currency=value.currency, to_currency="EUR", on=now.date()).rate
    except RateUnavailableError:
        return None
    return value.convert(rate, "EUR")


def _missing(paper: ParcelPaper, value_eur: Money | None) -> Iterable[str]:
    """Codes of what a paper leaves blank: the words are the page's."""
    if paper.gross_weight_g is None:
        yield "gross_weight"
    elif paper.weight_g is not None and paper.gross_weight_g < paper.weight_g:
        yield "too_light"
    if any(article.weight_g is None for article in paper.articles):
        yield "net_weight"
    if any(not article.hs_code for article in paper.articles):
        yield "hs_code"
    if any(not article.origin for article in paper.articles):
        yield "origin"
    if not paper.receiver.phone:
        yield "phone"
    if paper.item_number is None and paper.service is not Service.COURIER:
        yield "item_number"
    without = not (paper.exporter_reference or paper.sender.eori)
    if paper.prefers and without and needs_exporter_reference(value_eur):
        yield "exporter_reference"


def paper_titles() -> dict[Paper, str]:
    """What each paper is called, in the reader's language."""
    return {
        Paper.INVOICE: _("Commercial invoice"),
        Paper.PROFORMA: _("Proforma invoice"),
        Paper.PACKING_LIST: _("Packing list"),
        Paper.CN22: _("Customs form CN 22"),
        Paper.CN23: _("Customs form CN 23"),
        Paper.ORIGIN: _("Declaration of origin"),
        Paper.ADVANCE_DATA: _("Electronic advance data (JSON)"),
        Paper.LABEL: _("Address label"),
        Paper.SLIP: _("Packing slip"),
    }


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper to hand out."""

    name: str
    media_type: str
    content: bytes


def paper_file(found: ParcelPapers, wanted: str) -> PaperFile | None:
    """One of the parcel's papers by its key, "all" for what travels with it; None for a paper that
    it does not have."""
    number = found.paper.order_number
    own = {need.paper.value: need.paper for need in found.needs}
    if wanted == Paper.ADVANCE_DATA and wanted in own:
        text = json.dumps(advance_data(found.paper), indent=2, ensure_ascii=False)
        return PaperFile(f"{wanted}-{number}.json", "application/json", text.encode())
    if wanted != "all" and wanted not in own:
        return None
    chosen = found.to_print if wanted == "all" else (own[wanted],)
    name = "papers" if wanted == "all" else wanted
    content = print_papers(chosen, found.paper)
    return PaperFile(f"{name}-{number}.pdf", "application/pdf", content)
