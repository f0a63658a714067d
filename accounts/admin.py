"""The moderator's view of people and of the audit trail; and what every app's admin shares."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from allauth.account.decorators import secure_admin_login
from allauth.mfa.admin import AuthenticatorAdmin as AllauthAuthenticatorAdmin
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.models import AuditEntry, User
from accounts.selectors import history_of
from accounts.services import record_action
from common.money import Money
from common.states import TransitionError


class ReasonForm(forms.Form):
    """Why a moderator decides something; the person concerned reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
    )


class OptionalReasonForm(ReasonForm):
    """Approving needs no reason, but may have a note for the record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        self.fields["reason"].label = _("Note for the record")


def decision_page(
    model_admin: ModelAdmin,
    request: HttpRequest,
    *,
    target: Model,
    title: str,
    explanation: str,
    form: forms.Form,
    button: str = "",
) -> HttpResponse:
    """The page between an action's button and its effect: what will happen, and why (a form).

    button: what the button says, where the title is more than that.
    """
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "title": title,
        "explanation": explanation,
        "button": button or title,
        "target": target,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/admin_decision.html", context, status=status)


CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
CODED = ("state", "transfer", "kind", "action", "wanted", "author_role")
SHORT = 5
"""Up to so many letters a kind may be a name of its own: VAT, IOSS."""
IN_SELLERS_CURRENCY = ("seller", "commission", "fee_tax", "reserve")


def say_code(code: str, *, always: bool = False) -> str:
    """A stored code as words: "AWAITING_PAYMENT" is "Awaiting payment"; anything else is itself."""
    if not CODE.fullmatch(code) or not (always or "_" in code or len(code) > SHORT):
        return code
    return code.replace("_", " ").capitalize()


class InWords:
    """States as words and minor units as money, in the lists and on the pages of an admin."""

    model: type[Model]

    def readable(self, name: Any) -> Any:
        """What stands for a field: a function that says it, or the field's own name."""
        if isinstance(name, list | tuple):
            return type(name)(self.readable(one) for one in name)
        if not isinstance(name, str):
            return name
        columns: dict[str, Any] = self.__dict__.setdefault("_columns", {})
        if name not in columns:  # one function a field: the admin compares them
            columns[name] = self._make_readable(name)
        return columns[name]

    def _make_readable(self, name: str) -> Any:
        method: Any = getattr(self, name, None)
        if getattr(method, "label", None):
            return _column(
                name, method.short_description, lambda row: str(method(row)[1]).capitalize()
            )
        field = next((one for one in self.model._meta.fields if one.name == name), None)
        if field is None or field.choices:
            return name
        if name in CODED:
            always = name in ("state", "transfer")
            return _column(
                name,
                field.verbose_name,
                lambda row: say_code(getattr(row, name), always=always),
            )
        currency = self._currency_of(name) if name.endswith("amount") else ""
        if not currency:
            return name
        return _column(name, field.verbose_name, lambda row: _say_amount(row, name, currency))

    def _currency_of(self, name: str) -> str:
        names = {one.name for one in self.model._meta.fields}
        if any(part in name for part in IN_SELLERS_CURRENCY) and "seller_currency" in names:
            return "seller_currency"
        return "currency" if "currency" in names else ""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The same rows, readable."""
        return [
            (title, {**options, "fields": self.readable(options["fields"])})
            for title, options in super().get_fieldsets(request, obj)  # type: ignore[misc]
        ]


def _called(row: Model) -> str:
    """A row's own name without stored codes."""
    return " ".join(say_code(word) for word in str(row).split(" "))


def _column(name: str, title: Any, say: Callable[[Any], str]) -> Callable[[Any], str]:
    def column(row: Any) -> str:
        return say(row)

    column.__name__ = name
    column.short_description = title  # type: ignore[attr-defined]
    column.admin_order_field = name  # type: ignore[attr-defined]
    return column


def _say_amount(row: Any, name: str, currency: str) -> str:
    amount, code = getattr(row, name), getattr(row, currency)
    return str(amount) if amount is None or not code else str(Money(amount, code))


