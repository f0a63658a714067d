"""What a parcel from one seller costs, to the door and line by line; pure.

This is the one pricing function of the market: listing page, basket, checkout, the seller's
preview and the API all show what it says.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from catalog.rules.prices import shown_price
from catalog.rules.ways import CARRIAGE, DeliveryOffer, OptionQuote, Restriction, choose
from common.money import Money, charge_round, currency_of
from payments.rules.fee_tax import FeeTax
from payments.rules.fees import FeeItem, FeeSchedule, FeeTerms, LineFee, order_fee
from trade.rules.restrictions import Goods
from trade.rules.values import (
    Buyer,
    Certainty,
    Channel,
    Charge,
    ChargeKind,
    Collector,
    Consignment,
    GoodsLine,
    LandedCost,
    Unknown,
)

Assess = Callable[[Consignment], LandedCost]


@dataclass(frozen=True, slots=True)
class GoodsItem:
    """One thing in the parcel: how many, at what unit price of the seller's, and what it is.

    category: the path of its shelf, which decides the fee. preference: a proof of its origin goes
    with it, and the preference is claimed. handling: all that restrictions look at, where more is
    known than code and description.
    """

    variant_id: uuid.UUID
    quantity: int
    unit: Money
    weight_g: int | None
    hs_code: str
    origin: str
    description: str
    category: str = ""
    preference: bool = False
    handling: Goods | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rates of one quote.

    price: buyer's currency for one of the seller's, what prices are converted at (mid and spread);
    mid: the same at mid market; to_destination: the destination's currency for one of the
    buyer's, at the rate that its customs wants; from_destination: the reverse, at mid.
    """

    price: Decimal
    mid: Decimal
    to_destination: Decimal
    from_destination: Decimal


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """seller_*: the seller's currency. unit, amount: what the buyer pays. mid_amount: at mid.

    commission, fee_tax: the fee on this line and the tax on that, by `fee`; the seller's currency.
    """

    variant_id: uuid.UUID
    quantity: int
    seller_unit: Money
    seller_amount: Money
    unit: Money
    amount: Money
    mid_amount: Money
    commission: Money
    fee_tax: Money
    fee: FeeTerms


@dataclass(frozen=True, slots=True)
class ChargeQuote:
    """A duty, tax or border fee in the buyer's currency, with the rulebook row that says so.

    assessed, assessed_base: as the destination's rules computed it, in the destination's currency;
    base: what it is a charge on, in the buyer's.
    charged: part of the total. Otherwise somebody else may ask for it at the door, or it is
    already inside the price. source: the customs desk's own answer, for sentences about it.
    """

    kind: ChargeKind
    name: str
    rate_text: str
    money: Money
    assessed: Money
    assessed_base: Money
    base: Money
    row_id: str
    line_key: str | None
    collected_by: Collector
    certainty: Certainty
    included: bool
    source: Charge

    @property
    def charged(self) -> bool:
        return self.collected_by is Collector.PLATFORM and not self.included


@dataclass(frozen=True, slots=True)
class ParcelQuote:
    """What the buyer pays for one seller's parcel, and what the seller gets for it.

    goods, delivery, duty, tax, fees and total are in the buyer's `currency` and add up. Without a
    delivery option (`chosen` is None) nothing can be sent: total is then the goods alone and
    `certainty` UNKNOWN. Where every option's carrier refuses the goods, `chosen` is the one that
    they would have to take. spread: the part of goods and delivery that is the exchange margin.
    seller_total: goods and delivery in the seller's currency; seller_net: less commission, fee_tax.
    """

    business_id: uuid.UUID
    destination: str
    region: str
    dispatched_from: str
    seller_currency: str
    currency: str
    lines: tuple[ParcelLine, ...]
    options: tuple[OptionQuote, ...]
    chosen: OptionQuote | None
    charges: tuple[ChargeQuote, ...]
    goods: Money
    delivery: Money
    duty: Money
    tax: Money
    fees: Money
    total: Money
    spread: Money
    seller_goods: Money
    seller_delivery: Money
    seller_total: Money
    commission: Money
    fee_tax: Money
    tax_on_fee: FeeTax
    seller_net: Money
    weight_g: int | None
    dispatch_days: int
    certainty: Certainty
    unknowns: tuple[Unknown, ...]
    regime: str
    restrictions: tuple[Restriction, ...]

    @property
    def deliverable(self) -> bool:
        """Whether the seller sends this parcel to the destination at all."""
        return self.chosen is not None and self.chosen.is_open

    @property
    def fee_percent_bp(self) -> int:
        """The highest percentage among the fees of the lines, in hundredths of a percent."""
        return max((line.fee.percent_bp for line in self.lines), default=0)

    @property
    def at_the_door(self) -> tuple[ChargeQuote, ...]:
        """What somebody else may ask the buyer for; not in the total."""
        others = (Collector.CARRIER, Collector.CUSTOMS)
        return tuple(
            c for c in self.charges if c.collected_by in others and c.money and not c.included
        )

    @property
    def preferred(self) -> frozenset[str]:
        """Keys of the lines whose duty is lower because of a proof of their origin."""
        return frozenset(c.line_key for c in self.charges if c.source.preferential and c.line_key)

    def is_unknown(self, kind: ChargeKind) -> bool:
        """Whether an amount of this kind is missing from the total because no row answers."""
        return any(u.kind is kind and u.certainty is Certainty.UNKNOWN for u in self.unknowns)


