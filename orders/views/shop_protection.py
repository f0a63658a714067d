"""What a buyer may rely on, in plain words, and whom to write to."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orders.rules.cases import ANSWER_DAYS, CANCEL_UNSENT_DAYS, REPLY_DAYS
from shipping.rules import ARRIVAL_GRACE_DAYS


@require_safe
def protection(request: HttpRequest) -> HttpResponse:
    """How a payment is protected, until when, and what to do if something is wrong."""
    context = {
        "inspection_days": settings.INSPECTION_DAYS,
        "grace_days": ARRIVAL_GRACE_DAYS,
        "answer_days": ANSWER_DAYS,
        "reply_days": REPLY_DAYS,
        "unsent_days": CANCEL_UNSENT_DAYS,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    }
    return render(request, "orders/shop/protection.html", context)
