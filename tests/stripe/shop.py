"""What the tests of the peer do again and again: sell something, have it paid, know a seller."""

from __future__ import annotations

from typing import Any

from tests.stripe.peer import PeerHandle

SUCCESS = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"
CANCEL = "https://shop.example/basket"


def open_session(peer: PeerHandle, amount: int = 2740, currency: str = "jpy", **more: Any) -> Any:
    """A checkout of one line, for a purchase whose transfer group is `purchase-7`."""
    body: Any = {
        "mode": "payment",
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
        "customer_email": "haruka@example.com",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency,
                    "unit_amount": amount,
                    "product_data": {"name": "Purchase 7"},
                },
            }
        ],
        "payment_intent_data": {
            "transfer_group": "purchase-7",
            "metadata": {"payment": "7"},
        },
        "metadata": {"payment": "7"},
        **more,
    }
    return peer.client.v1.checkout.sessions.create(body)


def paid(
    peer: PeerHandle,
    amount: int = 2740,
    currency: str = "jpy",
    card: str = "4242424242424242",
) -> Any:
    """A paid checkout's charge, with its balance transaction in it."""
    session = open_session(peer, amount, currency)
    peer.pay(session.id, card)
    return charge_of(peer, session.id)


def charge_of(peer: PeerHandle, session: str) -> Any:
    expand = ["payment_intent.latest_charge.balance_transaction"]
    found = peer.client.v1.checkout.sessions.retrieve(session, {"expand": expand})
    intent: Any = found.payment_intent
    return intent.latest_charge


def seller(peer: PeerHandle, country: str = "it", *, ready: bool = True, **more: Any) -> str:
    """A connected account that may receive transfers."""
    body: Any = {
        "contact_email": "ama@example.com",
        "display_name": "Ama",
        "dashboard": "express",
        "identity": {"country": country, "entity_type": "individual"},
        "defaults": {
            "responsibilities": {
                "fees_collector": "application",
                "losses_collector": "application",
            },
            **more.pop("defaults", {}),
        },
        "configuration": {
            "recipient": {
                "capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}
            }
        },
        "metadata": {"payee": "3"},
        **more,
    }
    account = peer.client.v2.core.accounts.create(body)
    if ready:
        peer.control(f"accounts/{account.id}/onboard")
    return account.id


def balance(peer: PeerHandle, currency: str = "eur", account: str = "") -> tuple[int, int]:
    """(available, pending)."""
    options: Any = {"stripe_account": account} if account else {}
    found = peer.client.v1.balance.retrieve({}, options)

    def side(amounts: Any) -> int:
        return sum(one.amount for one in amounts if one.currency == currency)

    return side(found.available), side(found.pending)


def types(peer: PeerHandle) -> list[str]:
    """The kinds of all that waits to be told, in its order; counted as delivered."""
    return [webhook.type for webhook in peer.webhooks()]