@dataclass(frozen=True, slots=True)
class Parcel:
    """Everything that decides a parcel's price, gathered.

    restrictions: what may keep the goods from crossing the border whoever carries them; shown where
    there is no offer. scheme, seller_registered: the platform's and the seller's standing with the destination's tax
    scheme; see trade.rules.values.Consignment. channel: how it is sold; all that this market sells
    is MARKETPLACE.
    """

    business_id: uuid.UUID
    dispatched_from: str
    seller_currency: str
    fees: FeeSchedule
    items: tuple[GoodsItem, ...]
    offers: tuple[DeliveryOffer, ...]
    dispatch_days: int
    destination: str
    region: str
    destination_currency: str
    currency: str
    option_id: uuid.UUID | None
    on: date
    exchange: Exchange
    restrictions: tuple[Restriction, ...] = ()
    buyer: Buyer = Buyer.PRIVATE
    scheme: bool = True
    seller_registered: bool = False
    channel: Channel = Channel.MARKETPLACE


def parcel_weight_g(items: Sequence[GoodsItem]) -> int | None:
    """The whole parcel's weight, or None while the weight of one thing in it is not known."""
    weights = [item.weight_g * item.quantity if item.weight_g else None for item in items]
    known = [weight for weight in weights if weight is not None]
    return sum(known) if len(known) == len(weights) else None


