"""Payouts through our own bank: making a file, taking it away, and taking in what the bank answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin import ReadOnlyAdmin, decision_page
from accounts.models import User
from accounts.services import record_action
from common.sealing import SealError
from payments.admin.parts import ReadOnlyInline, WithAmount, amount_text
from payments.models import BankAnswer, BankFile, BankFileLine
from payments.services.bank_accounts import open_file
from payments.services.bank_files import (
    AnswerError,
    AnswerKnownError,
    NoPlatformAccountError,
    NothingToPayError,
    PastDateError,
    import_bank_answer,
    make_bank_file,
)
from payments.states import BankLineState

_make_button: Callable[[Any], Any] = action(
    description=_("Make a file"), url_path="make", permissions=["bank"]
)
_download_button: Callable[[Any], Any] = action(
    description=_("Download for the bank"), url_path="download", permissions=["bank"]
)
_import_button: Callable[[Any], Any] = action(
    description=_("Import an answer"), url_path="import", permissions=["bank"]
)
_UNREADABLE = {
    "size": _("The file is too large."),
    "xml": _("This is not an XML file that can be read."),
    "dtd": _("The file has a document type or entities; no bank sends such a file."),
    "kind": _("This is neither a pain.002 nor a camt.054."),
}


class _BankAdmin(ReadOnlyAdmin):
    """What only those may do who may change bank files."""

    def has_bank_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return bool(request.user.has_perm("payments.change_bankfile"))


class MakeFileForm(forms.Form):
    """Which currency, and when the bank is to pay."""

    currency = forms.ChoiceField(label=_("Payouts that wait"), widget=UnfoldAdminSelectWidget)
    execute_on = forms.DateField(
        label=_("The bank pays on"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, waiting: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [
            (
                currency,
                ngettext("%(c)s: %(n)d payout", "%(c)s: %(n)d payouts", count)
                % {"c": currency, "n": count},
            )
            for currency, count in waiting.items()
        ]


class AnswerForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(label=_("pain.002 or camt.054, as the bank sent it"))


class LineInline(ReadOnlyInline):
    model = BankFileLine
    fields = readonly_fields = ("end_to_end_id", "money", "account", "state", "reason")

    @admin.display(description=_("amount"))
    def money(self, row: BankFileLine) -> str:
        return amount_text(row.amount, row.currency)


@admin.register(BankFile)
class BankFileAdmin(_BankAdmin):
    """Orders to our own bank."""

    list_display = ("message_id", "created_at", "money", "count", "execute_on", "created_by")
    list_filter = ("currency",)
    list_select_related = ("created_by",)
    search_fields = ("message_id",)
    ordering = ("-created_at",)
    fields = readonly_fields = (
        "message_id",
        "money",
        "count",
        "execute_on",
        "key_id",
        "digest",
        "created_by",
        "created_at",
    )
    inlines = (LineInline,)
    actions_list = ("make",)
    actions_detail = ("download",)

    @admin.display(description=_("total"))
    def money(self, row: BankFile) -> str:
        return amount_text(row.total, row.currency)

    @_make_button
    def make(self, request: HttpRequest) -> HttpResponse:
        """Choose a currency; everything of it that may leave goes into one file."""
        waiting = _waiting()
        initial = {"execute_on": timezone.now().date().isoformat()}
        form = MakeFileForm(request.POST or None, waiting=waiting, initial=initial)
        if request.method == "POST" and form.is_valid():
            file = self._make(request, form)
            if file is not None:
                messages.success(request, gettext("Made. Download it and take it to the bank."))
                return redirect("admin:payments_bankfile_change", file.pk)
        explanation = _(
            "A pain.001 with every payout of the currency that may leave. Payees on hold, or whose"
            " account has just been changed, wait for a later file."
        )
        return decision_page(
            self,
            request,
            target=BankFile(),
            title=gettext("Make a file"),
            explanation=str(explanation),
            form=form,
        )

    def _make(self, request: HttpRequest, form: MakeFileForm) -> BankFile | None:
        """None where it can't be made; the form says why."""
        actor = request.user if isinstance(request.user, User) else None
        words = form.cleaned_data
        try:
            return make_bank_file(**words, actor=actor, now=timezone.now())
        except NothingToPayError:
            form.add_error("currency", _("Nothing of it may leave at the moment."))
        except PastDateError:
            form.add_error("execute_on", _("That day is over."))
        except NoPlatformAccountError as error:
            text = _("PLATFORM_BANK_ACCOUNTS has no usable account for %s.") % error
            form.add_error("currency", text)
        except SealError as error:
            form.add_error(None, str(error))
        return None

    @_download_button
    def download(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The file itself; who took it is in the audit trail."""
        file = get_object_or_404(BankFile, pk=object_id)
        try:
            xml = open_file(file)
        except SealError as error:
            messages.error(request, str(error))
            return redirect("admin:payments_bankfile_change", file.pk)
        record_action(
            actor=request.user if isinstance(request.user, User) else None,
            action="download_bank_file",
            target=file,
            now=timezone.now(),
        )
        response = HttpResponse(xml, content_type="application/xml; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{file.message_id}.xml"'
        response["Cache-Control"] = "no-store"
        return response


@admin.register(BankFileLine)
class BankFileLineAdmin(WithAmount, ReadOnlyAdmin):
    """Single payouts on their way through the bank."""

    list_display = ("end_to_end_id", "created_at", "money", "state", "reason", "file")
    list_filter = ("state", "currency")
    list_select_related = ("file",)
    search_fields = ("end_to_end_id",)
    ordering = ("-created_at",)


@admin.register(BankAnswer)
class BankAnswerAdmin(_BankAdmin):
    """What the bank sent back."""

    list_display = (
        *("name", "kind", "imported_at", "lines", "applied", "repeated", "unknown", "refused"),
        "imported_by",
    )
    list_filter = ("kind",)
    list_select_related = ("imported_by",)
    ordering = ("-imported_at",)
    actions_list = ("take_in",)

    @_import_button
    def take_in(self, request: HttpRequest) -> HttpResponse:
        """Upload one file; what it says reaches the books within seconds."""
        form = AnswerForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            answer = self._take(request, form)
            if answer is not None:
                _say(request, answer)
                return redirect("admin:payments_bankanswer_change", answer.pk)
        explanation = _(
            "Each file is taken in once. A line with another amount than we sent changes nothing"
            " and is listed for you."
        )
        return decision_page(
            self,
            request,
            target=BankAnswer(),
            title=gettext("Import an answer"),
            explanation=str(explanation),
            form=form,
        )

    def _take(self, request: HttpRequest, form: AnswerForm) -> BankAnswer | None:
        file = form.cleaned_data["file"]
        try:
            return import_bank_answer(
                name=file.name,
                content=file.read(),
                actor=request.user if isinstance(request.user, User) else None,
                now=timezone.now(),
            )
        except AnswerKnownError as error:
            at = f"{error.answer.imported_at:%Y-%m-%d %H:%M}"
            form.add_error("file", _("This file was taken in already (%s UTC).") % at)
        except AnswerError as error:
            form.add_error("file", _UNREADABLE[error.code])
        return None


def _waiting() -> dict[str, int]:
    rows = BankFileLine.objects.filter(state=BankLineState.WAITING).values_list("currency")
    return dict(rows.annotate(count=Count("pk")).order_by("currency"))


def _say(request: HttpRequest, answer: BankAnswer) -> None:
    text = gettext("%(lines)d lines: %(applied)d applied, %(repeated)d known already.") % {
        "lines": answer.lines,
        "applied": answer.applied,
        "repeated": answer.repeated,
    }
    messages.success(request, text)
    if answer.unknown or answer.refused:
        text = gettext("%(unknown)d unknown, %(refused)d refused: please look at the report.") % {
            "unknown": answer.unknown,
            "refused": answer.refused,
        }
        messages.warning(request, text)
