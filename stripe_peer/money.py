"""Balances: every movement is a balance transaction; pending becomes available by the clock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from stripe_peer import currencies
from stripe_peer.errors import PeerError
from stripe_peer.store import Json, Row
from stripe_peer.world import PLATFORM, World, timer

# Stripe's `reporting_category` of each of its types that the peer makes.
CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
    "payout": "payout",
    "payout_failure": "payout_reversal",
    "topup": "topup",
}


def settles_in(world: World, account: str, currency: str) -> str:
    """The currency of the balance that a payment in `currency` to this account lands in."""
    if account != PLATFORM:
        own = world.get("account", account).inner["settles_in"]
        return str(own or currency)
    config = world.config
    if currency in config["settlement"]:
        return str(config["settlement"][currency])
    return currency if currency in config["keeps"] else str(config["settles_in"])


def rate_between(world: World, source: str, target: str) -> Decimal:
    return currencies.rate(source, target, world.config["rates"])


def fee_of(world: World, amount: int, currency: str) -> int:
    """The processor's fee for a charge of `amount`, in its unit: a share and something fixed."""
    share = currencies.convert(amount, Decimal(world.config["fee_basis_points"]) / 10_000)
    fixed = int(world.config["fee_fixed"])
    return min(amount, share + fixed * (10 if currencies.decimals(currency) == 3 else 1))


def book(
    world: World,
    *,
    account: str,
    kind: str,
    source: str,
    amount: int,
    currency: str,
    rate: Decimal | None = None,
    fee: int = 0,
    available_in: float = 0,
    category: str = "",
    description: str | None = None,
) -> Row:
    """A balance transaction of `amount` (signed, in the balance's currency), less `fee`."""
    details = []
    if fee:
        details.append(
            {
                "amount": fee,
                "application": None,
                "currency": currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        )
    pending = available_in > 0
    row = world.add(
        "balance_transaction",
        "txn",
        account,
        {
            "amount": amount,
            "available_on": int(world.now() + available_in),
            "balance_type": "payments",
            "currency": currency,
            "description": description,
            "exchange_rate": float(rate) if rate is not None else None,
            "fee": fee,
            "fee_details": details,
            "net": amount - fee,
            "reporting_category": category or CATEGORIES[kind],
            "source": source,
            "status": "pending" if pending else "available",
            "type": kind,
        },
        payout="",
    )
    del row.data["livemode"]
    _move(world, account, "pending" if pending else "available", currency, amount - fee)
    if pending:
        world.at(row.data["available_on"], "funds_available", row.id)
    return row


def available(world: World, account: str, currency: str) -> int:
    return int(_bucket(world, account).data["available"].get(currency, 0))


def balance(world: World, account: str) -> Json:
    found = _bucket(world, account).data
    currencies_known = sorted(found["available"].keys() | found["pending"].keys()) or ["eur"]

    def side(name: str) -> list[Json]:
        return [
            {
                "amount": found[name].get(currency, 0),
                "currency": currency,
                "source_types": {"card": found[name].get(currency, 0)},
            }
            for currency in currencies_known
        ]

    return {
        "object": "balance",
        "available": side("available"),
        "pending": side("pending"),
        "livemode": False,
    }


@timer("funds_available")
def _become_available(world: World, name: str) -> None:
    row = world.store.edit(name)
    if row.data["status"] == "available":
        return
    row.data["status"] = "available"
    _move(world, row.account, "pending", row.data["currency"], -row.data["net"])
    _move(world, row.account, "available", row.data["currency"], row.data["net"])
    world.emit("balance.available", balance(world, row.account), account=row.account)


def _bucket(world: World, account: str) -> Row:
    found = world.store.find(f"balance:{account}")
    if found is not None:
        return found
    with world.store.transaction():
        return world.store.add(
            "balance",
            f"balance:{account}",
            account=account,
            data={"available": {}, "pending": {}},
            inner={},
        )


def _move(world: World, account: str, side: str, currency: str, amount: int) -> None:
    name = _bucket(world, account).id
    amounts: dict[str, Any] = world.store.edit(name).data[side]
    amounts[currency] = amounts.get(currency, 0) + amount


def need_available(world: World, account: str, amount: int, currency: str) -> None:
    """Raises PeerError where the account has not so much at hand."""
    has = available(world, account, currency)
    if amount > has:
        raise PeerError(
            "You have insufficient available funds in your Stripe account: "
            f"{currencies.written(amount, currency)} asked for, "
            f"{currencies.written(has, currency)} available. Try adding funds directly to your "
            "available balance by creating Charges using the 4000000000000077 test card.",
            code="balance_insufficient",
        )
