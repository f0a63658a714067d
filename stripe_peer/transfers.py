"""Transfers from the platform's balance to a connected account's, and their way back."""

from __future__ import annotations

from stripe_peer import currencies, money
from stripe_peer.api import Call, merge_metadata, page, route
from stripe_peer.errors import PeerError, missing
from stripe_peer.parameters import (
    boolean,
    integer,
    listing,
    metadata,
    needed,
    one_of,
    retrieving,
    text,
)
from stripe_peer.store import Json, Row
from stripe_peer.world import PLATFORM, World

# Self-serve cross-border transfers go among these.
EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
REGION = frozenset(["US", "GB", "CA", "CH", *EEA.split()])


@route(
    "POST",
    "/v1/transfers",
    retrieving(
        amount=integer,
        currency=needed(text),
        destination=needed(text),
        description=text,
        metadata=metadata,
        source_transaction=text,
        source_type=one_of("bank_account", "card", "fpx"),
        transfer_group=text,
    ),
)
def create(call: Call) -> Row:
    world = call.world
    if call.account != PLATFORM:
        raise PeerError("Only the platform makes transfers here.", code="transfers_not_allowed")
    currency = currencies.check_currency(call.get("currency"))
    destination = _destination(world, call.get("destination"))
    charge = _source(call, currency)
    amount = call.get("amount")
    if amount is None:
        if charge is None:
            raise PeerError("Missing required param: amount.", param="amount", began=False)
        amount = _booked(world, charge).data["amount"]
    currencies.check_unit(amount, currency)
    if charge is None:
        money.need_available(world, PLATFORM, amount, currency)
    else:
        _check_source(world, charge, amount, currency)
    group = call.get("transfer_group")
    if charge is not None and group is None:
        group = charge.data["transfer_group"] or f"group_{charge.id}"
    row = world.add(
        "transfer",
        "tr",
        PLATFORM,
        {
            "amount": amount,
            "amount_reversed": 0,
            "balance_transaction": None,
            "currency": currency,
            "description": call.get("description"),
            "destination": destination.id,
            "destination_payment": None,
            "metadata": call.get("metadata") or {},
            "reversed": False,
            "source_transaction": charge.id if charge is not None else None,
            "source_type": call.get("source_type", "card"),
            "transfer_group": group,
        },
    )
    row.data["reversals"] = {
        "object": "list",
        "data": [],
        "has_more": False,
        "url": f"/v1/transfers/{row.id}/reversals",
    }
    wait = max(0, _booked(world, charge).data["available_on"] - world.now()) if charge else 0
    _pay(world, row, destination, wait=wait)
    world.emit("transfer.created", row.data)
    return row


def _destination(world: World, name: str) -> Row:
    row = world.store.find(name, "account")
    if row is None or name == PLATFORM:
        raise missing("destination", name, "destination")
    if row.inner["country"] not in REGION:
        raise PeerError(
            f"Funds can't be sent to accounts located in {row.inner['country']} because it's "
            "restricted outside of your platform's region.",
            param="destination",
        )
    if row.inner["transfers"] != "active":
        raise PeerError(
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
            param="destination",
        )
    return row


def _source(call: Call, currency: str) -> Row | None:
    name = call.get("source_transaction")
    if name is None:
        return None
    charge = call.find("charge", name, "source_transaction")
    if charge.data["status"] != "succeeded" or not charge.data["balance_transaction"]:
        raise PeerError("The source transaction is not paid.", param="source_transaction")
    booked = _booked(call.world, charge).data["currency"]
    if booked != currency:
        raise PeerError(
            f"The currency of source_transaction's balance transaction ({booked}) must be the "
            f"same as the transfer currency ({currency})",
            param="currency",
        )
    return charge


def _booked(world: World, charge: Row) -> Row:
    return world.get("balance_transaction", charge.data["balance_transaction"])