class ReadOnlyAdmin(InWords, ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """History and money are looked at, never typed over; what may change has its own actions."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """States in words; a column with labels of its own keeps them."""
        return [
            name if getattr(getattr(self, str(name), None), "label", None) else self.readable(name)
            for name in super().get_list_display(request)
        ]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what, and why. The database keeps every line as it was written."""

    list_display = ("at", "actor", "action", "target_type", "target_label", "reason")
    list_filter = ("action", "target_type")
    list_select_related = ("actor",)
    search_fields = ("target_label", "target_id", "actor__email", "reason")
    date_hierarchy = "at"


class UserCreation(UserCreationForm):  # type: ignore[misc]
    """unfold's form for our own user."""

    class Meta:
        model = User
        fields = ("email",)


class UserChange(UserChangeForm):  # type: ignore[misc]
    """unfold's form for our own user."""

    class Meta:
        model = User
        fields = ("email", "name", "country", "currency", "language")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg,misc]
    """People; nobody is deleted here, because the books and the audit trail name them."""

    form = UserChange
    add_form = UserCreation
    change_password_form = AdminPasswordChangeForm
    ordering = ("-date_joined",)
    list_display = ("email", "name", "country", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "country")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        (_("Preferences"), {"fields": ("country", "currency", "language")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)
    filter_horizontal = ("groups",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change people may not become more by changing a superuser's password."""
        may = bool(super().has_change_permission(request, obj))
        is_above = isinstance(obj, User) and obj.is_superuser
        return may and (not is_above or bool(getattr(request.user, "is_superuser", False)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only a superuser hands out rights."""
        fixed = ("last_login", "date_joined")
        if isinstance(request.user, User) and request.user.is_superuser:
            return fixed
        return (*fixed, "is_staff", "is_superuser", "groups")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        before: dict[str, Any] = dict(User.objects.filter(pk=obj.pk).values().first() or {})
        super().save_model(request, obj, form, change)
        changed = [name for name in form.changed_data if name in before and name != "password"]
        record_action(
            actor=request.user if isinstance(request.user, User) else None,
            action="change_person" if change else "add_person",
            target=obj,
            before={name: before[name] for name in changed},
            after={name: getattr(obj, name) for name in changed},
            now=timezone.now(),
        )


# One door for everybody: the admin's own page would know nothing of two-step sign-in.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Who may do what in here."""


# allauth's own page shows the secret of a second step, which only its owner's device may know.
admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second steps of signing in; a superuser removes the one of a lost telephone."""

    list_display = AllauthAuthenticatorAdmin.list_display
    fields = list_display
    list_select_related = ("user",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))


TOLD = _("Done. Whoever it concerns has been told.")


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing a moderator may do to a row while `offered` says so.

    carry_out takes the row, actor, reason and now, as keywords; the row under `row_name`. done: what
    the moderator reads afterwards.
    """

    title: str | Promise
    explanation: str | Promise
    offered: Callable[[Any], bool]
    carry_out: Callable[..., object]
    form: type[ReasonForm] = ReasonForm
    done: str | Promise = TOLD


def decision(name: str, title: str | Promise) -> Callable[[Any], Any]:
    """A button on a row's page; unfold asks has_moderate_permission before it is shown."""
    made: Callable[[Any], Any] = action(description=title, url_path=name, permissions=["moderate"])
    return made


class DecisionAdmin(ReadOnlyAdmin):
    """Rows that are looked at, and decided about through buttons that ask for a reason.

    A subclass gives row_name (the keyword its services take), moderate_permission, decisions, and
    one method a decision that calls decide().
    """

    row_name: ClassVar[str]
    moderate_permission: ClassVar[str]
    decisions: ClassVar[dict[str, Decision]]

    def has_moderate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return bool(request.user.has_perm(self.moderate_permission))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only what is possible in the present state is offered."""
        row = self.model._default_manager.filter(pk=object_id).first()
        return [
            offered
            for offered in super().get_actions_detail(request, object_id)
            if row is not None and self.decisions[offered.path].offered(row)
        ]

    @admin.display(description=_("Who did what"))
    def show_history(self, row: Model) -> str:
        """Every line of the audit trail about the row, newest first."""
        entries = history_of(target_type=row._meta.label_lower, target_id=str(row.pk))
        rows = (
            (e.at.strftime("%Y-%m-%d %H:%M"), e.actor or "–", e.action, e.reason) for e in entries
        )
        return format_html_join("\n", "{} · {} · {} {}<br>", rows) or "–"

    def form_for(self, row: Any, chosen: Decision, data: Any) -> forms.Form:
        """The decision's form; a subclass gives it the row where it needs one."""
        return chosen.form(data)

    def decide(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Ask for the reason, then carry the decision out; a race is said, not raised."""
        row = get_object_or_404(self.model, pk=object_id)
        chosen = self.decisions[name]
        form = self.form_for(row, chosen, request.POST or None)
        if request.method == "POST" and form.is_valid() and isinstance(request.user, User):
            try:
                chosen.carry_out(
                    **{self.row_name: row},
                    actor=request.user,
                    now=timezone.now(),
                    **form.cleaned_data,
                )
            except TransitionError:
                messages.error(request, gettext("Somebody else has decided already."))
            else:
                messages.success(request, str(chosen.done))
            options = self.model._meta
            return redirect(f"admin:{options.app_label}_{options.model_name}_change", object_id)
        return decision_page(
            self,
            request,
            target=row,
            title=f"{chosen.title}: {_called(row)}",
            button=str(chosen.title),
            explanation=str(chosen.explanation),
            form=form,
        )
