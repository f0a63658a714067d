"""Charges: money taken from a buyer, and what it brings to the balance."""

from __future__ import annotations

from stripe_peer import currencies, money
from stripe_peer.api import INCLUDED, Call, merge_metadata, page, route
from stripe_peer.cards import Card
from stripe_peer.parameters import listing, metadata, retrieving, text
from stripe_peer.store import Json, Row
from stripe_peer.world import PLATFORM, World, timer


def new_charge(
    world: World,
    *,
    intent: Row,
    card: Card | None,
    amount: int,
    failure: tuple[str, str] = ("", ""),
    captured: bool = True,
) -> Row:
    """A charge for a payment intent; without a card it is a bank debit.

    `failure` is a code and a message. Nothing is booked here: see `book_charge`.
    """
    data = intent.data
    method = world.new_id("pm")
    failed = bool(failure[0])
    row = world.add(
        "charge",
        "ch" if card is not None else "py",
        intent.account,
        {
            "amount": amount,
            "amount_captured": amount if captured and not failed else 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": {
                "address": None,
                "email": intent.inner.get("email") or data["receipt_email"],
                "name": intent.inner.get("name"),
                "phone": None,
                "tax_id": None,
            },
            "calculated_statement_descriptor": data["statement_descriptor"] or "FREEPORT",
            "captured": captured and not failed,
            "currency": data["currency"],
            "customer": None,
            "description": data["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": failure[0] or None,
            "failure_message": failure[1] or None,
            "fraud_details": {},
            "metadata": dict(data["metadata"]),
            "on_behalf_of": None,
            "outcome": {
                "advice_code": None,
                "network_advice_code": None,
                "network_decline_code": None,
                "network_status": "declined_by_network" if failed else "approved_by_network",
                "reason": failure[0] or None,
                "risk_level": "normal",
                "seller_message": failure[1] or "Payment complete.",
                "type": "issuer_declined" if failed else "authorized",
            },
            "paid": not failed,
            "payment_intent": intent.id,
            "payment_method": method,
            "payment_method_details": _details(card),
            "receipt_email": data["receipt_email"],
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "review": None,
            "shipping": data["shipping"],
            "source_transfer": None,
            "statement_descriptor": data["statement_descriptor"],
            "statement_descriptor_suffix": data["statement_descriptor_suffix"],
            "status": "failed" if failed else "succeeded",
            "transfer_data": None,
            "transfer_group": data["transfer_group"],
        },
        card=card.number if card is not None else "",
    )
    intent.data["latest_charge"] = row.id
    intent.data["payment_method"] = method
    return row


def _details(card: Card | None) -> Json:
    if card is None:
        return {
            "type": "sepa_debit",
            "sepa_debit": {
                "bank_code": "37040044",
                "branch_code": None,
                "country": "DE",
                "fingerprint": None,
                "last4": "3000",
                "mandate": None,
            },
        }
    return {
        "type": "card",
        "card": {
            "amount_authorized": None,
            "authorization_code": None,
            "brand": card.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": card.country,
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": f"peer{card.last4}",
            "funding": "credit",
            "installments": None,
            "last4": card.last4,
            "mandate": None,
            "network": card.brand,
            "network_transaction_id": None,
            "regulated_status": "unregulated",
            "three_d_secure": None,
            "wallet": None,
        },
    }


def book_charge(world: World, charge: Row) -> None:
    """Put what was captured into the balance: converted where it settles in something else."""
    data = charge.data
    amount, currency = data["amount_captured"], data["currency"]
    target = money.settles_in(world, charge.account, currency)
    rate = money.rate_between(world, currency, target) if target != currency else None
    settled = currencies.convert(amount, rate) if rate is not None else amount
    card = charge.inner["card"]
    now = card == "4000000000000077"
    transaction = money.book(
        world,
        account=charge.account,
        kind="charge" if card else "payment",
        source=charge.id,
        amount=settled,
        currency=target,
        rate=rate,
        fee=money.fee_of(world, settled, target) if charge.account == PLATFORM else 0,
        available_in=0 if now else world.config["available_after"],
        description=data["description"],
    )
    data["balance_transaction"] = transaction.id


@timer("charge_booked")
def _book_later(world: World, name: str) -> None:
    """Stripe books a card payment a moment after it has succeeded: `charge.updated` tells."""
    charge = world.store.edit(name)
    book_charge(world, charge)
    world.emit(
        "charge.updated",
        charge.data,
        account=charge.account,
        previous={"balance_transaction": None},
    )


# --- the API --------------------------------------------------------------------------------------


@route("GET", "/v1/charges/{name}", retrieving())
def retrieve(call: Call, name: str) -> Row:
    return call.find("charge", name)


@route(
    "POST",
    "/v1/charges/{name}",
    retrieving(description=text, metadata=metadata, receipt_email=text, transfer_group=text),
)
def update(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("charge", name).id)
    row.data["metadata"] = merge_metadata(row.data["metadata"], call.get("metadata"))
    for field in ("description", "receipt_email", "transfer_group"):
        if field in call.params:
            row.data[field] = call.params[field]
    call.world.emit("charge.updated", row.data, account=row.account)
    return row


@route("GET", "/v1/charges", listing(payment_intent=text, transfer_group=text, customer=text))
def list_charges(call: Call) -> Json:
    def keep(row: Row) -> bool:
        return all(
            call.get(field) in (None, row.data[field])
            for field in ("payment_intent", "transfer_group", "customer")
        )

    return page(call, "charge", keep=keep)


def _refunds(world: World, charge: Json) -> Json:
    return {
        "object": "list",
        "data": [row.data for row in world.of("refund") if row.data["charge"] == charge["id"]][:10],
        "has_more": False,
        "url": f"/v1/charges/{charge['id']}/refunds",
    }


INCLUDED["charge", "refunds"] = _refunds


# --- balance --------------------------------------------------------------------------------------


@route("GET", "/v1/balance", retrieving())
def show_balance(call: Call) -> Json:
    return money.balance(call.world, call.account)


@route("GET", "/v1/balance_transactions/{name}", retrieving())
def show_transaction(call: Call, name: str) -> Row:
    return call.find("balance_transaction", name)


@route(
    "GET",
    "/v1/balance_transactions",
    listing(currency=text, payout=text, source=text, type=text),
)
def list_transactions(call: Call) -> Json:
    """All, or those of a type, a currency, an object, or of one automatic payout."""

    def keep(row: Row) -> bool:
        if call.get("payout") not in (None, row.inner["payout"]):
            return False
        return all(
            call.get(field) in (None, row.data[field]) for field in ("currency", "source", "type")
        )

    return page(call, "balance_transaction", keep=keep)