def _check_source(world: World, charge: Row, amount: int, currency: str) -> None:
    whole = _booked(world, charge).data["amount"]
    used = sum(
        row.data["amount"] - row.data["amount_reversed"]
        for row in world.of("transfer")
        if row.data["source_transaction"] == charge.id
    )
    if used + amount > whole:
        raise PeerError(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{currencies.written(whole, currency)}. (There is already a transfer using this "
            f"source, amounting to {currencies.written(used, currency)})",
            param="source_transaction",
        )


def _pay(world: World, transfer: Row, destination: Row, *, wait: float) -> None:
    data = transfer.data
    taken = money.book(
        world,
        account=PLATFORM,
        kind="transfer",
        source=transfer.id,
        amount=-data["amount"],
        currency=data["currency"],
        available_in=wait,
        description=data["description"],
    )
    target = money.settles_in(world, destination.id, data["currency"])
    rate = (
        money.rate_between(world, data["currency"], target) if target != data["currency"] else None
    )
    arrives = currencies.convert(data["amount"], rate) if rate is not None else data["amount"]
    payment = world.new_id("py")
    given = money.book(
        world,
        account=destination.id,
        kind="payment",
        source=payment,
        amount=arrives,
        currency=target,
        rate=rate,
        available_in=wait,
    )
    data |= {"balance_transaction": taken.id, "destination_payment": payment}
    transfer.inner |= {"arrived": arrives, "arrived_in": target, "given_back": 0}
    transfer.inner["given"] = given.id


# --- the way back ---------------------------------------------------------------------------------


@route(
    "POST",
    "/v1/transfers/{name}/reversals",
    retrieving(amount=integer, description=text, metadata=metadata, refund_application_fee=boolean),
)
def reverse(call: Call, name: str) -> Row:
    """As long as the connected account has it: Stripe makes no account negative by this."""
    world = call.world
    transfer = world.store.edit(call.find("transfer", name).id)
    data = transfer.data
    rest = data["amount"] - data["amount_reversed"]
    amount = call.get("amount", rest)
    currencies.check_unit(amount, data["currency"])
    if amount > rest:
        raise PeerError(
            f"Reversal amount ({currencies.written(amount, data['currency'])}) is greater than "
            f"unreversed amount on transfer ({currencies.written(rest, data['currency'])})",
            param="amount",
        )
    back = _share(transfer, amount)
    if back == 0:
        raise PeerError("The amount is too small to be converted.", param="amount")
    money.need_available(world, data["destination"], back, transfer.inner["arrived_in"])
    row = world.add(
        "transfer_reversal",
        "trr",
        PLATFORM,
        {
            "amount": amount,
            "currency": data["currency"],
            "destination_payment_refund": world.new_id("pyr"),
            "metadata": call.get("metadata") or {},
            "source_refund": None,
            "transfer": transfer.id,
        },
    )
    del row.data["livemode"]
    returned = money.book(
        world,
        account=PLATFORM,
        kind="transfer_refund",
        source=row.id,
        amount=amount,
        currency=data["currency"],
    )
    money.book(
        world,
        account=data["destination"],
        kind="payment_refund",
        source=row.data["destination_payment_refund"],
        amount=-back,
        currency=transfer.inner["arrived_in"],
    )
    row.data["balance_transaction"] = returned.id
    transfer.inner["given_back"] += back
    data["amount_reversed"] += amount
    data["reversed"] = data["amount_reversed"] == data["amount"]
    data["reversals"]["data"].insert(0, dict(row.data))
    data["reversals"]["has_more"] = len(data["reversals"]["data"]) > 10
    del data["reversals"]["data"][10:]
    world.emit("transfer.reversed", data)
    return row


def _share(transfer: Row, amount: int) -> int:
    """What the connected account gives for it; cumulative, so that all of it is all that came."""
    data, inner = transfer.data, transfer.inner
    until = data["amount_reversed"] + amount
    return int(until * inner["arrived"] // data["amount"] - inner["given_back"])


# --- the rest of the API --------------------------------------------------------------------------


@route("GET", "/v1/transfers/{name}", retrieving())
def retrieve(call: Call, name: str) -> Row:
    return call.find("transfer", name)


@route("POST", "/v1/transfers/{name}", retrieving(description=text, metadata=metadata))
def update(call: Call, name: str) -> Row:
    row = call.world.store.edit(call.find("transfer", name).id)
    row.data["metadata"] = merge_metadata(row.data["metadata"], call.get("metadata"))
    row.data["description"] = call.get("description", row.data["description"])
    call.world.emit("transfer.updated", row.data)
    return row


@route("GET", "/v1/transfers", listing(destination=text, transfer_group=text))
def list_transfers(call: Call) -> Json:
    def keep(row: Row) -> bool:
        return all(
            call.get(field) in (None, row.data[field])
            for field in ("destination", "transfer_group")
        )

    return page(call, "transfer", keep=keep)


@route("GET", "/v1/transfers/{name}/reversals", listing())
def list_reversals(call: Call, name: str) -> Json:
    call.find("transfer", name)
    return page(call, "transfer_reversal", keep=lambda row: row.data["transfer"] == name)


@route("GET", "/v1/transfers/{name}/reversals/{reversal}", retrieving())
def retrieve_reversal(call: Call, name: str, reversal: str) -> Row:
    call.find("transfer", name)
    return call.find("transfer_reversal", reversal)
