"""The hosted payment page, as a buyer meets it, and the console for whoever tries things out.

The pages belong to an outside party: they extend nothing of the shop's and set their own policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.money import Money, charge_ceil, charge_floor
from common.reader import reader_locale
from sandbox.forms import CardForm
from sandbox.models import Session
from sandbox.rules import TEST_CARDS, CardOutcome, SandboxError
from sandbox.selectors import (
    dispute_row,
    list_disputes,
    list_events,
    list_payouts,
    list_refunds,
    list_sessions,
    session_row,
)
from sandbox.services import (
    answer_challenge,
    decide_dispute,
    deliver_events_of,
    escalate_dispute,
    finish_transfer,
    open_dispute,
    pay_session,
    replay_events,
    set_fault,
)
from sandbox.states import SessionState

View = Callable[..., HttpResponse]
SHOWN = 25


def of_session(view: Callable[[HttpRequest, Session], HttpResponse]) -> View:
    """A page of one session: 404 where there is none, never cached, own content policy.

    Where real money is charged nobody pays here any more: what was begun in the days of test cards
    would be sent for nothing.
    """

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, session_id: str) -> HttpResponse:
        if settings.STRIPE_LIVEMODE:
            raise Http404
        try:
            session = session_row(session_id)
        except SandboxError:
            raise Http404 from None
        response = view(request, session)
        response["Content-Security-Policy"] = _policy(session)
        response["Referrer-Policy"] = "same-origin"
        return response

    return page


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@of_session
def pay(request: HttpRequest, session: Session) -> HttpResponse:
    """Card fields; or, when the session is past that, what became of it."""
    now = timezone.now()
    elsewhere = _elsewhere(request, session)
    if elsewhere is not None:
        return elsewhere
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            session = pay_session(
                session_id=session.pk, card_number=form.cleaned_data["number"], now=now
            )
        except SandboxError:
            return redirect("sandbox:pay", session.pk)
        if session.challenged:
            return redirect("sandbox:challenge", session.pk)
        elsewhere = _elsewhere(request, session)
        if elsewhere is not None:
            return elsewhere
        form.add_error("number", decline_words(session.failure))
    status = 422 if form.is_bound else 200
    context = {"form": form, "cards": cards_to_try(), "failure": decline_words(session.failure)}
    return _render(request, "sandbox/pay.html", session, context, status=status)


@require_http_methods(["GET", "POST"])
@of_session
def challenge(request: HttpRequest, session: Session) -> HttpResponse:
    """The bank asks the buyer to confirm (3-D Secure)."""
    now = timezone.now()
    if not session.challenged or session.expires_at <= now:
        return redirect("sandbox:pay", session.pk)
    if request.method == "POST" and request.POST.get("answer") in {"pass", "fail"}:
        try:
            session = answer_challenge(
                session_id=session.pk, passed=request.POST["answer"] == "pass", now=now
            )
        except SandboxError:
            return redirect("sandbox:pay", session.pk)
        return _elsewhere(request, session) or redirect("sandbox:pay", session.pk)
    return _render(request, "sandbox/challenge.html", session, {})


@require_http_methods(["GET", "POST"])
@of_session
def bank(request: HttpRequest, session: Session) -> HttpResponse:
    """A slow bank transfer, which can be finished here at any later time."""
    if not session.bank_pending:
        return redirect("sandbox:pay", session.pk)
    if request.method == "POST":
        try:
            session = finish_transfer(session_id=session.pk, now=timezone.now())
        except SandboxError:
            return redirect("sandbox:pay", session.pk)
        return _elsewhere(request, session) or redirect("sandbox:pay", session.pk)
    return _render(request, "sandbox/bank.html", session, {})


def staff_of_a_demo(view: View) -> View:
    """A page only for staff, and only in a demo; nobody else learns that it exists."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO or not getattr(request.user, "is_staff", False):
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@never_cache
@require_GET
@staff_of_a_demo
def console(request: HttpRequest) -> HttpResponse:
    """What the provider knows, and buttons to make it misbehave."""
    context = {
        "sessions": [_with_amount(row) for row in list_sessions(limit=SHOWN)],
        "refunds": [_with_amount(row) for row in list_refunds(limit=SHOWN)],
        "payouts": [_with_amount(row) for row in list_payouts(limit=SHOWN)],
        "disputes": [_with_amount(row) for row in list_disputes(limit=SHOWN)],
        "events": list_events(limit=SHOWN),
    }
    return render(request, "sandbox/console.html", context)


