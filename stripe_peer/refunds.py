"""Refunds: money back to the buyer, from the platform's balance. Transfers are not touched by it."""

from __future__ import annotations

from decimal import Decimal

from stripe_peer import currencies, money
from stripe_peer.api import Call, merge_metadata, page, route
from stripe_peer.cards import CARDS
from stripe_peer.errors import PeerError, unreadable
from stripe_peer.parameters import boolean, integer, listing, metadata, one_of, retrieving, text
from stripe_peer.store import Json, Row
from stripe_peer.world import World, timer


@route(
    "POST",
    "/v1/refunds",
    retrieving(
        charge=text,
        payment_intent=text,
        amount=integer,
        currency=text,
        metadata=metadata,
        reason=one_of("duplicate", "fraudulent", "requested_by_customer"),
        refund_application_fee=boolean,
        reverse_transfer=boolean,
    ),
)
def create(call: Call) -> Row:
    world = call.world
    charge = world.store.edit(_charge(call).id)
    if call.get("reverse_transfer"):
        raise PeerError(
            "You cannot reverse a transfer on a charge that does not have an associated transfer.",
            param="reverse_transfer",
        )
    amount = _check(charge, call.get("amount"))
    row = world.add(
        "refund",
        "re" if charge.inner["card"] else "pyr",
        charge.account,
        {
            "amount": amount,
            "balance_transaction": None,
            "charge": charge.id,
            "currency": charge.data["currency"],
            "metadata": call.get("metadata") or {},
            "payment_intent": charge.data["payment_intent"],
            "reason": call.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
        },
        settled=0,
    )
    del row.data["livemode"]
    if charge.inner["card"]:
        row.data["destination_details"] = {
            "type": "card",
            "card": {"reference_status": "pending", "reference_type": "", "type": "refund"},
        }
        del row.data["destination_details"]["card"]["reference_type"]
    _take(world, charge, row)
    behaviour = CARDS[charge.inner["card"]].refund if charge.inner["card"] else "later"
    if behaviour == "later":
        row.data["status"] = "pending"
        row.data["pending_reason"] = "processing"
    if behaviour:
        world.later(world.config["refund_after"], f"refund_{behaviour}", row.id)
    world.emit("charge.refunded", charge.data, account=charge.account)
    world.emit("refund.created", row.data, account=row.account)
    return row


def _charge(call: Call) -> Row:
    if call.get("charge"):
        return call.find("charge", call.get("charge"), "charge")
    if not call.get("payment_intent"):
        raise unreadable(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            "payment_intent",
            "parameter_missing",
        )
    intent = call.find("payment_intent", call.get("payment_intent"), "payment_intent")
    if not intent.data["latest_charge"]:
        raise PeerError(
            f"This PaymentIntent ({intent.id}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return call.world.get("charge", intent.data["latest_charge"])


def _check(charge: Row, asked: int | None) -> int:
    """How much to give back. Raises PeerError where that is not to be had."""
    data = charge.data
    if data["status"] != "succeeded" or not data["captured"]:
        raise PeerError(f"Charge {charge.id} has not been paid.", code="charge_not_refundable")
    if data["disputed"] and not charge.inner.get("inquiry"):
        raise PeerError(
            f"Charge {charge.id} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    rest = data["amount_captured"] - data["amount_refunded"]
    if rest == 0:
        raise PeerError(
            f"Charge {charge.id} has already been refunded.", code="charge_already_refunded"
        )
    amount = rest if asked is None else asked
    currencies.check_unit(amount, data["currency"])
    if amount > rest:
        raise PeerError(
            f"Refund amount ({currencies.written(amount, data['currency'])}) is greater than "
            f"unrefunded amount on charge ({currencies.written(rest, data['currency'])})",
            param="amount",
        )
    return amount


def _take(world: World, charge: Row, refund: Row) -> None:
    """Out of the balance at the rate of the charge, so that many parts make exactly the whole."""
    booked = world.store.find(charge.data["balance_transaction"] or "")
    if booked is None:
        raise PeerError(
            f"Charge {charge.id} is still being processed; try again later.",
            code="charge_not_refundable",
        )
    refunded = charge.data["amount_refunded"] + refund.data["amount"]
    part = Decimal(booked.data["amount"]) * refunded / charge.data["amount_captured"]
    due = currencies.convert(1, part)
    before = charge.inner.get("settled_refunds", 0)
    refund.inner["settled"] = due - before
    charge.inner["settled_refunds"] = due
    transaction = money.book(
        world,
        account=charge.account,
        kind="refund" if charge.inner["card"] else "payment_refund",
        source=refund.id,
        amount=-(due - before),
        currency=booked.data["currency"],
        rate=_rate(booked),
    )
    refund.data["balance_transaction"] = transaction.id
    charge.data["amount_refunded"] = refunded
    charge.data["refunded"] = refunded == charge.data["amount_captured"]


def _rate(booked: Row) -> Decimal | None:
    rate = booked.data["exchange_rate"]
    return None if rate is None else Decimal(str(rate))


@timer("refund_later")
def _arrives(world: World, name: str) -> None:
    row = world.store.edit(name)
    if row.data["status"] != "pending":
        return
    row.data["status"] = "succeeded"
    row.data.pop("pending_reason", None)
    world.emit("refund.updated", row.data, account=row.account)
    world.emit("charge.refund.updated", row.data, account=row.account)


@timer("refund_fails")
def fail(world: World, name: str) -> None:
    """The buyer's bank sends it back: the platform has the money again, the buyer has not."""
    row = world.store.edit(name)
    if row.data["status"] == "failed":
        return
    charge = world.store.edit(row.data["charge"])
    booked = world.get("balance_transaction", row.data["balance_transaction"])
    back = money.book(
        world,
        account=row.account,
        kind="refund_failure",
        source=row.id,
        amount=row.inner["settled"],
        currency=booked.data["currency"],
        rate=_rate(booked),
    )
    row.data |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    row.data["failure_balance_transaction"] = back.id
    charge.data["amount_refunded"] -= row.data["amount"]
    charge.data["refunded"] = False
    charge.inner["settled_refunds"] -= row.inner["settled"]
    world.emit("refund.updated", row.data, account=row.account)
    world.emit("charge.refund.updated", row.data, account=row.account)
    world.emit("refund.failed", row.data, account=row.account)


# --- the rest of the API --------------------------------------------------------------------------


@route("GET", "/v1/refunds/{name}", retrieving())
def retrieve(call: Call, name: str) -> Row:
    return call.find("refund", name)


@route("POST", "/v1/refunds/{name}", retrieving(metadata=metadata))
def update(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("refund", name).id)
    row.data["metadata"] = merge_metadata(row.data["metadata"], call.get("metadata"))
    call.world.emit("refund.updated", row.data, account=row.account)
    return row


@route("POST", "/v1/refunds/{name}/cancel", retrieving())
def cancel(call: Call, name: str) -> Row:
    row = call.find("refund", name)
    raise PeerError(f"Refund {row.id} can't be canceled: it is {row.data['status']}.")


@route("GET", "/v1/refunds", listing(charge=text, payment_intent=text))
def list_refunds(call: Call) -> Json:
    def keep(row: Row) -> bool:
        return all(
            call.get(field) in (None, row.data[field]) for field in ("charge", "payment_intent")
        )

    return page(call, "refund", keep=keep)
