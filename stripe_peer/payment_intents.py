"""Payment intents: one attempt after the other to be paid once."""

from __future__ import annotations

from typing import Any

from stripe_peer import charges, currencies, disputes, money
from stripe_peer.api import Call, merge_metadata, page, route
from stripe_peer.cards import CARDS, Card, card_of
from stripe_peer.errors import PeerError, declined, missing, unreadable
from stripe_peer.parameters import (
    Fields,
    anything,
    boolean,
    integer,
    list_of,
    listing,
    metadata,
    needed,
    one_of,
    retrieving,
    text,
)
from stripe_peer.store import Json, Row
from stripe_peer.world import World, timer

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")


def new_intent(world: World, account: str, given: Json) -> Row:
    """Raises PeerError where so much can't be charged. `given` has amount, currency and the rest."""
    currency = currencies.check_currency(given["currency"])
    check_amount(world, account, given["amount"], currency)
    name = world.new_id("pi")
    row = world.store.add(
        "payment_intent",
        name,
        account=account,
        data={
            "id": name,
            "object": "payment_intent",
            "created": world.now(),
            "livemode": False,
            "amount": given["amount"],
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": (
                {"enabled": True, "allow_redirects": "always"}
                if given.get("automatic_payment_methods", {}).get("enabled")
                else None
            ),
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": given.get("capture_method", "automatic_async"),
            "client_secret": f"{name}_secret_{world.new_id('peer')[5:]}",
            "confirmation_method": "automatic",
            "currency": currency,
            "customer": None,
            "description": given.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "metadata": given.get("metadata") or {},
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": {},
            "payment_method_types": given.get("payment_method_types") or ["card"],
            "processing": None,
            "receipt_email": given.get("receipt_email"),
            "review": None,
            "setup_future_usage": None,
            "shipping": given.get("shipping"),
            "statement_descriptor": given.get("statement_descriptor"),
            "statement_descriptor_suffix": given.get("statement_descriptor_suffix"),
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": given.get("transfer_group"),
        },
        inner={"session": "", "card": "", "return_url": given.get("return_url", "")},
    )
    world.emit("payment_intent.created", row.data, account=account)
    return row


def check_amount(world: World, account: str, amount: int, currency: str) -> None:
    currencies.check_unit(amount, currency)
    target = money.settles_in(world, account, currency)
    rate = money.rate_between(world, currency, target)
    settled = currencies.convert(amount, rate)
    currencies.check_charge(amount, currency, settled=settled, settles_in=target)


# --- being paid -----------------------------------------------------------------------------------


def attempt(world: World, intent: Row, card: Card, *, authenticated: bool = False) -> str:
    """Try to pay by card; what became of it is the intent's new status."""
    data = intent.data
    data["next_action"] = None
    intent.inner["card"] = card.number
    if card.authenticate and not authenticated:
        data["status"] = "requires_action"
        data["next_action"] = {
            "type": "redirect_to_url",
            "redirect_to_url": {
                "url": f"{world.base}/3ds/{intent.id}",
                "return_url": intent.inner["return_url"] or None,
            },
        }
        world.emit("payment_intent.requires_action", data, account=intent.account)
    elif card.decline is not None:
        fail(world, intent, card, *card.decline)
    elif data["capture_method"] == "manual":
        charge = charges.new_charge(
            world, intent=intent, card=card, amount=data["amount"], captured=False
        )
        data |= {"status": "requires_capture", "amount_capturable": data["amount"]}
        world.emit("charge.succeeded", charge.data, account=intent.account)
        world.emit("payment_intent.amount_capturable_updated", data, account=intent.account)
    else:
        succeed(world, intent, card)
    return str(data["status"])


def fail(
    world: World, intent: Row, card: Card | None, code: str, decline_code: str, message: str
) -> None:
    """Not paid; another attempt may follow."""
    data = intent.data
    charge = charges.new_charge(
        world, intent=intent, card=card, amount=data["amount"], failure=(code, message)
    )
    error = {"type": "card_error", "code": code, "message": message, "charge": charge.id}
    if decline_code:
        error["decline_code"] = decline_code
    data |= {"status": "requires_payment_method", "last_payment_error": error, "processing": None}
    data["next_action"] = None
    world.emit("charge.failed", charge.data, account=intent.account)
    world.emit("payment_intent.payment_failed", data, account=intent.account)


