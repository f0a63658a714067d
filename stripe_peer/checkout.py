"""Checkout sessions: a page on which a buyer pays once."""

from __future__ import annotations

from typing import Any

from stripe_peer import currencies, payment_intents
from stripe_peer.api import INCLUDED, Call, merge_metadata, page, route
from stripe_peer.cards import Card
from stripe_peer.errors import PeerError, unreadable
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

SHORTEST, LONGEST = 30 * 60, 24 * 3600
PRODUCT = Fields(
    name=needed(text), description=text, images=list_of(text), metadata=metadata, tax_code=text
)
LINE = Fields(
    price_data=needed(
        Fields(
            currency=needed(text),
            unit_amount=needed(integer),
            product_data=needed(PRODUCT),
            tax_behavior=text,
        )
    ),
    quantity=integer,
    metadata=metadata,
)
INTENT = Fields(
    capture_method=one_of("automatic", "automatic_async", "manual"),
    description=text,
    metadata=metadata,
    receipt_email=text,
    shipping=anything,
    statement_descriptor=text,
    statement_descriptor_suffix=text,
    transfer_group=text,
)
ENABLED = Fields(enabled=needed(boolean))


@route(
    "POST",
    "/v1/checkout/sessions",
    retrieving(
        mode=needed(one_of("payment")),
        line_items=needed(list_of(LINE)),
        success_url=text,
        cancel_url=text,
        return_url=text,
        ui_mode=one_of("hosted", "hosted_page"),
        client_reference_id=text,
        customer_email=text,
        customer_creation=one_of("always", "if_required"),
        metadata=metadata,
        payment_intent_data=INTENT,
        payment_method_types=list_of(text),
        payment_method_options=anything,
        expires_at=integer,
        locale=text,
        submit_type=one_of("auto", "book", "donate", "pay", "subscribe"),
        billing_address_collection=one_of("auto", "required"),
        adaptive_pricing=ENABLED,
        automatic_tax=ENABLED,
        allow_promotion_codes=boolean,
        phone_number_collection=ENABLED,
        custom_text=anything,
    ),
)
def create(call: Call) -> Row:
    world, given = call.world, call.params
    if not given.get("success_url"):
        raise unreadable("Missing required param: success_url.", "success_url", "parameter_missing")
    items, total, currency = _priced(world, given["line_items"])
    payment_intents.check_amount(world, call.account, total, currency)
    expires_at = given.get("expires_at", world.now() + LONGEST)
    # A few seconds may have passed since the caller looked at its clock.
    if not SHORTEST - 5 <= expires_at - world.now() <= LONGEST + 5:
        raise PeerError(
            "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from "
            "Checkout Session creation.",
            param="expires_at",
        )
    name = f"cs_test_{world.new_id('x')[2:]}"
    data = _blank() | {
        "id": name,
        "object": "checkout.session",
        "created": world.now(),
        "livemode": False,
        "amount_subtotal": total,
        "amount_total": total,
        "adaptive_pricing": {"enabled": given.get("adaptive_pricing", {}).get("enabled", False)},
        "billing_address_collection": given.get("billing_address_collection"),
        "cancel_url": given.get("cancel_url"),
        "client_reference_id": given.get("client_reference_id"),
        "currency": currency,
        "customer_email": given.get("customer_email"),
        "expires_at": expires_at,
        "locale": given.get("locale"),
        "metadata": given.get("metadata") or {},
        "payment_method_types": given.get("payment_method_types") or ["card", "sepa_debit"],
        "payment_method_options": {},
        "submit_type": given.get("submit_type"),
        "success_url": given.get("success_url"),
        "ui_mode": given.get("ui_mode", "hosted_page"),
        "url": f"{world.base}/c/pay/{name}",
    }
    inner = {"items": items, "intent": given.get("payment_intent_data", {}), "tries": 0}
    row = world.store.add("checkout.session", name, account=call.account, data=data, inner=inner)
    world.at(expires_at, "session_expires", name)
    return row


def _priced(world: World, lines: list[Json]) -> tuple[list[Json], int, str]:
    """The lines as Stripe shows them, their sum and their one currency."""
    found: list[Json] = []
    seen = {currencies.check_currency(line["price_data"]["currency"]) for line in lines}
    if len(seen) != 1:
        raise PeerError("All prices must have the same currency.", param="line_items")
    currency = seen.pop()
    for line in lines:
        price, quantity = line["price_data"], line.get("quantity", 1)
        if price["unit_amount"] < 0 or quantity < 1:
            raise PeerError("Invalid positive integer", param="line_items")
        amount = price["unit_amount"] * quantity
        found.append(
            {
                "id": world.new_id("li"),
                "object": "item",
                "amount_discount": 0,
                "amount_subtotal": amount,
                "amount_tax": 0,
                "amount_total": amount,
                "currency": currency,
                "description": price["product_data"]["name"],
                "price": None,
                "quantity": quantity,
            }
        )
    return found, sum(line["amount_total"] for line in found), currency


EMPTY = """
    after_expiration allow_promotion_codes client_secret collected_information consent
    consent_collection currency_conversion customer customer_creation customer_details invoice
    invoice_creation payment_intent payment_link payment_method_configuration_details recovered_from
    saved_payment_method_options setup_intent shipping_address_collection shipping_cost subscription
"""


def _blank() -> Json:
    return dict.fromkeys(EMPTY.split()) | {
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "discounts": [],
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }


