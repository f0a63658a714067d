"""When a payee wants to be paid."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from payments.models import Payee
from payments.rules.schedules import PayoutSchedule, check_terms
from payments.selectors.payability import terms_of


def choose_schedule(
    *,
    payee_id: uuid.UUID,
    schedule: PayoutSchedule,
    day: int = 1,
    minimum: int = 0,
    actor: User,
    now: datetime,
) -> Payee:
    """Change when a payee is paid; minimum in minor units of its currency. Raises ScheduleError."""
    with transaction.atomic():
        payee = Payee.objects.select_for_update(no_key=True).get(pk=payee_id)
        check_terms(replace(terms_of(payee), schedule=schedule, day=day, minimum=minimum))
        names = ("schedule", "schedule_day", "minimum_amount")
        before = {name: getattr(payee, name) for name in names}
        after = dict(zip(names, (schedule.value, day, minimum), strict=True))
        if before == after:
            return payee
        for name, value in after.items():
            setattr(payee, name, value)
        payee.save(update_fields=list(names))
        record_action(
            actor=actor,
            action="choose_payout_schedule",
            target=payee,
            before=before,
            after=after,
            now=now,
        )
    return payee
