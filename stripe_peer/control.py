"""/_peer/…: the handles by which a test or a person moves this world. Stripe has none of them."""

from __future__ import annotations

import json
from collections.abc import Callable

from stripe_peer import (
    accounts,
    checkout,
    currencies,
    disputes,
    faults,
    money,
    payment_intents,
    payouts,
    refunds,
    webhooks,
)
from stripe_peer.cards import BANKS, card_of
from stripe_peer.errors import PeerError, missing
from stripe_peer.store import Json, Row
from stripe_peer.webhooks import Courier
from stripe_peer.world import DEFAULTS, ENDPOINTS, PLATFORM, World


async def handle(
    world: World, courier: Courier, method: str, path: str, body: bytes
) -> tuple[int, Json]:
    """Status and answer of one control request; its body is JSON."""
    try:
        given: Json = json.loads(body) if body else {}
        name, _, rest = path.removeprefix("/_peer/").partition("/")
        if name == "deliver":
            return 200, {"delivered": await courier.deliver_now()}
        found = _do(world, method, name, rest, given)
    except PeerError as error:
        return error.status, error.body(v2=False)
    except (ValueError, KeyError, TypeError) as error:
        return 400, {"error": {"type": "invalid_request_error", "message": repr(error)}}
    courier.wake()
    return 200, found


def _do(world: World, method: str, name: str, rest: str, given: Json) -> Json:
    with world.store.transaction():
        if name == "reset":
            world.reset()
            return _configure(world, given)
        if name == "config":
            return _configure(world, given)
        if name == "state":
            return _state(world)
        if name == "clock":
            world.advance(float(given.get("seconds", 0)))
        elif name == "faults":
            return _faults(world, method, given)
        elif name == "outbox":
            return _outbox(world, given)
        elif name == "topup":
            return _top_up(world, given)
        elif name in OBJECTS:
            return OBJECTS[name](world, *_target(rest), given)
        else:
            raise missing("control", name)
    world.catch_up()
    return {"now": world.now()}


def _target(rest: str) -> tuple[str, str]:
    name, _, verb = rest.partition("/")
    return name, verb


def _configure(world: World, given: Json) -> Json:
    """Replace what is named; `webhooks` are {"platform": {"url": …, "secrets": […]}}."""
    row = world.store.edit("config")
    for name, value in given.items():
        if name == "webhooks":
            for endpoint, hook in value.items():
                if endpoint not in ENDPOINTS:
                    raise missing("endpoint", endpoint)
                row.inner["hooks"][endpoint] = {
                    **row.inner["hooks"].get(endpoint, {"url": "", "secrets": []}),
                    **hook,
                }
        elif name in DEFAULTS:
            row.data[name] = value
        else:
            raise missing("setting", name)
    return {"config": row.data, "webhooks": row.inner["hooks"], "now": world.now()}


def _state(world: World) -> Json:
    """How much there is of everything, all balances, and what waits to be told."""
    return {
        "now": world.now(),
        "objects": world.store.count(),
        "balances": {
            row.account: row.data for row in world.store.oldest_first("balance") if row.account
        },
        "waiting": [row.data for row in world.store.oldest_first("delivery")],
        "faults": [_shown(row) for row in world.store.oldest_first("fault")],
    }


def _shown(row: Row) -> Json:
    return {"id": row.id, **row.data, "happened": row.inner.get("happened", 0)}


def _faults(world: World, method: str, given: Json) -> Json:
    if method == "DELETE":
        for row in world.store.oldest_first("fault"):
            world.store.remove(row.id)
    elif method == "POST":
        return _shown(faults.add(world, faults.FAULT(given, "")))
    return {"faults": [_shown(row) for row in world.store.oldest_first("fault")]}


def _outbox(world: World, given: Json) -> Json:
    """What waits, signed; `take` counts all of it as delivered. `now` signs as of then."""
    sent = [
        found
        for row in webhooks.due(world, everything=bool(given.get("everything", True)))
        if (found := webhooks.message(world, row, now=given.get("now"))) is not None
    ]
    if given.get("take"):
        for one in sent:
            webhooks.delivered(world, one.delivery, 200)
    return {"messages": [one.shown() for one in sent]}


def _top_up(world: World, given: Json) -> Json:
    """Money out of nowhere, or into it where the amount is negative."""
    account = given.get("account", PLATFORM)
    currency = currencies.check_currency(given["currency"])
    money.book(
        world,
        account=account,
        kind="topup",
        source=world.new_id("tu"),
        amount=int(given["amount"]),
        currency=currency,
    )
    return money.balance(world, account)


