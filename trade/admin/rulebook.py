"""Moderators' changes of the rulebook: a row more, or the end of one; this list is the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.admin import DecisionAdmin, ReasonForm, decision_page
from accounts.models import User
from trade.models import RulebookChange
from trade.rules import RulebookError
from trade.selectors import get_rulebook
from trade.selectors.rule_search import find_rows
from trade.selectors.rule_words import say_rule
from trade.selectors.rulebook import amended_rulebook
from trade.services.rulebook import add_row, check_end, check_new_row, end_row

MOST_ROWS = 300
"""So many are shown at once; a search narrows them."""
EXAMPLE = """id = "gb-vat-20-new"
kind = "tax"
name = "VAT"
rate = "20%"
valid_from = 2027-01-01
legal_ref = "…"
source = "…"
checked_on = 2026-11-24
confidence = "high"
"""


class NewRowForm(ReasonForm):
    """A row as the files write it; the loader reads it before anything is written."""

    book = forms.ChoiceField(label=_("Book"), widget=UnfoldAdminSelectWidget)
    text = forms.CharField(
        label=_("Row"),
        max_length=8000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=_("In the words of the rulebook's files (docs/trade.md)."),
    )
    field_order = ("book", "text", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(book.key, book.name) for book in get_rulebook().books]
        self.fields["book"].choices = choices  # type: ignore[attr-defined]
        self.fields["text"].widget.attrs["placeholder"] = EXAMPLE
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "book" in cleaned and "text" in cleaned:
            try:
                check_new_row(book=cleaned["book"], text=cleaned["text"], now=timezone.now())
            except RulebookError as error:
                self.add_error("text", str(error))
        return cleaned


class EndRowForm(ReasonForm):
    """Which row ends, and its last day."""

    row_id = forms.CharField(label=_("Row"), max_length=80, widget=UnfoldAdminTextInputWidget)
    last_day = forms.DateField(label=_("Last day"), widget=UnfoldAdminDateWidget)
    field_order = ("row_id", "last_day", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "row_id" in cleaned and "last_day" in cleaned:
            try:
                check_end(
                    row_id=cleaned["row_id"], valid_to=cleaned["last_day"], now=timezone.now()
                )
            except RulebookError as error:
                missing = get_rulebook().row(cleaned["row_id"]) is None
                self.add_error("row_id" if missing else "last_day", str(error))
        return cleaned


def _button(title: str | Promise, path: str) -> Callable[[Any], Any]:
    made: Callable[[Any], Any] = action(description=title, url_path=path, permissions=["view"])
    return made


@admin.register(RulebookChange)
class RulebookChangeAdmin(DecisionAdmin):
    """What moderators changed, newest first; rows themselves are read on the rows page."""

    list_display = ("action", "row_id", "book", "valid_to", "actor", "at")
    list_filter = ("action", "book")
    search_fields = ("row_id",)
    list_select_related = ("actor",)
    ordering = ("-at",)
    readonly_fields = ("show_history",)
    row_name = "rulebookchange"
    moderate_permission = "trade.change_rulebookchange"
    actions_list = ("rows", "end_a_row")

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return self.has_moderate_permission(request)

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The admin's "add" page: the loader checks the row, a service writes it."""
        form = NewRowForm(request.POST or None)
        return self._act(
            request,
            form,
            title=gettext("Add a row to the rulebook"),
            explanation=gettext(
                "From its first day on, quotes follow it. Orders that were placed before keep theirs."
            ),
            write=lambda actor, now: add_row(
                book=form.cleaned_data["book"],
                text=form.cleaned_data["text"],
                reason=form.cleaned_data["reason"],
                actor=actor,
                now=now,
            ),
        )

    @_button(_("End a row"), "end")
    def end_a_row(self, request: HttpRequest) -> HttpResponse:
        """The page on which a row gets its last day."""
        form = EndRowForm(request.POST or None, initial={"row_id": request.GET.get("row", "")})
        return self._act(
            request,
            form,
            title=gettext("End a row of the rulebook"),
            explanation=gettext(
                "After its last day the next best row decides; without one the answer is unknown."
            ),
            write=lambda actor, now: end_row(
                row_id=form.cleaned_data["row_id"],
                valid_to=form.cleaned_data["last_day"],
                reason=form.cleaned_data["reason"],
                actor=actor,
                now=now,
            ),
        )

    def _act(
        self,
        request: HttpRequest,
        form: forms.Form,
        *,
        title: str,
        explanation: str,
        write: Callable[[User, Any], RulebookChange],
    ) -> HttpResponse:
        if not self.has_moderate_permission(request) or not isinstance(request.user, User):
            raise PermissionDenied
        if request.method == "POST" and form.is_valid():
            try:
                write(request.user, timezone.now())
            except RulebookError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, gettext("The rulebook is changed."))
                return redirect("admin:trade_rulebookchange_changelist")
        return decision_page(
            self, request, target=self.model(), title=title, explanation=explanation, form=form
        )

    @_button(_("Rows in force"), "rows")
    def rows(self, request: HttpRequest) -> HttpResponse:
        """Rows of one book or, with words to look for, of all; with what is overdue for checking."""
        today = timezone.now().date()
        amended = amended_rulebook()
        books = amended.rulebook.books
        asked, words = request.GET.get("book", ""), request.GET.get("q", "").strip()[:100]
        first = "" if words else books[0].key
        chosen = asked if any(one.key == asked for one in books) else first
        found = find_rows(
            [one for one in books if chosen in ("", one.key)], words=words, today=today
        )
        shown = found[:MOST_ROWS]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Rows in force"),
            "books": books,
            "chosen": chosen,
            "q": words,
            "count": len(found),
            "most": MOST_ROWS,
            "rows": [
                {
                    "row": row,
                    "book": book.name,
                    "says": say_rule(row),
                    "overdue": row.recheck_by is not None and row.recheck_by < today,
                    "old": row.checked_on < today - timedelta(days=365),
                }
                for book, row in shown
            ],
            "problems": amended.problems,
        }
        return render(request, "trade/admin_rulebook_rows.html", context)