def succeed(world: World, intent: Row, card: Card | None) -> Row:
    """Paid: by card at once, by bank after a while."""
    data = intent.data
    charge = charges.new_charge(world, intent=intent, card=card, amount=data["amount"])
    settle(world, intent, charge)
    if card is not None and card.dispute:
        world.later(world.config["dispute_after"], "card_disputes", charge.id)
    if card is not None and card.warning:
        _warn(world, charge)
    return charge


def settle(world: World, intent: Row, charge: Row) -> None:
    data = intent.data
    later = world.config["books_after"]
    if later:
        world.later(later, "charge_booked", charge.id)
    else:
        charges.book_charge(world, charge)
    data |= {"status": "succeeded", "amount_capturable": 0, "processing": None}
    data |= {"amount_received": charge.data["amount_captured"], "last_payment_error": None}
    world.emit("charge.succeeded", charge.data, account=intent.account)
    world.emit("payment_intent.succeeded", data, account=intent.account)


@timer("card_disputes")
def _dispute(world: World, name: str) -> None:
    charge = world.store.edit(name)
    card = CARDS[charge.inner["card"]]
    if not charge.data["disputed"] and not charge.data["refunded"]:
        disputes.open_dispute(world, charge, reason=card.dispute, inquiry=card.inquiry)


