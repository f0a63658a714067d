"""A seller's side of cases: which wait for it until when, what was said, and the answer."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.http import file_response, page_number
from common.money import Money
from common.states import TransitionError
from orders.forms import AnswerForm
from orders.models import Case
from orders.selectors.cases import (
    case_view,
    cases_of_business,
    count_cases,
    find_case,
    find_file,
)
from orders.services import cases
from orders.services.cases import CaseAmountError, NothingSaidError, TooManyFilesError
from orders.services.refund_rows import refundable_amount
from orders.states import Party
from payments.services.held import HeldFrozenError
from sellers.views.access import BusinessRequest, business_required


def _case(request: BusinessRequest, case_id: int) -> Case:
    found = find_case(business=request.business, case_id=case_id)
    if found is None:
        raise Http404
    return found


@require_GET
@business_required()
def seller_cases(request: BusinessRequest, slug: str) -> HttpResponse:
    """Cases by what is due first; those that are over on a tab of their own."""
    tab = request.GET.get("show", "open")
    if tab not in {"open", "over"}:
        raise Http404
    counts = count_cases(business=request.business)
    words = {"open": _("Open"), "over": _("Over")}
    context = {
        "dashboard_section": "cases",
        "page": cases_of_business(
            business=request.business,
            is_open=tab == "open",
            page=page_number(request.GET.get("page", "")),
        ),
        "tab": tab,
        "tabs": [
            {"url": f"?show={key}", "text": words[key], "count": counts[key], "current": key == tab}
            for key in words
        ],
    }
    return render(request, "orders/dashboard/cases.html", context)


@require_GET
@business_required()
def seller_case(request: BusinessRequest, slug: str, case_id: int) -> HttpResponse:
    """One case: what the buyer says and wants, and what happens next."""
    return _page(request, _case(request, case_id))


@require_POST
@business_required()
def seller_case_act(request: BusinessRequest, slug: str, case_id: int) -> HttpResponse:
    """Answer (perhaps with an offer), accept, or ask for a person."""
    case, chosen = _case(request, case_id), request.POST.get("do", "")
    if chosen == "answer":
        return _answer(request, case)
    now = timezone.now()
    try:
        if chosen == "accept":
            cases.accept_case(case=case, actor=request.user, now=now)
            messages.success(request, _("Thank you. The buyer is paid back."))
        elif chosen == "escalate":
            cases.escalate_case(case=case, actor=request.user, by=Party.SELLER, now=now)
            messages.success(request, _("A person looks at it now."))
        else:
            raise Http404
    except (TransitionError, CaseAmountError):
        messages.warning(request, _("This case has changed meanwhile; look at it again."))
    except HeldFrozenError:
        messages.warning(
            request,
            _("The buyer's bank disputes this payment. Nothing is paid back until it has decided."),
        )
    return redirect("orders:seller_case", slug, case_id)


def _answer(request: BusinessRequest, case: Case) -> HttpResponse:
    form = AnswerForm(request.POST, request.FILES, left=_left(case))
    if form.is_valid():
        offer = form.cleaned_data["offer"]
        try:
            cases.answer_case(
                case=case,
                actor=request.user,
                text=form.cleaned_data["text"],
                files=form.cleaned_data["attached"],
                offer_amount=offer.amount if offer else None,
                now=timezone.now(),
            )
        except CaseAmountError:
            form.add_error("offer", _("This is more than is left."))
        except TooManyFilesError:
            form.add_error("attached", _("A case holds no more files than these."))
        except NothingSaidError:
            form.add_error("text", _("Please write something, or add a file."))
        except TransitionError:
            messages.warning(request, _("This case is over."))
            return redirect("orders:seller_case", request.business.slug, case.pk)
        else:
            messages.success(request, _("Sent. The buyer has been told."))
            return redirect("orders:seller_case", request.business.slug, case.pk)
    return _page(request, case, form=form, status=422)


def _left(case: Case) -> Money:
    return Money(refundable_amount(case.order), case.order.currency)


def _page(
    request: BusinessRequest, case: Case, *, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "dashboard_section": "cases",
        "order": case.order,
        "view": case_view(case=case),
        "left": _left(case),
        "form": form or AnswerForm(left=_left(case)),
    }
    return render(request, "orders/dashboard/case.html", context, status=status)


@require_GET
@business_required()
def seller_case_file(
    request: BusinessRequest, slug: str, case_id: int, file_id: uuid.UUID
) -> HttpResponse:
    """A file of one of the business's cases."""
    file = find_file(case=_case(request, case_id), file_id=file_id)
    if file is None:
        raise Http404
    content = bytes(file.content)
    return file_response(content=content, media_type=file.media_type, name=file.name)
