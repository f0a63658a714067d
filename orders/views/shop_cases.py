"""A buyer's side of a case: say what is wrong, read the answer, accept, reply, ask for a person."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.http import file_response
from common.money import Money
from common.states import TransitionError
from orders.forms import CaseForm, SayForm
from orders.middleware import signed_in_user
from orders.models import Case, Order, Purchase
from orders.selectors.cases import (
    CaseOpenings,
    case_openings,
    case_view,
    cases_of_order,
    find_file,
)
from orders.services import cases
from orders.services.cases import (
    CaseAmountError,
    CaseNotPossibleError,
    NothingSaidError,
    TooManyFilesError,
)
from orders.services.refund_rows import refundable_amount
from orders.states import CaseKind, CaseWish, Party
from orders.views.access import purchase_or_404
from payments.services.held import HeldFrozenError


def _order(purchase: Purchase, number: str) -> Order:
    order = purchase.orders.placed().select_related("business").filter(number=number).first()
    if order is None:
        raise Http404
    order.purchase = purchase
    return order


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """The order's case; or the form to open one, or from when that is possible."""
    found = purchase_or_404(request, token)
    if isinstance(found, HttpResponse):
        return found
    order = _order(found, number)
    openings = case_openings(order=order, now=timezone.now())
    form = None
    if openings.open_now:
        form = CaseForm(
            request.POST if request.method == "POST" else None,
            request.FILES if request.method == "POST" else None,
            kinds=openings.open_now,
            left=Money(refundable_amount(order), order.currency),
        )
    if request.method != "POST":
        return _page(request, order, openings, form=form)
    if form is None:
        messages.warning(request, _("Nothing can be complained of about this order now."))
        return redirect("orders:case", token, number)
    if not form.is_valid():
        return _page(request, order, openings, form=form, status=422)
    return _open(request, order, openings, form)


def _open(
    request: HttpRequest, order: Order, openings: CaseOpenings, form: CaseForm
) -> HttpResponse:
    typed = form.cleaned_data
    amount = typed["wanted_amount"]
    try:
        cases.open_case(
            order=order,
            actor=signed_in_user(request),
            kind=CaseKind(typed["kind"]),
            wanted=CaseWish(typed["wanted"]),
            wanted_amount=amount.amount if amount else None,
            text=typed["text"],
            files=typed["attached"],
            now=timezone.now(),
        )
    except CaseAmountError:
        form.add_error("wanted_amount", _("This is more than is left."))
        return _page(request, order, openings, form=form, status=422)
    except CaseNotPossibleError:
        messages.warning(request, _("This order has changed meanwhile; look at it again."))
    else:
        messages.success(request, _("We have it. Nothing of your payment moves until it is over."))
    return redirect("orders:case", order.purchase.token, order.number)


@require_POST
def case_act(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """What the buyer does in the newest case of the order: reply, accept, escalate, withdraw."""
    found = purchase_or_404(request, token)
    if isinstance(found, HttpResponse):
        return found
    order = _order(found, number)
    known = cases_of_order(order=order)
    if not known:
        raise Http404
    user, chosen = signed_in_user(request), request.POST.get("do", "")
    if chosen == "reply":
        return _reply(request, order, known[0], user)
    acts: dict[str, tuple[Callable[..., object], str]] = {
        "accept": (
            partial(cases.accept_offer, seen_amount=_seen_amount(request)),
            _("Agreed. Your money is on its way back."),
        ),
        "withdraw": (cases.withdraw_case, _("Your case is closed.")),
        "escalate": (_escalate, _("A person looks at it now.")),
    }
    if chosen not in acts:
        raise Http404
    act, words = acts[chosen]
    try:
        act(case=known[0], actor=user, now=timezone.now())
    except (TransitionError, CaseAmountError):
        messages.warning(request, _("This case has changed meanwhile; look at it again."))
    except HeldFrozenError:
        messages.warning(request, _disputed())
    else:
        messages.success(request, words)
    return redirect("orders:case", token, number)


def _seen_amount(request: HttpRequest) -> int:
    """The offer that the page showed, minor units; a nonsense one is nobody's offer."""
    text = request.POST.get("amount", "")
    return int(text) if text.isdecimal() and len(text) < 19 else -1


def _escalate(*, case: Case, actor: User | None, now: datetime) -> None:
    cases.escalate_case(case=case, actor=actor, by=Party.BUYER, now=now)


def _disputed() -> str:
    return _(
        "Your bank is looking at this payment. Nothing is paid back here until it has decided."
    )


def _reply(request: HttpRequest, order: Order, known: Case, user: User | None) -> HttpResponse:
    form = SayForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            cases.reply_case(
                case=known,
                actor=user,
                text=form.cleaned_data["text"],
                files=form.cleaned_data["attached"],
                now=timezone.now(),
            )
        except TooManyFilesError:
            form.add_error("attached", _("A case holds no more files than these."))
        except NothingSaidError:
            form.add_error("text", _("Please write something, or add a file."))
        except TransitionError:
            messages.warning(request, _("This case is over."))
            return redirect("orders:case", order.purchase.token, order.number)
        else:
            messages.success(request, _("Sent."))
            return redirect("orders:case", order.purchase.token, order.number)
    return _page(request, order, CaseOpenings(), say=form, status=422)


def _page(
    request: HttpRequest,
    order: Order,
    openings: CaseOpenings,
    *,
    form: CaseForm | None = None,
    say: SayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    known = cases_of_order(order=order)
    newest = known[0] if known else None
    context = {
        "order": order,
        "purchase": order.purchase,
        "openings": openings,
        "later": sorted(openings.later.items(), key=lambda pair: pair[1]),
        "form": form,
        "view": case_view(case=newest) if newest else None,
        "is_replaceable": form is not None and newest is not None,
        "say": say or SayForm(),
    }
    return render(request, "orders/shop/case.html", context, status=status)


@never_cache
@require_safe
def case_file(request: HttpRequest, token: str, number: str, file_id: uuid.UUID) -> HttpResponse:
    """A file of a case about the order."""
    found = purchase_or_404(request, token)
    if isinstance(found, HttpResponse):
        return found
    order = _order(found, number)
    for one in cases_of_order(order=order):
        file = find_file(case=one, file_id=file_id)
        if file is not None:
            content = bytes(file.content)
            return file_response(content=content, media_type=file.media_type, name=file.name)
    raise Http404