@require_POST
@staff_of_a_demo
def act(request: HttpRequest) -> HttpResponse:
    """One button of the console."""
    object_id, action = request.POST.get("object", ""), request.POST.get("action", "")
    now = timezone.now()
    try:
        if action == "replay":
            count = replay_events(object_id=object_id, now=now)
        elif action == "twice":
            count = replay_events(object_id=object_id, times=2, now=now)
        elif action == "reorder":
            count = replay_events(object_id=object_id, newest_first=True, now=now)
        elif action == "finish":
            finish_transfer(session_id=object_id, now=now)
            count = 1
        elif action in DISPUTE_BUTTONS:
            _dispute(object_id, action, now)
            count = 1
        else:
            set_fault(session_id=object_id, fault=action)
            count = 0
    except SandboxError as error:
        messages.error(request, error.code)
    else:
        messages.success(
            request,
            _("%(count)s webhooks are on their way.") % {"count": count}
            if count
            else _("The next webhook of this session will suffer that."),
        )
    return redirect("sandbox:console")


DISPUTE_BUTTONS = frozenset(
    {"dispute", "dispute_half", "inquire", "escalate", "win", "lose", "lose_half"}
)


def _dispute(object_id: str, action: str, now: datetime) -> None:
    """What the buyer's bank does at a button: object_id is the session's, later the dispute's."""
    match action:
        case "dispute":
            open_dispute(session_id=object_id, now=now)
        case "dispute_half":
            row = session_row(object_id)
            half = charge_ceil(Money((row.amount + 1) // 2, row.currency))
            open_dispute(session_id=object_id, amount=half.amount, now=now)
        case "inquire":
            open_dispute(session_id=object_id, is_inquiry=True, now=now)
        case "escalate":
            escalate_dispute(dispute_id=object_id, now=now)
        case "win" | "lose":
            decide_dispute(dispute_id=object_id, won=action == "win", now=now)
        case "lose_half":
            dispute = dispute_row(object_id)
            kept = dispute.taken_amount - dispute.returned_amount
            half = charge_floor(Money(kept // 2, dispute.currency))
            decide_dispute(dispute_id=object_id, won=False, returned=half.amount, now=now)


def decline_words(failure: str) -> str:
    """What a buyer reads for a decline's code."""
    return {
        "": "",
        "card_declined": _("The bank declined this card. Try another one."),
        "insufficient_funds": _("There is not enough money on this card. Try another one."),
        "authentication_failed": _("The bank could not confirm that it is you. Try again."),
    }.get(failure, _("The payment did not work. Try another card."))


def cards_to_try() -> list[tuple[str, str]]:
    """The cards to try, spaced as on plastic, with what each does."""
    words = {
        CardOutcome.PAYS: _("pays"),
        CardOutcome.DECLINED: _("is declined"),
        CardOutcome.NO_FUNDS: _("has not enough money"),
        CardOutcome.CHALLENGE: _("asks for confirmation (3-D Secure)"),
        CardOutcome.PAYS_SILENTLY: _("pays, the shop is not told"),
        CardOutcome.PAYS_TWICE_TOLD: _("pays, the shop is told twice"),
        CardOutcome.PAYS_LATE: _("pays late, by a slow bank transfer"),
        CardOutcome.PAYS_DISPUTED: _("pays, and the buyer's bank takes it back (a chargeback)"),
    }
    return [
        (" ".join(number[place : place + 4] for place in range(0, 16, 4)), words[outcome])
        for number, outcome in TEST_CARDS.items()
    ]


def _elsewhere(request: HttpRequest, session: Session) -> HttpResponse | None:
    """Where the buyer belongs when card fields are no longer the thing to show."""
    if session.state == SessionState.PAID:
        if session.send_first:
            deliver_events_of(object_id=session.pk, now=timezone.now())
        return HttpResponseRedirect(session.success_url)
    if session.state == SessionState.PROCESSING:
        return redirect("sandbox:bank", session.pk)
    if session.state == SessionState.FAILED:
        return _render(request, "sandbox/closed.html", session, {"failed": True}, status=410)
    if session.state == SessionState.EXPIRED or session.expires_at <= timezone.now():
        return _render(request, "sandbox/closed.html", session, {}, status=410)
    return None


def _render(
    request: HttpRequest,
    template: str,
    session: Session,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    money = Money(session.amount, session.currency)
    shown = {"session": session, "amount": money.format(locale=reader_locale()), **context}
    return render(request, template, shown, status=status)


def _with_amount(row: Any) -> dict[str, Any]:
    money = Money(row.amount, row.currency)
    return {"row": row, "amount": money.format(locale=reader_locale())}


def _policy(session: Session) -> str:
    """Nothing but the provider's own style; forms may lead to the merchant's pages.

    Browsers apply form-action to the redirect after a form too, hence the merchant's origin.
    """
    shops = {
        f"{parts.scheme}://{parts.netloc}"
        for parts in (urlsplit(session.success_url), urlsplit(session.cancel_url))
        if parts.scheme in {"http", "https"} and parts.netloc
    }
    actions = " ".join(["'self'", *sorted(shops)])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {actions}"
    )
