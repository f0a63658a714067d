"""The open desk: whether a thing may be sent there, what it costs to the door, and what is left.

Anybody may ask, about goods that are listed nowhere. The amounts come from the one pricing function
of the market (`catalog.rules.parcels`), so that the answer is what a listing and the checkout show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from catalog.models import Listing
from catalog.rules.parcels import GoodsItem, ParcelQuote
from catalog.rules.ways import DeliveryOffer
from catalog.selectors.breakdown import doubts
from catalog.selectors.desk_lines import DeskLine, desk_lines, door_total
from catalog.selectors.desk_papers import PaperNeed, needed_papers
from catalog.selectors.desk_words import Verdict, say_certainty, say_verdict
from catalog.selectors.parcels import quote_goods
from common.countries import currency_for
from common.money import Money
from payments.rules.rates import RateUnavailableError
from payments.selectors.fees import NOBODY, anybody, say_fee, schedule_now
from payments.selectors.rates import rate_table
from shipping.rules import CarriedBy
from trade.rules.ranges import FULL_CODE
from trade.rules.values import Buyer, Channel, ChargeKind
from trade.selectors import describe_hs, propose_codes
from trade.selectors.code_words import Asked, Proposal
from trade.selectors.destinations import crosses_border


@dataclass(frozen=True, slots=True)
class DeskQuestion:
    """What somebody asks. Countries are ISO 3166 codes; made_in may be "" (not known).

    code: 2 to 10 digits, or "" to take the best match for `goods`. value: of one piece; delivery:
    what the buyer pays for sending all; both in the asker's currency. weight_g: of one piece,
    packed. carried_by: UNSAID while it is not decided; a sale elsewhere (channel) says it itself.
    currency: in which the buyer thinks, "" for the usual one of `to`.
    """

    goods: str
    sent_from: str
    to: str
    value: Money
    delivery: Money
    code: str = ""
    made_in: str = ""
    region: str = ""
    quantity: int = 1
    weight_g: int | None = None
    channel: Channel = Channel.MARKETPLACE
    carried_by: CarriedBy = CarriedBy.UNSAID
    buyer: Buyer = Buyer.PRIVATE
    proof: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Earnings:
    """What the seller is left with: goods + delivery - fee - tax = net, in its own currency.

    terms: the fee in words. ours: whether it is sold here; elsewhere we take nothing.
    """

    goods: Money
    delivery: Money
    fee: Money
    tax: Money
    net: Money
    terms: str
    ours: bool


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """The whole answer, in words and amounts.

    matches: codes that the words may mean, the best first, each with why; questions: what would
    decide between them. total: all that the buyer pays, to
    us and at the door, in the buyer's currency; about: the same in the asker's at the middle rate,
    None where it is the same currency or has no rate; usual_currency: that of the destination,
    which is not the total's where there is no rate into it. low, high: totals where the code is short
    and the rates under it differ, else None.
    """

    question: DeskQuestion
    code: str
    code_text: str
    matches: tuple[Proposal, ...]
    questions: tuple[Asked, ...]
    quote: ParcelQuote
    verdict: Verdict
    certainty: Verdict
    lines: tuple[DeskLine, ...]
    total: Money
    about: Money | None
    usual_currency: str
    low: Money | None
    high: Money | None
    earnings: Earnings
    papers: tuple[PaperNeed, ...]
    doubts: tuple[str, ...]

    @property
    def duty(self) -> Money | None:
        """All duty that we charge, None where it is not wholly known."""
        return self._charged(ChargeKind.DUTY, self.quote.duty)

    @property
    def tax(self) -> Money | None:
        """All tax that we charge, None where it is not wholly known."""
        return self._charged(ChargeKind.TAX, self.quote.tax)

    @property
    def fees(self) -> Money | None:
        """All border fees that we charge, None where they are not wholly known."""
        return self._charged(ChargeKind.FEE, self.quote.fees)

    def _charged(self, kind: ChargeKind, money: Money) -> Money | None:
        return None if self.quote.is_unknown(kind) else money


def answer_question(*, question: DeskQuestion, now: datetime) -> DeskAnswer:
    """Answer, in the buyer's usual currency if there is a current rate into it.

    Raises payments' RateUnavailableError when there is none into the currency that was asked for.
    """
    search = propose_codes(text=question.goods or question.code)
    code = question.code or (search.proposals[0].code if search.proposals else "")
    currency = question.currency or _buyers_currency(question, now)
    quote = _quote(question, code, currency, now)
    total = door_total(quote)
    low = high = None
    if code and len(code) < FULL_CODE:
        low = door_total(_quote(question, code, currency, now, end="low"))
        high = door_total(_quote(question, code, currency, now, end="high"))
    crosses = crosses_border(
        dispatched_from=question.sent_from, destination=question.to, on=now.date()
    )
    return DeskAnswer(
        question=question,
        code=code,
        code_text=describe_hs(code) or "",
        matches=search.proposals,
        questions=search.questions,
        quote=quote,
        verdict=say_verdict(quote, crosses=crosses),
        certainty=say_certainty(quote, channel=question.channel, crosses=crosses),
        lines=desk_lines(quote, channel=question.channel),
        total=total,
        usual_currency=currency_for(question.to),
        about=_about(total, question.value.currency, now),
        low=low if low != high else None,
        high=high if low != high else None,
        earnings=_earnings(question, quote),
        papers=needed_papers(
            crosses=crosses,
            channel=question.channel,
            carried_by=question.carried_by,
            weight_g=quote.weight_g,
            value=question.value * question.quantity,
            proof=question.proof,
            now=now,
        ),
        doubts=doubts(quote),
    )


def question_of(listing: Listing) -> str:
    """The desk's address with what a listing already says; the seller adds where it would go."""
    said = {
        "goods": listing.customs_description or listing.title,
        "code": listing.hs_code,
        "made_in": listing.origin_country,
        "sent_from": listing.business.country,
        "currency": listing.currency,
        "proof": "on" if listing.origin_statement else "",
    }
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{reverse('catalog:desk')}?{query}"


