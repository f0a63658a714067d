"""What goes wrong between people, and what their banks make of it: moves of a client."""

from __future__ import annotations

import random
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from tests.faults.browserless import Refused

if TYPE_CHECKING:
    from tests.faults.clients import Client

UNDECIDED: Final = "SELECT id FROM sandbox_dispute WHERE state NOT IN ('WON', 'LOST')"


def charge_back(client: Client) -> None:
    """A buyer's bank takes a charge back, or a part of it, or asks first."""
    from sandbox.services import SandboxError, open_dispute  # noqa: PLC0415 - Django is set up by now

    found = client.rows(
        "SELECT id, amount FROM sandbox_session WHERE state = 'PAID'"
        " AND email LIKE '%%@bank.example' ORDER BY created_at DESC LIMIT 40"
    )
    if not found:
        raise Refused("nothing was charged yet")
    session, charged = client.dice.choice(found)
    part = charged if client.dice.random() < 0.6 else client.dice.randint(1, charged)
    is_inquiry = client.dice.random() < 0.2
    try:
        client.again(
            lambda: open_dispute(
                session_id=session, amount=part, is_inquiry=is_inquiry, now=timezone.now()
            )
        )
    except SandboxError as error:
        raise Refused(error.code) from error


def bank_decides(client: Client) -> None:
    """The bank decides a dispute, for either side or in between; or it changes its mind."""
    from sandbox.services import SandboxError  # noqa: PLC0415

    found = client.rows("SELECT id FROM sandbox_dispute ORDER BY random() LIMIT 1")
    if not found:
        raise Refused("there is no dispute")
    try:
        client.again(lambda: decide(found[0][0], client.dice, timezone.now()))
    except SandboxError as error:
        raise Refused(error.code) from error


def decide(dispute_id: str, dice: random.Random, now: datetime) -> None:
    """Won, lost, or lost but for a part; an inquiry becomes a dispute or is dropped."""
    from sandbox.models import Dispute  # noqa: PLC0415
    from sandbox.services import decide_dispute, escalate_dispute  # noqa: PLC0415

    dispute = Dispute.objects.get(pk=dispute_id)
    if dispute.state == "INQUIRY" and dice.random() < 0.5:
        escalate_dispute(dispute_id=dispute_id, now=now)
        dispute.refresh_from_db()
    won = dispute.state == "INQUIRY" or dice.random() < 0.5
    kept = dispute.taken_amount - dispute.returned_amount
    returned = dice.randint(0, kept) if not won and kept and dice.random() < 0.3 else None
    decide_dispute(dispute_id=dispute_id, won=won, returned=returned, now=now)


def complain(client: Client) -> None:
    """A buyer opens a case about an order that was sent."""
    from orders.models import Order  # noqa: PLC0415
    from orders.selectors.cases import case_openings  # noqa: PLC0415
    from orders.services.cases import CaseNotPossibleError, open_case  # noqa: PLC0415
    from orders.states import CaseWish  # noqa: PLC0415

    number, _, _ = client.any_order("SHIPPED", "DELIVERED")

    def open_one() -> None:
        now = timezone.now()
        order = Order.objects.get(number=number)
        kinds = case_openings(order=order, now=now).open_now
        if not kinds:
            raise Refused("nothing to complain of")
        open_case(
            order=order,
            actor=None,
            kind=client.dice.choice(sorted(kinds)),
            wanted=CaseWish.REFUND_FULL,
            wanted_amount=None,
            text="It is not what I ordered.",
            now=now,
        )

    try:
        client.again(open_one)
    except CaseNotPossibleError as error:
        raise Refused("somebody was quicker") from error


def decide_case(client: Client) -> None:
    """A moderator decides a case: nothing, a part, or all goes back."""
    from accounts.models import User  # noqa: PLC0415
    from common.states import TransitionError  # noqa: PLC0415
    from orders.models import Case  # noqa: PLC0415
    from orders.services import cases  # noqa: PLC0415
    from payments.services import HeldFrozenError  # noqa: PLC0415

    found = client.rows(
        "SELECT id FROM orders_case WHERE state IN ('OPEN', 'ANSWERED', 'ESCALATED')"
        " ORDER BY random() LIMIT 1"
    )
    if not found:
        raise Refused("there is no case")

    def decide_one() -> None:
        case = Case.objects.select_related("order").get(pk=found[0][0])
        left = case.order.total_amount - case.order.refunded_amount
        amount = client.dice.choice((0, left, client.dice.randint(0, max(left, 0))))
        cases.decide_case(
            case=case,
            actor=User.objects.get(email=client.moderator_email),
            amount=amount,
            reason="The photo shows it.",
            now=timezone.now(),
        )

    try:
        client.again(decide_one)
    except (TransitionError, HeldFrozenError, cases.CaseAmountError) as error:
        raise Refused(type(error).__name__) from error