# --- objects --------------------------------------------------------------------------------------


def _checkout(world: World, name: str, verb: str, given: Json) -> Json:
    """pay {"card" | "bank", "email", "name"} · authenticate {"passed"} · expire."""
    session = world.store.edit(world.get("checkout.session", name).id)
    buyer = {"email": given.get("email", ""), "name": given.get("name", "")}
    if verb == "pay" and "bank" in given:
        status = checkout.pay_by_bank(world, session, succeeds=BANKS[given["bank"]], **buyer)
    elif verb == "pay":
        card = card_of(given.get("card", "pm_card_visa"))
        if card is None:
            raise missing("test card", given["card"])
        status = checkout.pay_by_card(world, session, card, **buyer)
    elif verb == "authenticate":
        intent = world.store.edit(session.data["payment_intent"])
        status = checkout.authenticate(world, intent, passed=bool(given.get("passed", True)))
    elif verb == "expire":
        checkout.expire_session(world, name)
        status = "expired"
    else:
        raise missing("control", verb)
    return {"status": status, "session": session.data}


def _intent(world: World, name: str, verb: str, given: Json) -> Json:
    """authenticate {"passed"} · bank: the bank answers now."""
    intent = world.store.edit(world.get("payment_intent", name).id)
    if verb == "authenticate":
        checkout.authenticate(world, intent, passed=bool(given.get("passed", True)))
    elif verb == "bank":
        payment_intents.bank_answers(world, name)
    else:
        raise missing("control", verb)
    return intent.data


def _charge(world: World, name: str, verb: str, given: Json) -> Json:
    """dispute {"reason", "inquiry", "amount"}."""
    charge = world.store.edit(world.get("charge", name).id)
    if verb != "dispute":
        raise missing("control", verb)
    return disputes.open_dispute(
        world,
        charge,
        reason=given.get("reason", "fraudulent"),
        inquiry=bool(given.get("inquiry")),
        amount=given.get("amount"),
    ).data


def _dispute(world: World, name: str, verb: str, given: Json) -> Json:
    """resolve {"outcome": "won" | "lost", "amount"}: won with an amount brings only that back."""
    dispute = world.store.edit(world.get("dispute", name).id)
    if verb != "resolve" or given["outcome"] not in ("won", "lost"):
        raise missing("control", verb)
    disputes.decide(world, dispute, given["outcome"], given.get("amount"))
    return dispute.data


def _refund(world: World, name: str, verb: str, _given: Json) -> Json:
    """fail: the buyer's bank sends it back."""
    world.get("refund", name)
    if verb != "fail":
        raise missing("control", verb)
    refunds.fail(world, name)
    return world.get("refund", name).data


def _payout(world: World, name: str, verb: str, given: Json) -> Json:
    """arrive · fail {"code"}, also after it arrived."""
    payout = world.store.edit(world.get("payout", name).id)
    if verb == "arrive":
        payouts.arrive(world, name)
    elif verb == "fail":
        payouts.fail(world, payout, given.get("code", "account_closed"))
    else:
        raise missing("control", verb)
    return payout.data


def _account(world: World, name: str, verb: str, given: Json) -> Json:
    """onboard {"outcome": passed | review | refused} · restrict · payout · set {…}."""
    row = world.store.edit(world.get("account", name).id)
    if verb == "onboard":
        accounts.onboarded(world, row, given.get("outcome", "passed"))
    elif verb == "restrict":
        row.inner["missing"] = given.get("requirements", list(accounts.REQUIRED[:1]))
        accounts.refresh(world, row)
    elif verb == "payout":
        payouts.pay_out_everything(world, name)
    elif verb == "deauthorize":
        about = {"id": "ca_peer", "object": "application", "name": "Freeport"}
        world.emit("account.application.deauthorized", about, account=name)
    elif verb == "set":
        for field, value in given.items():
            if field not in ("payouts_fail", "settles_in"):
                raise missing("setting", field)
            row.inner[field] = value
    else:
        raise missing("control", verb)
    return row.data


OBJECTS: dict[str, Callable[[World, str, str, Json], Json]] = {
    "checkout": _checkout,
    "payment_intents": _intent,
    "charges": _charge,
    "disputes": _dispute,
    "refunds": _refund,
    "payouts": _payout,
    "accounts": _account,
}
