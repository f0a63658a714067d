"""What a moderator's decision about a sanctions match does to orders and businesses.

`trade` keeps the match and knows neither; everything happens in the transaction of the decision.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from orders.notices.screening import tell_what_to_do
from orders.selectors.stops import orders_stopped_by
from orders.services.stops import free_orders, stop_orders
from sellers.services.review import suspend_for_match
from trade.models import ScreeningCase
from trade.selectors.screening import has_undismissed, purchases_of_match
from trade.services import screening


@transaction.atomic
def clear_match(*, case: ScreeningCase, actor: User, reason: str, now: datetime) -> ScreeningCase:
    """It is somebody else: orders that were stopped for it go on, unless another match stops them.

    A suspended business stays suspended: whether that was for this alone is for a moderator to say.
    Raises TransitionError, ValueError without a reason.
    """
    decided = screening.clear_match(case=case, actor=actor, reason=reason, now=now)
    if not has_undismissed(case=decided):
        free_orders(purchase_refs=purchases_of_match(case=decided), actor=actor, now=now)
    return decided


@transaction.atomic
def confirm_match(*, case: ScreeningCase, actor: User, reason: str, now: datetime) -> ScreeningCase:
    """It is the party on the list: its open orders stay stopped, a business that sells is suspended.

    Moderators are told what they have to do. Raises TransitionError, ValueError without a reason.
    """
    decided = screening.confirm_match(case=case, actor=actor, reason=reason, now=now)
    stop_orders(purchase_refs=purchases_of_match(case=decided), actor=actor, now=now)
    if decided.subject_ref is not None:
        suspend_for_match(
            business_ref=decided.subject_ref, actor=actor, reason=decided.reason, now=now
        )
    tell_what_to_do(case=decided, orders=orders_stopped_by(case=decided), now=now)
    return decided