# --- being paid -----------------------------------------------------------------------------------


def need_open(session: Row) -> None:
    if session.data["status"] != "open":
        raise PeerError(
            f"This Checkout Session is {session.data['status']}.", code="session_closed"
        )


def _intent(world: World, session: Row, *, email: str, name: str) -> Row:
    """The session's payment intent, made when the buyer first tries to pay."""
    data = session.data
    known = data["payment_intent"]
    if known:
        intent = world.store.edit(known)
    else:
        given = {"amount": data["amount_total"], "currency": data["currency"]}
        intent = payment_intents.new_intent(world, session.account, given | session.inner["intent"])
        data["payment_intent"] = intent.id
    # Without this, whoever asks while the page waits would take the attempt for abandoned.
    intent.inner |= {"session": session.id, "email": email or None, "name": name or None}
    intent.inner["return_url"] = f"{world.base}/c/pay/{session.id}"
    intent.data["payment_method_types"] = data["payment_method_types"]
    return intent


def pay_by_card(world: World, session: Row, card: Card, *, email: str = "", name: str = "") -> str:
    """What became of it: the status of the payment intent."""
    need_open(session)
    session.inner["tries"] += 1
    intent = _intent(world, session, email=email, name=name)
    if intent.data["status"] == "requires_action":
        intent.data["status"] = "requires_payment_method"
    status = payment_intents.attempt(world, intent, card)
    if status in ("succeeded", "requires_capture"):
        _complete(world, session, intent, paid=status == "succeeded")
    return status


def pay_by_bank(
    world: World, session: Row, *, succeeds: bool, email: str = "", name: str = ""
) -> str:
    need_open(session)
    intent = _intent(world, session, email=email, name=name)
    payment_intents.process(world, intent, succeeds=succeeds)
    _complete(world, session, intent, paid=False)
    return "processing"


def authenticate(world: World, intent: Row, *, passed: bool) -> str:
    status = payment_intents.authenticate(world, intent, passed=passed)
    if intent.inner["session"] and status in ("succeeded", "requires_capture"):
        session = world.store.edit(intent.inner["session"])
        _complete(world, session, intent, paid=status == "succeeded")
    return status


def _complete(world: World, session: Row, intent: Row, *, paid: bool) -> None:
    session.data |= {"status": "complete", "payment_status": "paid" if paid else "unpaid"}
    session.data["url"] = None
    session.data["customer_details"] = {
        "address": None,
        "business_name": None,
        "email": intent.inner.get("email") or session.data["customer_email"],
        "individual_name": None,
        "name": intent.inner.get("name"),
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    world.emit("checkout.session.completed", session.data, account=session.account)


def _bank_has_answered(world: World, intent: Row) -> None:
    if not intent.inner["session"]:
        return
    session = world.store.edit(intent.inner["session"])
    if intent.data["status"] == "succeeded":
        session.data["payment_status"] = "paid"
        kind = "checkout.session.async_payment_succeeded"
    else:
        kind = "checkout.session.async_payment_failed"
    world.emit(kind, session.data, account=session.account)


payment_intents.AFTER_BANK.append(_bank_has_answered)


@timer("session_expires")
def expire_session(world: World, name: str) -> None:
    session = world.store.edit(name)
    if session.data["status"] != "open":
        return
    session.data |= {"status": "expired", "url": None}
    intent = world.store.find(session.data["payment_intent"] or "")
    if intent is not None and intent.data["status"] in payment_intents.OPEN:
        payment_intents.cancel_intent(world, world.store.edit(intent.id), None)
    world.emit("checkout.session.expired", session.data, account=session.account)


# --- the rest of the API --------------------------------------------------------------------------


@route("GET", "/v1/checkout/sessions/{name}", retrieving())
def retrieve(call: Call, name: str) -> Row:
    return call.find("checkout.session", name)


@route("POST", "/v1/checkout/sessions/{name}", retrieving(metadata=metadata))
def update(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("checkout.session", name).id)
    row.data["metadata"] = merge_metadata(row.data["metadata"], call.get("metadata"))
    return row


@route("POST", "/v1/checkout/sessions/{name}/expire", retrieving())
def expire(call: Call, name: str) -> Row:
    row = call.find("checkout.session", name)
    if row.data["status"] != "open":
        raise PeerError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{row.data['status']}`."
        )
    expire_session(call.world, row.id)
    return call.find("checkout.session", name)


@route(
    "GET",
    "/v1/checkout/sessions",
    listing(payment_intent=text, status=one_of("open", "complete", "expired"), customer=text),
)
def list_sessions(call: Call) -> Json:
    def keep(row: Row) -> bool:
        return all(
            call.get(field) in (None, row.data[field]) for field in ("payment_intent", "status")
        )

    return page(call, "checkout.session", keep=keep)


@route("GET", "/v1/checkout/sessions/{name}/line_items", listing())
def list_lines(call: Call, name: str) -> Json:
    return _lines(call.world, call.find("checkout.session", name).data)


def _lines(world: World, session: Json) -> Json:
    row = world.store.find(session["id"])
    lines: list[Any] = row.inner["items"] if row is not None else []
    return {
        "object": "list",
        "data": lines,
        "has_more": False,
        "url": f"/v1/checkout/sessions/{session['id']}/line_items",
    }


INCLUDED["checkout.session", "line_items"] = _lines
