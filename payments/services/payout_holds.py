"""A moderator's word about a payee's payouts; the reason is shown to the seller."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.states import TransitionError
from payments.models import Payee
from payments.services.payees import hold_payouts, resume_payouts


def hold_payee(*, payee: Payee, actor: User, reason: str, now: datetime) -> Payee:
    """Nothing is paid until resume_payee. Raises TransitionError when it is on hold already."""
    return _decide(payee, actor, reason, held=True, now=now)


def resume_payee(*, payee: Payee, actor: User, reason: str, now: datetime) -> Payee:
    """Whatever held it: the next settlement pays. Raises TransitionError when nothing does."""
    return _decide(payee, actor, reason, held=False, now=now)


def _decide(payee: Payee, actor: User, reason: str, *, held: bool, now: datetime) -> Payee:
    with transaction.atomic():
        locked = Payee.objects.select_for_update(no_key=True).get(pk=payee.pk)
        if locked.payouts_held == held:
            raise TransitionError("payouts are on hold already" if held else "nothing holds them")
        before = {"payouts_held": locked.payouts_held, "hold_causes": dict(locked.hold_causes)}
        if held:
            changed = hold_payouts(payee_id=payee.pk, reason=reason, now=now)
        else:
            changed = resume_payouts(payee_id=payee.pk, now=now, cause=None)
        record_action(
            actor=actor,
            action="hold_payouts" if held else "resume_payouts",
            target=changed,
            reason=reason,
            before=before,
            after={"payouts_held": held},
            now=now,
        )
    return changed