def _warn(world: World, charge: Row) -> None:
    """The issuer suspects fraud; no money moves yet."""
    warning = {
        "id": world.new_id("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge.id,
        "created": world.now(),
        "fraud_type": "misc",
        "livemode": False,
        "payment_intent": charge.data["payment_intent"],
    }
    world.emit("radar.early_fraud_warning.created", warning, account=charge.account)


def process(world: World, intent: Row, *, succeeds: bool) -> None:
    """A bank was asked; it answers when the clock says so."""
    data = intent.data
    data |= {"status": "processing", "payment_method_types": ["sepa_debit"]}
    intent.inner["bank_succeeds"] = succeeds
    world.emit("payment_intent.processing", data, account=intent.account)
    world.later(world.config["bank_payment_after"], "bank_answers", intent.id)


# Called when a bank has answered: the checkout's part of it.
AFTER_BANK: list[Any] = []


@timer("bank_answers")
def bank_answers(world: World, name: str) -> None:
    intent = world.store.edit(name)
    if intent.data["status"] != "processing":
        return
    if intent.inner["bank_succeeds"]:
        succeed(world, intent, None)
    else:
        fail(world, intent, None, "payment_intent_payment_attempt_failed", "", "The bank refused.")
    for tell in AFTER_BANK:
        tell(world, intent)


def authenticate(world: World, intent: Row, *, passed: bool) -> str:
    """The buyer has answered the bank's question (3-D Secure)."""
    if intent.data["status"] != "requires_action":
        raise PeerError("Nothing is to be confirmed.", code="payment_intent_unexpected_state")
    card = CARDS[intent.inner["card"]]
    if passed:
        return attempt(world, intent, card, authenticated=True)
    fail(
        world,
        intent,
        card,
        "payment_intent_authentication_failure",
        "",
        "The provided PaymentMethod has failed authentication.",
    )
    return str(intent.data["status"])


def cancel_intent(world: World, intent: Row, reason: str | None) -> None:
    if intent.data["status"] not in OPEN:
        raise PeerError(
            "You cannot cancel this PaymentIntent because it has a status of "
            f"{intent.data['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent.data,
        )
    intent.data |= {"status": "canceled", "canceled_at": world.now(), "next_action": None}
    intent.data |= {"cancellation_reason": reason, "amount_capturable": 0}
    world.emit("payment_intent.canceled", intent.data, account=intent.account)


# --- the API --------------------------------------------------------------------------------------

DETAILS: Json = {
    "description": text,
    "metadata": metadata,
    "receipt_email": text,
    "shipping": anything,
    "statement_descriptor": text,
    "statement_descriptor_suffix": text,
    "transfer_group": text,
    "payment_method_types": list_of(text),
}


def _confirm(call: Call, intent: Row, method: str) -> Row:
    card = card_of(method)
    if card is None:
        raise missing("PaymentMethod", method, "payment_method")
    status = attempt(call.world, intent, card)
    if status == "requires_payment_method":
        error = intent.data["last_payment_error"]
        raise declined(
            error["code"],
            error.get("decline_code", ""),
            error["message"],
            charge=error["charge"],
            payment_intent={**intent.data},
        )
    return intent


@route(
    "POST",
    "/v1/payment_intents",
    retrieving(
        amount=needed(integer),
        currency=needed(text),
        automatic_payment_methods=Fields(enabled=needed(boolean), allow_redirects=text),
        capture_method=one_of("automatic", "automatic_async", "manual"),
        confirm=boolean,
        payment_method=text,
        off_session=boolean,
        return_url=text,
        **DETAILS,
    ),
)
def create(call: Call) -> Row:
    row = new_intent(call.world, call.account, call.params)
    if call.get("payment_method"):
        row.data |= {
            "payment_method": call.get("payment_method"),
            "status": "requires_confirmation",
        }
    if call.get("confirm"):
        if not call.get("payment_method"):
            raise unreadable("A payment method is needed.", "payment_method", "parameter_missing")
        return _confirm(call, row, call.get("payment_method"))
    return row


@route("GET", "/v1/payment_intents/{name}", retrieving(client_secret=text))
def retrieve(call: Call, name: str) -> Row:
    return call.find("payment_intent", name)


@route("POST", "/v1/payment_intents/{name}", retrieving(amount=integer, **DETAILS))
def update(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("payment_intent", name).id)
    row.data["metadata"] = merge_metadata(row.data["metadata"], call.get("metadata"))
    if "amount" in call.params:
        if row.data["status"] not in OPEN[:3]:
            raise PeerError("The amount is fixed.", code="payment_intent_unexpected_state")
        check_amount(call.world, row.account, call.get("amount"), row.data["currency"])
        row.data["amount"] = call.get("amount")
    for field in DETAILS.keys() - {"metadata"}:
        if field in call.params:
            row.data[field] = call.params[field]
    return row


@route(
    "POST",
    "/v1/payment_intents/{name}/confirm",
    retrieving(payment_method=text, return_url=text, off_session=boolean),
)
def confirm(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("payment_intent", name).id)
    if row.data["status"] not in OPEN[:2]:
        raise PeerError(
            f"This PaymentIntent's status is {row.data['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent={**row.data},
        )
    row.inner["return_url"] = call.get("return_url", "")
    return _confirm(call, row, call.get("payment_method") or row.data["payment_method"] or "")


@route(
    "POST",
    "/v1/payment_intents/{name}/cancel",
    retrieving(
        cancellation_reason=one_of("abandoned", "duplicate", "fraudulent", "requested_by_customer")
    ),
)
def cancel(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("payment_intent", name).id)
    cancel_intent(call.world, row, call.get("cancellation_reason"))
    return row


@route("POST", "/v1/payment_intents/{name}/capture", retrieving(amount_to_capture=integer))
def capture(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("payment_intent", name).id)
    amount = call.get("amount_to_capture", row.data["amount"])
    if row.data["status"] != "requires_capture" or not 0 < amount <= row.data["amount"]:
        raise PeerError("This can't be captured.", code="payment_intent_unexpected_state")
    charge = call.world.store.edit(row.data["latest_charge"])
    charge.data |= {"captured": True, "amount_captured": amount}
    settle(call.world, row, charge)
    return row


@route("GET", "/v1/payment_intents", listing(customer=text))
def list_intents(call: Call) -> Json:
    return page(call, "payment_intent")
