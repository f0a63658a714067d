"""Taking money back from a payee after release: from its balance, its reserve, or as a debt."""

from __future__ import annotations

import uuid

from payments.models import HeldPayment, Payee
from payments.rules.reserves import draw
from payments.selectors.ledger import balance
from payments.services.bookings import Taken
from payments.services.reserves import reserve_left, use_reserve
from payments.states import AccountKind


def lock_payee(payee_id: uuid.UUID) -> Payee:
    """Whoever takes from a payee's balance holds this lock, so what it reads stays true."""
    return Payee.objects.select_for_update(no_key=True).get(pk=payee_id)


def take_from_payee(*, held: HeldPayment, due: int, blocked: int = 0) -> Taken:
    """Where `due` minor units of the payee's come from; the caller posts it.

    In the caller's transaction, which locks the payee here. First what is blocked for this order
    (`blocked`), then the balance, then the reserve (marked as used); the rest the payee owes.
    """
    lock_payee(held.payee_id)
    payable = balance(
        kind=AccountKind.SELLER_PAYABLE,
        currency=held.seller_currency,
        reference=str(held.payee_id),
    )
    reserve = reserve_left(payee_id=held.payee_id)
    taken = Taken(*draw(due, [blocked, payable.amount, reserve]))
    if taken.reserve:
        use_reserve(payee_id=held.payee_id, amount=taken.reserve)
    return taken
