"""Disputes: the buyer's bank takes the money back; evidence may bring it home."""

from __future__ import annotations

from decimal import Decimal

from stripe_peer import currencies, money
from stripe_peer.api import Call, merge_metadata, page, route
from stripe_peer.errors import PeerError, missing
from stripe_peer.parameters import (
    Fields,
    anything,
    boolean,
    listing,
    metadata,
    retrieving,
    text,
)
from stripe_peer.store import Json, Row
from stripe_peer.world import DAY, World, timer

FILES = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)
TEXTS = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
    "uncategorized_text",
)
WINNING, LOSING = "winning_evidence", "losing_evidence"
FINAL = ("won", "lost", "warning_closed")


def open_dispute(
    world: World, charge: Row, *, reason: str, inquiry: bool = False, amount: int | None = None
) -> Row:
    """The bank asks (`inquiry`) or takes: the amount and a fee leave the balance."""
    if charge.data["disputed"]:
        raise PeerError(f"Charge {charge.id} is disputed already.")
    disputed = amount or charge.data["amount_captured"] - charge.data["amount_refunded"]
    row = world.add(
        "dispute",
        "du",
        charge.account,
        {
            "amount": disputed,
            "balance_transactions": [],
            "charge": charge.id,
            "currency": charge.data["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {**dict.fromkeys((*FILES, *TEXTS)), "enhanced_evidence": {}},
            "evidence_details": {
                "due_by": world.now() + world.config["dispute_days"] * DAY,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": inquiry,
            "metadata": {},
            "payment_intent": charge.data["payment_intent"],
            "payment_method_details": {
                "type": "card",
                "card": {
                    "brand": "visa",
                    "case_type": "inquiry" if inquiry else "chargeback",
                    "network_reason_code": "10.4",
                },
            },
            "reason": reason,
            "status": "warning_needs_response" if inquiry else "needs_response",
        },
        taken=0,
    )
    charge.data["disputed"] = True
    charge.inner["inquiry"] = inquiry
    world.emit("charge.dispute.created", row.data, account=row.account)
    if not inquiry:
        _withdraw(world, row, charge)
    world.at(row.data["evidence_details"]["due_by"], "dispute_due", row.id)
    return row


def _settled(world: World, charge: Row, amount: int) -> tuple[int, str, Decimal | None]:
    """`amount` of the charge in the currency it was booked in."""
    booked = world.store.find(charge.data["balance_transaction"] or "")
    if booked is None:
        return amount, charge.data["currency"], None
    rate = booked.data["exchange_rate"]
    share = Decimal(booked.data["amount"]) * amount / charge.data["amount_captured"]
    exact = currencies.convert(1, share)
    return exact, booked.data["currency"], None if rate is None else Decimal(str(rate))


def _withdraw(world: World, dispute: Row, charge: Row) -> None:
    taken, currency, rate = _settled(world, charge, dispute.data["amount"])
    transaction = money.book(
        world,
        account=dispute.account,
        kind="adjustment",
        category="dispute",
        source=dispute.id,
        amount=-taken,
        currency=currency,
        rate=rate,
        fee=world.config["dispute_fee"],
        description=f"Chargeback withdrawal for {charge.id}",
    )
    if transaction.data["fee_details"]:
        transaction.data["fee_details"][0]["description"] = "Dispute fee"
    dispute.inner["taken"] = taken
    dispute.data["balance_transactions"].append(dict(transaction.data))
    world.emit("charge.dispute.funds_withdrawn", dispute.data, account=dispute.account)


def decide(world: World, dispute: Row, outcome: str, amount: int | None = None) -> None:
    """`won` brings the money back (`amount`, of the dispute's: only a part); the fee stays spent."""
    data = dispute.data
    if data["status"] in FINAL:
        raise PeerError("This dispute is already closed.", code="dispute_already_closed")
    if data["status"].startswith("warning"):
        outcome = "warning_closed"
    data["status"] = outcome
    if outcome == "warning_closed":
        world.store.edit(data["charge"]).data["disputed"] = False
    world.emit("charge.dispute.closed", data, account=dispute.account)
    if outcome == "won" and dispute.inner["taken"]:
        _reinstate(world, dispute, data["amount"] if amount is None else amount)


def _reinstate(world: World, dispute: Row, amount: int) -> None:
    charge = world.get("charge", dispute.data["charge"])
    back, currency, rate = _settled(world, charge, amount)
    if amount == dispute.data["amount"]:
        back = dispute.inner["taken"]
    transaction = money.book(
        world,
        account=dispute.account,
        kind="adjustment",
        category="dispute_reversal",
        source=dispute.id,
        amount=back,
        currency=currency,
        rate=rate,
        description=f"Chargeback reversal for {charge.id}",
    )
    dispute.data["balance_transactions"].append(dict(transaction.data))
    world.emit("charge.dispute.funds_reinstated", dispute.data, account=dispute.account)


@timer("dispute_due")
def _nobody_answered(world: World, name: str) -> None:
    row = world.store.edit(name)
    if row.data["status"] in ("needs_response", "warning_needs_response"):
        row.data["evidence_details"]["past_due"] = True
        decide(world, row, "lost")


# --- the API --------------------------------------------------------------------------------------


@route("GET", "/v1/disputes/{name}", retrieving())
def retrieve(call: Call, name: str) -> Row:
    return call.find("dispute", name)


@route(
    "POST",
    "/v1/disputes/{name}",
    retrieving(
        evidence=Fields(
            **dict.fromkeys(FILES, text), **dict.fromkeys(TEXTS, text), enhanced_evidence=anything
        ),
        metadata=metadata,
        submit=boolean,
    ),
)
def update(call: Call, name: str) -> Row:
    """Stage evidence or submit it; what it says decides, as with Stripe's test cards."""
    world = call.world
    row = world.store.edit(call.find("dispute", name).id)
    data = row.data
    given: Json = call.get("evidence") or {}
    waits = data["status"] in ("needs_response", "warning_needs_response")
    if not waits and (given or call.get("submit")):
        raise PeerError(
            f"This dispute is {data['status']}: evidence can't be changed any more.",
            code="dispute_already_closed" if data["status"] in FINAL else "",
        )
    for field in FILES:
        if given.get(field):
            _check_file(world, given[field], f"evidence[{field}]")
    data["metadata"] = merge_metadata(data["metadata"], call.get("metadata"))
    data["evidence"] |= {field: value or None for field, value in given.items()}
    details = data["evidence_details"]
    details["has_evidence"] = any(data["evidence"][field] for field in (*FILES, *TEXTS))
    if call.get("submit", bool(given)):
        details["submission_count"] += 1
        warning = "warning_" if data["status"].startswith("warning") else ""
        data["status"] = f"{warning}under_review"
    world.emit("charge.dispute.updated", data, account=row.account)
    said = data["evidence"]["uncategorized_text"] or ""
    if details["submission_count"] and data["status"] not in FINAL:
        if WINNING in said:
            decide(world, row, "won")
        elif LOSING in said:
            decide(world, row, "lost")
    return row


def _check_file(world: World, name: str, param: str) -> None:
    file = world.store.find(name, "file")
    if file is None:
        raise missing("file upload", name, param)
    if file.data["purpose"] != "dispute_evidence":
        raise PeerError(
            f"The file {name} was uploaded for {file.data['purpose']}, not for dispute_evidence.",
            param=param,
        )


@route("POST", "/v1/disputes/{name}/close", retrieving())
def close(call: Call, name: str) -> Row:
    """Give in: the dispute is lost."""
    row = call.world.store.edit(call.find("dispute", name).id)
    decide(call.world, row, "lost")
    return row


@route("GET", "/v1/disputes", listing(charge=text, payment_intent=text))
def list_disputes(call: Call) -> Json:
    def keep(row: Row) -> bool:
        return all(
            call.get(field) in (None, row.data[field]) for field in ("charge", "payment_intent")
        )

    return page(call, "dispute", keep=keep)
