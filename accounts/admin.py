"""The moderator's view of people and of the audit trail; and what every app's admin shares."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.models import AuditEntry, User
from accounts.services import record_action


class ReasonForm(forms.Form):
    """Why a moderator decides something; the person concerned reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
    )


def decision_page(
    model_admin: ModelAdmin,
    request: HttpRequest,
    *,
    target: Model,
    title: str,
    explanation: str,
    form: forms.Form,
) -> HttpResponse:
    """The page between an action's button and its effect: what will happen, and why (a form)."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "title": title,
        "explanation": explanation,
        "target": target,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/admin_decision.html", context, status=status)


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """History and money are looked at, never typed over; what may change has its own actions."""

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


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Who may do what in here."""