def _quote(
    question: DeskQuestion, code: str, currency: str, now: datetime, end: str = "typical"
) -> ParcelQuote:
    return quote_goods(
        item=GoodsItem(
            variant_id=NOBODY,
            quantity=question.quantity,
            unit=question.value,
            weight_g=question.weight_g,
            hs_code=code,
            origin=question.made_in,
            description=question.goods or describe_hs(code) or "",
            preference=question.proof,
        ),
        offer=DeliveryOffer(
            NOBODY, "", question.delivery, 0, 0, tracked=False, carried_by=question.carried_by
        ),
        fees=schedule_now(payer=anybody(question.value.currency), now=now),
        dispatched_from=question.sent_from,
        country=question.to,
        region=question.region,
        currency=currency,
        buyer=question.buyer,
        channel=question.channel,
        now=now,
        answers=lambda found: {
            "low": found.low,
            "typical": found.typical,
            "high": found.high,
        }[end],
    )


def _buyers_currency(question: DeskQuestion, now: datetime) -> str:
    """The usual one where the goods go; the asker's own where there is no rate into that."""
    usual = currency_for(question.to)
    try:
        rate_table(now=now).price_rate(question.value.currency, usual)
    except RateUnavailableError:
        return question.value.currency
    return usual


def _about(total: Money, currency: str, now: datetime) -> Money | None:
    if total.currency == currency:
        return None
    try:
        rate = rate_table(now=now).mid(total.currency, currency).rate
    except RateUnavailableError:
        return None
    return total.convert(rate, currency)


def _earnings(question: DeskQuestion, quote: ParcelQuote) -> Earnings:
    """Freeport's fee is of what is sold here; whoever sells elsewhere owes us nothing."""
    ours = question.channel is Channel.MARKETPLACE
    none = Money.zero(quote.seller_currency)
    return Earnings(
        goods=quote.seller_goods,
        delivery=quote.seller_delivery,
        fee=quote.commission if ours else none,
        tax=quote.fee_tax if ours else none,
        net=quote.seller_net if ours else quote.seller_total,
        terms=say_fee(quote.lines[0].fee),
        ours=ours,
    )
