"""A seller's disputes at buyers' banks: how they stand, and what it gives us to answer them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from common.documents import DocumentRefusedError, read_evidence
from common.states import TransitionError
from orders.selectors.disputes import DisputeView, dispute_of_business, disputes_of_business
from payments.rules.disputes import MOST_TEXT, PURPOSES
from payments.services.evidence import EvidenceFileError, add_evidence_file, state_account
from sellers.states import Role
from sellers.views.access import BusinessRequest, business_required

PURPOSE_WORDS = {
    "shipping_documentation": gettext_lazy("Proof of sending or delivery (tracking, receipt)"),
    "receipt": gettext_lazy("Invoice or receipt"),
    "customer_communication": gettext_lazy("What you and the buyer wrote to each other"),
    "service_documentation": gettext_lazy("Photos of the goods as you sent them"),
    "other": gettext_lazy("Something else"),
}


class DisputeForm(forms.Form):
    """What the seller has to say, and a document."""

    statement = forms.CharField(
        label=gettext_lazy("Your account of it"),
        help_text=gettext_lazy("What was ordered, when and how it was sent, what the buyer wrote."),
        max_length=MOST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("What the document shows"),
        choices=[(name, PURPOSE_WORDS[name]) for name in PURPOSES],
    )
    file = forms.FileField(
        label=gettext_lazy("Document"),
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 4 MB. One at a time."),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        try:
            return read_evidence(file, name=file.name)
        except DocumentRefusedError as error:
            raise forms.ValidationError(_refused(error.code)) from error


def _refused(code: str) -> str:
    return {
        "BYTES": _("This is too large: at most 4 MB a document, 16 MB for all of them."),
        "COUNT": _("There are enough documents. The bank reads no more than a few."),
    }.get(code, _("Only PDF, JPEG and PNG files can be sent to a bank."))


@require_GET
@business_required(role=Role.MANAGER)
def seller_disputes(request: BusinessRequest, slug: str) -> HttpResponse:
    """Every dispute about the business's orders, those to be answered first."""
    context = {
        "dashboard_section": "disputes",
        "disputes": disputes_of_business(business=request.business, now=timezone.now()),
    }
    return render(request, "orders/dashboard/disputes.html", context)


@require_http_methods(["GET", "POST"])
@business_required(role=Role.MANAGER)
def seller_dispute(request: BusinessRequest, slug: str, share_id: int) -> HttpResponse:
    """One dispute: what the bank wants, until when, and what to give us."""
    view = dispute_of_business(business=request.business, share_id=share_id, now=timezone.now())
    if view is None:
        raise Http404
    form = DisputeForm(
        request.POST or None,
        request.FILES or None,
        initial={"statement": view.share.statement},
    )
    if request.method == "POST" and form.is_valid() and _keep(request, view, form):
        return redirect("orders:seller_dispute", slug, share_id)
    context = {
        "dashboard_section": "disputes",
        "view": view,
        "form": form,
        "files": [(file, PURPOSE_WORDS.get(file.purpose, file.purpose)) for file in view.files],
    }
    status = 422 if form.is_bound else 200
    return render(request, "orders/dashboard/dispute.html", context, status=status)


def _keep(request: BusinessRequest, view: DisputeView, form: DisputeForm) -> bool:
    now, paper = timezone.now(), form.cleaned_data["file"]
    try:
        if paper is not None:
            add_evidence_file(
                share=view.share,
                purpose=form.cleaned_data["purpose"],
                name=paper.name,
                content=paper.content,
                actor=request.user,
                now=now,
            )
        state_account(share=view.share, text=form.cleaned_data["statement"], now=now)
    except EvidenceFileError as error:
        form.add_error("file", _refused(error.code))
        return False
    except TransitionError:
        messages.warning(request, _("Our answer has been sent, or the bank takes none any more."))
        return True
    messages.success(request, _("Kept. We send it to the bank with our answer."))
    return True
