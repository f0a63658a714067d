"""Payouts: from an account's balance to its bank."""

from __future__ import annotations

from stripe_peer import currencies, money
from stripe_peer.api import Call, merge_metadata, page, route
from stripe_peer.errors import PeerError
from stripe_peer.parameters import integer, listing, metadata, needed, one_of, retrieving, text
from stripe_peer.store import Json, Row
from stripe_peer.world import DAY, World, timer

FAILURES = {
    "account_closed": "The bank account has been closed.",
    "no_account": "The bank account could not be located.",
    "invalid_currency": "The bank was unable to process this payout because of its currency.",
}


@route(
    "POST",
    "/v1/payouts",
    retrieving(
        amount=needed(integer),
        currency=needed(text),
        description=text,
        destination=text,
        metadata=metadata,
        method=one_of("standard", "instant"),
        source_type=one_of("bank_account", "card", "fpx"),
        statement_descriptor=text,
    ),
)
def create(call: Call) -> Row:
    currency = currencies.check_currency(call.get("currency"))
    amount = call.get("amount")
    currencies.check_unit(amount, currency)
    if currency in currencies.WHOLE_PAYOUTS and amount % 100:
        raise PeerError(
            f"Payouts in {currency} must be in amounts divisible by 100.", param="amount"
        )
    money.need_available(call.world, call.account, amount, currency)
    return make(
        call.world,
        call.account,
        amount,
        currency,
        automatic=False,
        description=call.get("description"),
        metadata=call.get("metadata") or {},
        statement_descriptor=call.get("statement_descriptor"),
        method=call.get("method", "standard"),
    )


def make(
    world: World,
    account: str,
    amount: int,
    currency: str,
    *,
    automatic: bool,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
    statement_descriptor: str | None = None,
    method: str = "standard",
) -> Row:
    arrives = world.now() + int(world.config["payout_after"])
    row = world.add(
        "payout",
        "po",
        account,
        {
            "amount": amount,
            "application_fee": None,
            "application_fee_amount": None,
            "arrival_date": arrives - arrives % DAY if automatic else arrives,
            "automatic": automatic,
            "balance_transaction": None,
            "currency": currency,
            "description": description,
            "destination": f"ba_{account[5:]}",
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "metadata": metadata or {},
            "method": method,
            "original_payout": None,
            "payout_method": None,
            "reconciliation_status": "in_progress" if automatic else "not_applicable",
            "reversed_by": None,
            "source_type": "card",
            "statement_descriptor": statement_descriptor,
            "status": "pending",
            "trace_id": None,
            "type": "bank_account",
        },
    )
    transaction = money.book(
        world, account=account, kind="payout", source=row.id, amount=-amount, currency=currency
    )
    row.data["balance_transaction"] = transaction.id
    transaction.inner["payout"] = row.id if automatic else ""
    world.emit("payout.created", row.data, account=account)
    world.at(arrives, "payout_arrives", row.id)
    return row


def pay_out_everything(world: World, account: str) -> None:
    """What an automatic schedule does: all that is available, a payout a currency."""
    for side in money.balance(world, account)["available"]:
        currency, amount = side["currency"], side["amount"]
        if currency in currencies.WHOLE_PAYOUTS:
            amount -= amount % 100
        if amount <= 0:
            continue
        covered = [
            row.id
            for row in world.of("balance_transaction", account)
            if row.data["currency"] == currency
            and row.data["status"] == "available"
            and not row.inner["payout"]
            and not row.data["type"].startswith("payout")
        ]
        payout = make(world, account, amount, currency, automatic=True)
        for name in covered:
            world.store.edit(name).inner["payout"] = payout.id


@timer("payout_arrives")
def arrive(world: World, name: str) -> None:
    row = world.store.edit(name)
    if row.data["status"] not in ("pending", "in_transit"):
        return
    account = world.store.find(row.account, "account")
    failure = account.inner.get("payouts_fail", "") if account is not None else ""
    if failure:
        fail(world, row, failure)
        return
    row.data["status"] = "paid"
    world.emit("payout.paid", row.data, account=row.account)
    if row.data["automatic"]:
        row.data["reconciliation_status"] = "completed"
        world.emit("payout.reconciliation_completed", row.data, account=row.account)


def fail(world: World, row: Row, code: str) -> None:
    """Sent back by the bank, also after it was `paid`: the balance has it again."""
    back = money.book(
        world,
        account=row.account,
        kind="payout_failure",
        source=row.id,
        amount=row.data["amount"],
        currency=row.data["currency"],
    )
    row.data |= {
        "status": "failed",
        "failure_balance_transaction": back.id,
        "failure_code": code,
        "failure_message": FAILURES.get(code, "The bank returned it."),
    }
    world.emit("payout.failed", row.data, account=row.account)


# --- the rest of the API --------------------------------------------------------------------------


@route("GET", "/v1/payouts/{name}", retrieving())
def retrieve(call: Call, name: str) -> Row:
    return call.find("payout", name)


@route("POST", "/v1/payouts/{name}", retrieving(metadata=metadata))
def update(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("payout", name).id)
    row.data["metadata"] = merge_metadata(row.data["metadata"], call.get("metadata"))
    call.world.emit("payout.updated", row.data, account=row.account)
    return row


@route("POST", "/v1/payouts/{name}/cancel", retrieving())
def cancel(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("payout", name).id)
    if row.data["status"] != "pending" or row.data["automatic"]:
        raise PeerError("Only pending, manual payouts can be canceled.")
    money.book(
        call.world,
        account=row.account,
        kind="payout_cancel",
        category="payout_reversal",
        source=row.id,
        amount=row.data["amount"],
        currency=row.data["currency"],
    )
    row.data["status"] = "canceled"
    call.world.emit("payout.canceled", row.data, account=row.account)
    return row


@route(
    "GET",
    "/v1/payouts",
    listing(status=one_of("pending", "paid", "failed", "canceled", "in_transit"), destination=text),
)
def list_payouts(call: Call) -> Json:
    return page(call, "payout", keep=lambda row: call.get("status") in (None, row.data["status"]))