def price_parcel(parcel: Parcel, *, assess: Assess) -> ParcelQuote:
    """Quote the parcel; `assess` is the customs desk (trade's landed_cost with its rulebook).

    A unit price is converted once, half-up, and multiplied, so that the line is what the buyer
    works out from the unit shown. Every charge is converted back once, half-up. Whatever the buyer
    is asked for is a multiple of the currency's charge step, so that the total can be charged.
    """
    fee = order_fee(
        parcel.fees, [FeeItem(item.unit * item.quantity, item.category) for item in parcel.items]
    )
    lines = tuple(_line(*pair, parcel) for pair in zip(parcel.items, fee.lines, strict=True))
    options = tuple(_option(offer, parcel) for offer in parcel.offers)
    chosen = choose(options, parcel.option_id)
    goods = Money.sum((line.amount for line in lines), parcel.currency)
    seller_goods = Money.sum((line.seller_amount for line in lines), parcel.seller_currency)
    mid = Money.sum((line.mid_amount for line in lines), parcel.currency)
    delivery = Money.zero(parcel.currency)
    seller_delivery = Money.zero(parcel.seller_currency)
    charges: tuple[ChargeQuote, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    certainty = Certainty.UNKNOWN
    regime = ""
    if chosen is not None:
        delivery, seller_delivery = chosen.money, chosen.seller_money
        mid += chosen.mid_money
        cost = assess(_consignment(parcel, lines, chosen))
        charges = tuple(_charge(charge, parcel) for charge in cost.charges)
        unknowns, certainty, regime = cost.unknowns, cost.certainty, cost.regime
    due = {
        kind: Money.sum((c.money for c in charges if c.kind is kind and c.charged), parcel.currency)
        for kind in ChargeKind
    }
    seller_total = seller_goods + seller_delivery
    return ParcelQuote(
        business_id=parcel.business_id,
        destination=parcel.destination,
        region=parcel.region,
        dispatched_from=parcel.dispatched_from,
        seller_currency=parcel.seller_currency,
        currency=parcel.currency,
        lines=lines,
        options=options,
        chosen=chosen,
        charges=charges,
        goods=goods,
        delivery=delivery,
        duty=due[ChargeKind.DUTY],
        tax=due[ChargeKind.TAX],
        fees=due[ChargeKind.FEE],
        total=Money.sum([goods, delivery, *due.values()], parcel.currency),
        spread=goods + delivery - mid,
        seller_goods=seller_goods,
        seller_delivery=seller_delivery,
        seller_total=seller_total,
        commission=fee.commission,
        fee_tax=fee.fee_tax,
        tax_on_fee=fee.tax,
        seller_net=seller_total - fee.commission - fee.fee_tax,
        weight_g=parcel_weight_g(parcel.items),
        dispatch_days=parcel.dispatch_days,
        certainty=certainty,
        unknowns=unknowns,
        regime=regime,
        restrictions=chosen.restrictions if chosen else parcel.restrictions,
    )


def _line(item: GoodsItem, fee: LineFee, parcel: Parcel) -> ParcelLine:
    amount = item.unit * item.quantity
    unit = shown_price(item.unit, rate=parcel.exchange.price, currency=parcel.currency)
    return ParcelLine(
        variant_id=item.variant_id,
        quantity=item.quantity,
        seller_unit=item.unit,
        seller_amount=amount,
        unit=unit,
        amount=unit * item.quantity,
        mid_amount=_at_mid(amount, parcel),
        commission=fee.commission,
        fee_tax=fee.fee_tax,
        fee=fee.terms,
    )


def _at_mid(money: Money, parcel: Parcel) -> Money:
    if money.currency == parcel.currency:
        return money
    return money.convert(parcel.exchange.mid, parcel.currency, rounding=ROUND_HALF_UP)


def _option(offer: DeliveryOffer, parcel: Parcel) -> OptionQuote:
    return OptionQuote(
        option_id=offer.option_id,
        name=offer.name,
        seller_money=offer.money,
        money=shown_price(offer.money, rate=parcel.exchange.price, currency=parcel.currency),
        mid_money=_at_mid(offer.money, parcel),
        min_days=offer.min_days,
        max_days=offer.max_days,
        tracked=offer.tracked,
        carried_by=offer.carried_by,
        restrictions=offer.restrictions,
    )


def _consignment(parcel: Parcel, lines: Sequence[ParcelLine], chosen: OptionQuote) -> Consignment:
    return Consignment(
        destination=parcel.destination,
        dispatched_from=parcel.dispatched_from,
        date=parcel.on,
        channel=parcel.channel,
        lines=tuple(
            GoodsLine(
                key=str(item.variant_id),
                hs_code=item.hs_code,
                origin=item.origin,
                quantity=item.quantity,
                value=_to_destination(line.amount, parcel),
                weight_g=item.weight_g * item.quantity if item.weight_g else None,
                description=item.description,
                preference=item.preference,
            )
            for item, line in zip(parcel.items, lines, strict=True)
        ),
        delivery=_to_destination(chosen.money, parcel),
        region=parcel.region,
        seller_registered=parcel.seller_registered,
        scheme=parcel.scheme,
        carriage=CARRIAGE[chosen.carried_by],
        buyer=parcel.buyer,
    )


def _to_destination(money: Money, parcel: Parcel) -> Money:
    if money.currency == parcel.destination_currency:
        return money
    rate = parcel.exchange.to_destination
    return money.convert(rate, parcel.destination_currency, rounding=ROUND_HALF_UP)


def _charge(charge: Charge, parcel: Parcel) -> ChargeQuote:
    money = charge_round(charge.amount)
    if money.currency != parcel.currency:
        rate, step = parcel.exchange.from_destination, currency_of(parcel.currency).charge_step
        money = charge.amount.convert(rate, parcel.currency, rounding=ROUND_HALF_UP, step=step)
    return ChargeQuote(
        kind=charge.kind,
        name=charge.name,
        rate_text=charge.rate_text,
        money=money,
        assessed=charge.amount,
        assessed_base=charge.base,
        base=_base(charge, parcel),
        row_id=charge.row_id,
        line_key=charge.line_key,
        collected_by=charge.collected_by,
        certainty=charge.certainty,
        included=charge.included,
        source=charge,
    )


def _base(charge: Charge, parcel: Parcel) -> Money:
    """For tax returns, which name what was taxed in the money that was paid; nobody is charged it."""
    if charge.base.currency == parcel.currency:
        return charge.base
    rate = parcel.exchange.from_destination
    return charge.base.convert(rate, parcel.currency, rounding=ROUND_HALF_UP)
